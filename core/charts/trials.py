"""Trials: what a search has tried. Where in the plane of two knobs, and seen along each knob alone."""

from collections.abc import Callable, Iterator
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.config import Config
from core.sweeps.knobs import Knob
from core.sweeps.search import Trials
from core.words.said import said

HEIGHT = 220
MARKS = {
    "trial": "Bright is good.",
    "box": "Squares are the second round, which looked inside the frame.",
    "best": "The diamond is the best.",
    "above": "Hollow triangles are off the scale.",
    "lost": "Full triangles diverged.",
}
ALONE = "Each mark is a network. {values} different values of this knob were tried."
BAND = "The band is where the second round looked."
WORST = 3.5  # where the axis of the loss ends, in nats: 1.5 times what guessing among ten classes gives


def trials_frame(trials: Trials, axes: tuple[Knob, ...] | None = None) -> pd.DataFrame:
    """A row for each trial: `x` and `y`, its values of the first two knobs, `score`, `shown`, which the axis holds, and
    its `round`. And the box where the second round looked, if there was one.

    `mark` is "best", "trial", "fine" of the second round, "above" where the score is beyond the axis, or "lost" where
    the run diverged. The axes have the ends of the knobs of the search, or of others of the same fields.
    """
    first, second = (axes or trials.knobs)[:2]
    scores = np.asarray(trials.scores, np.float64)
    tried = np.where(trials.rounds > 1, "fine", "trial")
    mark = np.where(~np.isfinite(scores), "lost", np.where(scores > WORST, "above", tried)).astype(object)
    if np.isfinite(scores[trials.best]):
        mark[trials.best] = "best"
    shown = np.clip(np.nan_to_num(scores, nan=WORST, posinf=WORST), 0, WORST)
    table = {
        "x": [float(getattr(config, first.name)) for config in trials.configs],
        "y": [float(getattr(config, second.name)) for config in trials.configs],
        "score": scores,
        "shown": shown,
        "round": trials.rounds,
        "mark": mark,
    }
    ends = corners(x=(first.low, first.high), y=(second.low, second.high), shown=(0.0, WORST))
    return frame_of(table, _box(trials, (first, second)), ends)


def _box(trials: Trials, axes: tuple[Knob, Knob]) -> Columns:
    """The box of the second round from `x` to `x_end` and from `y` to `y_end`, as far as the axes go; none without."""
    columns: Columns = {"mark": "box"}
    for place, (name, knob, axis) in enumerate(zip("xy", trials.knobs, axes, strict=False)):
        ends = [] if trials.box is None else [knob.value(share) for share in trials.box[:, place].tolist()]
        low, high = np.clip(ends, axis.low, axis.high).reshape(-1, 2).T
        columns |= {name: low, f"{name}_end": high}
    return columns


def _examples() -> Iterator[tuple[Trials, tuple[Knob, ...]]]:
    from core.sweeps.search import search

    knobs = (Knob("learning_rate", 1e-4, 1e6), Knob("weight_decay", 0.0, 0.1))
    base = Config(depth=1, width=4, samples=40, batch_size=20, steps=4, snapshots=2)
    for strategy in ("grid", "coarse_to_fine"):
        *_, trials = search(base, knobs, strategy, 9)
        yield trials, knobs


def _along(which: int) -> Callable[[], Iterator[tuple[Trials, tuple[Knob, ...], int]]]:
    return lambda: ((trials, knobs, which) for trials, knobs in _examples())


def _marks(trials: Trials, knobs: tuple[Knob, ...]) -> str:
    """What the marks mean, of those that are there."""
    there = trials_frame(trials, knobs)["mark"]
    return " ".join(said(words) for mark, words in MARKS.items() if (there == mark).any())


