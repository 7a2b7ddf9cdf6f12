"""What preprocessing does: a cloud, pictures, gradient descent, and what layers have in common for all samples."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.words.numbers import readable, spoken
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

WAYS = {
    "raw": "raw",
    "centred": "centred",
    "standardized": "standardized",
    "decorrelated": "decorrelated",
    "whitened": "whitened",
}
HEIGHT = 360
REACH = 7.0  # of the plane, from its middle to its sides
GAP = 0.1  # between two pictures, in their width
WIDE = 2 + GAP
DASHES = ([1, 0], [1, 0], [2, 3], [6, 6], [10, 3, 2, 3])
WIDTHS = (2.0, 6.0, 2.0, 2.0, 2.0)  # the line of decorrelated inputs lies on that of centred ones
SHAPES = ("circle", "square", "diamond", "cross", "triangle-up")


def cloud_frame(cloud: "xr.Dataset") -> pd.DataFrame:
    """A row for each point (x, y), and one for each arm of the cross, from (x, y) to (x2, y2)."""
    x, y = (cloud["point"].sel(feature=feature).values for feature in ("first", "second"))
    start, stop = (cloud["cross"].sel(end=end) for end in ("start", "stop"))
    points = {"x": x, "y": y, "mark": "point"}
    arms = {**_place(start, "x", "y"), **_place(stop, "x2", "y2"), "mark": "arm"}
    return frame_of(points, arms, corners(x=(-REACH, REACH), y=(-REACH, REACH)))


def _place(ends: "xr.DataArray", x: str, y: str) -> Columns:
    return {x: ends.sel(feature="first").values, y: ends.sel(feature="second").values}


def pictures_frame(pictures: "xr.Dataset") -> pd.DataFrame:
    """A square for each number of the pictures: its `value`, and `shown`, in the largest |value|."""
    numbers = pictures["value"].transpose("picture", "row", "column").values
    side = pictures.sizes["column"]
    picture, row, column = (place.ravel() for place in np.indices(numbers.shape))
    left, top = picture * (1 + GAP) + column / side, row / side
    values = numbers.ravel()
    shown = values / max(float(np.abs(values).max()), 1e-12)
    place = {"x": left, "x2": left + 1 / side, "y": top, "y2": top + 1 / side}
    return frame_of({**place, "value": values, "shown": shown, "mark": "cell"}, corners(x=(0.0, WIDE), y=(0.0, 1.0)))


def descent_frame(descents: "xr.Dataset") -> pd.DataFrame:
    """A row for each step and way: what is `left` of the loss.

    A line ends at its first step beyond the axis, and the mark "gone" stands there, on the end of the axis.
    """
    parts: list[Columns] = []
    step = descents["step"].values
    for way, left in _each(descents["left"]):
        beyond = (left > 1) & (step > 0)
        shown = int(beyond.argmax()) + 1 if beyond.any() else len(left)
        parts.append({"step": step[:shown], "left": left[:shown], "way": way, "mark": "line"})
        if beyond.any():
            parts.append({"step": step[shown - 1], "left": 1.0, "way": way, "mark": "gone"})
    return frame_of(*parts, corners(step=(step[0], step[-1]), left=(0.0, 1.0)))


def common_frame(common: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer and way: the `share` of its mean square that is the same for all samples. 0 is the input."""
    layer = common["layer"].values
    parts: list[Columns] = [
        {"layer": layer, "share": share, "way": way, "mark": "line"} for way, share in _each(common["share"])
    ]
    return frame_of(*parts, corners(layer=(-0.3, layer[-1] + 0.3), share=(-0.03, 1.03)))


def descent_table(descents: "xr.Dataset") -> pd.DataFrame:
    """What is told of each way beside the picture, in words."""
    return pd.DataFrame([_row(descents.sel(way=way)) for way in descents["way"].values]).set_index(said("Inputs"))


