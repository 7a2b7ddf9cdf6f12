"""A race of optimizers: the loss over the steps, and what is left of it over the learning rate."""

from dataclasses import replace
from functools import lru_cache

import altair as alt
import numpy as np
import pandas as pd
import xarray as xr

from core.array import Array
from core.charts.axes import POWERS, at_corners, linear, only
from core.charts.experiments.optimizers.landscapes import above_mark, told_apart
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.experiments.optimizers.landscapes import COMPARED
from core.experiments.optimizers.race import BASE, RATES, SEEDS, race_of
from core.sweeps import grid, sweep
from core.words.numbers import readable, short
from core.words.said import said

HEIGHT = 340
AT_BEST = (
    "Each at its best of {rates} learning rates, after {steps} steps, over {seeds} seeds. Where ranges overlap, other "
    "seeds may change the order."
)
COUNTED = (
    "{optimizers} optimizers, {rates} learning rates and {seeds} seeds: {networks} networks. Those of one seed have "
    "the same first weights and the same batches. It takes some seconds."
)
ENDS = {"low": "lowest loss", "high": "highest loss"}
LOSSES = (1e-4, 10.0)  # the ends of the axes of losses
ROOM = 1.5  # beyond the smallest and the largest rate, as a factor


def race_frame(race: xr.Dataset, rate: float | None) -> pd.DataFrame:
    """A row for each step and optimizer: `loss`, the median over seeds, between the `low` and the `high` one.

    At `rate`, one of RATES, or where it is None at that at which each optimizer ends lowest.
    """
    parts: list[Columns] = []
    for name in _optimizers(race):
        at = race["best"].sel(optimizer=name).item() if rate is None else rate
        runs = race["loss"].sel(optimizer=name, learning_rate=at).transpose("seed", "step")
        parts.append({"step": race["step"].values, **_spread(runs.values), "rate": at, "optimizer": name})
    return frame_of(*parts, corners(step=(0, BASE.steps), shown=LOSSES))


def rates_frame(race: xr.Dataset) -> pd.DataFrame:
    """A row for each rate and optimizer: `loss` at the end, the median over seeds, between the `low` and the `high`."""
    parts: list[Columns] = []
    for name in _optimizers(race):
        ends = race["final"].sel(optimizer=name).transpose("seed", "learning_rate")
        parts.append({"rate": RATES, **_spread(ends.values), "optimizer": name})
    return frame_of(*parts, corners(rate=(RATES[0] / ROOM, RATES[-1] * ROOM), shown=LOSSES))


def _optimizers(race: xr.Dataset) -> tuple[str, ...]:
    return tuple(race["optimizer"].values.tolist())


def _spread(losses: Array) -> Columns:
    """Of losses (seed, …) the median, where and as what it is drawn, and the ends of the bar from the lowest to the
    highest."""
    median = np.median(losses, 0)
    ends = {"low": losses.min(0), "high": losses.max(0), "shown": median}
    inside = {name: np.clip(values, *LOSSES) for name, values in ends.items()}
    return {"loss": median, **inside, "mark": np.where(median > LOSSES[1], "above", "point")}


def table(race: xr.Dataset) -> pd.DataFrame:
    """Where each optimizer ends at its best rate, in words, the lowest median of the seeds first."""
    at_best = race["final"].sel(learning_rate=race["best"])
    ends = {name: at_best.sel(optimizer=name) for name in _optimizers(race)}
    rows = {
        name: {
            said("Best learning rate"): short(end["learning_rate"].item()),
            said("Median loss"): readable(float(np.median(end))),
            said("Lowest to highest"): said(
                "{low} to {high}", low=readable(end.min().item()), high=readable(end.max().item())
            ),
        }
        for name, end in sorted(ends.items(), key=lambda named: float(np.median(named[1])))
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis(said("Optimizer"))


def _numbers(race: xr.Dataset, rate: float | None = None) -> dict[str, int]:
    return {"seeds": len(SEEDS), "steps": BASE.steps}


@lru_cache(maxsize=1)
def _short() -> xr.Dataset:
    """A race of small networks over few steps."""
    base = replace(BASE, steps=4, snapshots=5, width=8)
    return race_of(sweep(grid(base, optimizer=COMPARED, learning_rate=RATES, seed=range(2)), variables=()))


@picture(
    "The race",
    see="Medians of {seeds} seeds. With one learning rate for all, it is that rate which decides who wins. Arrows are "
    "above the axis.",
    fill=_numbers,
    frame=race_frame,
    scene=lambda race, rate: (_optimizers(race),),
    examples=lambda: [(_short(), None), (_short(), RATES[-1])],
    height=HEIGHT,
)
def race(optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """The training loss of each optimizer over the steps, on a logarithmic axis."""
    x = alt.X("step:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title=said("Step"))
    y, (color, shape, dash) = _loss_axis("shown"), told_apart(optimizers, ink)
    tooltip = [alt.Tooltip("step:Q", title=said("step")), *_tooltip()]
    lines = _drawn().mark_line(strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    points = only("point").mark_point(filled=True, size=24, opacity=1)
    points = points.encode(x, y, color.legend(None), shape, tooltip=tooltip)
    above = above_mark().encode(x, y, color.legend(None), tooltip=tooltip)
    return _with_own_shapes(lines, points, above, at_corners(x, y))


@picture(
    "Which learning rate each one needs",
    see="The loss after {steps} steps: medians, and bars from the lowest to the highest seed. Each has a valley of its "
    "own. Arrows are above the axis.",
    fill=_numbers,
    frame=rates_frame,
    scene=lambda race: (_optimizers(race),),
    examples=lambda: [(_short(),), (_short().isel(seed=[0]),)],
    height=HEIGHT,
)
def rates(optimizers: tuple[str, ...], ink: Ink) -> Drawing:
    """The training loss at the end over the learning rate, for each optimizer, on logarithmic axes."""
    axis = alt.Axis(values=list(RATES), format="~g", grid=False)
    x = alt.X("rate:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title=said("Learning rate"))
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
    return alt.Y(f"{column}:Q", scale=scale, axis=alt.Axis(tickCount=5, labelExpr=POWERS), title=said("Training loss"))


def _tooltip() -> list[alt.Tooltip]:
    return [
        alt.Tooltip("optimizer:N", title=said("optimizer")),
        alt.Tooltip("rate:Q", format="~g", title=said("learning rate")),
        alt.Tooltip("loss:Q", format=".2e", title=said("median loss")),
        *(alt.Tooltip(f"{end}:Q", format=".2e", title=said(words)) for end, words in ENDS.items()),
    ]