@picture(
    "Where it looked",
    see="{marks}",
    alt="{marks}",
    fill=lambda trials, knobs: {"marks": _marks(trials, knobs)},
    frame=trials_frame,
    scene=lambda trials, knobs: (knobs,),
    examples=_examples,
    height=HEIGHT,
)
def plane(knobs: tuple[Knob, ...], ink: Ink) -> Drawing:
    """Where the trials lie in the plane of the first two knobs."""
    x, y = _axis(knobs[0], alt.X, "x"), _axis(knobs[1], alt.Y, "y")
    color = alt.Color("shown:Q", scale=ink.sequential([0, WORST], reverse=True), legend=None)
    trial = only("trial").mark_point(filled=True, size=80, opacity=1).encode(x, y, color, tooltip=_tooltip(knobs))
    fine = only("fine").mark_point(shape="square", filled=True, size=80, opacity=1)
    box = only("box").mark_rect(filled=False, stroke=ink.text, strokeWidth=1.5, strokeDash=[5, 3], tooltip=None)
    return layered(
        box.encode(x, y, alt.X2("x_end:Q"), alt.Y2("y_end:Q")),
        trial,
        fine.encode(x, y, color, tooltip=_tooltip(knobs)),
        *_special(x, y, knobs, ink),
        at_corners(x, y),
    )


def _tried(trials: Trials, knobs: tuple[Knob, ...], which: int) -> dict[str, Any]:
    name = knobs[which].name
    values = len({getattr(config, name) for config in trials.configs})
    return {"values": values, "knob": said(Config.fields()[name].label).lower()}


@picture(
    "Along {knob} alone",
    see=lambda trials, knobs, which: ALONE if trials.box is None else f"{ALONE} {BAND}",
    alt="Loss on held-out samples of each network over its {knob}.",
    fill=_tried,
    frame=lambda trials, knobs, which: trials_frame(trials, knobs),
    scene=lambda trials, knobs, which: (knobs, which),
    examples=_along(0),
    height=HEIGHT,
)
def marginal(knobs: tuple[Knob, ...], which: int, ink: Ink) -> Drawing:
    """The score of every trial along one knob alone."""
    name = "xy"[which]
    x = _axis(knobs[which], alt.X, name)
    y = alt.Y("shown:Q", scale=alt.Scale(zero=False, nice=False), title=said("Loss (nats)"))
    trial = only("trial").mark_point(filled=True, size=50, color=ink.train, opacity=0.8)
    fine = only("fine").mark_point(shape="square", filled=True, size=60, color=ink.alive, opacity=1)
    band = only("box").mark_rect(color=ink.alive, opacity=0.15, tooltip=None).encode(x, alt.X2(f"{name}_end:Q"))
    tried = [mark.encode(x, y, tooltip=_tooltip(knobs)) for mark in (trial, fine)]
    return layered(band, *tried, *_special(x, y, knobs, ink), at_corners(x, y))


def _special(x: Any, y: Any, knobs: tuple[Knob, ...], ink: Ink) -> list[alt.Chart]:
    """The best trial, those whose loss is beyond the axis, and those that diverged."""
    best = only("best").mark_point(shape="diamond", size=160, filled=True, color=ink.text, opacity=1)
    lost = only("lost").mark_point(shape="triangle-up", size=60, filled=True, color=ink.exploding, opacity=1)
    above = only("above").mark_point(shape="triangle-up", size=60, color=ink.faint)
    return [mark.encode(x, y, tooltip=_tooltip(knobs)) for mark in (above, lost, best)]


def _axis(knob: Knob, channel: Any, column: str) -> Any:
    scale = alt.Scale(type="log" if knob.log else "linear", nice=False, zero=False)
    axis = alt.Axis(tickCount=4, format="~g", labelFlush=False, grid=False)
    return channel(f"{column}:Q", scale=scale, axis=axis, title=said(Config.fields()[knob.name].label))


def _tooltip(knobs: tuple[Knob, ...]) -> list[alt.Tooltip]:
    labels = [said(Config.fields()[knob.name].label) for knob in knobs[:2]]
    places = [alt.Tooltip(f"{c}:Q", format=".3g", title=label) for c, label in zip("xy", labels, strict=True)]
    return [
        *places,
        alt.Tooltip("round:Q", format="d", title=said("round")),
        alt.Tooltip("score:Q", format=".3g", title=said("loss")),
    ]