def _row(descent: "xr.Dataset") -> dict[str, str]:
    return {
        said("Inputs"): _way(descent)["way"],
        said("Stable up to"): readable(descent["stable_rate"].item()),
        said("Steps to {reached} of the loss", reached=f"{descent.attrs['reached']:.0%}"): _steps(descent),
        said("Condition number"): spoken(descent["condition"].item()),
    }


def _steps(descent: "xr.Dataset") -> str:
    """How many steps there are, if any, and whether the loss grows without end after that."""
    steps, most, diverges = descent["steps"].item(), descent.attrs["most_steps"], descent.attrs["share"] > 1
    if steps > most:
        return said("diverges") if diverges else f"> {most:,}"
    return said("{steps}, then diverges", steps=f"{steps:,.0f}") if diverges else f"{steps:,.0f}"


def _each(found: "xr.DataArray") -> Iterable[tuple[str, Any]]:
    """The values of each way, with what it is called."""
    return ((said(WAYS[way]), found.sel(way=way).values) for way in found["way"].values)


def _way(found: "xr.Dataset") -> dict[str, str]:
    return {"way": said(WAYS[found["way"].item()])}


def _of_dataset(pictures: "xr.Dataset") -> dict[str, str]:
    return {**_way(pictures), "dataset": pictures["dataset"].item()}


def _see_descent(descents: "xr.Dataset") -> str:
    words = "Each at the same part of its own stable rate. Decorrelated lies on centred."
    return words + " Triangles: off the axis from here on." if descents.attrs["share"] > 1 else words


def _compared(common: "xr.Dataset") -> Scene:
    return (tuple(common["way"].values.tolist()),)


def _clouds() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.preprocessing import cloud

    return ((cloud("raw"),), (cloud("whitened"),))


def _pictures() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.preprocessing import pictures

    raw = pictures("digits", "raw")
    return ((raw,), (pictures("digits", "whitened"),), (raw.where(False, 0.0),))


def _descents() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.preprocessing import bowls, descents

    return ((descents(bowls("digits"), share),) for share in (0.1, 0.5, 1.01))


def _commons() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.preprocessing import common

    return ((common("digits", activation),) for activation in ("relu", "sigmoid"))


@picture(
    "A cloud, {way}",
    see="The cross marks the longest and the shortest way through the raw cloud. Whatever is done to the points is "
    "done to it.",
    alt="A cloud of points in the plane, {way}, with a cross through it.",
    fill=_way,
    frame=cloud_frame,
    examples=_clouds,
    height=HEIGHT,
)
def cloud(ink: Ink) -> Drawing:
    """A cloud of points in the plane after one way of preprocessing, with a cross through it."""
    plane, axis = alt.Scale(domain=[-REACH, REACH], nice=False), alt.Axis(values=[-6, -3, 0, 3, 6], grid=True)
    x = alt.X("x:Q", scale=plane, axis=axis, title=said("First input"))
    y = alt.Y("y:Q", scale=plane, axis=axis, title=said("Second input"))
    rules = [
        alt.Chart().mark_rule(color=ink.faint, tooltip=None).encode(**{channel: alt.datum(0)}) for channel in ("x", "y")
    ]
    points = only("point").mark_point(filled=True, size=22, color=ink.train, opacity=0.7).encode(x, y)
    arms = only("arm").mark_rule(color=ink.validation, strokeWidth=3).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    return layered(*rules, points, arms, at_corners(x, y))


@picture(
    "Two of the {dataset}, {way}",
    see="Decorrelated and whitened, they are no pictures any more: a square is a principal component, not a pixel.",
    alt="Two handwritten digits, {way}, as squares of numbers; blue is negative, orange positive.",
    fill=_of_dataset,
    frame=pictures_frame,
    examples=_pictures,
    height=HEIGHT,
)
def pictures(ink: Ink) -> Drawing:
    """Two handwritten digits after one way of preprocessing, as squares of numbers."""
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, WIDE], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1], nice=False, reverse=True), axis=None)
    legend = alt.Legend(title=said("Of the largest number"), orient="bottom", gradientLength=220, tickCount=3)
    colors = alt.Scale(domain=[-1, 0, 1], range=[ink.train, ink.behind, ink.validation], interpolate="lab")
    tooltip = [alt.Tooltip("value:Q", format=".3g", title=said("value"))]
    cells = only("cell").mark_rect()
    cells = cells.encode(
        x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), alt.Color("shown:Q", scale=colors, legend=legend), tooltip=tooltip
    )
    return layered(cells, at_corners(x, y))


