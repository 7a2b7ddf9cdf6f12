"""The distribution of activations, layer under layer, at one step: a ridgeline, or a heat map for deep networks.

All heights and all colours are on one scale, the same for every layer, step and recording, so nothing jumps. The share
of a bin is 60 times as large in a layer that sits in one bin as in one that is evenly wide: heights are square roots of
shares, as in Tukey's rootogram, and a layer in few bins rises into the row above. What is exactly 0 is no density but a
share of the layer in one point, so it has a bar of its own.

On an axis for all, a narrow layer is a spike in one bin. Zoomed, each layer is seen in its own standard deviations: its
shares are those between the quantiles that are recorded, which know narrow layers as well as wide ones.
"""

from json import dumps
from typing import Any

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import ROWS_APART, WORTH_SAYING, at_corners, layer_axis, layer_band, linear, named, only, row_font
from core.charts.chart import Moment, chart
from core.charts.frames import ROWS, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.words.numbers import percent
from core.words.said import said

DEEP = 12  # more layers than this are drawn as a heat map
ROW = 0.4  # the share of a layer in one bin that is as high as the distance between two layers
TALLEST = ROW**-0.5  # so high is a layer in one bin
BAR = 0.9  # the height of the bar of a layer that is exactly 0, of that distance
BESIDE = 0.24  # width of the column of standard deviations, of the extent of the bins

HEIGHTS = (
    "Healthy layers look alike. A narrow spike says the signal fades, heaps at both ends of an S-curve say it "
    "saturates. Height is the square root of a bin's share of its layer, {row:.0%} up to the next row. A grey bar is "
    "the share exactly 0, 100% if it fills the row."
)
COLOURS = (
    "Healthy layers look alike. A narrow line says the signal fades, bright ends of an S-curve say it saturates. "
    "Colour is a bin's share of its layer."
)

ZOOMED_HEIGHTS = (
    "Each layer from its own mean, in its own standard deviations, so that a narrow one shows its shape. Steps are "
    "shares between recorded quantiles, from {first:.0%} to {last:.0%}. A grey bar is the share exactly 0."
)
ZOOMED_COLOURS = (
    "Each layer from its own mean, in its own standard deviations, so that a narrow one shows its shape. Colour is "
    "a bin's share of its layer, between recorded quantiles, from {first:.0%} to {last:.0%}."
)
ZOOM = np.linspace(-4, 4, 61)  # the edges of bins in which a zoomed layer is seen, in its standard deviations


def _is_deep(recording: Recording) -> bool:
    return recording.depth > DEEP


def _see(recording: Recording) -> dict[str, str]:
    return {"see": said(COLOURS) if _is_deep(recording) else said(HEIGHTS, row=ROW)}


def _see_zoomed(recording: Recording) -> dict[str, str]:
    first, *_, last = recording.coordinates["quantile"][1]
    return {"see": said(ZOOMED_COLOURS if _is_deep(recording) else ZOOMED_HEIGHTS, first=first, last=last)}


def _frame(moment: Moment) -> pd.DataFrame:
    recording = moment.recording
    counts = recording.variables["activation_histogram"].values[moment.row]  # (layer, bin)
    shares = counts / counts.sum(-1, keepdims=True)
    below, above = recording.bin("below"), recording.bin("above")
    edges = np.append(recording.coordinates["activation_left"][1][below + 1 : above], np.nan)
    edges[-1] = recording.coordinates["activation_left"][1][above]
    apart = {
        "zero": shares[:, recording.bin("zero")],
        "beyond": shares[:, below] + shares[:, above],
        "nan": shares[:, recording.bin("nan")],
    }
    spread = recording.variables["activation_std"].values[moment.row]
    draw = _cells if _is_deep(recording) else _ridges
    return draw(shares[:, below + 1 : above], edges, apart, spread)


def _zoomed_frame(moment: Moment) -> pd.DataFrame:
    recording = moment.recording
    names = ("activation_mean", "activation_std", "activation_quantile", "activation_histogram")
    mean, spread, quantiles, counts = (recording.variables[name].values[moment.row] for name in names)
    zero, nan = (counts[:, recording.bin(kind)] / counts.sum(-1) for kind in ("zero", "nan"))
    unit = np.where(np.isfinite(spread) & (spread > 0), spread, np.nan)
    with np.errstate(invalid="ignore", over="ignore"):
        at = np.where((mean == 0) & (spread == 0), 0.0, -mean / unit)  # where 0 lies
        places = (quantiles - mean[:, None]) / unit[:, None]
    shapes = [_shape(recording.coordinates["quantile"][1], *each) for each in zip(places, at, zero, strict=True)]
    shares, beyond = (np.array(part) for part in zip(*shapes, strict=True))
    draw = _cells if _is_deep(recording) else _ridges
    return draw(shares, ZOOM, {"zero": zero, "beyond": beyond, "nan": nan}, spread, at)


