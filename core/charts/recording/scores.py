"""Loss and accuracy over the steps, on the probe and on held-out samples."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, lost_mark, named, now_rule, only, step_x, steps_of
from core.charts.chart import Moment, chart
from core.charts.frames import corners, frame_of, now
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring.histograms import round_up
from core.measuring.recording import SPLITS
from core.words.said import said

SMALLEST = 1e-6  # where the axis of the loss ends at least, if it is not known what guessing gives
ROOM = 4.0  # the axis of the loss ends at this many times the first loss at most


def _frame(moment: Moment, name: str, top: float, guess: float | None) -> pd.DataFrame:
    recording = moment.recording
    values, steps = recording.variables[name].values, np.array(recording.steps)
    lost = ~np.isfinite(values)
    scores = {
        "step": np.repeat(steps, len(SPLITS)),
        "split": np.tile([said(split) for split in SPLITS], len(steps)),
        "value": values.ravel(),
        "shown": np.where(lost, top, np.minimum(values, top)).ravel(),
        "mark": np.where(lost, "lost", np.where(values > top, "above", "line")).ravel(),
    }
    guessing = [] if guess is None else [{"step": steps_of(recording)[1], "shown": guess, "mark": "guess"}]
    return frame_of(scores, *guessing, now(moment.step), corners(step=steps_of(recording), shown=(0, top)))


def _loss_frame(moment: Moment) -> pd.DataFrame:
    values, baseline = moment.recording.variables["loss"].values, moment.recording.guess
    finite = values[np.isfinite(values)]
    least = baseline.loss if baseline else SMALLEST
    first = max([least, *finite[:2]])
    top = round_up(min(float(finite.max(initial=least)), ROOM * first))
    return _frame(moment, "loss", top, baseline.loss if baseline else None)


def _accuracy_frame(moment: Moment) -> pd.DataFrame:
    baseline = moment.recording.guess
    return _frame(moment, "accuracy", 1.0, baseline.accuracy if baseline else None)


def _draw(ink: Ink, title: str) -> Drawing:
    x, y = step_x(), alt.Y("shown:Q", scale=linear(), title=said(title))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    colors = ink.state(list(SPLITS))
    color = alt.Color("split:N", scale=colors, legend=legend)
    dash = alt.StrokeDash(
        "split:N", scale=alt.Scale(domain=list(map(said, SPLITS)), range=[[1, 0], [5, 3]]), legend=legend
    )
    tooltip = [*named("step:Q", "split:N"), alt.Tooltip("value:Q", format=".4g", title=said(title))]
    line = only("line").mark_line().encode(x, y, color, dash)
    points = (
        only("line")
        .mark_point(filled=True, size=18)
        .encode(x, y, alt.Color("split:N", scale=colors, legend=None), tooltip=tooltip)
    )
    above = only("above").mark_point(shape="triangle-up", size=60).encode(x, y, color.copy(), tooltip=tooltip)
    guess = only("guess")
    rule = guess.mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    text = said("guessing")
    word = guess.mark_text(align="right", baseline="bottom", dx=-4, dy=-2, color=ink.faint, text=text, tooltip=None)
    return layered(rule, word.encode(x, y), line, points, above, lost_mark(x, y, ink), now_rule(ink), at_corners(x, y))


@chart(
    "Loss",
    see="It should start near the dotted line, which guessing gives, and fall. Triangles are beyond the axis.",
    frame=_loss_frame,
    needs=["loss"],
    layers=False,
    views={"vital_signs": 5, "over_time": 1},
)
def loss(scene: None, ink: Ink) -> Drawing:
    """The mean loss over the steps, on the probe and on held-out samples."""
    return _draw(ink, "Loss")


@chart(
    "Accuracy",
    see="The share of samples it gets right. The dotted line is what guessing would give.",
    frame=_accuracy_frame,
    needs=["accuracy"],
    layers=False,
    views={"over_time": 2},
)
def accuracy(scene: None, ink: Ink) -> Drawing:
    """Share of correct answers over the steps, on the probe and on held-out samples."""
    return _draw(ink, "Accuracy")
