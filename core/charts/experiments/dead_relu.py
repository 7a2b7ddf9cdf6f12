"""ReLU units in the plane of their two inputs, a unit before and after one step of training, and what a bias does."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

STATES = {"on_for_some": "on for some points", "on_for_all": "on for all points", "dead": "dead"}
PLANE_HEIGHT = 420
REACH = 7.0  # of the plane, from its middle to its sides
SIDE, APART = 0.8, 4.0  # the stroke that shows on which side of its line a unit is on: its length, and where it is
WHOLE = 5  # the axis of z ends at multiples of this, so that it rarely moves
DRAWN = 9  # units whose lines are drawn
PLACE = "place"  # the name of the selection: where a click puts the cloud
PLACES = tuple(np.arange(-5, 5.5, 0.5).tolist())  # of the middle of the cloud, along each input


def lines_frame(units: "xr.Dataset") -> pd.DataFrame:
    """A row for each point; for each of the first units its line from (x, y) to (x2, y2), and a stroke to its side.

    And one, not to be seen, for each of PLACES that the cloud can be put to.
    """
    weights, states = units["weights"].values[:DRAWN], units["state_of"].values[:DRAWN]
    named = {"state": [said(STATES[state]) for state in states]}
    size = np.linalg.norm(weights, axis=1, keepdims=True)
    towards = weights / size
    foot, along = -units["bias"].item() * weights / size**2, np.stack([-towards[:, 1], towards[:, 0]], 1)
    lines = _strokes(foot - 3 * REACH * along, foot + 3 * REACH * along) | named | {"mark": "line"}
    apart = foot + APART * along  # without a bias all lines meet in the origin
    sides = _strokes(apart, apart + SIDE * towards) | named | {"mark": "side"}
    points = {"x": units["points"].values[:, 0], "y": units["points"].values[:, 1], "mark": "point"}
    return frame_of(points, lines, sides, _places(), corners(x=(-REACH, REACH), y=(-REACH, REACH)))


def _strokes(start: Array, end: Array) -> Columns:
    return {"x": start[:, 0], "y": start[:, 1], "x2": end[:, 0], "y2": end[:, 1]}


def _places() -> Columns:
    across, up = np.meshgrid(PLACES, PLACES)
    return {"x": across.ravel(), "y": up.ravel(), "mark": "place"}


def one_step_frame(step: "xr.Dataset") -> pd.DataFrame:
    """A row for each point and time: z of the unit, `when`, and whether it is on."""
    parts: list[Columns] = []
    for time in ("before", "after"):
        z = step["z"].sel(time=time).values
        parts.append({"z": z, "when": said(time), "state": np.where(z > 0, said("on"), said("off")), "mark": "point"})
    most = WHOLE * float(np.ceil(np.abs(step["z"].values).max() / WHOLE))
    return frame_of(*parts, {**corners(z=(-most, most)), "when": said("before")})


def biases_frame(shares: "xr.Dataset", bias: float) -> pd.DataFrame:
    """A row for each bias: the share of dead units, measured and `expected`; and the bias that the units have."""
    biases, measured, expected = (shares[name].values for name in ("bias", "measured", "expected"))
    dots = {"bias": biases, "dead": measured, "expected": expected, "mark": "dot"}
    line = {"bias": biases, "dead": expected, "mark": "theory"}
    ends = (biases.min(), biases.max())
    return frame_of(dots, line, {"bias": bias, "mark": "now"}, corners(bias=ends, dead=(0, 1)))


def _lines() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.dead_relu import cloud

    return ((cloud(middle, bias, 20),) for middle, bias in (((2.5, 2.0), 0.0), ((-5.0, -5.0), -2.0), ((0.0, 0.0), 2.0)))


def _steps() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.dead_relu import blow

    return ((blow(units, times),) for (units,) in _lines() for times in (0.5, 2.0))


def _biases() -> Iterable[tuple[Any, ...]]:
    from core.experiments.dead_relu import SPREAD, with_biases

    return ((with_biases(units, SPREAD), bias) for (units,) in _lines() for bias in (-2.0, 0.01))


@picture(
    "Each unit is a line",
    see="Off on one side of its line, on where the short stroke points; dead if no point is there. A click moves the "
    "cloud, as the sliders do.",
    frame=lines_frame,
    examples=_lines,
    height=PLANE_HEIGHT,
)
def lines(ink: Ink) -> Drawing:
    """A cloud of points in the plane, and the lines of some units, by whether they are on for some, all, or none.

    A click selects the nearest of PLACES as PLACE, by its x and y.
    """
    plane = alt.Scale(domain=[-REACH, REACH], nice=False)
    axis = alt.Axis(values=[-5, 0, 5], grid=True)
    x = alt.X("x:Q", scale=plane, axis=axis, title=said("First input"))
    y = alt.Y("y:Q", scale=plane, axis=axis, title=said("Second input"))
    ends = (alt.X2("x2:Q"), alt.Y2("y2:Q"))
    color, dash = _by_state(ink)
    points = only("point").mark_point(filled=True, size=18, color=ink.text, opacity=0.7).encode(x, y)
    strokes = only("line").mark_rule(strokeWidth=1.5, clip=True).encode(x, y, *ends, color, dash)
    sides = only("side").mark_rule(strokeWidth=3, clip=True)
    sides = sides.encode(x, y, *ends, alt.Color("state:N", scale=color["scale"]))
    place = alt.selection_point(name=PLACE, fields=["x", "y"], on="click", nearest=True, clear=False)
    places = only("place").mark_point(opacity=0, tooltip=None).encode(x, y).add_params(place)
    return layered(points, strokes, sides, at_corners(x, y), places)


def _by_state(ink: Ink) -> tuple[alt.Color, alt.StrokeDash]:
    """The states of units by colour and by dash."""
    states = [said(words) for words in STATES.values()]
    legend = alt.Legend(title=None, orient="top", columns=1, labelLimit=300, symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=states, range=[ink.alive, ink.train, ink.dead])
    dashes = alt.Scale(domain=states, range=[[1, 0], [8, 3], [2, 3]])
    return alt.Color("state:N", scale=colors, legend=legend), alt.StrokeDash("state:N", scale=dashes, legend=legend)


@picture(
    "One unit, before and after one step",
    see="Right of the line it is on. At 0.99× some point is left that can bring it back; at 1.01× there is none.",
    frame=one_step_frame,
    examples=_steps,
    height=PLANE_HEIGHT,
)
def one_step(ink: Ink) -> Drawing:
    """The pre-activations of one unit at all points, before and after a single step of gradient descent."""
    x = alt.X("z:Q", scale=linear(), title=said("Pre-activation z of every point"))
    times = [said("before"), said("after")]
    y = alt.Y("when:N", sort=times, axis=alt.Axis(ticks=False, domain=False), title=None)
    states, legend = [said("on"), said("off")], alt.Legend(title=None, orient="top")
    color = alt.Color("state:N", scale=alt.Scale(domain=states, range=[ink.alive, ink.dead]), legend=legend)
    shape = alt.Shape("state:N", scale=alt.Scale(domain=states, range=["circle", "cross"]), legend=legend)
    points = only("point").mark_point(size=50, filled=True, opacity=0.6).encode(x, y, color, shape)
    zero = alt.Chart().mark_rule(color=ink.text, strokeDash=[4, 3], tooltip=None).encode(x=alt.datum(0))
    return layered(zero, points, at_corners(x, y))


@picture(
    "What a bias does",
    see="0.01 is hardly more than 0. A bias saves many units only where it is as large as z. Dotted is theory.",
    frame=biases_frame,
    examples=_biases,
)
def biases(ink: Ink) -> Drawing:
    """The share of dead units over the bias that all units share, on this cloud."""
    x = alt.X("bias:Q", scale=linear(), axis=alt.Axis(tickCount=5, grid=False), title=said("Bias of all units"))
    y = alt.Y("dead:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title=said("Dead units"))
    tooltip = [
        alt.Tooltip("bias:Q", format=".2g", title=said("bias")),
        alt.Tooltip("dead:Q", format=".1%", title=said("measured")),
        alt.Tooltip("expected:Q", format=".1%", title=said("theory")),
    ]
    rule = only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], color=ink.text, tooltip=None).encode(x, y)
    dots = only("dot").mark_point(filled=True, size=35, opacity=1, color=ink.train).encode(x, y, tooltip=tooltip)
    return layered(rule, line, dots, at_corners(x, y))
