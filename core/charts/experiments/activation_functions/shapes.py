"""The shapes of activation functions: φ and φ' of several over one another."""

from collections.abc import Callable, Iterable

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.config import Config
from core.networks.curves import Curve, curve
from core.words.said import said

REACH = 4.0  # of z on both sides; farther where a curve bends farther out
POINTS = 121
JUMP = 0.1  # more than a curve without a step rises between two points: there its line is broken ...
STEEP = 1.5  # ... unless it is steep: then it may rise by this times its largest slope
DASHES = ([1, 0], [8, 3], [2, 3], [10, 3, 2, 3], [5, 5], [14, 4])
WIDTHS = (5.5, 4.7, 4.0, 2.3, 1.8, 1.3)  # in the order in which they are drawn: none hides another that it follows
MOST = len(DASHES)  # curves that can be told apart
HEIGHT = 360


def shape_frame(configs: list[Config]) -> pd.DataFrame:
    """A row for each z and activation: `value` is φ(z). Raises ValueError for more than MOST Configs."""
    return _shapes(configs, Curve.phi)


def slope_frame(configs: list[Config]) -> pd.DataFrame:
    """A row for each z and activation: `value` is φ'(z). Raises ValueError for more than MOST Configs."""
    return _shapes(configs, Curve.slope)


def _shapes(configs: list[Config], values_of: Callable[[Curve, Array], Array]) -> pd.DataFrame:
    if not 0 < len(configs) <= MOST:
        raise ValueError(f"from 1 to {MOST} curves can be told apart; got {len(configs)}")
    curves = [curve(config) for config in configs]
    bends = [function.activation.high + 1 for function in curves if np.isfinite(function.activation.high)]
    reach = max([REACH, *bends])
    z = np.linspace(-reach, reach, POINTS)
    lines = [
        _line(z, values_of(function, z), function.max_slope, config.activation)
        for config, function in zip(configs, curves, strict=True)
    ]
    values = np.concatenate([line["value"] for line in lines])
    margin = 0.04 * max(float(np.ptp(values)), 1.0)  # a line along the edge would be cut in half
    ends = float(values.min()) - margin, float(values.max()) + margin
    return frame_of(*lines, corners(z=(-reach, reach), value=ends))


def _line(z: Array, values: Array, max_slope: float, activation: str) -> Columns:
    """A line in pieces: it is broken where the values jump."""
    jumps = np.abs(np.diff(values, prepend=values[0])) > max(JUMP, STEEP * max_slope * (z[1] - z[0]))
    return {"z": z, "value": values, "piece": np.cumsum(jumps), "activation": activation, "mark": "line"}


def _names(configs: list[Config]) -> Scene:
    return (tuple(config.activation for config in configs),)


def _named(configs: list[Config]) -> dict[str, str]:
    return {"names": ", ".join(config.activation for config in configs)}


def _examples() -> Iterable[tuple[list[Config]]]:
    few, many = ("sigmoid", "tanh", "relu", "leaky_relu"), ("gelu", "selu", "elu", "mish", "relu6", "silu")
    for names in (few, ("step",), many):
        yield ([Config(activation=name) for name in names],)


@picture(
    "What they answer",
    see="Where a curve levels off, different inputs get nearly the same answer.",
    alt="φ(z) of {names} over z, drawn over one another.",
    fill=_named,
    frame=shape_frame,
    scene=_names,
    examples=_examples,
    height=HEIGHT,
)
def answers(names: tuple[str, ...], ink: Ink) -> Drawing:
    """The curves of activation functions, drawn over one another."""
    return _curves(names, said("Activation a = φ(z)"), ink)


@picture(
    "Their slopes",
    see="The gradient is multiplied by this on its way back. Where it is 0, nothing comes through.",
    alt="φ′(z) of {names} over z, drawn over one another.",
    fill=_named,
    frame=slope_frame,
    scene=_names,
    examples=_examples,
    height=HEIGHT,
)
def slopes(names: tuple[str, ...], ink: Ink) -> Drawing:
    """The slopes of activation functions, drawn over one another."""
    return _curves(names, said("Slope φ′(z)"), ink)


def _curves(names: tuple[str, ...], title: str, ink: Ink) -> Drawing:
    x = alt.X("z:Q", scale=linear(), title=said("Pre-activation z"))
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
