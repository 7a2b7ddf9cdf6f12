"""Remedies: the loss of a sick network beside what it is with a change."""

from collections.abc import Iterable
from dataclasses import replace

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, lost_mark, named, only, step_x
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.config import Config
from core.measuring import Recording
from core.training import record
from core.words.said import said

HEIGHT = 160
ROOM = 1.5  # the axis ends at so many times the loss of guessing: what is above it does not learn
BEFORE, AFTER = "as it was", "with the change"
SMALLEST = 1e-6  # where the axis ends at least


def beside_frame(before: Recording, after: Recording) -> pd.DataFrame:
    """A row for each look of both: `value`, the loss on held-out samples, and `shown`, which the axis holds."""
    guess = after.guess.loss if after.guess else float(np.nanmax(after.variables["loss"].values))
    top, last = max(ROOM * guess, SMALLEST), after.known_config.steps
    rows = [_rows(before, BEFORE, top, last), _rows(after, AFTER, top, last)]
    return frame_of(*rows, {"step": last, "shown": guess, "mark": "guess"}, corners(step=(0, last), shown=(0, top)))


def _rows(recording: Recording, what: str, top: float, last: int) -> Columns:
    steps = np.array(recording.steps)
    seen = steps <= last
    values = recording.variables["loss"].values[seen, 1]
    lost = ~np.isfinite(values)
    return {
        "step": steps[seen],
        "value": values,
        "shown": np.where(lost, top, np.minimum(values, top)),
        "what": said(what),
        "mark": np.where(lost, "lost", "line"),
    }


def _examples() -> Iterable[tuple[Recording, Recording]]:
    calm = Config(dataset="blobs", width=8, depth=2, steps=60, snapshots=12)
    for sick in (replace(calm, learning_rate=1000.0), replace(calm, initializer="zeros")):
        yield record(sick), record(calm)


@picture(
    "Loss on held-out samples, before and after",
    see="Full: with the change. Dashed: as it was. Dotted: what guessing gives.",
    frame=beside_frame,
    examples=_examples,
    height=HEIGHT,
)
def beside(ink: Ink) -> Drawing:
    """The loss over the steps of a network as it was and with a change, and a line at what guessing gives."""
    x, y = step_x(), alt.Y("shown:Q", scale=linear(), title=said("Loss"), axis=alt.Axis(tickCount=3))
    names = [said(BEFORE), said(AFTER)]
    color = alt.Color("what:N", scale=alt.Scale(domain=names, range=[ink.dead, ink.alive]), legend=None)
    dash = alt.StrokeDash("what:N", scale=alt.Scale(domain=names, range=[[5, 3], [1, 0]]), legend=None)
    tooltip = [*named("step:Q", "what:N"), alt.Tooltip("value:Q", format=".4g", title=said("Loss"))]
    line = only("line").mark_line().encode(x, y, color, dash, tooltip=tooltip)
    rule = only("guess").mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    return layered(rule, line, lost_mark(x, y, ink), at_corners(x, y))
