"""ReLU units in the plane of their two inputs, a unit before and after one step of training, and what a bias does."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.dead_relu import STATES, Biases, Blow, UnitsInPlane

REACH = 7.0  # of the plane, from its middle to its sides
SIDE, APART = 0.8, 4.0  # the stroke that shows on which side of its line a unit is on: its length, and where it is
DRAWN = 9  # units whose lines are drawn
PLACE = "place"  # the name of the selection: where a click puts the cloud
PLACES = tuple(np.arange(-5, 5.5, 0.5).tolist())  # of the middle of the cloud, along each input


def cloud_frame(cloud: UnitsInPlane) -> pd.DataFrame:
    """A row for each point; for each of the first units its line from (x, y) to (x2, y2), and a stroke to its side.

    And one, not to be seen, for each of PLACES that the cloud can be put to.
    """
    weights, states = cloud.weights[:DRAWN], [STATES[state] for state in cloud.states[:DRAWN]]
    size = np.linalg.norm(weights, axis=1, keepdims=True)
    towards = weights / size
    foot, along = -cloud.bias * weights / size**2, np.stack([-towards[:, 1], towards[:, 0]], 1)
    lines = _strokes(foot - 3 * REACH * along, foot + 3 * REACH * along) | {"state": states, "mark": "line"}
    apart = foot + APART * along  # without a bias all lines meet in the origin
    sides = _strokes(apart, apart + SIDE * towards) | {"state": states, "mark": "side"}
    points = {"x": cloud.points[:, 0], "y": cloud.points[:, 1], "mark": "point"}
    across, up = np.meshgrid(PLACES, PLACES)
    places = {"x": across.ravel(), "y": up.ravel(), "mark": "place"}
    return frame_of(points, lines, sides, places, corners(x=(-REACH, REACH), y=(-REACH, REACH)))


def _strokes(start: Array, end: Array) -> Columns:
    return {"x": start[:, 0], "y": start[:, 1], "x2": end[:, 0], "y2": end[:, 1]}


def blow_frame(blow: Blow) -> pd.DataFrame:
    """A row for each point and time: z of the unit, `when`, and whether it is on."""
    parts: list[Columns] = []
    for when, z in (("before", blow.before), ("after", blow.after)):
        parts.append({"z": z, "when": when, "state": np.where(z > 0, "on", "off"), "mark": "point"})
    most = float(np.abs([blow.before, blow.after]).max())
    return frame_of(*parts, {**corners(z=(-most, most)), "when": "before"})


def biases_frame(biases: Biases, bias: float) -> pd.DataFrame:
    """A row for each bias: the share of dead units, measured and `expected`; and the bias that the units have."""
    dots = {"bias": biases.biases, "dead": biases.measured, "expected": biases.expected, "mark": "dot"}
    line = {"bias": biases.biases, "dead": biases.expected, "mark": "theory"}
    ends = (min(biases.biases), max(biases.biases))
    return frame_of(dots, line, {"bias": bias, "mark": "now"}, corners(bias=ends, dead=(0, 1)))


@spec_of
def cloud_spec(ink: Ink) -> Drawing:
    """`cloud_frame` as Vega-Lite without data. A click selects the nearest of PLACES as PLACE, by its x and y."""
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
    place = alt.selection_point(name=PLACE, fields=["x", "y"], on="click", nearest=True, clear=False)
    places = only("place").mark_point(opacity=0, tooltip=None).encode(x, y).add_params(place)
    return layered(points, lines, sides, at_corners(x, y), places)


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


@spec_of
def biases_spec(ink: Ink) -> Drawing:
    """`biases_frame` as Vega-Lite without data."""
    x = alt.X("bias:Q", scale=linear(), axis=alt.Axis(tickCount=5, grid=False), title="Bias of all units")
    y = alt.Y("dead:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title="Dead units")
    tooltip = [
        alt.Tooltip("bias:Q", format=".2g"),
        alt.Tooltip("dead:Q", format=".1%", title="measured"),
        alt.Tooltip("expected:Q", format=".1%", title="theory"),
    ]
    rule = only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], color=ink.text, tooltip=None).encode(x, y)
    dots = only("dot").mark_point(filled=True, size=35, opacity=1, color=ink.train).encode(x, y, tooltip=tooltip)
    return layered(rule, line, dots, at_corners(x, y))
