"""Networks that are born dead, the dead units of one by layer and probe, and how often a probe takes life for death."""

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, layer_x, linear, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, Scene, layered, picture
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

ALONE = ("measured",)  # the one series of a picture that needs no legend


def tiny_networks_frame(stillborn: "xr.Dataset", depth: int) -> pd.DataFrame:
    """A row for each depth and number of inputs: the `share` born dead, and `expected`; and the depth looked at."""
    at, expected = {"at": stillborn["depth"].values}, stillborn["expected"].values
    unknown = np.full(len(expected), np.nan)  # theory is of one input
    dots = [
        _dots(at, stillborn["dead"].sel(inputs=count).values, expected if count == 1 else unknown, _inputs(count))
        for count in stillborn["inputs"].values.tolist()
    ]
    theory = {**at, "share": expected, "mark": "theory"}
    ends = corners(at=(0.5, len(expected) + 0.5), share=(0, 1))
    return frame_of(*dots, theory, {"at": depth, "mark": "now"}, ends)


def large_network_frame(silent: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer and probe: the dead `share` of its units, and `expected`."""
    layer = {"layer": silent["layer"].values}
    parts: list[Columns] = []
    for probe in silent["probe"].values.tolist():
        expected, name = silent["expected"].sel(probe=probe).values, _probe(probe)
        parts.append(_dots(layer, silent["measured"].sel(probe=probe).values, expected, name))
        parts.append({**layer, "share": expected, "series": name, "mark": "theory"})
    most = max(silent["measured"].max().item(), silent["expected"].max().item())
    return frame_of(*parts, corners(layer=(0.5, silent.sizes["layer"] + 0.5), share=(0, 1.1 * most)))


def probes_frame(looks: "xr.Dataset", size: int) -> pd.DataFrame:
    """A row for each size of the probe: the `share` of probes that see a dead unit, and `expected`; and one size."""
    at, expected = {"at": looks["size"].values}, looks["expected"].values
    dots = _dots(at, looks["measured"].values, expected, *ALONE)
    theory = {**at, "share": expected, "mark": "theory"}
    ends = (at["at"][0], at["at"][-1])
    return frame_of(dots, theory, {"at": size, "mark": "now"}, corners(at=ends, share=(0, 1)))


def _dots(place: Columns, share: Array, expected: Array, series: str) -> Columns:
    return {**place, "share": share, "expected": expected, "series": series, "mark": "dot"}


def _inputs(count: int) -> str:
    return said("one input") if count == 1 else said("{count} inputs", count=count)


def _probe(size: int) -> str:
    return said("n = {size:,}", size=size)


def _coordinate(name: str) -> Callable[..., Scene]:
    """A scene that is the values of one coordinate of what is shown."""

    def scene(found: "xr.Dataset", *looked_at: int) -> Scene:
        return (tuple(found[name].values.tolist()),)

    return scene


def _tiny_networks() -> Iterable[tuple[Any, ...]]:
    from core.experiments.born_dead import stillborn

    return ((stillborn(width), depth) for width, depth in ((3, 10), (1, 1), (8, 30)))


def _large_networks() -> Iterable[tuple[Any, ...]]:
    from core.experiments.born_dead import silent

    return ((silent(scale),) for scale in (0.1, 1.0, 10.0))


def _probes() -> Iterable[tuple[Any, ...]]:
    from core.experiments.born_dead import SIZES, looks

    return ((looks(active), size) for active, size in ((0.01, 64), (0.001, SIZES[-1]), (0.5, SIZES[0])))


@picture(
    "Tiny networks, before training",
    see="Dead is dead for all layers that follow, so depth kills and width saves. Dotted is theory for one input.",
    alt="The share of {networks:,} networks whose output is constant, over depth, for one and for {inputs} inputs.",
    fill=lambda stillborn, depth: {**stillborn.attrs, "inputs": stillborn["inputs"].values[-1]},
    frame=tiny_networks_frame,
    scene=_coordinate("inputs"),
    examples=_tiny_networks,
)
def tiny_networks(inputs: tuple[int, ...], ink: Ink) -> Drawing:
    """The share of networks whose output is constant, over depth, for one input and for several."""
    axis = alt.Axis(format="d", tickMinStep=1, grid=False)
    x, y = alt.X("at:Q", scale=linear(), axis=axis, title=said("Depth")), _share(said("Networks born dead"))
    dots = _measured(x, y, tuple(map(_inputs, inputs)), ink, alt.Tooltip("at:Q", title=said("depth")))
    return layered(_rule(x, ink), *dots, at_corners(x, y))


@picture(
    "A network of {layers} layers of {width} units",
    see="Move the size of the weights: the signal changes, the dead do not. n samples are looked at; dotted is theory.",
    fill=lambda silent: {**silent.attrs, "layers": silent.sizes["layer"]},
    frame=large_network_frame,
    scene=_coordinate("probe"),
    examples=_large_networks,
)
def large_network(probes: tuple[int, ...], ink: Ink) -> Drawing:
    """The share of dead units in each layer, counted on the first 10, 100 and 1,000 samples."""
    x, y = layer_x(), _share(said("Dead units"))
    dots = _measured(x, y, tuple(map(_probe, probes)), ink, alt.Tooltip("layer:Q", title=said("layer")))
    return layered(*dots, at_corners(x, y))


@picture(
    "Dead on this batch is not dead on the data",
    see="One unit that is alive, on a thousand probes of each size. Dotted is theory.",
    frame=probes_frame,
    scene=_coordinate("size"),
    examples=_probes,
)
def probes(sizes: tuple[int, ...], ink: Ink) -> Drawing:
    """The share of probes on which a living unit is silent, over the size of the probe."""
    scale = alt.Scale(type="log", base=2, nice=False)
    axis = alt.Axis(values=list(sizes[::2]), format=",d", grid=False)
    x = alt.X("at:Q", scale=scale, axis=axis, title=said("Samples in the probe"))
    y = _share(said("Probes that see a dead unit"))
    dots = _measured(x, y, ALONE, ink, alt.Tooltip("at:Q", title=said("samples")))
    return layered(_rule(x, ink), *dots, at_corners(x, y))


def _share(title: str) -> alt.Y:
    return alt.Y("share:Q", scale=linear(), axis=alt.Axis(format=".0%", tickCount=5), title=title)


def _rule(x: alt.X, ink: Ink) -> alt.Chart:
    """Where the reader looks."""
    return only("now").mark_rule(color=ink.faint, strokeDash=[4, 3], tooltip=None).encode(x)  # type: ignore[no-any-return]  # altair's decorator


def _measured(x: alt.X, y: alt.Y, series: tuple[str, ...], ink: Ink, place: alt.Tooltip) -> list[alt.Chart]:
    """Dots of what is measured, by series, over dotted lines of theory."""
    count, legend = len(series), alt.Legend(title=None, orient="top") if len(series) > 1 else None
    colors = alt.Scale(domain=list(series), range=[ink.train, ink.validation, ink.alive][:count])
    shapes = alt.Scale(domain=list(series), range=["circle", "square", "diamond"][:count])
    color = alt.Color("series:N", scale=colors, legend=legend)
    shape = alt.Shape("series:N", scale=shapes, legend=legend)
    tooltip = [
        place,
        alt.Tooltip("share:Q", format=".1%", title=said("measured")),
        alt.Tooltip("expected:Q", format=".1%", title=said("theory")),
    ]
    lines = only("theory").mark_line(strokeWidth=1.5, strokeDash=[2, 3], color=ink.text, tooltip=None)
    dots = only("dot").mark_point(filled=True, size=45, opacity=1)
    return [lines.encode(x, y, alt.Detail("series:N")), dots.encode(x, y, color, shape, tooltip=tooltip)]
