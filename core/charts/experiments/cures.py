"""Cures for dead units side by side: a dot for each network, a tick at the median of each cure."""

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, Literal

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

Kind = Literal["dead", "loss"]
CURES = {
    "none": "ReLU, no cure",
    "leaky_relu": "Leaky ReLU",
    "prelu": "PReLU",
    "elu": "ELU",
    "maxout": "Maxout",
    "batch_norm": "Batch norm",
    "centred": "Centred data",
    "zero_bias": "Bias 0",
    "slower": "Learning rate ÷ 10",
}
ENDS: dict[Kind, tuple[float, float]] = {"dead": (0.0, 1.0), "loss": (1e-4, 1e2)}  # of the axes
TITLES: dict[Kind, str] = {"dead": "Dead units", "loss": "Loss on held-out samples"}
HEIGHT = 340


def cures_frame(found: "xr.Dataset", kind: Kind) -> pd.DataFrame:
    """A row for each network: its `cure`, its `value`, and where it is `shown`; and for each cure the median so far.

    Networks that are not known yet are left out. `mark` is "lost" where the run diverged or the axis has ended.
    """
    low, high = ENDS[kind]
    parts: list[Columns] = []
    for cure, row in zip(found["cure"].values, found[kind].values, strict=True):
        name = said(CURES[cure])
        seeds, known = found["seed"].values[~np.isnan(row)], row[~np.isnan(row)]
        shown, mark = np.clip(known, low, high), np.where(known > high, "lost", "dot")
        parts.append({"cure": name, "value": known, "shown": shown, "seed": seeds, "mark": mark})
        if len(known):
            parts.append({"cure": name, "shown": np.clip(np.median(known), low, high), "mark": "median"})
    return frame_of(*parts, {**corners(shown=(low, high)), "cure": said(next(iter(CURES.values())))})


def _examples() -> Iterable[tuple["xr.Dataset"]]:
    """Networks that are known, that are not known yet, and that have all diverged."""
    from core.experiments.cures import at_first

    first = at_first("negative_bias")
    return ((first,), (first.where(False),), (first.where(False, np.inf),))


@picture(
    "Dead before training",
    see="Each dot is one of {seeds} networks, a tick their median. Dead is a slope of 0 on all training samples.",
    fill=lambda found: {"seeds": found.sizes["seed"]},
    frame=partial(cures_frame, kind="dead"),
    examples=_examples,
    height=HEIGHT,
)
def dead_before(ink: Ink) -> Drawing:
    """The share of dead units before training of every network, by cure."""
    return _dots("dead", ink)


@picture(
    "Dead after training",
    see="A dot is a network, a tick the median of its cure. A triangle is a run that diverged.",
    frame=partial(cures_frame, kind="dead"),
    examples=_examples,
    height=HEIGHT,
)
def dead_after(ink: Ink) -> Drawing:
    """The share of dead units after training of every network, by cure."""
    return _dots("dead", ink)


@picture(
    "Loss after training",
    see="Left is good, and 0.69 is guessing. A triangle has diverged, or its loss is beyond the axis.",
    frame=partial(cures_frame, kind="loss"),
    examples=_examples,
    height=HEIGHT,
)
def loss_after(ink: Ink) -> Drawing:
    """The loss on held-out samples of every network, by cure, on a logarithmic axis."""
    return _dots("loss", ink)


def _dots(kind: Kind, ink: Ink) -> Drawing:
    """`cures_frame` of one kind."""
    (x, y), number = _axes(kind), ".1%" if kind == "dead" else ".3g"
    tooltip = [
        alt.Tooltip("cure:N", title=said("cure")),
        alt.Tooltip("value:Q", format=number, title=said(TITLES[kind])),
        alt.Tooltip("seed:Q", title=said("seed")),
    ]
    dots = only("dot").mark_point(filled=True, size=60, opacity=0.5, color=ink.train).encode(x, y, tooltip=tooltip)
    ticks = only("median").mark_tick(thickness=3, size=20, color=ink.text, opacity=0.9, tooltip=None).encode(x, y)
    lost = only("lost").mark_point(shape="triangle-right", size=80, filled=True, color=ink.exploding, opacity=0.8)
    return layered(dots, ticks, lost.encode(x, y, tooltip=tooltip), at_corners(x, y))


def _axes(kind: Kind) -> tuple[alt.X, alt.Y]:
    names, share = [said(name) for name in CURES.values()], kind == "dead"
    scale = linear() if share else alt.Scale(type="log", nice=False)
    axis = alt.Axis(format=".0%", tickCount=5) if share else alt.Axis(tickCount=4, labelExpr=POWERS)
    rows = alt.Axis(ticks=False, labelLimit=140)
    return (
        alt.X("shown:Q", scale=scale, axis=axis, title=said(TITLES[kind])),
        alt.Y("cure:N", sort=names, scale=alt.Scale(domain=names), axis=rows, title=None),
    )
