"""Cross-validation: the accuracy on every fold over the penalty, and their mean."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.searching.folds import PENALTIES, CrossValidation


def folds_frame(found: CrossValidation) -> pd.DataFrame:
    """A row for each penalty and fold with its `accuracy`; the mean of each penalty, and its accuracy on samples that
    no fold has seen; and the best mean."""
    folds = found.accuracy.shape[1]
    dots = {
        "penalty": np.repeat(PENALTIES, folds),
        "accuracy": found.accuracy.ravel(),
        "fold": np.tile(np.arange(1, folds + 1), len(PENALTIES)),
        "mark": "fold",
    }
    line = {"penalty": PENALTIES, "accuracy": found.mean, "mark": "line"}
    unseen = {"penalty": PENALTIES, "accuracy": found.unseen, "mark": "unseen"}
    best = {"penalty": PENALTIES[found.best], "accuracy": found.mean[found.best], "mark": "best"}
    return frame_of(dots, line, unseen, best, corners(penalty=(PENALTIES[0], PENALTIES[-1]), accuracy=(0, 1)))


@spec_of
def folds_spec(ink: Ink) -> Drawing:
    """`folds_frame` as Vega-Lite without data."""
    # In the precision in which the frame holds the ends of the axis, or the first would be left of it.
    ticks = np.array([1e-7, 1e-4, 0.1, 100], np.float32).tolist()
    axis = alt.Axis(values=ticks, labelExpr=POWERS, labelFlush=False, grid=False)
    x = alt.X("penalty:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="Penalty λ on the weights")
    y = alt.Y("accuracy:Q", scale=linear(), axis=alt.Axis(format=".0%"), title="Accuracy on the fold")
    share = alt.Tooltip("accuracy:Q", format=".1%")
    penalty = alt.Tooltip("penalty:Q", format=".1e", title="λ")
    dots = only("fold").mark_point(filled=True, size=22, color=ink.train, opacity=0.45)
    line = only("line").mark_line(strokeWidth=2.5, color=ink.validation, tooltip=None).encode(x, y)
    unseen = only("unseen").mark_line(strokeWidth=1.5, strokeDash=[5, 3], color=ink.text, tooltip=None).encode(x, y)
    best = only("best").mark_point(filled=True, shape="diamond", size=160, color=ink.validation, opacity=1)
    return layered(
        dots.encode(x, y, tooltip=[alt.Tooltip("fold:Q", format="d"), penalty, share]),
        unseen,
        line,
        best.encode(x, y, tooltip=[penalty, share]),
        at_corners(x, y),
    )
