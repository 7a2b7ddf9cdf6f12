"""What is left in networks of ever more layers, and how well they learn."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, log_domain, log_y, lost_and_zero, named, only, place
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

NAMES = {"xavier_normal": "Xavier", "he_normal": "He"}
TICKS = (1, 5, 10, 15, 20, 25, 30)
ROOM = 1.04  # above a share of 1, for its mark


def signal_frame(reached: "xr.Dataset", depth: int) -> pd.DataFrame:
    """`_reach_frame` of what is left of the signal."""
    return _reach_frame(reached["signal"], reached["expected"], depth)


def gradient_frame(reached: "xr.Dataset", depth: int) -> pd.DataFrame:
    """`_reach_frame` of what is left of the gradient."""
    return _reach_frame(reached["gradient"], reached["expected"], depth)


def _reach_frame(measured: "xr.DataArray", expected: "xr.DataArray", depth: int) -> pd.DataFrame:
    """A row for each depth and initializer: `value`, the median of the networks (initializer, network, depth) of
    `measured`, and their ends `low` and `high`; lines of what is `expected` (initializer, depth); and the depth that is
    looked at."""
    domain, depths = log_domain(measured.values, expected.values), measured["depth"].values
    parts = []
    for name, words in NAMES.items():
        values, theory = (found.sel(initializer=name).values for found in (measured, expected))
        low, high = np.clip(values.min(0), *domain), np.clip(values.max(0), *domain)
        labels = {"depth": depths, "weights": said(words)}
        parts.append({**labels, "shown": low, "top": high, "mark": "bar"})
        parts.append(place(np.median(values, 0), domain) | labels | {"expected": theory})
        parts.append({**labels, "shown": np.clip(theory, *domain), "mark": "theory"})
    return frame_of(*parts, {"depth": depth, "mark": "now"}, corners(depth=(0.5, depths[-1] + 0.5), shown=domain))


def scores_frame(scores: "xr.Dataset") -> pd.DataFrame:
    """A row for each depth and initializer that is known: the share right, `middle` of the seeds, from `low` to
    `high`."""
    parts = []
    for name, words in NAMES.items():
        shares = scores.sel(initializer=name)
        known = shares["middle"].notnull().values
        columns = {each: shares[each].values[known] for each in ("low", "middle", "high")}
        parts.append({"depth": shares["depth"].values[known], "weights": said(words), "mark": "line", **columns})
    learned = {"middle": scores.attrs["learned"], "mark": "learned"}
    return frame_of(*parts, learned, corners(depth=(0.5, scores["depth"].values[-1] + 1.5), middle=(0, ROOM)))


def _depths(scores: "xr.Dataset") -> Scene:
    return (tuple(scores["depth"].values.tolist()),)


def _reached() -> Iterable[tuple["xr.Dataset", int]]:
    from core.experiments.deep import reach

    return ((reach(width), depth) for width, depth in ((64, 22), (16, 30)))


def _scored() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.deep import INITIALIZERS, scores, trials
    from core.sweeps import grid, sweep

    base = trials(16, "momentum", 20, batch_norm=False).base
    found = scores(sweep(grid(base, depth=(2, 6), initializer=INITIALIZERS, seed=range(2)), variables=()))
    return ((known,) for known in (found, found.where(found["depth"] > 2)))  # all, and not all yet


@picture(
    "The signal in the last layer",
    see="Compared with the first. Marks are the middle of {networks} untrained networks, bars all of them, dots "
    "theory.",
    fill=lambda reached, depth: {"networks": reached.sizes["network"]},
    frame=signal_frame,
    examples=_reached,
)
def signal(ink: Ink) -> Drawing:
    """The RMS of activations in the last layer over the number of layers, for Xavier’s and He’s weights."""
    return _reach(said("Signal ÷ that of layer 1"), ink)


@picture(
    "The gradient in the first layer",
    see="Compared with the last. Theory is of wide layers: most narrow networks lie below it, with He’s weights too.",
    frame=gradient_frame,
    examples=_reached,
)
def gradient(ink: Ink) -> Drawing:
    """The RMS of dL/dz in the first layer over the number of layers, for Xavier’s and He’s weights."""
    return _reach(said("Gradient ÷ that of the last layer"), ink)


def _reach(title: str, ink: Ink) -> Drawing:
    """What `_reach_frame` holds, over depth."""
    x, y, (color, shape) = _x(), log_y(title), _told_apart(ink)
    number = [
        alt.Tooltip("value:Q", format=".2e", title=said("measured")),
        alt.Tooltip("expected:Q", format=".2e", title=said("theory")),
    ]
    bars = only("bar").mark_rule(strokeWidth=4, opacity=0.3, tooltip=None).encode(x, y, alt.Y2("top:Q"), color)
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=35, opacity=1)
    points = points.encode(x, y, color, shape, tooltip=[*named("depth:Q", "weights:N"), *number])
    now = only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)
    return layered(now, bars, line, points, *lost_and_zero(x, y, ink), at_corners(x, y))


@picture(
    "What they have learned",
    see="Marks are the middle of {seeds} networks, bars all of them. Above the dotted line we say: it learned.",
    fill=lambda scores: scores.attrs,
    frame=scores_frame,
    scene=_depths,
    examples=_scored,
)
def scores(depths: tuple[int, ...], ink: Ink) -> Drawing:
    """The share of held-out digits right over the number of hidden layers, for Xavier’s and He’s weights."""
    x, (color, shape) = _x(depths), _told_apart(ink)
    axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75, 1])
    y = alt.Y("middle:Q", scale=linear(), axis=axis, title=said("Held-out samples right"))
    ends = [alt.Tooltip(f"{name}:Q", format=".1%") for name in ("low", "middle", "high")]
    bars = only("line").mark_rule(strokeWidth=4, opacity=0.3, tooltip=None)
    bars = bars.encode(x, alt.Y("low:Q", scale=linear()), alt.Y2("high:Q"), color)
    lines = only("line").mark_line(strokeWidth=2, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=70, opacity=1)
    points = points.encode(x, y, color, shape, tooltip=[*named("depth:Q", "weights:N"), *ends])
    learned = only("learned").mark_rule(color=ink.faint, strokeDash=[2, 3], tooltip=None).encode(y)
    return layered(learned, bars, lines, points, at_corners(x, y))


def _x(values: Sequence[int] = TICKS) -> alt.X:
    axis = alt.Axis(format="d", values=list(values), grid=False)
    return alt.X("depth:Q", scale=linear(), axis=axis, title=said("Hidden layers"))


def _told_apart(ink: Ink) -> tuple[alt.Color, alt.Shape]:
    """The initializers by colour and by shape."""
    legend = alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0, symbolOpacity=1)
    names = [said(words) for words in NAMES.values()]
    colors = alt.Scale(domain=names, range=[ink.validation, ink.train])
    shapes = alt.Scale(domain=names, range=["square", "circle"])
    return alt.Color("weights:N", scale=colors, legend=legend), alt.Shape("weights:N", scale=shapes, legend=legend)
