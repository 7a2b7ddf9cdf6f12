"""What is left in networks of ever more layers, and how well they learn."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, log_domain, log_y, lost_and_zero, only, place
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.deep import DEPTHS, LAYERS, LEARNED

if TYPE_CHECKING:
    import xarray as xr

NAMES = {"xavier_normal": "Xavier", "he_normal": "He"}
TICKS = (1, 5, 10, 15, 20, 25, 30)
ROOM = 1.04  # above a share of 1, for its mark


def reach_frame(measured: Mapping[str, Array], expected: Mapping[str, Array], depth: int) -> pd.DataFrame:
    """A row for each depth and initializer: `value`, the median of the networks (network, depth) of `measured`, and
    their ends `low` and `high`; lines of what is `expected` (depth,); and the depth that is looked at."""
    domain, depths = log_domain(*measured.values(), *expected.values()), np.arange(1, LAYERS + 1)
    parts = []
    for name, values in measured.items():
        low, high = np.clip(values.min(0), *domain), np.clip(values.max(0), *domain)
        labels = {"depth": depths, "weights": NAMES[name]}
        parts.append({**labels, "shown": low, "top": high, "mark": "bar"})
        parts.append(place(np.median(values, 0), domain) | labels | {"expected": expected[name]})
        parts.append({**labels, "shown": np.clip(expected[name], *domain), "mark": "theory"})
    return frame_of(*parts, {"depth": depth, "mark": "now"}, corners(depth=(0.5, LAYERS + 0.5), shown=domain))


def scores_frame(scores: "xr.Dataset") -> pd.DataFrame:
    """A row for each depth and initializer that is known: the share right, `middle` of the seeds, from `low` to
    `high`."""
    parts = []
    for name in NAMES:
        shares = scores.sel(initializer=name)
        known = shares["middle"].notnull().values
        columns = {each: shares[each].values[known] for each in ("low", "middle", "high")}
        parts.append({"depth": shares["depth"].values[known], "weights": NAMES[name], "mark": "line", **columns})
    learned = {"middle": LEARNED, "mark": "learned"}
    return frame_of(*parts, learned, corners(depth=(0.5, LAYERS + 1.5), middle=(0, ROOM)))


@spec_of
def reach_spec(title: str, ink: Ink) -> Drawing:
    """`reach_frame` as Vega-Lite without data."""
    x, y, (color, shape) = _x(), log_y(title), _told_apart(ink)
    number = [
        alt.Tooltip("value:Q", format=".2e", title="measured"),
        alt.Tooltip("expected:Q", format=".2e", title="theory"),
    ]
    bars = only("bar").mark_rule(strokeWidth=4, opacity=0.3, tooltip=None).encode(x, y, alt.Y2("top:Q"), color)
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=35, opacity=1)
    points = points.encode(x, y, color, shape, tooltip=["depth:Q", "weights:N", *number])
    now = only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)
    return layered(now, bars, line, points, *lost_and_zero(x, y, ink), at_corners(x, y))


@spec_of
def scores_spec(ink: Ink) -> Drawing:
    """`scores_frame` as Vega-Lite without data."""
    x, (color, shape) = _x(DEPTHS), _told_apart(ink)
    axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    y = alt.Y("middle:Q", scale=linear(), axis=axis, title="Held-out samples right")
    ends = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("low", "middle", "high")]
    bars = only("line").mark_rule(strokeWidth=4, opacity=0.3, tooltip=None)
    bars = bars.encode(x, alt.Y("low:Q", scale=linear()), alt.Y2("high:Q"), color)
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=70, opacity=1)
    points = points.encode(x, y, color, shape, tooltip=["depth:Q", "weights:N", *ends])
    learned = only("learned").mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    return layered(learned, bars, lines, points, at_corners(x, y))


def _x(values: Sequence[int] = TICKS) -> alt.X:
    axis = alt.Axis(format="d", values=list(values), grid=False)
    return alt.X("depth:Q", scale=linear(), axis=axis, title="Hidden layers")


def _told_apart(ink: Ink) -> tuple[alt.Color, alt.Shape]:
    """The initializers by colour and by shape."""
    legend = alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0, symbolOpacity=1)
    names = list(NAMES.values())
    colors = alt.Scale(domain=names, range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=names, range=["square", "circle"])
    return alt.Color("weights:N", scale=colors, legend=legend), alt.Shape("weights:N", scale=shapes, legend=legend)
