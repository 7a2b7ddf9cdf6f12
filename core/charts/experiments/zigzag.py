"""Gradient descent over the loss of two weights, its loss over the steps, and how often all gradients have one sign."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"positive": "positive inputs", "centred": "centred inputs"}
TITLES = {"positive": "Positive inputs: a valley", "centred": "Centred inputs: a bowl"}
SEES = {
    "positive": "A ring is equal loss, a quarter of that of the ring around it. Updates of one sign go up right, or "
    "down left.",
    "centred": "The same samples less their mean, from the same start. At a stable rate nothing ties the two weights "
    "together.",
}
PATH_HEIGHT = 380
REACH = (2.4, 1.8)  # of the plane, from the goal to its sides and to its top and bottom
FAR = 50.0  # beyond which a path is not followed: it has long left the plane
LEVELS = 4.0 ** -np.arange(-2, 5)  # of the loss, in that at the start: each ring has a quarter of the next outside it
AROUND = np.linspace(0, 2 * np.pi, 121)
LOSSES = (1e-6, 1e3)  # the ends of the axis of losses
HELD = (1e-30, 1e30)  # what a frame holds of losses, well beyond the axis


def path_frame(descent: "xr.Dataset") -> pd.DataFrame:
    """A row for each step of the first run, from its start (x, y), and for each point of the rings of equal loss."""
    path = descent["error"].isel(run=0).values
    away = np.abs(path).max(1) > FAR
    path = path[: away.argmax() + 1] if away.any() else path
    step = np.arange(len(path))
    loss = np.clip(descent["loss"].isel(run=0).values[: len(path)], *HELD)
    steps = {"x": path[:, 0], "y": path[:, 1], "step": step, "loss": loss, "mark": "step", "kind": _kind(descent)}
    start = {"x": path[:1, 0], "y": path[:1, 1], "mark": "end", "what": said("start")}
    goal = {"x": 0.0, "y": 0.0, "mark": "end", "what": said("goal")}
    x, y = REACH
    return frame_of(steps, start, goal, *_rings(descent), corners(x=(-x, x), y=(-y, y)))


def _rings(descent: "xr.Dataset") -> list[Columns]:
    hessian = descent["hessian"].values
    curvatures, directions = np.linalg.eigh(hessian)
    start = descent["error"].isel(step=0, run=0).values
    unit = np.stack([np.cos(AROUND), np.sin(AROUND)], 1) / np.sqrt(curvatures) @ directions.T  # where the loss is 1
    size = np.sqrt(LEVELS * (start @ hessian @ start))
    return [_ring(length * unit, level) for length, level in zip(size, LEVELS, strict=True)]


def _ring(points: Array, level: float) -> Columns:
    order = np.arange(len(points))
    return {"x": points[:, 0], "y": points[:, 1], "step": order, "loss": level, "mark": "ring"}


def losses_frame(descents: "xr.Dataset") -> pd.DataFrame:
    """A row for each step and kind: `loss`, the median over runs, of that at the start, until it leaves the axis."""
    parts: list[Columns] = []
    for descent in _each(descents):
        loss = _until(descent["loss"].median("run").values, LOSSES)
        parts.append({"step": np.arange(len(loss)), "loss": loss, "kind": _kind(descent), "mark": "line"})
    reached = {"loss": descents.attrs["reached"], "mark": "reached"}
    return frame_of(*parts, reached, corners(step=(0, descents.sizes["step"] - 1), loss=LOSSES))


def _until(values: Array, ends: tuple[float, float]) -> Array:
    """The values before the first that is not between the ends."""
    beyond = (values < ends[0]) | (values > ends[1])
    return values[: beyond.argmax()] if beyond.any() else values


def signs_frame(signs: "xr.Dataset") -> pd.DataFrame:
    """A row for each batch size and kind: the `share` of units with gradients of one sign, and `expected` by theory."""
    parts: list[Columns] = []
    sizes = signs["size"].values
    for counted in _each(signs):
        kind, expected = _kind(counted), counted["expected"].item()
        share = counted["measured"].values
        parts.append({"size": sizes, "share": share, "expected": expected, "kind": kind, "mark": "line"})
        parts.append({"share": expected, "kind": kind, "mark": "theory"})
    return frame_of(*parts, corners(size=(sizes[0], sizes[-1]), share=(0, 1)))


def _each(found: "xr.Dataset") -> Iterable["xr.Dataset"]:
    return (found.sel(kind=kind) for kind in found["kind"].values)


def _kind(descent: "xr.Dataset") -> str:
    return said(KINDS[descent["kind"].item()])


def _sizes(signs: "xr.Dataset") -> Scene:
    return (tuple(signs["size"].values.tolist()),)


def _examples() -> Any:
    from core.experiments.zigzag import SAMPLES, descents

    return [descents(1, 0.5), descents(SAMPLES, 1.1), descents(SAMPLES, 0.2)]


def _paths() -> Iterable[tuple["xr.Dataset"]]:
    return ((descent,) for descents in _examples() for descent in _each(descents))


def _losses() -> Iterable[tuple["xr.Dataset"]]:
    return ((descents,) for descents in _examples())


def _signs() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.zigzag import signs

    return ((signs(2),), (signs(64),))


@picture(
    lambda descent: TITLES[descent["kind"].item()],
    see=lambda descent: SEES[descent["kind"].item()],
    alt="The path of gradient descent over the loss of two weights, for {kind}, with rings of equal loss.",
    fill=lambda descent: {"kind": _kind(descent)},
    frame=path_frame,
    examples=_paths,
    height=PATH_HEIGHT,
)
def path(ink: Ink) -> Drawing:
    """The path of gradient descent over the loss of two weights, with rings of equal loss."""
    (right, top), axis = REACH, alt.Axis(values=[-2, -1, 0, 1, 2], grid=False)
    wide, high = (alt.Scale(domain=[-end, end], nice=False) for end in (right, top))
    x = alt.X("x:Q", scale=wide, axis=axis, title=said("First weight, from its goal"))
    y = alt.Y("y:Q", scale=high, axis=axis, title=said("Second weight, from its goal"))
    color, shape, dash = _told_apart(ink, legend=None)
    loss = alt.Tooltip("loss:Q", format=".2e", title=said("loss, of that at the start"))
    rings = only("ring").mark_line(color=ink.faint, opacity=0.5, strokeWidth=1, clip=True, tooltip=None)
    line = only("step").mark_line(strokeWidth=1.5, clip=True, tooltip=None)
    points = only("step").mark_point(filled=True, size=24, opacity=1, clip=True)
    shapes = alt.Scale(domain=[said("start"), said("goal")], range=["diamond", "cross"])
    ends = only("end").mark_point(filled=True, size=130, color=ink.text, opacity=1)
    drawing = layered(
        rings.encode(x, y, alt.Order("step:Q"), alt.Detail("loss:Q")),
        line.encode(x, y, alt.Order("step:Q"), color, dash),
        points.encode(x, y, color, shape, tooltip=[alt.Tooltip("step:Q", title=said("step")), loss]),
        ends.encode(x, y, alt.Shape("what:N", scale=shapes, legend=alt.Legend(title=None, orient="top"))),
        at_corners(x, y),
    )
    independent: Drawing = drawing.resolve_scale(shape="independent")
    return independent


@picture(
    "The loss on the way",
    see="Medians of 51 orders of the samples. At small learning rates the batch size hardly matters. Dotted is 1/1000.",
    frame=losses_frame,
    examples=_losses,
)
def losses(ink: Ink) -> Drawing:
    """The loss of both kinds of inputs over the steps, on a logarithmic axis."""
    scale = alt.Scale(type="log", domain=list(LOSSES), nice=False)
    axis = alt.Axis(tickCount=4, labelExpr=POWERS)
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title=said("Step"))
    y = alt.Y("loss:Q", scale=scale, axis=axis, title=said("Loss, of that at the start"))
    color, _, dash = _told_apart(ink, legend=_legend())
    lines = only("line").mark_line(strokeWidth=3, tooltip=None).encode(x, y, color, dash)
    reached = only("reached").mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    return layered(reached, lines, at_corners(x, y))


@picture(
    "How often all gradients have one sign",
    see="Over random errors, not on the paths above: certain for one positive sample, less so in a batch. "
    "Dotted: theory.",
    frame=signs_frame,
    scene=_sizes,
    examples=_signs,
)
def signs(sizes: tuple[int, ...], ink: Ink) -> Drawing:
    """The share of units whose weight gradients all have one sign over the batch size, for both kinds."""
    axis = alt.Axis(values=list(sizes), format="d", grid=False)
    x = alt.X("size:Q", scale=alt.Scale(type="log", base=2, nice=False), axis=axis, title=said("Batch size"))
    share = said("Units with gradients of one sign")
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format=".0%"), title=share)
    legend = alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0)
    color, shape, dash = _told_apart(ink, legend, by_shape=True)
    tooltip = [
        alt.Tooltip("size:Q", title=said("batch size")),
        alt.Tooltip("kind:N", title=said("kind")),
        alt.Tooltip("share:Q", format=".1%", title=said("measured")),
        alt.Tooltip("expected:Q", format=".1%", title=said("theory, large batch")),
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
    kinds = [said(words) for words in KINDS.values()]
    colors = alt.Scale(domain=kinds, range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=kinds, range=["circle", "square"])
    dashes = alt.Scale(domain=kinds, range=[[1, 0], [6, 3]])
    return (
        alt.Color("kind:N", scale=colors, legend=legend),
        alt.Shape("kind:N", scale=shapes, legend=legend if by_shape else None),
        alt.StrokeDash("kind:N", scale=dashes, legend=None if by_shape else legend),
    )
