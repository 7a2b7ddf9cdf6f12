"""The shapes of activation functions: φ and φ' of several over one another, and what passes through one of them."""

from collections.abc import Callable
from typing import Literal

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.config import Config
from core.experiments.activation_functions.passing import Passing
from core.networks.curves import Curve, curve

REACH = 4.0  # of z on both sides; farther where a curve bends farther out
POINTS = 121
JUMP = 0.1  # more than a curve without a step rises between two points: there its line is broken ...
STEEP = 1.5  # ... unless it is steep: then it may rise by this times its largest slope
DASHES = ([1, 0], [8, 3], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4])
WIDTHS = (5.5, 4.7, 4.0, 2.3, 1.8, 1.3)  # in the order in which they are drawn: none hides another that it follows
MOST = len(DASHES)  # curves that can be told apart
BINS = 40
HEAPED = 0.02  # a number that more than this share of the samples equal exactly is drawn apart
SIDES: tuple[tuple[Literal["left", "right"], int], ...] = (("left", -4), ("right", 4))  # where words begin or end
ROOM = 1.15  # above the tallest bar, for words


def shape_frame(configs: list[Config]) -> pd.DataFrame:
    """A row for each z and activation: `value` is φ(z). Raises ValueError for more than MOST Configs."""
    return _shapes(configs, Curve.phi)


def slope_frame(configs: list[Config]) -> pd.DataFrame:
    """A row for each z and activation: `value` is φ'(z). Raises ValueError for more than MOST Configs."""
    return _shapes(configs, Curve.slope)


def output_frame(passing: Passing) -> pd.DataFrame:
    """The histogram of the activations: a row for each bin, one for each number that many samples equal exactly."""
    return _histogram(passing.activations, *_ends(passing.activations, passing.low, passing.high))


def met_slopes_frame(passing: Passing) -> pd.DataFrame:
    """The histogram of the slopes, like that of `output_frame`."""
    lowest = min(0.0, float(passing.slopes.min()))
    return _histogram(passing.slopes, *_ends(passing.slopes, lowest, passing.max_slope))


def _shapes(configs: list[Config], values_of: Callable[[Curve, Array], Array]) -> pd.DataFrame:
    if not 0 < len(configs) <= MOST:
        raise ValueError(f"from 1 to {MOST} curves can be told apart; got {len(configs)}")
    curves = [curve(config) for config in configs]
    reach = max(
        REACH, *(function.activation.high + 1 for function in curves if np.isfinite(function.activation.high)), REACH
    )
    z = np.linspace(-reach, reach, POINTS)
    lines: list[Columns] = []
    for config, function in zip(configs, curves, strict=True):
        values = values_of(function, z)
        piece = np.cumsum(
            np.abs(np.diff(values, prepend=values[0])) > max(JUMP, STEEP * function.max_slope * (z[1] - z[0]))
        )
        lines.append({"z": z, "value": values, "piece": piece, "activation": config.activation, "mark": "line"})
    values = np.concatenate([line["value"] for line in lines])
    margin = 0.04 * max(float(np.ptp(values)), 1.0)  # a line along the edge would be cut in half
    ends = float(values.min()) - margin, float(values.max()) + margin
    return frame_of(*lines, corners(z=(-reach, reach), value=ends))


def _ends(values: Array, low: float, high: float) -> tuple[float, float]:
    """The ends of an axis: the bounds, and the samples where there is no bound."""
    left = low if np.isfinite(low) else float(values.min())
    right = high if np.isfinite(high) else float(values.max())
    return (left, right) if right > left else (left - 1, left + 1)


def _histogram(values: Array, low: float, high: float) -> pd.DataFrame:
    exact, counts = np.unique(values, return_counts=True)
    heaped = counts > HEAPED * len(values)
    edges = np.linspace(low, high, BINS + 1)
    spread = np.histogram(exact[~heaped], edges, weights=counts[~heaped])[0] / len(values)
    heaps = counts[heaped] / len(values)
    words = [
        f"{share:.1%} exactly {number:.3g}".replace("-", "−")
        for number, share in zip(exact[heaped], heaps, strict=True)
    ]
    side = np.where(exact[heaped] < (low + high) / 2, "left", "right")
    bars = {"x": edges[:-1], "x2": edges[1:], "share": spread, "mark": "bar"}
    sticks = {"x": exact[heaped], "share": heaps, "words": words, "side": side, "mark": "heap"}
    top = ROOM * max(float(spread.max()), *heaps.tolist(), 0.0)
    margin = 0.03 * (high - low)
    return frame_of(bars, sticks, corners(x=(low - margin, high + margin), share=(0, top)))


@spec_of
def shape_spec(names: tuple[str, ...], title: str, ink: Ink) -> Drawing:
    """`shape_frame` or `slope_frame` as Vega-Lite without data."""
    x = alt.X("z:Q", scale=linear(), title="Pre-activation z")
    y = alt.Y("value:Q", scale=linear(), title=title)
    legend = alt.Legend(title=None, orient="top", columns=3, symbolType="stroke", symbolStrokeWidth=2.5, symbolSize=400)
    domain = list(names)
    colors = alt.Scale(domain=domain, range=list(ink.classes[: len(names)]))
    dashes = alt.Scale(domain=domain, range=list(DASHES[: len(names)]))
    widths = alt.Scale(domain=domain, range=list(WIDTHS[: len(names)]))
    lines = only("line").mark_line(tooltip=None)
    lines = lines.encode(
        x,
        y,
        alt.Color("activation:N", scale=colors, legend=legend),
        alt.StrokeDash("activation:N", scale=dashes, legend=legend),
        alt.StrokeWidth("activation:N", scale=widths, legend=None),
        alt.Detail("piece:Q"),
    )
    return layered(*(_axis_line(ink, channel) for channel in ("x", "y")), lines, at_corners(x, y))


def _axis_line(ink: Ink, channel: str) -> alt.Chart:
    """The line where z, or the value, is 0."""
    line = alt.Chart().mark_rule(color=ink.faint, strokeWidth=1, tooltip=None)
    return line.encode(**{channel: alt.datum(0)})  # type: ignore[no-any-return]  # altair's decorator


@spec_of
def share_spec(title: str, ink: Ink) -> Drawing:
    """`output_frame` or `met_slopes_frame` as Vega-Lite without data."""
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False), title=title)
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format="%", tickCount=5), title="Share of the samples")
    share = alt.Tooltip("share:Q", format=".2%")
    ends = [alt.Tooltip("x:Q", format=".3g", title="from"), alt.Tooltip("x2:Q", format=".3g", title="to"), share]
    bars = only("bar").mark_bar(color=ink.train, opacity=0.85, binSpacing=0)
    bars = bars.encode(x, alt.X2("x2:Q"), y, alt.Y2Datum(0), tooltip=ends)
    exactly = [alt.Tooltip("x:Q", format=".3g", title="exactly"), share]
    sticks = only("heap").mark_bar(width=7, color=ink.validation).encode(x, y, alt.Y2Datum(0), tooltip=exactly)
    words = [
        alt.Chart()
        .transform_filter(f"datum.mark == 'heap' && datum.side == '{side}'")
        .mark_text(align=side, baseline="bottom", dx=dx, dy=-3, fontSize=12, color=ink.text, tooltip=None)
        .encode(x, y, alt.Text("words:N"))
        for side, dx in SIDES
    ]
    return layered(bars, sticks, *words, at_corners(x, y))
