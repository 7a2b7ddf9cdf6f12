"""Profiles over the layers at one step: the size of the signal on its way forward, of the gradient on its way back.

Theory is drawn over them, at every step as it is for the untrained network: what training has changed is the distance.
Of a network that no Config describes there is none.
"""

from collections.abc import Callable, Mapping
from typing import NamedTuple

import altair as alt
import numpy as np
import pandas as pd

from core import theory
from core.array import Array
from core.charts.axes import (
    LogDomain,
    at_corners,
    layer_x,
    linear,
    log_domain,
    log_y,
    lost_and_zero,
    lost_mark,
    named,
    only,
    place,
)
from core.charts.chart import Moment, chart
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.measuring.rounding import only_rounding
from core.words.said import said

THEORY = "theory, at the start"
SHARES = {
    "zero_fraction": "activations that are 0",
    "saturated_fraction": "activations where φ is nearly flat",
    "dead_fraction": "units that are dead",
}
SPREAD = {"activation_std": "standard deviation", "activation_mean": "mean, without its sign"}
GRADIENT = {"gradient_rms": "dL/dz, root mean square", "weight_gradient_norm": "dL/dW, norm"}
BACK = "The gradient comes from the right. Falling towards layer 1 it vanishes, rising it explodes. + is exactly 0."
DOTTED = [2, 3]
DOTS = "Dotted: theory, of the untrained network."
BANDED = "Dotted: theory, of the untrained network; most networks of this width lie in the pale band."
ROUNDING = "Rings: only rounding, no gradient."
REACH = (1e-30, 1e30)  # the axis does not follow theory further


class Theory(NamedTuple):
    """What theory says of the untrained network, by the names of variables: values (layer,), and bands around them."""

    variables: Mapping[str, Array] = {}
    bands: Mapping[str, tuple[Array, Array]] = {}


def _theory(recording: Recording) -> Theory:
    """What theory says of the untrained network; a recording of a network that has no theory has none."""
    if recording.config is None:
        return Theory()
    prediction = theory.predict(recording.config.at_start())
    return Theory(prediction.variables, prediction.bands)


def _has_theory(*names: str) -> Callable[[Recording], bool]:
    """Whether there is a line of theory for one of the variables."""
    return lambda recording: not _theory(recording).variables.keys().isdisjoint(names)


def _see(sentence: str, *names: str, shows_zero: bool = False) -> Callable[[Recording], dict[str, str]]:
    """The sentence, and what the lines of theory are where there are any: a logarithmic axis shows none at 0."""

    def see(recording: Recording) -> dict[str, str]:
        theory = _theory(recording)
        drawn = [n for n in names if n in theory.variables and (shows_zero or np.nan_to_num(theory.variables[n]).any())]
        if not drawn:
            return {"see": said(sentence)}
        has_band = drawn[0] == names[0] and names[0] in theory.bands
        return {"see": f"{said(sentence)} {said(BANDED if has_band else DOTS)}"}

    return see


def _theory_rows(
    theory: Theory, names: Mapping[str, str], domain: LogDomain | tuple[float, float] = (0.0, 1.0)
) -> list[Columns]:
    """A line for each of the variables, and a band for that which comes first, by the column `each`.

    A logarithmic axis has no place for a line at 0, such as the mean of an odd activation.
    """
    parts: list[Columns] = []
    for each, (name, words) in enumerate(names.items()):
        if name not in theory.variables:
            continue
        value = np.abs(theory.variables[name])
        drawn = {"layer": _layers(len(value)), "each": each, "value": value, "quantity": said(words)}
        if name in theory.bands and each == 0:
            low, high = (np.clip(end, *domain) for end in theory.bands[name])
            parts.append({**drawn, "shown": low, "top": high, "mark": "band"})
        if np.nan_to_num(value).any() or domain[0] == 0:
            parts.append({**drawn, "shown": np.clip(value, *domain), "mark": "theory"})
    return parts


