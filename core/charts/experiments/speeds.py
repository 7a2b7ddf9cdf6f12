"""How fast the layers of many networks learn at the start, and those of one while it is trained."""

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, layer_x, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

NORM = "Norm of dL/db"
OURS, HIS = "middle of our networks", "Nielsen’s one network"
WHILE_TRAINED = "How fast they learn while it is trained"
BARS = (
    "The gradient comes from the right. A bar holds {percent:.0f} % of {networks} networks, each of other random "
    "numbers. "
)
PRINTED = BARS + "Diamonds are what Nielsen prints."
NOT_PRINTED = BARS + "Nielsen prints nothing of such a network."
EVERY = 5  # steps from one point of a line to the next


def at_start_frame(speeds: "xr.Dataset", printed: tuple[float, ...]) -> pd.DataFrame:
    """A row for each layer: `value`, the median norm of dL/db, between `low` and `high`; and what is printed of it."""
    low, middle, high = speeds["typical"].transpose("quantile", "layer").values
    layer, published = speeds["layer"].values, np.array(printed)
    domain = log_domain(low, high, published)
    ends = {"low": np.clip(low, *domain), "high": np.clip(high, *domain)}
    rows = {"layer": layer, "what": said(OURS), **ends}
    bars = {"layer": layer, **ends, "mark": "bar"}
    his = {"layer": layer[: len(published)], "value": published, "shown": published, "what": said(HIS)}
    sides = corners(layer=(0.5, len(layer) + 0.5), shown=domain, low=domain)
    return frame_of(place(middle, domain) | rows, bars, his | {"mark": "printed"}, sides)


def learning_frame(training: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer at every fifth step: `value`, the norm of dL/db; and the ends of the lines."""
    layer, domain = training["layer"].values, log_domain(training["norm"].values)
    kept, end = training.isel(step=slice(None, None, EVERY)), training.isel(step=-1)
    lines = place(kept["norm"].values.ravel(), domain)
    lines |= {"step": np.repeat(kept["step"].values, len(layer)), "layer": np.tile(layer, kept.sizes["step"])}
    last, norms = end["step"].item(), end["norm"].values
    shown = np.isfinite(norms) & (norms > 0)
    words = [said("layer {layer}", layer=number) for number in layer[shown]]
    names = {"step": last, "layer": layer[shown], "shown": norms[shown], "words": words, "mark": "name"}
    return frame_of(lines, names, corners(step=(0, last), shown=domain, layer=(1, len(layer))))


def _bars(speeds: "xr.Dataset", printed: tuple[float, ...]) -> dict[str, Any]:
    low, *_, high = speeds["quantile"].values
    return {"percent": 100 * (high - low), "networks": speeds.sizes["network"]}


def _at_start() -> Iterable[tuple["xr.Dataset", tuple[float, ...]]]:
    from core.experiments.published import NIELSEN
    from core.experiments.speeds import nielsen, speeds

    for depth, activation, printed in ((4, "sigmoid", NIELSEN[4]), (6, "relu", ())):
        yield speeds(replace(nielsen(depth, activation), dataset="digits")), printed


def _training() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.speeds import nielsen, while_trained

    return ((while_trained(replace(nielsen(depth), dataset="digits")),) for depth in (2, 3))


@picture(
    "How fast each layer learns at the start",
    see=lambda speeds, printed: PRINTED if printed else NOT_PRINTED,
    fill=_bars,
    frame=at_start_frame,
    examples=_at_start,
)
def at_start(ink: Ink) -> Drawing:
    """The norm of dL/db of each hidden layer of untrained networks, on a logarithmic axis, with Nielsen’s figures."""
    x, y = layer_x(), log_y(said(NORM))
    legend = alt.Legend(title=None, orient="top", columns=1, symbolSize=80, symbolStrokeWidth=0)
    words = [said(OURS), said(HIS)]
    color = alt.Color("what:N", scale=alt.Scale(domain=words, range=[ink.train, ink.validation]), legend=legend)
    shape = alt.Shape("what:N", scale=alt.Scale(domain=words, range=["circle", "diamond"]), legend=legend)
    layer = alt.Tooltip("layer:Q", title=said("layer"))
    number = alt.Tooltip("value:Q", format=".2e", title=said(NORM))
    ends = [
        alt.Tooltip("low:Q", format=".2e", title=said("low")),
        alt.Tooltip("high:Q", format=".2e", title=said("high")),
    ]
    bars = only("bar").mark_bar(width=14, opacity=0.35, color=ink.train)
    bars = bars.encode(x, alt.Y("low:Q", scale=alt.Scale(type="log", nice=False)), alt.Y2("high:Q"), tooltip=ends)
    ours = only("line").mark_point(filled=True, size=60, opacity=1)
    ours = ours.encode(x, y, color, shape, tooltip=[layer, number, *ends])
    his = only("printed").mark_point(filled=True, size=80, opacity=1, xOffset=16)
    his = his.encode(x, y, color, shape, tooltip=[layer, number])
    return layered(bars, ours, his, *lost_and_zero(x, y, ink), at_corners(x, y))


@picture(
    WHILE_TRAINED,
    see="One network, all images in each step. Where the lines stay apart, the first layers stay behind.",
    alt="The norm of dL/db of each hidden layer over {steps} steps of gradient descent, on a logarithmic axis.",
    fill=lambda training: {"steps": training["step"].values[-1]},
    frame=learning_frame,
    examples=_training,
)
def learning(ink: Ink) -> Drawing:
    """The norm of dL/db of each hidden layer over the steps of gradient descent, on a logarithmic axis."""
    x, y = step_x(), log_y(said(NORM))
    color = alt.Color("layer:Q", scale=ink.layers(), legend=None)
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, alt.Detail("layer:Q"))
    names = only("name").mark_text(
        align="right", baseline="bottom", dx=-4, dy=-3, fontSize=12, color=ink.text, tooltip=None
    )
    names = names.encode(x, y, alt.Text("words:N"))
    return layered(lines, names, *lost_and_zero(x, y, ink), at_corners(x, y))