def _shape(levels: Array, places: Array, at: float, zero: float) -> tuple[Array, float]:
    """How much of a layer is in each bin of ZOOM, and how much beyond; what is exactly 0 is in none.

    It is known from the places of its quantiles, and of 0, `at`. One whose values are all alike has no shape.
    """
    left, right = places < at, places > at
    inside, until = places[left | right], np.concatenate([levels[left], levels[right] - zero])
    if zero and right.any() and not left.any():  # all of it lies right of 0
        inside, until = np.append(at, inside), np.append(0, until)
    if zero and left.any() and not right.any():
        inside, until = np.append(inside, at), np.append(until, 1 - zero)
    if not len(inside):
        return np.zeros(len(ZOOM) - 1), 0.0
    until = np.maximum.accumulate(until)
    at_edges = np.interp(ZOOM, inside, until)
    return np.diff(at_edges), float(at_edges[0] - until[0] + until[-1] - at_edges[-1])


def _height(share: Array) -> Array:
    """How high a share of a layer is drawn, of the distance between two layers."""
    height: Array = TALLEST * np.sqrt(share)
    return height


def _ridges(
    shares: Array, edges: Array, apart: dict[str, Array], spread: Array, at: Array | float = 0.0
) -> pd.DataFrame:
    """Points of one curve a layer, a note on what is not on the curve, and the standard deviation. 0 lies `at`."""
    layer = np.arange(1, len(shares) + 1)
    rows = np.repeat(layer, shares.shape[1])
    curves = {
        "mark": "ridge",
        "layer": rows,
        "x": np.tile((edges[:-1] + edges[1:]) / 2, len(layer)),
        "base": rows,
        "top": rows - _height(shares).ravel(),
        "share": shares.ravel(),
    }
    notes = {
        "mark": "note",
        "layer": layer,
        "x": edges[-1],
        "at": np.where((at >= edges[0]) & (at <= edges[-1]), at, np.nan),
        "base": layer,
        "top": layer - BAR * apart["zero"],
        "share": apart["zero"],
        "note": list(map(_note, *apart.values())),
    }
    end = _beyond(edges, BESIDE)
    spreads = {"mark": "spread", "layer": layer, "x": end, "base": layer, "share": spread}
    return frame_of(curves, notes, spreads, corners(x=(edges[0], end), base=(1 - TALLEST, len(layer) + 0.1)))


def _beyond(edges: Array, share: float) -> float:
    """The place that lies this share of their extent to the right of the bins."""
    return float(edges[-1] + share * (edges[-1] - edges[0]))


def _note(zero: float, beyond: float, nan: float) -> str:
    parts = [(zero, "exactly 0"), (beyond, "off the axis"), (nan, "NaN")]
    return ", ".join(f"{percent(share)} {said(words)}" for share, words in parts if share > WORTH_SAYING)


