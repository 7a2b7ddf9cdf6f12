"""The gradient on its way back through several networks at once, and what nested S-curves leave of a number."""

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, layer_x, linear, log_domain, log_y, lost_and_zero, only, place
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.vanishing import BOUND, Backward, Nest

SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
MOST = len(SHAPES)  # networks that can be told apart


def backward_frame(networks: list[Backward]) -> pd.DataFrame:
    """A row for each layer of each network: `value`, its gradient over that of the last layer, `expected` by theory."""
    sizes = [part for network in networks for part in (network.measured, network.expected)]
    domain, depth = log_domain(*sizes), len(networks[0].measured)
    layer = np.arange(1, depth + 1)
    measured = [
        place(n.measured, domain) | {"layer": layer, "expected": n.expected, "activation": n.activation}
        for n in networks
    ]
    lines = [
        place(n.expected, domain) | {"layer": layer, "mark": "theory", "activation": n.activation} for n in networks
    ]
    quarters = BOUND ** (depth - layer)
    drawn = quarters >= domain.floor  # it ends where it leaves the axis
    bound = {"layer": layer[drawn], "value": quarters[drawn], "shown": quarters[drawn], "mark": "bound"}
    return frame_of(*measured, *lines, bound, corners(layer=(0.5, depth + 0.5), shown=domain))


def nest_frame(nest: Nest) -> pd.DataFrame:
    """A row for each number of times: the ends `low` and `high` of what comes out; and the fixed point."""
    times = np.arange(1, len(nest.low) + 1)
    bars = {"times": times, "low": nest.low, "high": nest.high, "width": nest.high - nest.low, "mark": "bar"}
    ends = (min(0.0, float(nest.low.min())), max(1.0, float(nest.high.max())))
    return frame_of(bars, {"low": nest.fixed_point, "mark": "fixed"}, corners(times=(0.5, len(times) + 0.5), low=ends))


@spec_of
def backward_spec(activations: tuple[str, ...], ink: Ink) -> Drawing:
    """`backward_frame` as Vega-Lite without data."""
    x, y = layer_x(), log_y("Gradient ÷ that of the last layer")
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=list(activations), range=list(ink.classes[: len(activations)]))
    color = alt.Color("activation:N", scale=colors, legend=legend)
    shape = alt.Shape(
        "activation:N",
        scale=alt.Scale(domain=list(activations), range=list(SHAPES)),
        legend=None,
    )
    tooltip = [
        alt.Tooltip("layer:Q"),
        alt.Tooltip("activation:N"),
        alt.Tooltip("value:Q", format=".2e", title="measured"),
        alt.Tooltip("expected:Q", format=".2e", title="theory"),
    ]
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    bound = only("bound").mark_line(color=ink.faint, strokeDash=[6, 4], tooltip=None).encode(x, y)
    return layered(bound, line, points, *lost_and_zero(x, y, ink), at_corners(x, y))


@spec_of
def nest_spec(ink: Ink) -> Drawing:
    """`nest_frame` as Vega-Lite without data."""
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    x = alt.X("times:Q", scale=linear(), axis=axis, title="How many times")
    y = alt.Y("low:Q", scale=linear(), title="What comes out")
    tooltip = [
        alt.Tooltip("times:Q", title="times"),
        *(alt.Tooltip(f"{end}:Q", format=".5f") for end in ("low", "high", "width")),
    ]
    bars = only("bar").mark_bar(width=14, color=ink.train).encode(x, y, alt.Y2("high:Q"), tooltip=tooltip)
    ends = only("bar").mark_tick(orient="horizontal", thickness=2, size=14, color=ink.train).encode(x, y)
    fixed = only("fixed").mark_rule(color=ink.validation, strokeDash=[5, 3], tooltip=None).encode(y)
    return layered(bars, ends, fixed, at_corners(x, y))
