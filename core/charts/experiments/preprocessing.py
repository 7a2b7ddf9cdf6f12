"""What preprocessing does: a cloud, pictures, gradient descent, and what layers have in common for all samples."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.preprocessing import COMPARED, WAYS, Bowl, PreprocessedCloud

REACH = 7.0  # of the plane, from its middle to its sides
GAP = 0.1  # between two pictures, in their width
WIDE = 2 + GAP
STEPS = np.unique([0, *np.logspace(0, 4, 81).round()])
DASHES = ([1, 0], [1, 0], [2, 3], [6, 6], [10, 3, 2, 3])
WIDTHS = (2.0, 6.0, 2.0, 2.0, 2.0)  # the line of decorrelated inputs lies on that of centred ones
SHAPES = ("circle", "square", "diamond", "cross", "triangle-up")


def cloud_frame(cloud: PreprocessedCloud) -> pd.DataFrame:
    """A row for each point (x, y), and one for each arm of the cross, from (x, y) to (x2, y2)."""
    half = len(cloud.cross) // 2
    start, end = cloud.cross[:half], cloud.cross[half:]
    points = {"x": cloud.points[:, 0], "y": cloud.points[:, 1], "mark": "point"}
    arms = {"x": start[:, 0], "y": start[:, 1], "x2": end[:, 0], "y2": end[:, 1], "mark": "arm"}
    return frame_of(points, arms, corners(x=(-REACH, REACH), y=(-REACH, REACH)))


def pictures_frame(pictures: Array) -> pd.DataFrame:
    """A square for each number of the pictures (picture, row, column): `value`, and `shown`, in the largest |value|."""
    side = pictures.shape[-1]
    picture, row, column = (place.ravel() for place in np.indices(pictures.shape))
    left, top = picture * (1 + GAP) + column / side, row / side
    values = pictures.ravel()
    shown = values / max(float(np.abs(values).max()), 1e-12)
    place = {"x": left, "x2": left + 1 / side, "y": top, "y2": top + 1 / side}
    return frame_of({**place, "value": values, "shown": shown, "mark": "cell"}, corners(x=(0.0, WIDE), y=(0.0, 1.0)))


def descent_frame(bowls: dict[str, Bowl], share: float) -> pd.DataFrame:
    """A row for each step and way: `left` of the loss at `share` of the stable rate.

    A line ends at its first step beyond the axis, and the mark "gone" stands there, on the end of the axis.
    """
    parts: list[Columns] = []
    for way, bowl in bowls.items():
        left = bowl.left(STEPS, share)
        beyond = (left > 1) & (STEPS > 0)
        shown = int(beyond.argmax()) + 1 if beyond.any() else len(left)
        parts.append({"step": STEPS[:shown], "left": left[:shown], "way": way, "mark": "line"})
        if beyond.any():
            parts.append({"step": STEPS[shown - 1], "left": 1.0, "way": way, "mark": "gone"})
    return frame_of(*parts, corners(step=(STEPS[0], STEPS[-1]), left=(0.0, 1.0)))


def common_frame(shares: dict[str, Array]) -> pd.DataFrame:
    """A row for each layer and way: the `share` of its mean square that is the same for all samples. 0 is the input."""
    parts: list[Columns] = [
        {"layer": np.arange(len(share)), "share": share, "way": way, "mark": "line"} for way, share in shares.items()
    ]
    most = max(map(len, shares.values())) - 1
    return frame_of(*parts, corners(layer=(-0.3, most + 0.3), share=(-0.03, 1.03)))


@spec_of
def cloud_spec(ink: Ink) -> Drawing:
    """`cloud_frame` as Vega-Lite without data."""
    plane, axis = alt.Scale(domain=[-REACH, REACH], nice=False), alt.Axis(values=[-6, -3, 0, 3, 6], grid=True)
    x = alt.X("x:Q", scale=plane, axis=axis, title="First input")
    y = alt.Y("y:Q", scale=plane, axis=axis, title="Second input")
    rules = [
        alt.Chart().mark_rule(color=ink.faint, tooltip=None).encode(**{channel: alt.datum(0)}) for channel in ("x", "y")
    ]
    points = only("point").mark_point(filled=True, size=22, color=ink.train, opacity=0.7).encode(x, y)
    arms = only("arm").mark_rule(color=ink.validation, strokeWidth=3).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    return layered(*rules, points, arms, at_corners(x, y))


@spec_of
def pictures_spec(ink: Ink) -> Drawing:
    """`pictures_frame` as Vega-Lite without data."""
    x = alt.X("x:Q", scale=alt.Scale(domain=[0, WIDE], nice=False), axis=None)
    y = alt.Y("y:Q", scale=alt.Scale(domain=[0, 1], nice=False, reverse=True), axis=None)
    legend = alt.Legend(title="Of the largest number", orient="bottom", gradientLength=220, tickCount=3)
    colors = alt.Scale(domain=[-1, 0, 1], range=[ink.train, ink.behind, ink.validation], interpolate="lab")
    tooltip = [alt.Tooltip("value:Q", format=".3g")]
    cells = only("cell").mark_rect()
    cells = cells.encode(
        x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), alt.Color("shown:Q", scale=colors, legend=legend), tooltip=tooltip
    )
    return layered(cells, at_corners(x, y))


@spec_of
def descent_spec(ink: Ink) -> Drawing:
    """`descent_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=[0, 1, 10, 100, 1000, 10_000], format=",d", grid=False)
    x = alt.X("step:Q", scale=alt.Scale(type="symlog", nice=False), axis=axis, title="Steps of gradient descent")
    scale = alt.Scale(domain=[0, 1], nice=False)
    y = alt.Y("left:Q", scale=scale, axis=alt.Axis(format=".0%"), title="Loss that is left to lose")
    domain, legend = list(WAYS), alt.Legend(title=None, orient="top", columns=2, symbolType="stroke", symbolSize=300)
    lines = only("line").mark_line(clip=True, tooltip=None)
    lines = lines.encode(
        x,
        y,
        _color(ink, legend),
        alt.StrokeDash("way:N", scale=alt.Scale(domain=domain, range=list(DASHES)), legend=legend),
        alt.StrokeWidth("way:N", scale=alt.Scale(domain=domain, range=list(WIDTHS)), legend=None),
    )
    gone = only("gone").mark_point(shape="triangle-up", size=90, filled=True, opacity=1)
    tooltip = [alt.Tooltip("way:N", title="inputs"), alt.Tooltip("step:Q", title="diverges, off the axis from step")]
    gone = gone.encode(x, y, _color(ink, legend), tooltip=tooltip)
    return layered(lines, gone, at_corners(x, y))


@spec_of
def common_spec(ink: Ink) -> Drawing:
    """`common_frame` as Vega-Lite without data."""
    axis = alt.Axis(format="d", tickMinStep=1, grid=False, labelExpr="datum.value == 0 ? 'inputs' : datum.label")
    x = alt.X("layer:Q", scale=linear(), axis=axis, title="Hidden layer")
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title="The same for every sample")
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=80, values=list(COMPARED))
    shape = alt.Shape("way:N", scale=alt.Scale(domain=list(WAYS), range=list(SHAPES)), legend=legend)
    tooltip = [alt.Tooltip("way:N", title="inputs"), alt.Tooltip("layer:Q"), alt.Tooltip("share:Q", format=".1%")]
    lines = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, _color(ink, legend))
    points = only("line").mark_point(filled=True, size=70, opacity=1)
    points = points.encode(x, y, _color(ink, legend), shape, tooltip=tooltip)
    return layered(lines, points, at_corners(x, y))


def _color(ink: Ink, legend: alt.Legend) -> alt.Color:
    scale = alt.Scale(domain=list(WAYS), range=list(ink.classes[: len(WAYS)]))
    return alt.Color("way:N", scale=scale, legend=legend)
