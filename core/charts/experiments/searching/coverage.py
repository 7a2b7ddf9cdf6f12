"""How a search covers its space: points in a square, seen from one side, and how far they end from the optimum."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.searching.coverage import KNOBS, STRATEGIES, Distances, Tried

GAP = 1.15  # from the left side of one square to that of the next
FOOT = -0.08  # where the projections stand, below the squares
TOP = 1.1  # where the words stand, above them
NEAREST, FARTHEST = 0.003, 1.0  # the ends of the axis of distances


def square_frame(tried: Sequence[Tried]) -> pd.DataFrame:
    """A row for each trial of each strategy, in squares side by side: its place, and `away`, how far it is from the
    optimum along the knob that matters. Then the optimum, the best share, the squares, and the words above them."""
    parts: list[Columns] = []
    for place, one in enumerate(tried):
        left = place * GAP
        points = {"x": left + one.points[:, 0], "y": one.points[:, 1], "foot": FOOT, "away": one.away}
        parts.append({**points, "strategy": one.strategy, "mark": np.where(one.nearest, "nearest", "trial")})
        parts.append({"x": left + np.unique(one.points[:, 0]), "y": FOOT, "strategy": one.strategy, "mark": "value"})
        parts.append({"x": left + one.optimum, "y": FOOT, "top": 1.0, "mark": "optimum"})
        low, high = one.best
        parts.append({"x": left + low, "right": left + high, "y": 0.0, "top": 1.0, "mark": "best"})
        parts.append({"x": left, "right": left + 1, "y": 0.0, "top": 1.0, "mark": "square"})
        parts.append({"x": left + 0.5, "y": TOP, "words": _words(one), "mark": "words"})
    return frame_of(*parts, corners(x=(0, 1 + GAP * (len(tried) - 1)), y=(2 * FOOT, 1.2)))


def _words(one: Tried) -> str:
    return f"{one.strategy}: {one.values} value{'s' if one.values > 1 else ''}"


def distances_frame(found: Distances) -> pd.DataFrame:
    """A row for each strategy and number of knobs: the mean distance, simulated, and `expected` by the formulas."""
    parts: list[Columns] = []
    for strategy, measured, expected in zip(STRATEGIES, found.measured, found.expected, strict=True):
        dots = {"knobs": np.array(KNOBS), "distance": measured, "expected": expected, "strategy": strategy}
        known = np.isfinite(expected)
        line = {"knobs": np.array(KNOBS)[known], "distance": expected[known], "strategy": strategy}
        parts += [{**dots, "mark": "line"}, {**line, "mark": "theory"}]
    return frame_of(*parts, corners(knobs=(KNOBS[0] - 0.3, KNOBS[-1] + 0.3), distance=(NEAREST, FARTHEST)))


@spec_of
def square_spec(ink: Ink) -> Drawing:
    """`square_frame` as Vega-Lite without data."""
    bare = alt.Axis(labels=False, ticks=False, domain=False, grid=False)
    x = alt.X("x:Q", scale=linear(), axis=bare, title="The knob that matters")
    y = alt.Y("y:Q", scale=linear(), axis=bare, title="The other knob")
    tooltip = [alt.Tooltip("away:Q", format=".3f", title="from the optimum")]
    color, shape = _told_apart(ink, legend=None)
    sides = only("square").mark_rect(filled=False, stroke=ink.faint, strokeWidth=1, tooltip=None)
    best = only("best").mark_rect(color=ink.alive, opacity=0.3, tooltip=None)
    drops = only("trial").mark_rule(color=ink.faint, opacity=0.35, tooltip=None).encode(x, y, alt.Y2("foot:Q"))
    near = only("nearest").mark_rule(color=ink.text, tooltip=None).encode(x, y, alt.Y2("foot:Q"))
    optimum = only("optimum").mark_rule(color=ink.text, strokeDash=[5, 3], strokeWidth=2, tooltip=None)
    values = only("value").mark_tick(orient="vertical", thickness=2, size=14, tooltip=None)
    trials = only("trial").mark_point(filled=True, size=55, opacity=1)
    nearest = only("nearest").mark_point(filled=True, shape="diamond", size=140, color=ink.text, opacity=1)
    words = only("words").mark_text(color=ink.text, fontSize=13, tooltip=None).encode(x, y, alt.Text("words:N"))
    return layered(
        *(box.encode(x, y, alt.X2("right:Q"), alt.Y2("top:Q")) for box in (best, sides)),
        drops,
        near,
        optimum.encode(x, y, alt.Y2("top:Q")),
        values.encode(x, y, color),
        trials.encode(x, y, color, shape, tooltip=tooltip),
        nearest.encode(x, y, tooltip=tooltip),
        words,
        at_corners(x, y),
    )


@spec_of
def distances_spec(ink: Ink) -> Drawing:
    """`distances_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=list(KNOBS), format="d", grid=False)
    x = alt.X("knobs:Q", scale=linear(), axis=axis, title="Knobs that are searched")
    scale, ticks = alt.Scale(type="log", nice=False), alt.Axis(values=[0.003, 0.01, 0.03, 0.1, 0.3, 1], format="~g")
    y = alt.Y("distance:Q", scale=scale, axis=ticks, title="Mean distance to the optimum")
    color, shape = _told_apart(ink, alt.Legend(title=None, orient="top", symbolSize=80))
    tooltip = [
        alt.Tooltip("knobs:Q"),
        alt.Tooltip("strategy:N"),
        alt.Tooltip("distance:Q", format=".3f", title="simulated"),
        alt.Tooltip("expected:Q", format=".3f", title="formula"),
    ]
    theory = only("theory").mark_line(strokeDash=[2, 3], strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=70, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(theory, points, at_corners(x, y))


def _told_apart(ink: Ink, legend: alt.Legend | None) -> tuple[alt.Color, alt.Shape]:
    """The strategies by colour and shape."""
    colors = alt.Scale(domain=list(STRATEGIES), range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=list(STRATEGIES), range=["square", "circle"])
    return (
        alt.Color("strategy:N", scale=colors, legend=legend),
        alt.Shape("strategy:N", scale=shapes, legend=legend),
    )
