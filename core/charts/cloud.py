"""ReLU units in the plane of their two inputs, and a unit before and after one step of training."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.chart import Drawing, layered, spec_of
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.dying import STATES, Blow, Cloud
from core.recording import Array

REACH = 7.0  # of the plane, from its middle to its sides
SIDE, APART = 0.8, 4.0  # the stroke that shows on which side of its line a unit is on: its length, and where it is
DRAWN = 9  # units whose lines are drawn


def cloud_frame(cloud: Cloud) -> pd.DataFrame:
    """A row for each point; for each of the first units its line from (x, y) to (x2, y2), and a stroke to its side."""
    weights, states = cloud.weights[:DRAWN], [STATES[state] for state in cloud.states[:DRAWN]]
    size = np.linalg.norm(weights, axis=1, keepdims=True)
    towards = weights / size
    foot, along = -cloud.bias * weights / size**2, np.stack([-towards[:, 1], towards[:, 0]], 1)
    lines = _strokes(foot - 3 * REACH * along, foot + 3 * REACH * along) | {"state": states, "mark": "line"}
    apart = foot + APART * along  # without a bias all lines meet in the origin
    sides = _strokes(apart, apart + SIDE * towards) | {"state": states, "mark": "side"}
    points = {"x": cloud.points[:, 0], "y": cloud.points[:, 1], "mark": "point"}
    return frame_of(points, lines, sides, corners(x=(-REACH, REACH), y=(-REACH, REACH)))


def _strokes(start: Array, end: Array) -> Columns:
    return {"x": start[:, 0], "y": start[:, 1], "x2": end[:, 0], "y2": end[:, 1]}


def blow_frame(blow: Blow) -> pd.DataFrame:
    """A row for each point and time: z of the unit, `when`, and whether it is on."""
    parts: list[Columns] = []
    for when, z in (("before", blow.before), ("after", blow.after)):
        parts.append({"z": z, "when": when, "state": np.where(z > 0, "on", "off"), "mark": "point"})
    most = float(np.abs([blow.before, blow.after]).max())
    return frame_of(*parts, {**corners(z=(-most, most)), "when": "before"})


@spec_of
def cloud_spec(ink: Ink) -> Drawing:
    """`cloud_frame` as Vega-Lite without data."""
    plane = alt.Scale(domain=[-REACH, REACH], nice=False)
    axis = alt.Axis(values=[-5, 0, 5], grid=True)
    x = alt.X("x:Q", scale=plane, axis=axis, title="First input")
    y = alt.Y("y:Q", scale=plane, axis=axis, title="Second input")
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=list(STATES), range=[ink.alive, ink.train, ink.dead])
    dashes = alt.Scale(domain=list(STATES), range=[[1, 0], [8, 3], [2, 3]])
    color = alt.Color("state:N", scale=colors, legend=legend)
    dash = alt.StrokeDash("state:N", scale=dashes, legend=legend)
    ends = (alt.X2("x2:Q"), alt.Y2("y2:Q"))
    points = only("point").mark_point(filled=True, size=18, color=ink.text, opacity=0.7).encode(x, y)
    lines = only("line").mark_rule(strokeWidth=1.5, clip=True).encode(x, y, *ends, color, dash)
    sides = only("side").mark_rule(strokeWidth=3, clip=True).encode(x, y, *ends, alt.Color("state:N", scale=colors))
    return layered(points, lines, sides, at_corners(x, y))


@spec_of
def blow_spec(ink: Ink) -> Drawing:
    """`blow_frame` as Vega-Lite without data."""
    x = alt.X("z:Q", scale=linear(), title="Pre-activation z of every point")
    y = alt.Y("when:N", sort=["before", "after"], axis=alt.Axis(ticks=False, domain=False), title=None)
    colors = alt.Scale(domain=["on", "off"], range=[ink.alive, ink.dead])
    shapes = alt.Scale(domain=["on", "off"], range=["circle", "cross"])
    legend = alt.Legend(title=None, orient="top")
    points = only("point").mark_point(size=50, filled=True, opacity=0.6)
    points = points.encode(
        x, y, alt.Color("state:N", scale=colors, legend=legend), alt.Shape("state:N", scale=shapes, legend=legend)
    )
    zero = alt.Chart().mark_rule(color=ink.text, strokeDash=[4, 3], tooltip=None).encode(x=alt.datum(0))
    return layered(zero, points, at_corners(x, y))