@picture(
    "How fast a linear unit learns",
    see=_see_descent,
    frame=descent_frame,
    examples=_descents,
    height=HEIGHT,
)
def descent(ink: Ink) -> Drawing:
    """The loss that is left over the steps of gradient descent, for five ways of preprocessing."""
    axis = alt.Axis(values=[0, 1, 10, 100, 1000, 10_000], format=",d", grid=False)
    x = alt.X("step:Q", scale=alt.Scale(type="symlog", nice=False), axis=axis, title=said("Steps of gradient descent"))
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("left:Q", scale=scale, axis=alt.Axis(format=".0%"), title=said("Loss that is left to lose"))
    domain, legend = _names(), alt.Legend(title=None, orient="top", columns=2, symbolType="stroke", symbolSize=300)
    lines = only("line").mark_line(clip=True, tooltip=None)
    lines = lines.encode(
        x,
        y,
        _color(ink, legend),
        alt.StrokeDash("way:N", scale=alt.Scale(domain=domain, range=list(DASHES)), legend=legend),
        alt.StrokeWidth("way:N", scale=alt.Scale(domain=domain, range=list(WIDTHS)), legend=None),
    )
    gone = only("gone").mark_point(shape="triangle-up", size=90, filled=True, opacity=1)
    tooltip = [
        alt.Tooltip("way:N", title=said("inputs")),
        alt.Tooltip("step:Q", title=said("diverges, off the axis from step")),
    ]
    gone = gone.encode(x, y, _color(ink, legend), tooltip=tooltip)
    return layered(lines, gone, at_corners(x, y))


@picture(
    "Behind the first layer",
    see="How much of a signal all samples share, before training, with {activation}. 0% is centred. Decorrelated "
    "inputs are centred ones, only turned, so they are left out.",
    alt="The share of each layer's mean square that is the same for all samples, with {activation}.",
    fill=lambda common: {"activation": common["activation"].item()},
    frame=common_frame,
    scene=_compared,
    examples=_commons,
    height=HEIGHT,
)
def common(compared: tuple[str, ...], ink: Ink) -> Drawing:
    """The share of each layer's mean square that is the same for all samples, for the ways that are compared."""
    labels = f"datum.value == 0 ? '{said('inputs')}' : datum.label"
    axis = alt.Axis(format="d", tickMinStep=1, grid=False, labelExpr=labels)
    x = alt.X("layer:Q", scale=linear(), axis=axis, title=said("Hidden layer"))
    y = alt.Y(
        "share:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title=said("The same for every sample")
    )
    legend = alt.Legend(
        title=None, orient="top", columns=2, symbolSize=80, values=[said(WAYS[way]) for way in compared]
    )
    shape = alt.Shape("way:N", scale=alt.Scale(domain=_names(), range=list(SHAPES)), legend=legend)
    tooltip = [
        alt.Tooltip("way:N", title=said("inputs")),
        alt.Tooltip("layer:Q", title=said("layer")),
        alt.Tooltip("share:Q", format=".1%", title=said("share")),
    ]
    lines = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, _color(ink, legend))
    points = only("line").mark_point(filled=True, size=70, opacity=1)
    points = points.encode(x, y, _color(ink, legend), shape, tooltip=tooltip)
    return layered(lines, points, at_corners(x, y))


def _color(ink: Ink, legend: alt.Legend) -> alt.Color:
    scale = alt.Scale(domain=_names(), range=list(ink.classes[: len(WAYS)]))
    return alt.Color("way:N", scale=scale, legend=legend)


def _names() -> list[str]:
    return [said(name) for name in WAYS.values()]