def _cells(shares: Array, edges: Array, apart: dict[str, Array], spread: Array, _: Array | float = 0.0) -> pd.DataFrame:
    """One rectangle for each bin, or a few of them, and strips beside them for zeros and for what is off the axis."""
    starts = np.arange(0, shares.shape[1], max(1, -(-shares.size // ROWS)))
    shares = np.add.reduceat(shares, starts, axis=1)
    layer, left, right = np.arange(1, len(shares) + 1), edges[starts], np.append(edges[starts[1:]], edges[-1])
    inside = {"layer": np.repeat(layer, len(starts)), "x": np.tile(left, len(layer)), "x2": np.tile(right, len(layer))}
    parts = [{"mark": "cell", **inside, "share": shares.ravel()}]
    extent = edges[-1] - edges[0]
    strips = {"zero": apart["zero"], "beyond": apart["beyond"] + apart["nan"]}
    for place, (name, share) in enumerate(strips.items()):
        left = edges[-1] + (0.03 + 0.08 * place) * extent
        parts.append({"mark": name, "layer": layer, "share": share, "x": left, "x2": left + 0.06 * extent})
    end = edges[-1] + (0.17 + BESIDE) * extent
    parts.append({"mark": "spread", "layer": layer, "x": end, "share": spread})
    return frame_of(*parts, corners(x=(edges[0], end), layer=(1, len(shares))))


@chart(
    "Activations, layer by layer",
    see="{see}",
    fill=_see,
    frame=_frame,
    scene=_is_deep,
    at_step=True,
    needs=["activation_histogram", "activation_std"],
    views={"vital_signs": 1, "layers": 1, "untrained": 1},
)
def distribution(is_deep: bool, ink: Ink) -> Drawing:
    """The histogram of activations of each layer at one step, all on one scale, and its standard deviation (std).

    Exact zeros are grey, apart from what is merely small.
    """
    return _drawn(is_deep, ink, said("Activation a = φ(z)"))


@chart(
    "Activations, each layer zoomed",
    see="{see}",
    fill=_see_zoomed,
    frame=_zoomed_frame,
    scene=_is_deep,
    at_step=True,
    needs=["activation_histogram", "activation_quantile", "activation_mean", "activation_std"],
    zooms="distribution",
)
def zoomed(is_deep: bool, ink: Ink) -> Drawing:
    """The distribution of activations of each layer at one step, in the layer's own standard deviations (std), from its
    own mean. Exact zeros are grey.
    """
    return _drawn(is_deep, ink, said("(a − mean) ÷ std, both of the layer"))


def _drawn(is_deep: bool, ink: Ink, title: str) -> Drawing:
    return _heat_map(ink, title) if is_deep else _ridgeline(ink, title)


def _ridgeline(ink: Ink, title: str) -> Drawing:
    x, at = (alt.X(f"{name}:Q", scale=linear(), axis=_axis_of_bins(BESIDE), title=title) for name in ("x", "at"))
    layers = "datum.value >= 1 && datum.value % 1 == 0"
    seen = {"condition": {"test": layers, "value": 1}, "value": 0}
    labels = f"{layers} ? format(datum.value, 'd') : ''"
    axis = layer_axis(labels, tickMinStep=1, domain=False, gridOpacity=seen)
    y = alt.Y("base:Q", scale=linear(reverse=True), axis=axis, title=said("Hidden layer"))
    ridges = only("ridge").mark_area(interpolate="monotone", opacity=0.75, line={"strokeWidth": 1.2}, tooltip=None)
    ridges = ridges.encode(
        x,
        y,
        alt.Y2("top:Q"),
        alt.Color("layer:Q", scale=ink.layers(), legend=None),
        alt.Detail("layer:Q"),
    )
    exact = alt.Tooltip("share:Q", format=".2%", title=said("exactly 0"))
    zeros = only("note").transform_filter("isFinite(datum.at)").mark_bar(width=5, color=ink.dead)
    zeros = zeros.encode(at, y, alt.Y2("top:Q"), tooltip=[*named("layer:Q"), exact])
    words = [_words("note", ink).encode(text="note:N"), _spreads(ink)]
    # Beside the upper part of a ridge, which tails seldom reach.
    beside = [part.transform_calculate(beside=f"datum.base - {BAR}").encode(x, alt.Y("beside:Q")) for part in words]
    return layered(ridges, zeros, *beside, at_corners(x, y))


def _words(mark: str, ink: Ink, **settings: Any) -> alt.Chart:
    """Words that end at a place."""
    usual: dict[str, Any] = {"align": "right", "baseline": "top", "dx": -2, "fontSize": row_font(ROWS_APART)}
    return only(mark).mark_text(color=ink.text, tooltip=None, **usual | settings)  # type: ignore[no-any-return]  # altair's decorator


def _spreads(ink: Ink, **settings: Any) -> alt.Chart:
    """The standard deviation in words."""
    number = "format(datum.share, datum.share == 0 || (datum.share >= 1e-3 && datum.share < 1e4) ? '.2~r' : '.1~e')"
    words = f"isFinite(datum.share) ? {dumps(said('std'))} + ' ' + {number} : {dumps(said('no std'))}"
    written = _words("spread", ink, **settings).transform_calculate(written=words)
    return written.encode(text="written:N")


def _axis_of_bins(beside: float, **settings: Any) -> alt.Axis:
    """The axis of activations, which ends where the bins end: there are `beside` of their extent to the right."""
    inside = f"datum.value <= domain('x')[0] + {1.0001 / (1 + beside)} * (domain('x')[1] - domain('x')[0])"
    seen = {"condition": {"test": inside, "value": 1}, "value": 0}
    return alt.Axis(labelExpr=f"{inside} ? datum.label : ''", tickOpacity=seen, gridOpacity=seen, **settings)


def _heat_map(ink: Ink, title: str) -> Drawing:
    x = alt.X("x:Q", scale=linear(), axis=_axis_of_bins(0.17 + BESIDE, grid=False), title=title)
    legend = alt.Legend(title=said("Share"), format="%", orient="right")
    color = alt.Color("share:Q", scale=ink.sequential([0, 1], type="pow", exponent=0.3), legend=legend)
    share = alt.Tooltip("share:Q", format=".2%")
    titles = {"cell": "share", "zero": "exactly 0", "beyond": "off the axis, or NaN"}
    layers = [
        only(mark)
        .mark_rect()
        .encode(x, alt.X2("x2:Q"), layer_band(), color, tooltip=[*named("layer:Q"), share.copy().title(said(title))])
        for mark, title in titles.items()
    ]
    names = [_strip_name(x, ink, mark, word) for mark, word in {"zero": "0", "beyond": "off"}.items()]
    spreads = _spreads(ink, baseline="middle", fontSize=row_font("bandwidth('y')")).encode(x, layer_band())
    return layered(*layers, *names, spreads, at_corners(x, layer_band()))


def _strip_name(x: alt.X, ink: Ink, mark: str, word: str) -> alt.Chart:
    """The word above a strip."""
    first = (
        only(mark).transform_filter("datum.layer == 1").mark_text(text=said(word), align="left", dy=-6, color=ink.text)
    )
    return first.encode(x, y=alt.value(0), tooltip=alt.value(None))  # type: ignore[no-any-return]
