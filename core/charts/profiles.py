"""Profiles over the layers at one step: the size of the signal on its way forward, of the gradient on its way back."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import (
    at_corners,
    corners,
    frame_of,
    layer_x,
    linear,
    log_domain,
    log_y,
    lost_and_zero,
    lost_mark,
    only,
    place,
)
from core.charts.chart import Drawing, Moment, chart, layered
from core.charts.ink import Ink

SHARES = {
    "zero_fraction": "activations that are 0",
    "saturated_fraction": "activations where φ is nearly flat",
    "dead_fraction": "units that are dead",
}
SPREAD = {"activation_std": "standard deviation", "activation_mean": "mean, without its sign"}
GRADIENT = {"gradient_rms": "dL/dz, root mean square", "weight_gradient_norm": "dL/dW, norm"}


def _frame(moment: Moment, names: dict[str, str]) -> pd.DataFrame:
    recording = moment.recording
    sizes = [np.abs(recording.variables[name].values) for name in names]
    domain = log_domain(*sizes)
    layer = np.arange(1, recording.config.depth + 1)
    parts = [
        place(size[moment.row], domain).assign(layer=layer, quantity=name)
        for size, name in zip(sizes, names.values(), strict=True)
    ]
    ends = corners(layer=(0.5, recording.config.depth + 0.5), shown=domain)
    frame = frame_of(*(part.drop(columns="quantity") for part in parts), ends)
    words = [word for word in names.values() for _ in layer] + [""] * len(ends)
    return frame.assign(quantity=pd.Categorical(words))


def _draw(ink: Ink, names: dict[str, str], title: str) -> Drawing:
    words = list(names.values())
    x, y = layer_x(), log_y(title)
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=words, range=[ink.train, ink.validation])
    color = alt.Color("quantity:N", scale=colors, legend=legend)
    dash = alt.StrokeDash("quantity:N", scale=alt.Scale(domain=words, range=[[1, 0], [5, 3]]), legend=legend)
    tooltip = ["layer:Q", "quantity:N", alt.Tooltip("value:Q", format=".2e")]
    line = only("line").mark_line().encode(x, y, color, dash)
    points = only("line").mark_point(filled=True, size=40, opacity=1)
    points = points.encode(x, y, alt.Color("quantity:N", scale=colors, legend=None), tooltip=tooltip)
    return layered(line, points, *lost_and_zero(x, y, ink), at_corners(x, y))


def _spread_frame(moment: Moment) -> pd.DataFrame:
    return _frame(moment, SPREAD)


@chart(
    "Signal, layer by layer",
    see="A level line passes the signal on. Falling to the right it fades away, rising it explodes.",
    frame=_spread_frame,
    at_step=True,
)
def spread(scene: None, ink: Ink) -> Drawing:
    """Mean and standard deviation of the activations of each layer at one step, on a logarithmic axis."""
    return _draw(ink, SPREAD, "Activation")


def _gradient_frame(moment: Moment) -> pd.DataFrame:
    return _frame(moment, GRADIENT)


@chart(
    "Gradient, layer by layer",
    see="The gradient comes from the right. Falling towards layer 1 it vanishes, rising it explodes. + is exactly 0.",
    frame=_gradient_frame,
    at_step=True,
)
def gradient_profile(scene: None, ink: Ink) -> Drawing:
    """RMS of dL/dz and norm of dL/dW of each layer at one step. The second can be level while the first vanishes."""
    return _draw(ink, GRADIENT, "Gradient")


def _shares_frame(moment: Moment) -> pd.DataFrame:
    layer = np.arange(1, moment.recording.config.depth + 1)
    parts = []
    for name, words in SHARES.items():
        values = moment.recording.variables[name].values[moment.row]
        lost = np.isnan(values)
        shown = {"value": values, "shown": np.where(lost, 1.0, values), "mark": np.where(lost, "lost", "line")}
        parts.append(pd.DataFrame({"layer": layer, **shown, "quantity": words}))
    ends = corners(layer=(0.5, len(layer) + 0.5), shown=(0.0, 1.0)).assign(quantity="")
    together = pd.concat([*parts, ends], ignore_index=True)
    return frame_of(together.drop(columns="quantity")).assign(quantity=pd.Categorical(together["quantity"]))


@chart(
    "Zero, flat, dead: layer by layer",
    see="Flat units hardly learn, dead ones not at all. Half of a healthy ReLU layer is 0 and flat, sample by sample.",
    frame=_shares_frame,
    at_step=True,
)
def shares(scene: None, ink: Ink) -> Drawing:
    """Share of activations that are 0, of activations where φ is nearly flat, and of dead units, at one step."""
    words, colors = list(SHARES.values()), [ink.alive, ink.saturated, ink.dead]
    x, y = layer_x(), alt.Y("shown:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title="Share")
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolSize=60)
    scale = alt.Scale(domain=words, range=colors)
    color = alt.Color("quantity:N", scale=scale, legend=legend)
    shape = alt.Shape("quantity:N", scale=alt.Scale(domain=words, range=["circle", "square", "cross"]), legend=legend)
    tooltip = ["layer:Q", "quantity:N", alt.Tooltip("value:Q", format=".1%")]
    line = only("line").mark_line(opacity=0.6).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=60, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(line, points, lost_mark(x, y, ink), at_corners(x, y))