def _expected(theory: Theory, name: str) -> Array | float:
    return np.abs(theory.variables[name]) if name in theory.variables else np.nan


def _layers(depth: int) -> Array:
    return np.arange(1, depth + 1)


def _ends(depth: int, shown: tuple[float, float]) -> Columns:
    of_theory = {"top": np.nan, "each": np.nan}  # columns that are there in any case
    return of_theory | corners(layer=(0.5, depth + 0.5), shown=shown)


def _frame(moment: Moment, names: dict[str, str]) -> pd.DataFrame:
    recording, theory = moment.recording, _theory(moment.recording)
    sizes = [np.abs(recording.variables[name].values) for name in names]
    expected = np.abs([theory.variables[name] for name in names if name in theory.variables])
    domain = log_domain(*sizes, expected[(expected > REACH[0]) & (expected < REACH[1])])
    layer = _layers(recording.depth)
    measured = [
        place(size[moment.row], domain) | {"layer": layer, "quantity": said(words), "expected": _expected(theory, name)}
        for size, (name, words) in zip(sizes, names.items(), strict=True)
    ]
    return frame_of(*measured, *_theory_rows(theory, names, domain), _ends(recording.depth, domain))


def _theory_layers(x: alt.X, y: alt.Y, ink: Ink, color: alt.Color) -> list[alt.Chart]:
    """The band of the first variable, and lines of theory, dotted in the colours of what they speak of, with a seam."""
    band = only("band").mark_area(opacity=0.2, color=ink.train, tooltip=None).encode(x, y, alt.Y2("top:Q"))
    lines = only("theory").encode(x, y, alt.Detail("each:Q"))
    seam = lines.mark_line(strokeWidth=4, color=ink.behind, tooltip=None)
    line = lines.mark_line(strokeWidth=2, strokeDash=DOTTED, tooltip=None).encode(color)
    return [band, seam, line]


def _tooltip(has_theory: bool, digits: str) -> list[alt.Tooltip]:
    """What a point says. A line could say only one of its values, wherever it is touched, so it says nothing."""
    expected = [alt.Tooltip("expected:Q", format=digits, title=said(THEORY))] * has_theory
    return [*named("layer:Q", "quantity:N"), alt.Tooltip("value:Q", format=digits), *expected]


def _draw(has_theory: bool, ink: Ink, names: dict[str, str], title: str, *also: alt.Chart) -> Drawing:
    words = list(map(said, [*names.values(), *[THEORY] * has_theory]))
    x, y = layer_x(), log_y(said(title))
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=words, range=[ink.train, ink.validation, ink.text])
    color = alt.Color("quantity:N", scale=colors, legend=legend)
    dash = alt.StrokeDash("quantity:N", scale=alt.Scale(domain=words, range=[[1, 0], [5, 3], DOTTED]), legend=legend)
    tooltip = _tooltip(has_theory, ".2e")
    line = only("line").mark_line().encode(x, y, color, dash)
    points = only("line").mark_point(filled=True, size=40, opacity=1)
    points = points.encode(x, y, alt.Color("quantity:N", scale=colors, legend=None), tooltip=tooltip)
    band, *expected = _theory_layers(x, y, ink, color)
    return layered(band, line, *expected, points, *also, *lost_and_zero(x, y, ink), at_corners(x, y))


def _spread_frame(moment: Moment) -> pd.DataFrame:
    return _frame(moment, SPREAD)


@chart(
    "Signal, layer by layer",
    see="{see}",
    fill=_see("A level line passes the signal on. Falling to the right it fades away, rising it explodes.", *SPREAD),
    frame=_spread_frame,
    scene=_has_theory(*SPREAD),
    needs=SPREAD,
    at_step=True,
    views={"layers": 5, "order_and_chaos": 3, "untrained": 5},
)
def spread(has_theory: bool, ink: Ink) -> Drawing:
    """Mean and standard deviation of the activations of each layer at one step, on a logarithmic axis."""
    return _draw(has_theory, ink, SPREAD, "Activation")


