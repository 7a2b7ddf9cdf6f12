"""The learning-rate range test: the losses after a short run over its learning rate, and the size of its updates."""

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, LogDomain, at_corners, lost_and_zero, only, place
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.measuring.recording import SPLITS
from core.words.numbers import readable, short
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

BESIDE = (1e-6, 1e-3, 0.1, 1.0, 1e6)  # rates that a table shows
HUGE = 100.0  # nats from which on a loss is called huge: a right answer among ten costs ln 10 = 2.3 at most
MORE = 0.05  # share of the training samples that must be right in addition, to be worth a sentence
HARDLY_MORE = (
    "Where a rate is so low that the loss moves by less than 1%, hardly more answers are right than before: "
    "{before:.0%}, then {after:.0%} at most."
)
MORE_RIGHT = (
    "At {rate} the loss has moved by less than 1%, yet {after:.0%} are right instead of {before:.0%}: the largest "
    "output counts, however small its lead."
)
HUGE_BUT_RIGHT = (
    "At {rate} the loss is huge although {right:.0%} are right: with such large weights each of the wrong answers "
    "costs some {cost} nats, and the loss is the mean over all."
)
LOSSES = LogDomain(1e-2, 1e3)
RATIOS = LogDomain(1e-7, 10.0)


def range_frame(test: "xr.Dataset") -> pd.DataFrame:
    """A row for each rate and split: the loss after the run, `value`, and where it is drawn; the losses before it; and
    the best rate."""
    rates, loss = test["rate"].values, test["loss"]
    after = loss.sel(moment="after")
    parts = [{**_placed(rates, after.sel(split=split).values, LOSSES), "split": said(split)} for split in SPLITS]
    first = loss.sel(moment="before").isel(rate=0).values
    before = {"shown": first, "split": [said(split) for split in SPLITS], "mark": "before"}
    best = _best(test, after.max("split", skipna=False), LOSSES)
    return frame_of(*parts, before, best, corners(rate=(rates[0], rates[-1]), shown=LOSSES))


def ratio_frame(test: "xr.Dataset") -> pd.DataFrame:
    """A row for each rate: the update : weight ratio, `value`, and where it is drawn; the usual ratio; and the best
    rate."""
    rates = test["rate"].values
    rule, best = {"shown": test.attrs["rule"], "mark": "rule"}, _best(test, test["ratio"], RATIOS)
    placed = _placed(rates, test["ratio"].values, RATIOS)
    return frame_of(placed, rule, best, corners(rate=(rates[0], rates[-1]), shown=RATIOS))


def _placed(rates: Array, values: Array, domain: LogDomain) -> Columns:
    """`place`, with marks of their own for what lies beyond the ends of the axis."""
    columns = place(values, domain)
    inside = columns["mark"] == "line"
    mark = np.where(inside & (values > domain.ceiling), "above", columns["mark"])
    mark = np.where(inside & (values < domain.floor), "below", mark)
    return {**columns, "mark": mark, "rate": rates}


def _best(test: "xr.Dataset", values: "xr.DataArray", domain: LogDomain) -> Columns:
    value = values.sel(rate=test["best"]).item()
    return {"rate": test["best"].item(), "value": value, "shown": float(np.clip(value, *domain)), "mark": "best"}


def table(test: "xr.Dataset") -> pd.DataFrame:
    """A row for each rate of BESIDE: how loss and accuracy on the training samples began and ended."""
    rows = {}
    for rate in BESIDE:
        (loss, now), (right, then) = (test[name].sel(rate=rate, split="train").values for name in ("loss", "accuracy"))
        told = {said("Loss"): f"{loss:.4f} → {_loss(now)}", said("Right"): f"{right:.0%} → {_share(then)}"}
        rows[short(rate)] = told
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(said("Learning rate"))


def _loss(value: float) -> str:
    return f"{value:.4f}" if value < HUGE else readable(value)


