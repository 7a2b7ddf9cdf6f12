"""How much the units of a layer are alike, their weights while they are trained, and a slide beside ours."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, layer_x, linear, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.initialization import Alike, Trained

EVERY = 2  # steps from one point of a line to the next
LOWEST = -0.1  # of the axis of correlations; the mean of all pairs cannot be far below 0
NARROW = 0.01  # the least that the axis of weights shows
OURS, SLIDE = "this network", "cs231n’s slide"


def alike_frame(alike: Alike) -> pd.DataFrame:
    """A row for each layer: the mean `correlation` of two units and how many are `different`; `mark` is "silent" where
    no two units vary."""
    silent = np.isnan(alike.correlation)
    layer = np.arange(1, len(silent) + 1)
    rows = {
        "layer": layer,
        "correlation": np.where(silent, 0.0, alike.correlation),
        "different": alike.different,
        "mark": np.where(silent, "silent", "line"),
    }
    return frame_of(rows, corners(layer=(0.5, len(layer) + 0.5), correlation=(LOWEST, 1.0)))


def units_frame(trained: Trained) -> pd.DataFrame:
    """A row for each unit at every second step: the `value` of its first weight."""
    kept = trained.first[::EVERY]
    steps, units = (np.arange(count) for count in kept.shape)
    middle, half = np.ptp(kept) / 2 + kept.min(), max(0.55 * float(np.ptp(kept)), NARROW)
    lines = {
        "step": np.repeat(EVERY * steps, len(units)),
        "unit": np.tile(units, len(steps)),
        "value": kept.ravel(),
        "mark": "line",
    }
    return frame_of(lines, corners(step=(0, EVERY * steps[-1]), value=(middle - half, middle + half)))


def slide_frame(measured: Array, printed: tuple[float, ...] = ()) -> pd.DataFrame:
    """A row for each layer of ours and of the slide, whose numbers that are printed as 0 are left out."""
    published = np.array(printed)
    domain, layer = log_domain(np.abs(measured), published), np.arange(1, len(measured) + 1)
    shown = published > 0
    slide = {"layer": layer[: len(shown)][shown], "value": published[shown], "shown": published[shown]}
    ours = place(np.abs(measured), domain) | {"layer": layer, "what": OURS}
    return frame_of(
        ours, slide | {"what": SLIDE, "mark": "printed"}, corners(layer=(0.5, len(layer) + 0.5), shown=domain)
    )


@spec_of
def alike_spec(ink: Ink) -> Drawing:
    """`alike_frame` as Vega-Lite without data."""
    x, y = layer_x(), alt.Y("correlation:Q", scale=linear(), title="Mean correlation of two units")
    different = alt.Tooltip("different:Q", title="different units")
    tooltip = ["layer:Q", alt.Tooltip("correlation:Q", format=".4f"), different]
    line = only("line").mark_line(color=ink.train, tooltip=None).encode(x, y)
    points = only("line").mark_point(filled=True, size=50, opacity=1, color=ink.train).encode(x, y, tooltip=tooltip)
    silent = only("silent").mark_point(shape="cross", size=70, filled=True, color=ink.dead, opacity=1)
    return layered(line, points, silent.encode(x, y, tooltip=["layer:Q", different]), at_corners(x, y))


@spec_of
def units_spec(ink: Ink) -> Drawing:
    """`units_frame` as Vega-Lite without data."""
    x, y = step_x(), alt.Y("value:Q", scale=linear(), title="A weight of each unit")
    lines = only("line").mark_line(strokeWidth=1.5, color=ink.train, opacity=0.7, tooltip=None)
    return layered(lines.encode(x, y, alt.Detail("unit:Q")), at_corners(x, y))


@spec_of
def slide_spec(title: str, ink: Ink) -> Drawing:
    """`slide_frame` as Vega-Lite without data."""
    x, y, words = layer_x(), log_y(title), [OURS, SLIDE]
    legend = alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0)
    color = alt.Color("what:N", scale=alt.Scale(domain=words, range=[ink.train, ink.validation]), legend=legend)
    shape = alt.Shape("what:N", scale=alt.Scale(domain=words, range=["circle", "diamond"]), legend=legend)
    tooltip = ["layer:Q", "what:N", alt.Tooltip("value:Q", format=".3~g", title=title)]
    line = only("line").mark_line(color=ink.train, tooltip=None).encode(x, y)
    ours = only("line").mark_point(filled=True, size=40, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    slide = only("printed").mark_point(filled=True, size=90, opacity=1, xOffset=9)
    slide = slide.encode(x, y, color, shape, tooltip=tooltip)
    return layered(line, ours, slide, *lost_and_zero(x, y, ink), at_corners(x, y))