def _gradient_frame(moment: Moment) -> pd.DataFrame:
    """What is only rounding is no line: dL/dW is made of dL/dz, so neither of the two is a gradient there."""
    frame, layers = _frame(moment, GRADIENT), np.flatnonzero(only_rounding(moment.recording)[moment.row]) + 1
    if not len(layers):
        return frame
    rounding = (frame["mark"] == "line") & frame["layer"].isin(layers)
    return frame.assign(mark=frame["mark"].astype(str).where(~rounding, "rounding").astype("category"))


def _see_gradient(recording: Recording) -> dict[str, str]:
    """What is to be seen of the gradient, and what rings are, where any are drawn."""
    see = _see(BACK, *GRADIENT)(recording)["see"]
    return {"see": f"{see} {said(ROUNDING)}" if only_rounding(recording).any() else see}


@chart(
    "Gradient, layer by layer",
    see="{see}",
    fill=_see_gradient,
    frame=_gradient_frame,
    scene=_has_theory(*GRADIENT),
    needs=GRADIENT,
    at_step=True,
    views={"vital_signs": 2, "layers": 2, "order_and_chaos": 4, "untrained": 2},
)
def gradient_profile(has_theory: bool, ink: Ink) -> Drawing:
    """RMS of dL/dz and norm of dL/dW of each layer at one step. The second can be level while the first vanishes."""
    x, y = layer_x(), log_y(said("Gradient"))
    ring = only("rounding").mark_point(filled=False, size=40, color=ink.faint, opacity=1)
    return _draw(has_theory, ink, GRADIENT, "Gradient", ring.encode(x, y, tooltip=_tooltip(has_theory, ".2e")))


def _shares_frame(moment: Moment) -> pd.DataFrame:
    depth, theory, measured = moment.recording.depth, _theory(moment.recording), []
    for name, words in SHARES.items():
        values = moment.recording.variables[name].values[moment.row]
        lost = np.isnan(values)
        shown = {"value": values, "shown": np.where(lost, 1.0, values), "mark": np.where(lost, "lost", "line")}
        measured.append(shown | {"layer": _layers(depth), "quantity": said(words), "expected": _expected(theory, name)})
    return frame_of(*measured, *_theory_rows(theory, SHARES), _ends(depth, (0.0, 1.0)))


@chart(
    "Zero, flat, dead: layer by layer",
    see="{see}",
    fill=_see(
        "Flat units hardly learn, dead ones not at all. Half of a healthy ReLU layer is 0 and flat, sample by sample.",
        *SHARES,
        shows_zero=True,
    ),
    frame=_shares_frame,
    scene=_has_theory(*SHARES),
    needs=SHARES,
    at_step=True,
    views={"layers": 6},
)
def shares(has_theory: bool, ink: Ink) -> Drawing:
    """Share of activations that are 0, of activations where φ is nearly flat, and of dead units, at one step."""
    words, colors = [said(name) for name in SHARES.values()], [ink.alive, ink.saturated, ink.dead]
    words += [said(THEORY)] * has_theory
    x, y = layer_x(), alt.Y("shown:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title=said("Share"))
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolSize=60, symbolOpacity=1)
    scale = alt.Scale(domain=words, range=[*colors, ink.text])
    color = alt.Color("quantity:N", scale=scale, legend=legend)
    shape = alt.Shape(
        "quantity:N", scale=alt.Scale(domain=words, range=["circle", "square", "cross", "stroke"]), legend=legend
    )
    tooltip = _tooltip(has_theory, ".1%")
    dash = alt.StrokeDash(
        "quantity:N", scale=alt.Scale(domain=words, range=[*[[1, 0]] * len(SHARES), DOTTED]), legend=legend
    )
    line = only("line").mark_line(opacity=0.6).encode(x, y, color, dash)
    points = only("line").mark_point(filled=True, size=60, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    band, *expected = _theory_layers(x, y, ink, color)
    return layered(band, line, *expected, points, lost_mark(x, y, ink), at_corners(x, y))
