"""Cross-validation: the accuracy on every fold over the penalty, and their mean."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import rough
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

SEE = (
    "The samples are cut into folds, and each judges what the others taught: a dot. The line is their mean; dashed are "
    "samples that none has seen. "
)
ONE = "Every fold alone would choose λ = {low}; all together {best}, with {right} right, ± {spread}: "
SEVERAL = "Single folds would choose λ from {low} to {high}; all together {best}, with {right} right, ± {spread}: "
SPREAD = "the standard deviation of single folds."


def folds_frame(found: "xr.Dataset") -> pd.DataFrame:
    """A row for each penalty and fold with its `accuracy`; the mean of each penalty, and its accuracy on samples that
    no fold has seen; and the best mean."""
    penalty, fold = found["penalty"].values, found["fold"].values
    dots = {
        "penalty": np.repeat(penalty, len(fold)),
        "accuracy": found["accuracy"].values.ravel(),
        "fold": np.tile(fold, len(penalty)),
        "mark": "fold",
    }
    line = {"penalty": penalty, "accuracy": found["mean"].values, "mark": "line"}
    unseen = {"penalty": penalty, "accuracy": found["unseen"].values, "mark": "unseen"}
    best = {"penalty": found["best"].item(), "accuracy": found["best_mean"].item(), "mark": "best"}
    return frame_of(dots, line, unseen, best, corners(penalty=(penalty[0], penalty[-1]), accuracy=(0, 1)))


def chosen(found: "xr.Dataset") -> str:
    """What single folds would choose, and what all of them together do: a template."""
    low, high = found["chosen"].values
    return (ONE if low == high else SEVERAL) + SPREAD


def choices(found: "xr.Dataset") -> dict[str, str]:
    """The numbers of `chosen`, as text."""
    low, high = map(rough, found["chosen"].values.tolist())
    best, right = rough(found["best"].item()), f"{found['best_mean'].item():.1%}"
    spread, folds = f"{found['spread'].item():.1%}", str(found.sizes["fold"])
    return {"low": low, "high": high, "best": best, "right": right, "spread": spread, "folds": folds}


def _examples() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.searching.folds import cross_validate

    return ((cross_validate(samples, folds),) for samples, folds in ((50, 2), (100, 10)))


@picture(
    "Cross-validation",
    see=lambda found: SEE + chosen(found),
    alt="Accuracy of a linear classifier of digits on each of {folds} folds over its penalty.",
    fill=choices,
    frame=folds_frame,
    examples=_examples,
)
def cross_validation(ink: Ink) -> Drawing:
    """Accuracy of a linear classifier of digits on each fold over its penalty, their mean, and that on unseen ones."""
    # In the precision in which the frame holds the ends of the axis, or the first would be left of it.
    ticks = np.array([1e-7, 1e-4, 0.1, 100], np.float32).tolist()
    axis = alt.Axis(values=ticks, labelExpr=POWERS, labelFlush=False, grid=False)
    title = said("Penalty λ on the weights")
    x = alt.X("penalty:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title=title)
    y = alt.Y("accuracy:Q", scale=linear(), axis=alt.Axis(format=".0%"), title=said("Accuracy on the fold"))
    share = alt.Tooltip("accuracy:Q", format=".1%", title=said("accuracy"))
    penalty = alt.Tooltip("penalty:Q", format=".1e", title=said("λ"))
    dots = only("fold").mark_point(filled=True, size=22, color=ink.train, opacity=0.45)
    line = only("line").mark_line(strokeWidth=2.5, color=ink.validation, tooltip=None).encode(x, y)
    unseen = only("unseen").mark_line(strokeWidth=1.5, strokeDash=[5, 3], color=ink.text, tooltip=None).encode(x, y)
    best = only("best").mark_point(filled=True, shape="diamond", size=160, color=ink.validation, opacity=1)
    return layered(
        dots.encode(x, y, tooltip=[alt.Tooltip("fold:Q", format="d", title=said("fold")), penalty, share]),
        unseen,
        line,
        best.encode(x, y, tooltip=[penalty, share]),
        at_corners(x, y),
    )
