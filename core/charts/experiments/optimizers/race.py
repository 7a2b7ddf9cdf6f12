"""A race of optimizers: the loss over the steps, and what is left of it over the learning rate."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.experiments.optimizers.landscapes import above_mark, told_apart
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.optimizers.race import BASE, RATES, Race

LOSSES = (1e-4, 10.0)  # the ends of the axes of losses
ROOM = 1.5  # beyond the smallest and the largest rate, as a factor


def race_frame(race: Race, rate: float | None) -> pd.DataFrame:
    """A row for each step and optimizer: `loss`, the median over seeds, between the `low` and the `high` one.

    At `rate`, one of RATES, or where it is None at that at which each optimizer ends lowest.
    """
    places = race.best if rate is None else np.full(len(race.optimizers), RATES.index(rate))
    parts: list[Columns] = []
    for name, place, runs in zip(race.optimizers, places, race.losses, strict=True):
        parts.append({"step": race.steps, **_spread(runs[place]), "rate": RATES[place], "optimizer": name})
    return frame_of(*parts, corners(step=(0, BASE.steps), shown=LOSSES))


def rates_frame(race: Race) -> pd.DataFrame:
    """A row for each rate and optimizer: `loss` at the end, the median over seeds, between the `low` and the `high`."""
    parts: list[Columns] = []
    for name, finals in zip(race.optimizers, race.finals, strict=True):
        parts.append({"rate": RATES, **_spread(finals.T), "optimizer": name})
    return frame_of(*parts, corners(rate=(RATES[0] / ROOM, RATES[-1] * ROOM), shown=LOSSES))


def _spread(losses: Array) -> Columns:
    """Of losses (seed, …) the median, where and as what it is drawn, and the ends of the bar from the lowest to the
    highest."""
    median = np.median(losses, 0)
    ends = {"low": losses.min(0), "high": losses.max(0), "shown": median}
    inside = {name: np.clip(values, *LOSSES) for name, values in ends.items()}
    return {"loss": median, **inside, "mark": np.where(median > LOSSES[1], "above", "point")}


@spec_of
def race_spec(optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """`race_frame` as Vega-Lite without data."""
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title="Step")
    y, (color, shape, dash) = _loss_axis("shown"), told_apart(optimizers, ink)
    tooltip = [alt.Tooltip("step:Q"), *_tooltip()]
    lines = _drawn().mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    points = only("point").mark_point(filled=True, size=24, opacity=1)
    points = points.encode(x, y, color.legend(None), shape, tooltip=tooltip)
    above = above_mark().encode(x, y, color.legend(None), tooltip=tooltip)
    return _with_own_shapes(lines, points, above, at_corners(x, y))


@spec_of
def rates_spec(optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """`rates_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=list(RATES), format="~g", grid=False)
    x = alt.X("rate:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="Learning rate")
    y, (color, shape, dash) = _loss_axis("shown"), told_apart(optimizers, ink)
    quiet = color.legend(None)
    lines = _drawn().mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    bars = _drawn().mark_rule(strokeWidth=1.5, opacity=0.6, tooltip=None)
    bars = bars.encode(x, _loss_axis("low"), alt.Y2("high:Q"), quiet)
    points = only("point").mark_point(filled=True, size=70, opacity=1).encode(x, y, quiet, shape, tooltip=_tooltip())
    above = above_mark().encode(x, y, quiet, tooltip=_tooltip())
    return _with_own_shapes(lines, bars, points, above, at_corners(x, y))


def _drawn() -> alt.Chart:
    """A chart of all rows but the corners."""
    return alt.Chart().transform_filter("datum.mark != 'corner'")


def _with_own_shapes(*layers: alt.Chart) -> Drawing:
    """The layers, without their shapes in the legend of lines."""
    drawing: Drawing = layered(*layers).resolve_scale(shape="independent")
    return drawing


def _loss_axis(column: str) -> alt.Y:
    scale = alt.Scale(type="log", domain=list(LOSSES), nice=False)
    return alt.Y(f"{column}:Q", scale=scale, axis=alt.Axis(tickCount=5, labelExpr=POWERS), title="Training loss")


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("optimizer:N"),
        alt.Tooltip("rate:Q", format="~g", title="learning rate"),
        alt.Tooltip("loss:Q", format=".2e", title="median loss"),
        *(alt.Tooltip(f"{end}:Q", format=".2e", title=f"{end}est loss") for end in ("low", "high")),
    ]
