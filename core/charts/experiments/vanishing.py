"""The gradient on its way back through several networks at once, and what nested S-curves leave of a number."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import pandas as pd

from core.charts.axes import at_corners, layer_x, linear, log_domain, log_y, lost_and_zero, only, place
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

SHAPES = ("circle", "square", "diamond", "triangle-up", "cross", "triangle-down")
MOST = len(SHAPES)  # networks that can be told apart


def way_back_frame(networks: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer of each network: `value`, its gradient over that of the last layer, `expected` by theory."""
    domain, layer = log_domain(networks["measured"].values, networks["expected"].values), networks["layer"].values
    points: list[Columns] = []
    theory: list[Columns] = []
    for network in (networks.isel(network=n) for n in range(networks.sizes["network"])):
        activation, expected = network["activation"].item(), network["expected"].values
        measured = place(network["measured"].values, domain)
        points.append({**measured, "layer": layer, "expected": expected, "activation": activation})
        theory.append({**place(expected, domain), "layer": layer, "mark": "theory", "activation": activation})
    quoted = networks.attrs["bound"] ** (layer[-1] - layer)
    drawn = quoted >= domain.floor  # it ends where it leaves the axis
    bound = {"layer": layer[drawn], "value": quoted[drawn], "shown": quoted[drawn], "mark": "bound"}
    return frame_of(*points, *theory, bound, corners(layer=(0.5, len(layer) + 0.5), shown=domain))


def nested_frame(nest: "xr.Dataset") -> pd.DataFrame:
    """A row for each number of times: the ends `low` and `high` of what comes out; and the fixed point."""
    times, low, high = (nest[name].values for name in ("times", "low", "high"))
    bars = {"times": times, "low": low, "high": high, "width": high - low, "mark": "bar"}
    ends = (min(0.0, float(low.min())), max(1.0, float(high.max())))
    fixed = {"low": nest["fixed_point"].item(), "mark": "fixed"}
    return frame_of(bars, fixed, corners(times=(0.5, len(times) + 0.5), low=ends))


def _activations(networks: "xr.Dataset") -> Scene:
    return (tuple(networks["activation"].values.tolist()),)


def _networks() -> Iterable[tuple["xr.Dataset"]]:
    from core.config import Config
    from core.experiments.vanishing import backward

    names = ("sigmoid", "tanh", "relu", "step", "selu", "identity")
    few: dict[str, Any] = {"dataset": "gaussian", "features": 20, "samples": 40, "probe_size": 40, "width": 20}
    for count, depth, scale in ((1, 2, 1.0), (3, 10, 2.0), (MOST, 30, 0.5)):
        yield (backward(Config(activation=name, depth=depth, weight_scale=scale, **few) for name in names[:count]),)


def _nests() -> Iterable[tuple["xr.Dataset"]]:
    from core.config import Config
    from core.experiments.vanishing import nest

    return ((nest(Config(activation="sigmoid"), times),) for times in (1, 6))


@picture(
    "The gradient on its way back",
    see="It comes from the right. Marks are measured, dotted is theory, dashed a quarter a layer; + is exactly 0.",
    alt="dL/dz in each layer, as a part of that in the last, of {activations}, on a logarithmic axis.",
    fill=lambda networks: {"activations": ", ".join(networks["activation"].values)},
    frame=way_back_frame,
    scene=_activations,
    examples=_networks,
)
def way_back(activations: tuple[str, ...], ink: Ink) -> Drawing:
    """The gradient in each layer of several networks, as a part of that in the last, on a logarithmic axis."""
    x, y = layer_x(), log_y(said("Gradient ÷ that of the last layer"))
    legend = alt.Legend(title=None, orient="top", symbolType="stroke", symbolStrokeWidth=3)
    colors = alt.Scale(domain=list(activations), range=list(ink.classes[: len(activations)]))
    color = alt.Color("activation:N", scale=colors, legend=legend)
    shape = alt.Shape("activation:N", scale=alt.Scale(domain=list(activations), range=list(SHAPES)), legend=None)
    tooltip = [
        alt.Tooltip("layer:Q", title=said("layer")),
        alt.Tooltip("activation:N", title=said("activation")),
        alt.Tooltip("value:Q", format=".2e", title=said("measured")),
        alt.Tooltip("expected:Q", format=".2e", title=said("theory")),
    ]
    line = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], tooltip=None).encode(x, y, color)
    points = only("line").mark_point(filled=True, size=50, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    bound = only("bound").mark_line(color=ink.faint, strokeDash=[6, 4], tooltip=None).encode(x, y)
    return layered(bound, line, points, *lost_and_zero(x, y, ink), at_corners(x, y))


@picture(
    "Sigmoids of sigmoids",
    see="A bar holds all that can come out, whatever goes in. The dashed line is the number that is its own sigmoid.",
    alt="The range of what 1 to {times} nested sigmoids answer to any number, and their fixed point {fixed_point:.3f}.",
    fill=lambda nest: {"times": nest.sizes["times"], "fixed_point": nest["fixed_point"].item()},
    frame=nested_frame,
    examples=_nests,
)
def nested(ink: Ink) -> Drawing:
    """The range of what nested sigmoids answer to any number, over how many there are, and their fixed point."""
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    x = alt.X("times:Q", scale=linear(), axis=axis, title=said("How many times"))
    y = alt.Y("low:Q", scale=linear(), title=said("What comes out"))
    tooltip = [
        alt.Tooltip("times:Q", title=said("times")),
        alt.Tooltip("low:Q", format=".5f", title=said("low")),
        alt.Tooltip("high:Q", format=".5f", title=said("high")),
        alt.Tooltip("width:Q", format=".5f", title=said("width")),
    ]
    bars = only("bar").mark_bar(width=14, color=ink.train).encode(x, y, alt.Y2("high:Q"), tooltip=tooltip)
    ends = only("bar").mark_tick(orient="horizontal", thickness=2, size=14, color=ink.train).encode(x, y)
    fixed = only("fixed").mark_rule(color=ink.validation, strokeDash=[5, 3], tooltip=None).encode(y)
    return layered(bars, ends, fixed, at_corners(x, y))
