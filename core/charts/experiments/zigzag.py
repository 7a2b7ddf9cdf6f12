"""Gradient descent over the loss of two weights, its loss over the steps, and how often all gradients have one sign."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.chart import Drawing, layered, spec_of
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.experiments.zigzag import KINDS, REACHED, SIZES, STEPS, Descent, Signs

REACH = (2.4, 1.8)  # of the plane, from the goal to its sides and to its top and bottom
FAR = 50.0  # beyond which a path is not followed: it has long left the plane
LEVELS = 4.0 ** -np.arange(-2, 5)  # of the loss, in that at the start: each ring has a quarter of the next outside it
AROUND = np.linspace(0, 2 * np.pi, 121)
LOSSES = (1e-6, 1e3)  # the ends of the axis of losses
HELD = (1e-30, 1e30)  # what a frame holds of losses, well beyond the axis


def path_frame(descent: Descent) -> pd.DataFrame:
    """A row for each step of the first run, from its start (x, y), and for each point of the rings of equal loss."""
    path = descent.errors[:, 0]
    away = np.abs(path).max(1) > FAR
    path = path[: away.argmax() + 1] if away.any() else path
    step = np.arange(len(path))
    loss = np.clip(descent.losses[: len(path), 0], *HELD)
    steps = {"x": path[:, 0], "y": path[:, 1], "step": step, "loss": loss, "mark": "step", "kind": descent.kind}
    start = {"x": path[:1, 0], "y": path[:1, 1], "mark": "end", "what": "start"}
    goal = {"x": 0.0, "y": 0.0, "mark": "end", "what": "goal"}
    x, y = REACH
    return frame_of(steps, start, goal, *_rings(descent), corners(x=(-x, x), y=(-y, y)))


def _rings(descent: Descent) -> list[Columns]:
    curvatures, directions = np.linalg.eigh(descent.hessian)
    start = descent.errors[0, 0]
    unit = np.stack([np.cos(AROUND), np.sin(AROUND)], 1) / np.sqrt(curvatures) @ directions.T  # where the loss is 1
    size = np.sqrt(LEVELS * (start @ descent.hessian @ start))
    return [_ring(length * unit, level) for length, level in zip(size, LEVELS, strict=True)]


def _ring(points: Array, level: float) -> Columns:
    order = np.arange(len(points))
    return {"x": points[:, 0], "y": points[:, 1], "step": order, "loss": level, "mark": "ring"}


def losses_frame(descents: list[Descent]) -> pd.DataFrame:
    """A row for each step and kind: `loss`, the median over runs, of that at the start, until it leaves the axis."""
    parts: list[Columns] = []
    for descent in descents:
        loss = _until(np.median(descent.losses, 1), LOSSES)
        parts.append({"step": np.arange(len(loss)), "loss": loss, "kind": descent.kind, "mark": "line"})
    return frame_of(*parts, {"loss": REACHED, "mark": "reached"}, corners(step=(0, STEPS), loss=LOSSES))


def _until(values: Array, ends: tuple[float, float]) -> Array:
    """The values before the first that is not between the ends."""
    beyond = (values < ends[0]) | (values > ends[1])
    return values[: beyond.argmax()] if beyond.any() else values


def signs_frame(signs: Signs) -> pd.DataFrame:
    """A row for each batch size and kind: the `share` of units with gradients of one sign, and `expected` by theory."""
    parts: list[Columns] = []
    for kind, measured, expected in zip(KINDS, signs.measured, signs.expected, strict=True):
        parts.append({"size": SIZES, "share": measured, "expected": expected, "kind": kind, "mark": "line"})
        parts.append({"share": expected, "kind": kind, "mark": "theory"})
    return frame_of(*parts, corners(size=(SIZES[0], SIZES[-1]), share=(0, 1)))


@spec_of
def path_spec(ink: Ink) -> Drawing:
    """`path_frame` as Vega-Lite without data."""
    (right, top), axis = REACH, alt.Axis(values=[-2, -1, 0, 1, 2], grid=False)
    x = alt.X(
        "x:Q", scale=alt.Scale(domain=[-right, right], nice=False), axis=axis, title="First weight, from its goal"
    )
    y = alt.Y("y:Q", scale=alt.Scale(domain=[-top, top], nice=False), axis=axis, title="Second weight, from its goal")
    color, shape, dash = _told_apart(ink, legend=None)
    tooltip = [alt.Tooltip("step:Q"), alt.Tooltip("loss:Q", format=".2e", title="loss, of that at the start")]
    rings = only("ring").mark_line(color=ink.faint, opacity=0.5, strokeWidth=1, clip=True, tooltip=None)
    rings = rings.encode(x, y, alt.Order("step:Q"), alt.Detail("loss:Q"))
    line = only("step").mark_line(strokeWidth=1.5, clip=True, tooltip=None)
    line = line.encode(x, y, alt.Order("step:Q"), color, dash)
    points = only("step").mark_point(filled=True, size=24, opacity=1, clip=True)
    points = points.encode(x, y, color, shape, tooltip=tooltip)
    shapes = alt.Scale(domain=["start", "goal"], range=["diamond", "cross"])
    ends = only("end").mark_point(filled=True, size=130, color=ink.text, opacity=1)
    ends = ends.encode(x, y, alt.Shape("what:N", scale=shapes, legend=alt.Legend(title=None, orient="top")))
    drawing = layered(rings, line, points, ends, at_corners(x, y))
    independent: Drawing = drawing.resolve_scale(shape="independent")
    return independent


@spec_of
def losses_spec(ink: Ink) -> Drawing:
    """`losses_frame` as Vega-Lite without data."""
    scale = alt.Scale(type="log", domain=list(LOSSES), nice=False)
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title="Step")
    y = alt.Y("loss:Q", scale=scale, axis=alt.Axis(tickCount=4, labelExpr=POWERS), title="Loss, of that at the start")
    color, _, dash = _told_apart(ink, legend=_legend())
    lines = only("line").mark_line(strokeWidth=3, tooltip=None).encode(x, y, color, dash)
    reached = only("reached").mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    return layered(reached, lines, at_corners(x, y))


@spec_of
def signs_spec(ink: Ink) -> Drawing:
    """`signs_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=list(SIZES), format="d", grid=False)
    x = alt.X("size:Q", scale=alt.Scale(type="log", base=2, nice=False), axis=axis, title="Batch size")
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format=".0%"), title="Units with gradients of one sign")
    color, shape, dash = _told_apart(
        ink, legend=alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0), by_shape=True
    )
    tooltip = [
        alt.Tooltip("size:Q", title="batch size"),
        alt.Tooltip("kind:N"),
        alt.Tooltip("share:Q", format=".1%", title="measured"),
        alt.Tooltip("expected:Q", format=".1%", title="theory, large batch"),
    ]
    theory = only("theory").mark_rule(strokeDash=[2, 3], strokeWidth=1.5, tooltip=None).encode(y, color)
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    points = only("line").mark_point(filled=True, size=60, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(theory, lines, points, at_corners(x, y))


def _legend() -> alt.Legend:
    return alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)


def _told_apart(
    ink: Ink, legend: alt.Legend | None, *, by_shape: bool = False
) -> tuple[alt.Color, alt.Shape, alt.StrokeDash]:
    """The kinds of inputs by colour, shape and dash; the legend is of shapes or of dashes."""
    colors = alt.Scale(domain=list(KINDS), range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=list(KINDS), range=["circle", "square"])
    dashes = alt.Scale(domain=list(KINDS), range=[[1, 0], [6, 3]])
    return (
        alt.Color("kind:N", scale=colors, legend=legend),
        alt.Shape("kind:N", scale=shapes, legend=legend if by_shape else None),
        alt.StrokeDash("kind:N", scale=dashes, legend=None if by_shape else legend),
    )
