"""Axes that several charts share: logarithmic ones that show zero and NaN, steps, and layers.

Axes end where the frame's corners are: two invisible rows of a frame that hold the ends.

A logarithmic axis cannot show 0, and NaN has no place on any axis. Both are drawn all the same: zero as a cross on the
floor of the chart, what is NaN or infinite as a triangle at its ceiling.
"""

from typing import Any, NamedTuple

import altair as alt
import numpy as np

from core.array import Array
from core.charts.frames import ROWS
from core.charts.ink import Ink
from core.charts.picture import ALSO, FOUND, LARGE
from core.measuring import Recording
from core.words.said import said

SIGN, OTHER_SIGN = "▸", "▹"  # before layers in which the cause of what is wrong was found, or something else
SPACES = "\u2002 "  # as wide as the sign and the space behind it
DECADES = 3  # log axes begin and end at every third power of ten, so that they rarely move
LOWEST = -42  # the power of ten at which the lowest axis begins: about the smallest that a frame holds
LARGEST = float(np.finfo(np.float32).max)  # a frame holds nothing larger
WORTH_SAYING = 0.005  # smaller shares of a row are not written there


class LogDomain(NamedTuple):
    """The ends of a logarithmic axis. Zero is drawn at `floor`, NaN and infinity at `ceiling`."""

    floor: float
    ceiling: float


def log_domain(*values: Array) -> LogDomain:
    """Ends that hold all positive finite values, at round powers of ten."""
    together = np.concatenate([v.ravel() for v in values])
    positive = together[np.isfinite(together) & (together > 0)]
    if not len(positive):
        return LogDomain(10.0**-DECADES, 1.0)
    low, high = np.log10(positive.min()), np.log10(positive.max())
    top = DECADES * np.floor(high / DECADES + 1)
    bottom = max(DECADES * np.ceil(low / DECADES - 1), LOWEST)
    return LogDomain(float(10.0**bottom), float(min(10.0**top, LARGEST)))


def place(values: Array, domain: LogDomain) -> dict[str, Array]:
    """Columns `value`, `shown` (where it is drawn) and `mark` ("line", "zero", "lost" for NaN and infinity)."""
    lost, zero = ~np.isfinite(values), values == 0
    shown = np.where(lost, domain.ceiling, np.where(zero, domain.floor, np.clip(values, *domain)))
    mark = np.where(lost, "lost", np.where(zero, "zero", "line"))
    return {"value": values, "shown": shown, "mark": mark}


def only(mark: str) -> alt.Chart:
    """A chart of the rows that are drawn as `mark`."""
    return alt.Chart().transform_filter(f"datum.mark == '{mark}'")


def named(*columns: str) -> list[alt.Tooltip]:
    """What a mark says of columns, as "step:Q", under their names."""
    return [alt.Tooltip(column, title=said(column.split(":")[0])) for column in columns]


def at_corners(*axes: alt.X | alt.Y) -> alt.Chart:
    """The invisible corners, which stretch the axes."""
    return only("corner").mark_point(opacity=0, tooltip=None).encode(*axes)  # type: ignore[no-any-return]  # altair's decorator


def linear(*, reverse: bool = False) -> alt.Scale:
    """A scale that ends exactly at the corners."""
    return alt.Scale(zero=False, nice=False, reverse=reverse)


