"""The plane of two inputs as a unit with a step divides it, and the four corners as a gate wants them."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.frames import corners, frame_of, runs
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

ANSWERS = ("0", "1")


def answers_frame(answered: "xr.Dataset") -> pd.DataFrame:
    """A long cell for every run of one answer, and the corners with what is `wanted` and whether it is `right`."""
    plane, edges = answered["plane"].transpose("second", "first").values, answered["edge"].values
    first, last = runs(plane.ravel(), plane.shape[1])
    (y, x), (_, x2) = (np.unravel_index(places, plane.shape) for places in (first, last))
    cells = {"x": edges[x], "x2": edges[x2 + 1], "y": edges[y], "y2": edges[y + 1]}
    wanted, wrong = answered["wanted"].values, (answered["wanted"] != answered["answer"]).values
    points = {axis: answered["inputs"].sel(input=name).values for axis, name in (("x", "first"), ("y", "second"))}
    right = [said("wrong") if miss else said("right") for miss in wrong]
    ends = float(edges[0]), float(edges[-1])
    return frame_of(
        cells | {"wanted": [ANSWERS[answer] for answer in plane.ravel()[first]], "mark": "cell"},
        points | {"wanted": [ANSWERS[want] for want in wanted], "right": right, "wrong": wrong, "mark": "point"},
        corners(x=ends, y=ends),
    )


def _examples() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.perceptron import Unit, answered

    yield (answered(Unit(1.0, 1.0, 0.5), "xor"),)
    yield (answered(Unit(1.0, -1.0, 0.5, hidden=True), "xor"),)
    yield (answered(Unit(-2.0, -2.0, 2.0), "nand"),)


@picture(
    "What the unit answers",
    see="A corner on its own colour is answered as it should be; a cross marks one that is not.",
    frame=answers_frame,
    examples=_examples,
    height=380,
)
def answers(ink: Ink) -> Drawing:
    """The plane of two inputs, coloured by the answer of the unit, with the four corners and what is wanted there."""
    axis = alt.Axis(values=[0, 1], format="d")
    x = alt.X("x:Q", scale=linear(), axis=axis, title=said("First input"))
    y = alt.Y("y:Q", scale=linear(), axis=axis, title=said("Second input"))
    scale = alt.Scale(domain=list(ANSWERS), range=[ink.validation, ink.train])
    legend = alt.Legend(title=said("Answer, and what is wanted"), orient="top")
    color = alt.Color("wanted:N", scale=scale, legend=legend)
    shape = alt.Shape("wanted:N", scale=alt.Scale(domain=list(ANSWERS), range=["circle", "square"]), legend=legend)
    cells = only("cell").mark_rect(opacity=0.3, tooltip=None)
    cells = cells.encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), color)
    points = only("point").mark_point(filled=True, size=300, opacity=1, stroke=ink.behind)
    tooltip = [alt.Tooltip("wanted:N", title=said("wanted")), alt.Tooltip("right:N", title=said("the answer is"))]
    points = points.encode(x, y, color, shape, tooltip=tooltip)
    wrong = only("point").transform_filter("datum.wrong == 1")
    crosses = wrong.mark_text(text="×", fontSize=22, dy=1, color=ink.behind, tooltip=None).encode(x, y)
    return layered(cells, points, crosses, at_corners(x, y))
