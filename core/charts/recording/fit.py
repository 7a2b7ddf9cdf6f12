"""The curve that a network has fitted to numbers over one feature, at one step."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, lost_mark, only
from core.charts.chart import Moment, chart
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.words.said import said

ROOM = 0.3  # of the extent of the targets, above and below them: a wild prediction leaves the axis


def _frame(moment: Moment) -> pd.DataFrame:
    curve, config = moment.recording.curve, moment.recording.config
    if curve is None:
        data = f"the data set {config.dataset}" if config else "this data"
        raise ValueError(f"a fitted curve needs numbers over one feature; {data} has something else")
    low, high = float(curve.targets.min()), float(curve.targets.max())
    low, high = low - ROOM * (high - low), high + ROOM * (high - low)
    said = curve.prediction[moment.row]
    lost, beyond = ~np.isfinite(said), (said < low) | (said > high)
    shown = np.where(lost, high, np.clip(said, low, high))
    mark = np.where(lost, "lost", np.where(beyond, "beyond", "line"))
    pieces = np.cumsum(np.diff(lost | beyond, prepend=False))  # where the curve leaves the axis its line ends
    line = {"x": curve.positions, "value": said, "shown": shown, "mark": mark, "piece": pieces}
    points = {"x": curve.points, "value": curve.targets, "shown": curve.targets, "mark": "point"}
    return frame_of(line, points, corners(x=(curve.positions[0], curve.positions[-1]), shown=(low, high)))


@chart(
    "Fitted curve",
    see="The line is what the network answers, the dots are samples. It has learned when the line runs through them.",
    frame=_frame,
    at_step=True,
    needs=["curve"],
    layers=False,
    views={"vital_signs": 4, "layers": 4, "untrained": 4},
)
def fit(scene: None, ink: Ink) -> Drawing:
    """The output of the network over its one input at one step, with training samples. Triangles where it is NaN,
    ticks where it is beyond the axis."""
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False), title=said("Input, preprocessed"))
    y = alt.Y("shown:Q", scale=linear(), title=said("Target, standardized"))
    tooltip = [
        alt.Tooltip("x:Q", format=".3g", title=said("input")),
        alt.Tooltip("value:Q", format=".3g", title=said("target")),
    ]
    points = only("point").mark_point(filled=True, size=24, color=ink.faint, opacity=0.6).encode(x, y, tooltip=tooltip)
    line = only("line").mark_line(color=ink.train, strokeWidth=3).encode(x, y, alt.Detail("piece:Q"))
    beyond = only("beyond").mark_tick(color=ink.train, thickness=1, opacity=0.5).encode(x, y)
    return layered(points, line, beyond, lost_mark(x, y, ink), at_corners(x, y))