def log_y(title: str) -> alt.Y:
    """The logarithmic axis of `place`'s column `shown`."""
    axis = alt.Axis(tickCount=alt.ExprRef(TICKS), labelExpr=POWERS)
    return alt.Y("shown:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title=title)


# Fewer ticks than powers of ten, so that there are none in between, which a logarithmic axis crowds together.
TICKS = "min(5, log(domain('y')[1] / domain('y')[0]) / LN10 - 0.5)"
WHOLE = "datum.value % 1 ? '' : format(datum.value, ',d')"  # Vega counts from 1 to 2 by halves, which are no steps
ROWS_APART = "height / abs(domain('y')[1] - domain('y')[0])"  # pixels between layers that are numbers on an axis
LAYERS = "sequence(1, domain('color')[1] + 1, ceil(domain('color')[1] / 8))"  # all, or evenly fewer of a deep network
POWERS = "datum.value >= 0.001 && datum.value <= 1000 ? format(datum.value, '~r') : format(datum.value, '.0e')"


def lost_and_zero(x: alt.X, y: alt.Y, ink: Ink) -> list[alt.Chart]:
    """Marks for what a logarithmic axis cannot show."""
    zero = only("zero").mark_point(shape="cross", size=70, filled=True, color=ink.dead, opacity=1)
    return [zero.encode(x, y, tooltip=[alt.Tooltip("value:Q", title=said("exactly"))]), lost_mark(x, y, ink)]


def lost_mark(x: alt.X, y: alt.Y, ink: Ink) -> alt.Chart:
    """Triangles where a value is NaN or infinite."""
    lost = only("lost").mark_point(shape="triangle-up", size=80, filled=True, color=ink.exploding, opacity=1)
    return lost.encode(x, y, tooltip=[alt.Tooltip("mark:N", title=said("NaN or infinite"))])  # type: ignore[no-any-return]


def layer_axis(label: str = WHOLE, unmarked: str = SPACES, **settings: Any) -> alt.Axis:
    """An axis of hidden layers, labelled by an expression.

    Layers in which something was found have a mark; those of the cause a bold one. What stands before the others,
    `unmarked`, is as wide, so that no picture moves where marks come and go.
    """
    is_found, is_other = (f"indexof({name}, datum.value) >= 0" for name in (FOUND, ALSO))
    bold = {"condition": {"test": is_found, "value": "bold"}, "value": "normal"}
    sign = f"{is_found} ? '{SIGN} ' : {is_other} ? '{OTHER_SIGN} ' : '{unmarked}'"
    expression = f"({sign}) + ({label})"
    return alt.Axis(labelExpr=expression, labelFontWeight=bold, ticks=False, **settings)


def layer_x() -> alt.X:
    """The axis of hidden layers, from input to output."""
    axis = layer_axis(unmarked="", tickMinStep=1, grid=False)
    return alt.X("layer:Q", scale=linear(), axis=axis, title=said("Hidden layer"))


def layer_band() -> alt.Y:
    """The axis of hidden layers from top to bottom, one band each."""
    return alt.Y("layer:O", axis=layer_axis(labelOverlap=True, grid=False), title=said("Hidden layer"))


def layer_color(ink: Ink) -> alt.Color:
    """The colours of layers, with a legend."""
    legend = alt.Legend(
        title=said("Layer"),
        type="symbol",
        symbolType="square",
        symbolStrokeWidth=0,
        format="d",
        values=alt.ExprRef(LAYERS),
        orient="right",
    )
    return alt.Color("layer:Q", scale=ink.layers(), legend=legend)


def row_font(row: str) -> alt.ExprRef:
    """The size of letters beside layers that lie `row` apart: where that is narrow, evenly fewer of them have words."""
    return alt.ExprRef(f"(datum.layer - 1) % ceil(11 * {LARGE} / ({row})) ? 0 : 11 * {LARGE}")


def step_x() -> alt.X:
    """The axis of training steps, over the whole planned run."""
    axis = alt.Axis(labelExpr=WHOLE, tickCount=5, tickMinStep=1, ticks=False, grid=False)
    return alt.X("step:Q", scale=linear(), axis=axis, title=said("Step"))


def steps_of(recording: Recording) -> tuple[float, float]:
    """The ends of the axis of steps: the planned run, or what there was of it if it ended early or has no plan."""
    whole = recording.end.reason in ("running", "finished")
    return 0, max(1, recording.config.steps if whole and recording.config else recording.end.step)


def thinned(recording: Recording, rows_a_step: int) -> Array:
    """Positions of the snapshots to draw: all, or evenly fewer where a frame would grow too large; the last is kept."""
    count = len(recording.steps)
    most = max(2, ROWS // max(1, rows_a_step))
    return np.unique(np.linspace(0, count - 1, min(count, most)).round().astype(int))


def now_rule(ink: Ink) -> alt.Chart:
    """A line at the step that the other charts show."""
    rule = only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None)
    return rule.encode(step_x())  # type: ignore[no-any-return]  # altair's decorator
