"""The learning-rate range test: the losses after a short run over its learning rate, and the size of its updates."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, LogDomain, at_corners, lost_and_zero, only, place
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.babysitting.rates import RATES, RULE, RangeTest
from core.measuring.recording import SPLITS

LOSSES = LogDomain(1e-2, 1e3)
RATIOS = LogDomain(1e-7, 10.0)


def range_frame(test: RangeTest) -> pd.DataFrame:
    """A row for each rate and split: the loss after the run, `value`, and where it is drawn; the losses before it; and
    the best rate."""
    parts = [{**_placed(test.after[:, n], LOSSES), "split": split} for n, split in enumerate(SPLITS)]
    before = {"shown": test.before, "split": SPLITS, "mark": "before"}
    best = _best(test, test.after.max(1), LOSSES)
    return frame_of(*parts, before, best, corners(rate=(RATES[0], RATES[-1]), shown=LOSSES))


def ratio_frame(test: RangeTest) -> pd.DataFrame:
    """A row for each rate: the update : weight ratio, `value`, and where it is drawn; the usual ratio; and the best
    rate."""
    rule, best = {"shown": RULE, "mark": "rule"}, _best(test, test.ratios, RATIOS)
    return frame_of(_placed(test.ratios, RATIOS), rule, best, corners(rate=(RATES[0], RATES[-1]), shown=RATIOS))


def _placed(values: Array, domain: LogDomain) -> Columns:
    """`place`, with marks of their own for what lies beyond the ends of the axis."""
    columns = place(values, domain)
    inside = columns["mark"] == "line"
    mark = np.where(inside & (values > domain.ceiling), "above", columns["mark"])
    mark = np.where(inside & (values < domain.floor), "below", mark)
    return {**columns, "mark": mark, "rate": np.array(RATES)}


def _best(test: RangeTest, values: Array, domain: LogDomain) -> Columns:
    value = values[test.best]
    return {"rate": RATES[test.best], "value": value, "shown": float(np.clip(value, *domain)), "mark": "best"}


@spec_of
def range_spec(ink: Ink) -> Drawing:
    """`range_frame` as Vega-Lite without data."""
    x, y = _axes("Loss after the run (nats)", [0.01, 0.1, 1, 10, 100])
    legend = alt.Legend(title=None, orient="top", symbolSize=80)
    color = alt.Color("split:N", scale=ink.state(list(SPLITS)), legend=legend)
    shape = alt.Shape("split:N", scale=alt.Scale(domain=list(SPLITS), range=["circle", "square"]), legend=legend)
    tooltip = [
        alt.Tooltip("rate:Q", format=".3~g", title="learning rate"),
        alt.Tooltip("split:N"),
        alt.Tooltip("value:Q", format=".3~g", title="loss"),
    ]
    before = only("before").mark_rule(strokeDash=[2, 3], tooltip=None).encode(y, color)
    line = only("line").mark_line(strokeWidth=1.5, tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(before, line, points, *_special(x, y, ink, tooltip), at_corners(x, y))


@spec_of
def ratio_spec(ink: Ink) -> Drawing:
    """`ratio_frame` as Vega-Lite without data."""
    x, y = _axes("‖ΔW‖ / ‖W‖", [1e-7, 1e-5, 1e-3, 0.1, 10])
    tooltip = [
        alt.Tooltip("rate:Q", format=".3~g", title="learning rate"),
        alt.Tooltip("value:Q", format=".2e", title="ratio"),
    ]
    rule = only("rule").mark_rule(color=ink.faint, strokeDash=[6, 4], tooltip=None).encode(y)
    line = only("line").mark_line(strokeWidth=1.5, color=ink.train, tooltip=None).encode(x, y)
    points = only("line").mark_point(filled=True, size=50, color=ink.train, opacity=1).encode(x, y, tooltip=tooltip)
    return layered(rule, line, points, *_special(x, y, ink, tooltip), at_corners(x, y))


def _axes(title: str, ticks: list[float]) -> tuple[alt.X, alt.Y]:
    scale = alt.Scale(type="log", nice=False)
    rates = alt.Axis(values=[1e-6, 1e-3, 1, 1e3, 1e6], labelExpr=POWERS, labelFlush=False, grid=False)
    x = alt.X("rate:Q", scale=scale, axis=rates, title="Learning rate")
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
