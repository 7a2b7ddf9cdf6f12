"""A ReLU unit that is trained until it dies, how far it moves afterwards, and units that come back to life."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, linear, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.after_death import RULES, WATCHED, Death, Returns

LAYERS = ("layer 1", "layer 2")
DRAWN = np.arange(1, WATCHED + 1, 3)  # the steps since death that have a dot
BEYOND = 1.15  # how far the axis of steps goes beyond the last death


def dying_frame(deaths: Sequence[Death]) -> pd.DataFrame:
    """A row for each step and rule until all units are dead: the share of points that it is `on` for; and its death."""
    last = round(BEYOND * max(death.died for death in deaths)) + 1
    lines = [{"step": np.arange(d.died + 1), "on": d.on[: d.died + 1], "rule": d.rule, "mark": "line"} for d in deaths]
    ends = [{"step": d.died, "on": 0.0, "rule": d.rule, "mark": "death"} for d in deaths]
    return frame_of(*lines, *ends, corners(step=(0, last), on=(0, 1)))


def drift_frame(deaths: Sequence[Death]) -> pd.DataFrame:
    """A row for each rule and step `since` death that is drawn: `value`, how far the unit has moved, and `expected`."""
    domain = log_domain(*(part[1:] for death in deaths for part in (death.moved, death.expected)))
    parts: list[Columns] = []
    for death in deaths:
        since = {"since": DRAWN, "rule": death.rule}
        parts.append(place(death.moved[DRAWN], domain) | since | {"expected": death.expected[DRAWN]})
        if death.expected.any():
            parts.append(place(death.expected[DRAWN], domain) | since | {"mark": "theory"})
    return frame_of(*parts, corners(since=(0, WATCHED + 1), shown=domain))


def returns_frame(returns: Returns) -> pd.DataFrame:
    """A row for each step and layer: how many units are `dead`; and where units came back, `returned` of them."""
    parts: list[Columns] = []
    for name, dead, returned in zip(LAYERS, returns.counts.T, returns.returned.T, strict=True):
        (back,) = np.nonzero(returned)
        parts.append({"step": np.arange(len(dead)), "dead": dead, "series": name, "mark": "line"})
        parts.append({"step": back, "dead": dead[back], "returned": returned[back], "series": name, "mark": "back"})
    steps, _, units = returns.dead.shape
    return frame_of(*parts, corners(step=(0, steps - 1), dead=(0, units)))


@spec_of
def dying_spec(ink: Ink) -> Drawing:
    """`dying_frame` as Vega-Lite without data."""
    x = step_x()
    y = alt.Y("on:Q", scale=linear(), axis=alt.Axis(format=".0%"), title="Points that it is on for")
    color, shape, dash = _rules(ink)
    lines = only("line").mark_line(strokeWidth=2.5, tooltip=None).encode(x, y, color, dash)
    tooltip = [alt.Tooltip("rule:N", title="optimizer"), alt.Tooltip("step:Q", title="died at step")]
    deaths = only("death").mark_point(filled=True, size=110, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(lines, deaths, at_corners(x, y))


@spec_of
def drift_spec(ink: Ink) -> Drawing:
    """`drift_frame` as Vega-Lite without data."""
    x = alt.X("since:Q", scale=linear(), axis=alt.Axis(format="d", grid=False), title="Steps since its death")
    y = log_y("Moved since, in learning rates")
    color, shape, _ = _rules(ink)
    tooltip = [
        alt.Tooltip("rule:N", title="optimizer"),
        alt.Tooltip("since:Q", title="steps since"),
        alt.Tooltip("value:Q", format=".3g", title="measured"),
        alt.Tooltip("expected:Q", format=".3g", title="theory"),
    ]
    lines = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    dots = only("line").mark_point(filled=True, size=45, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    return layered(lines, dots, *lost_and_zero(x, y, ink), at_corners(x, y))


@spec_of
def returns_spec(ink: Ink) -> Drawing:
    """`returns_frame` as Vega-Lite without data."""
    x, y = step_x(), alt.Y("dead:Q", scale=linear(), axis=alt.Axis(format="d", tickMinStep=1), title="Dead units")
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    color = alt.Color(
        "series:N", scale=alt.Scale(domain=list(LAYERS), range=[ink.train, ink.validation]), legend=legend
    )
    dash = alt.StrokeDash("series:N", scale=alt.Scale(domain=list(LAYERS), range=[[1, 0], [6, 3]]), legend=legend)
    tooltip = [alt.Tooltip("step:Q"), alt.Tooltip("series:N"), alt.Tooltip("returned:Q", title="units that came back")]
    lines = only("line").mark_line(interpolate="step-after", strokeWidth=2, tooltip=None).encode(x, y, color, dash)
    back = only("back").mark_point(shape="triangle-up", filled=True, size=90, opacity=1)
    return layered(lines, back.encode(x, y, color, tooltip=tooltip), at_corners(x, y))


def _rules(ink: Ink) -> tuple[alt.Color, alt.Shape, alt.StrokeDash]:
    """The optimizers by colour, shape and dash; the legend is of colours and shapes."""
    names = list(RULES)
    legend = alt.Legend(title=None, orient="top", columns=2, symbolSize=80, symbolStrokeWidth=0, symbolDash=[1, 0])
    colors = alt.Scale(domain=names, range=[ink.dead, *ink.classes[: len(names) - 1]])
    shapes = alt.Scale(domain=names, range=["cross", "circle", "square", "diamond"])
    dashes = alt.Scale(domain=names, range=[[1, 0], [8, 3], [2, 2], [8, 3, 2, 3]])
    return (
        alt.Color("rule:N", scale=colors, legend=legend),
        alt.Shape("rule:N", scale=shapes, legend=legend),
        alt.StrokeDash("rule:N", scale=dashes, legend=None),
    )
