"""The decision regions of a network on data of two features, at one step."""

from itertools import cycle, islice

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, only
from core.charts.chart import Moment, chart
from core.charts.frames import corners, frame_of, runs
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.measuring.recording import NO_CLASS
from core.words.said import said

# Shapes and colours of ten classes; an uploaded table may have more, and then they come again.
SHAPES = ["circle", "square", "triangle-up", "diamond", "cross", "triangle-down"] + 4 * ["stroke"]


def _classes(recording: Recording) -> int:
    return recording.classes


def _frame(moment: Moment) -> pd.DataFrame:
    plane, config = moment.recording.plane, moment.recording.config
    if plane is None:
        data = f"the data set {config.dataset}" if config else "this data"
        raise ValueError(f"decision regions need classes over two features; {data} has something else")
    across, up = (float(side[1] - side[0]) for side in (plane.horizontal, plane.vertical))
    label = plane.prediction[moment.row].ravel()
    mark = np.where(label == NO_CLASS, "lost", "cell")
    x, y = np.meshgrid(plane.horizontal - across / 2, plane.vertical - up / 2)
    first, last = runs(label, x.shape[1])
    x1, y1 = x.ravel()[first], y.ravel()[first]
    sizes = {"x2": x.ravel()[last] + across, "y2": y1 + up}
    cells = {"x": x1, "y": y1, **sizes, "label": label[first], "mark": mark[first]}
    points = {"x": plane.points[:, 0], "y": plane.points[:, 1], "label": plane.labels, "mark": "point"}
    ends = corners(x=(x.min(), x.max() + across), y=(y.min(), y.max() + up))
    return frame_of(cells, points, ends)


@chart(
    "Decision regions",
    see="Each region is what the network answers there. It has learned when the points lie on their own colour.",
    frame=_frame,
    scene=_classes,
    at_step=True,
    needs=["plane"],
    layers=False,
    views={"vital_signs": 3, "layers": 3, "untrained": 3},
)
def decision_boundary(classes: int, ink: Ink) -> Drawing:
    """The class that the network predicts over the plane at one step, with training samples. Red where it is NaN."""
    x = alt.X("x:Q", scale=linear(), title=said("First feature"))
    y = alt.Y("y:Q", scale=linear(), title=said("Second feature"))
    names = list(range(classes))
    legend = alt.Legend(title=said("Class"), orient="right")
    scale = alt.Scale(domain=names, range=list(islice(cycle(ink.classes), classes)))
    shape = alt.Shape(
        "label:N", scale=alt.Scale(domain=names, range=list(islice(cycle(SHAPES), classes))), legend=legend
    )
    regions = only("cell").mark_rect(opacity=0.35)
    regions = regions.encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"), alt.Color("label:N", scale=scale, legend=None))
    lost = only("lost").mark_rect(color=ink.exploding).encode(x, y, alt.X2("x2:Q"), alt.Y2("y2:Q"))
    points = only("point").mark_point(filled=True, size=32, stroke=ink.behind, strokeWidth=0.5, opacity=1)
    color = alt.Color("label:N", scale=scale, legend=legend)
    points = points.encode(x, y, color, shape, tooltip=[alt.Tooltip("label:N", title=said("class"))])
    return layered(regions, lost, points, at_corners(x, y))
