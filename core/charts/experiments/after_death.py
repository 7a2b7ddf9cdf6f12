"""A ReLU unit that is trained until it dies, how far it moves afterwards, and units that come back to life."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.experiments.after_death import RULES
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

NAMES = {name: rule.title for name, rule in RULES.items()}  # of the optimizers, by their ids
LAYER = "layer {layer}"
DRAWN = slice(1, None, 3)  # of the steps since death: those that have a dot
BEYOND = 1.15  # how far the axis of steps goes beyond the last death


def dying_frame(deaths: "xr.Dataset") -> pd.DataFrame:
    """A row for each step and rule until all units are dead: the share of points that it is `on` for; and its death."""
    last = round(BEYOND * deaths["died"].max().item()) + 1
    lines: list[Columns] = []
    ends: list[Columns] = []
    for name, death in _each(deaths):
        died = death["died"].item()
        lines.append({"step": np.arange(died + 1), "on": death["on"].values[: died + 1], "rule": name, "mark": "line"})
        ends.append({"step": died, "on": 0.0, "rule": name, "mark": "death"})
    return frame_of(*lines, *ends, corners(step=(0, last), on=(0, 1)))


def drift_frame(deaths: "xr.Dataset") -> pd.DataFrame:
    """A row for each rule and step `since` death that is drawn: `value`, how far the unit has moved, and `expected`."""
    since, drawn = deaths["since"].values, deaths.isel(since=DRAWN)
    later = deaths.isel(since=slice(1, None))
    domain = log_domain(later["moved"].values, later["expected"].values)
    parts: list[Columns] = []
    for name, death in _each(drawn):
        where, expected = {"since": death["since"].values, "rule": name}, death["expected"].values
        parts.append(place(death["moved"].values, domain) | where | {"expected": expected})
        if expected.any():
            parts.append(place(expected, domain) | where | {"mark": "theory"})
    return frame_of(*parts, corners(since=(0, since[-1] + 1), shown=domain))


def _each(deaths: "xr.Dataset") -> Iterable[tuple[str, "xr.Dataset"]]:
    return ((said(NAMES[rule]), deaths.sel(rule=rule)) for rule in deaths["rule"].values)


def returns_frame(returns: "xr.Dataset") -> pd.DataFrame:
    """A row for each step and layer: how many units are `dead`; and where units came back, `returned` of them."""
    parts: list[Columns] = []
    for layer in returns["layer"].values:
        name, of_layer = _layer(layer), returns.sel(layer=layer)
        step, dead, returned = (of_layer[column].values for column in ("step", "count", "returned"))
        (back,) = np.nonzero(returned)
        parts.append({"step": step, "dead": dead, "series": name, "mark": "line"})
        parts.append({"step": back, "dead": dead[back], "returned": returned[back], "series": name, "mark": "back"})
    return frame_of(*parts, corners(step=(0, returns.sizes["step"] - 1), dead=(0, returns.sizes["unit"])))


def _layer(layer: int) -> str:
    return said(LAYER, layer=layer)


def _layers(returns: "xr.Dataset") -> Scene:
    return (tuple(returns["layer"].values.tolist()),)


def _deaths() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.after_death import deaths

    return ((deaths(rate),) for rate in (0.01, 0.1, 1.0))


def _returns() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.after_death import returns

    return ((returns("sgd", 1.0),), (returns("sgd", 0.03),))


@picture(
    "One unit dies under four optimizers",
    see="The loss wants its activations smaller. A mark on the floor is its death: off for all points.",
    frame=dying_frame,
    examples=_deaths,
)
def dying(ink: Ink) -> Drawing:
    """The share of points that the unit is on for, step by step until its death, for four optimizers."""
    x = step_x()
    y = alt.Y("on:Q", scale=linear(), axis=alt.Axis(format=".0%"), title=said("Points that it is on for"))
    color, shape, dash = _rules(ink)
    lines = only("line").mark_line(strokeWidth=2.5, tooltip=None).encode(x, y, color, dash)
    tooltip = [alt.Tooltip("rule:N", title=said("optimizer")), alt.Tooltip("step:Q", title=said("died at step"))]
    deaths = only("death").mark_point(filled=True, size=110, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(lines, deaths, at_corners(x, y))


@picture(
    "And moves on",
    see="Crosses on the floor are exactly 0: plain gradient descent stands still. Dotted is theory.",
    frame=drift_frame,
    examples=_deaths,
)
def drift(ink: Ink) -> Drawing:
    """How far the dead unit has moved since, in learning rates, on a logarithmic axis, for four optimizers."""
    x = alt.X("since:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title=said("Steps since its death"))
    y = log_y(said("Moved since, in learning rates"))
    color, shape, _ = _rules(ink)
    tooltip = [
        alt.Tooltip("rule:N", title=said("optimizer")),
        alt.Tooltip("since:Q", title=said("steps since")),
        alt.Tooltip("value:Q", format=".3g", title=said("measured")),
        alt.Tooltip("expected:Q", format=".3g", title=said("theory")),
    ]
    lines = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    dots = only("line").mark_point(filled=True, size=45, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(lines, dots, *lost_and_zero(x, y, ink), at_corners(x, y))


@picture(
    "A whole network",
    see="A triangle is a step at which dead units came back. With SGD that is never in layer 1.",
    frame=returns_frame,
    scene=_layers,
    examples=_returns,
)
def returns(layers: tuple[int, ...], ink: Ink) -> Drawing:
    """The number of dead units in both layers over the steps, with marks where some came back to life."""
    x, y = step_x(), alt.Y("dead:Q", scale=linear(), axis=alt.Axis(format="d", tickMinStep=1), title=said("Dead units"))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    names = [_layer(layer) for layer in layers]
    color = alt.Color("series:N", scale=alt.Scale(domain=names, range=[ink.train, ink.validation]), legend=legend)
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=names, range=[[1, 0], [6, 3]]), legend=legend)
    tooltip = [
        alt.Tooltip("step:Q"),
        alt.Tooltip("series:N"),
        alt.Tooltip("returned:Q", title=said("units that came back")),
    ]
    lines = only("line").mark_line(interpolate="step-after", strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    back = only("back").mark_point(shape="triangle-up", filled=True, size=90, opacity=1)
    return layered(lines, back.encode(x, y, color, tooltip=tooltip), at_corners(x, y))


def _rules(ink: Ink) -> tuple[alt.Color, alt.Shape, alt.StrokeDash]:
    """The optimizers by colour, shape and dash; the legend is of colours and shapes."""
    names = [said(name) for name in NAMES.values()]
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=80, symbolStrokeWidth=0, symbolDash=[1, 0])
    colors = alt.Scale(domain=names, range=[ink.dead, *ink.classes[: len(names) - 1]])
    shapes = alt.Scale(domain=names, range=["cross", "circle", "square", "diamond"])
    dashes = alt.Scale(domain=names, range=[[1, 0], [8, 3], [2, 2], [8, 3, 2, 3]])
    return (
        alt.Color("rule:N", scale=colors, legend=legend),
        alt.Shape("rule:N", scale=shapes, legend=legend),
        alt.StrokeDash("rule:N", scale=dashes, legend=None),
    )