def _share(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "NaN"


def whether_more_are_right(test: "xr.Dataset") -> str:
    """Whether more answers are right where the loss has hardly moved."""
    before, after = test["accuracy"].sel(rate=test["still"], split="train").values
    template = HARDLY_MORE if after - before < MORE else MORE_RIGHT
    return said(template, rate=short(test["still"].item()), before=before, after=after)


def huge_but_right(test: "xr.Dataset") -> str:
    """How a huge loss goes with many right answers: of BESIDE, where most are right; nothing where it does not."""
    train = test.sel(split="train")
    after = train.sel(moment="after")
    huge = [rate for rate in BESIDE if HUGE <= after["loss"].sel(rate=rate).item() < np.inf]
    rate = max(huge, key=lambda rate: after["accuracy"].sel(rate=rate).item(), default=None)
    if rate is None:
        return ""
    before, right = train["accuracy"].sel(rate=rate).values
    if right - before < MORE:
        return ""
    cost = readable(after["loss"].sel(rate=rate).item() / (1 - right))
    return said(HUGE_BUT_RIGHT, rate=short(rate), right=right, cost=cost)


def _examples() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.babysitting.rates import NETWORK, range_test

    return ((range_test(replace(NETWORK, optimizer=name, steps=10, weight_scale=0.1)),) for name in ("sgd", "adam"))


@picture(
    "A run for each learning rate",
    see="The diamond is the best, full triangles diverged, hollow ones are off the axis. Dotted are the first losses.",
    frame=range_frame,
    examples=_examples,
)
def losses(ink: Ink) -> Drawing:
    """Loss on training and held-out samples after short runs, over their learning rate, on logarithmic axes."""
    names = [said(split) for split in SPLITS]
    x, y = _axes(said("Loss after the run (nats)"), [0.01, 0.1, 1, 10, 100])
    legend = alt.Legend(title=None, orient="top", symbolSize=80)
    color = alt.Color("split:N", scale=ink.state(list(SPLITS)), legend=legend)
    shape = alt.Shape("split:N", scale=alt.Scale(domain=names, range=["circle", "square"]), legend=legend)
    tooltip = [
        alt.Tooltip("rate:Q", format=".3~g", title=said("learning rate")),
        alt.Tooltip("split:N", title=said("split")),
        alt.Tooltip("value:Q", format=".3~g", title=said("loss")),
    ]
    before = only("before").mark_rule(strokeDash=[2, 3], tooltip=None).encode(y, color)
    line = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(before, line, points, *_special(x, y, ink, tooltip), at_corners(x, y))


@picture(
    "How far an update moves the weights",
    see="The update : weight ratio, the median of each run. Dashed is 0.001, which is said to be usual; the diamond is "
    "again the best rate.",
    frame=ratio_frame,
    examples=_examples,
)
def ratios(ink: Ink) -> Drawing:
    """The update : weight ratio of the hidden layer over the learning rate, on logarithmic axes."""
    x, y = _axes(said("‖ΔW‖ / ‖W‖"), [1e-7, 1e-5, 1e-3, 0.1, 10])
    tooltip = [
        alt.Tooltip("rate:Q", format=".3~g", title=said("learning rate")),
        alt.Tooltip("value:Q", format=".2e", title=said("ratio")),
    ]
    rule = only("rule").mark_rule(color=ink.faint, strokeDash=[6, 4], tooltip=None).encode(y)
    line = only("line").mark_line(strokeWidth=1.5, color=ink.train, tooltip=None).encode(x, y)
    points = only("line").mark_point(filled=True, size=50, color=ink.train, opacity=1).encode(x, y, tooltip=tooltip)
    return layered(rule, line, points, *_special(x, y, ink, tooltip), at_corners(x, y))


def _axes(title: str, ticks: list[float]) -> tuple[alt.X, alt.Y]:
    scale = alt.Scale(type="log", nice=False)
    rates = alt.Axis(values=[1e-6, 1e-3, 1, 1e3, 1e6], labelExpr=POWERS, labelFlush=False, grid=False)
    x = alt.X("rate:Q", scale=scale, axis=rates, title=said("Learning rate"))
    return x, alt.Y("shown:Q", scale=scale, axis=alt.Axis(values=ticks, labelExpr=POWERS), title=title)


def _special(x: alt.X, y: alt.Y, ink: Ink, tooltip: list[alt.Tooltip]) -> list[alt.Chart]:
    """The best rate, hollow triangles that point to what lies beyond the axis, and what has no place on it."""
    ways = {"above": "triangle-up", "below": "triangle-down"}
    beyond = [
        only(mark).mark_point(shape=shape, size=60, color=ink.faint, opacity=1).encode(x, y, tooltip=tooltip)
        for mark, shape in ways.items()
    ]
    best = only("best").mark_point(shape="diamond", size=140, filled=True, color=ink.text, opacity=1)
    return [*beyond, *lost_and_zero(x, y, ink), best.encode(x, y, tooltip=tooltip)]
