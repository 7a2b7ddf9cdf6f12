"""The plane of two inputs as a unit with a step divides it, and the four corners as a gate wants them."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.frames import corners, frame_of, runs
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.perceptron import CORNERS, GATES, Unit

LOW, HIGH, CELLS = -0.5, 1.5, 60  # the plane, and the cells of one of its sides
WANTED = ("0", "1")


def unit_frame(unit: Unit, gate: str) -> pd.DataFrame:
    """A long cell for every run of one answer, and the corners with what is `wanted` and whether it is `right`."""
    edges = np.linspace(LOW, HIGH, CELLS + 1)
    middles = (edges[:-1] + edges[1:]) / 2
    x, y = (side.ravel() for side in np.meshgrid(np.arange(CELLS), np.arange(CELLS)))
    answer = unit.answers(np.stack([middles[x], middles[y]], -1))
    first, last = runs(answer, CELLS)
    cells = {"x": edges[x[first]], "x2": edges[x[last] + 1], "y": edges[y[first]], "y2": edges[y[first] + 1]}
    wanted = np.array(GATES[gate])
    points = {"x": CORNERS[:, 0], "y": CORNERS[:, 1], "wanted": [WANTED[want] for want in wanted]}
    right = np.where(unit.answers(CORNERS) == wanted, "right", "wrong")
    return frame_of(
        cells | {"wanted": [WANTED[said] for said in answer[first]], "mark": "cell"},
        points | {"right": right, "mark": "point"},
        corners(x=(LOW, HIGH), y=(LOW, HIGH)),
    )


@spec_of
def unit_spec(ink: Ink) -> Drawing:
    """`unit_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=[0, 1], format="d")
    x = alt.X("x:Q", scale=linear(), axis=axis, title="First input")
    y = alt.Y("y:Q", scale=linear(), axis=axis, title="Second input")
    scale = alt.Scale(domain=list(WANTED), range=[ink.validation, ink.train])
    legend = alt.Legend(title="Answer, and what is wanted", orient="top")
    shapes = alt.Scale(domain=list(WANTED), range=["circle", "square"])
    cells = only("cell").mark_rect(opacity=0.3, tooltip=None)
    cells = cells.encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), alt.Color("wanted:N", scale=scale, legend=legend))
    points = only("point").mark_point(filled=True, size=300, opacity=1, stroke=ink.behind)
    tooltip = [alt.Tooltip("wanted:N"), alt.Tooltip("right:N", title="the answer is")]
    points = points.encode(
        x,
        y,
        alt.Color("wanted:N", scale=scale, legend=legend),
        alt.Shape("wanted:N", scale=shapes, legend=legend),
        tooltip=tooltip,
    )
    wrong = only("point").transform_filter("datum.right == 'wrong'")
    crosses = wrong.mark_text(text="×", fontSize=22, dy=1, color=ink.behind, tooltip=None).encode(x, y)
    return layered(cells, points, crosses, at_corners(x, y))
