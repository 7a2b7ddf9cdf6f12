"""The distribution of activations, layer under layer, at one step: a ridgeline, or a heat map for deep networks."""

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, layer_band, linear, named, only
from core.charts.chart import Moment, chart
from core.charts.frames import ROWS, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered
from core.measuring import Recording
from core.words.said import said

DEEP = 20  # more layers than this are drawn as a heat map
PEAK = 0.85  # height of a ridge, of the distance between two layers
WORTH_SAYING = 0.005  # smaller shares are not written beside a ridge


def _is_deep(recording: Recording) -> bool:
    return recording.depth > DEEP


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
    draw = _cells if _is_deep(recording) else _ridges
    return draw(shares[:, below + 1 : above], edges, apart)


def _ridges(shares: Array, edges: Array, apart: dict[str, Array]) -> pd.DataFrame:
    """Points of one curve a layer, as high as its own peak, and a note on what is not on the curve."""
    layer = np.arange(1, len(shares) + 1)
    peak = np.maximum(shares.max(-1, keepdims=True, initial=0), 1e-12)
    rows = np.repeat(layer, shares.shape[1])
    curves = {
        "mark": "ridge",
        "layer": rows,
        "x": np.tile((edges[:-1] + edges[1:]) / 2, len(layer)),
        "base": rows,
        "top": rows - PEAK * (shares / peak).ravel(),
        "share": shares.ravel(),
    }
    notes = {
        "mark": "note",
        "layer": layer,
        "x": edges[-1],
        "base": layer,
        "top": layer - PEAK * apart["zero"],
        "share": apart["zero"],
        "note": list(map(_note, *apart.values())),
    }
    return frame_of(curves, notes, corners(x=(edges[0], edges[-1]), base=(0.05, len(layer) + 0.1)))


def _note(zero: float, beyond: float, nan: float) -> str:
    parts = [(zero, "exactly 0"), (beyond, "off the axis"), (nan, "NaN")]
    return ", ".join(f"{share:.0%} {said(words)}" for share, words in parts if share > WORTH_SAYING)


def _cells(shares: Array, edges: Array, apart: dict[str, Array]) -> pd.DataFrame:
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
    end = edges[-1] + 0.17 * extent
    return frame_of(*parts, corners(x=(edges[0], end), layer=(1, len(shares))))


@chart(
    "Activations, layer by layer",
    see="Healthy layers look alike. A narrow spike says the signal fades, heaps at the ends say it saturates.",
    frame=_frame,
    scene=_is_deep,
    at_step=True,
    needs=["activation_histogram"],
    views={"vital_signs": 1, "layers": 1, "untrained": 1},
)
def distribution(is_deep: bool, ink: Ink) -> Drawing:
    """The histogram of activations of each layer at one step. Exact zeros are grey, apart from what is merely small."""
    return _heat_map(ink) if is_deep else _ridgeline(ink)


def _ridgeline(ink: Ink) -> Drawing:
    x = alt.X("x:Q", scale=linear(), title=said("Activation a = φ(z)"))
    axis = alt.Axis(format="d", tickMinStep=1, ticks=False, domain=False)
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
    zeros = only("note").mark_bar(width=5, color=ink.dead)
    zeros = zeros.encode(alt.XDatum(0), y, alt.Y2("top:Q"), tooltip=[*named("layer:Q"), exact])
    # Beside the upper part of a ridge, which tails seldom reach.
    words = only("note").mark_text(align="right", baseline="top", dx=-2, fontSize=11, color=ink.text, tooltip=None)
    words = words.transform_calculate(beside=f"datum.base - {PEAK}").encode(x, alt.Y("beside:Q"), alt.Text("note:N"))
    return layered(ridges, zeros, words, at_corners(x, y))


def _heat_map(ink: Ink) -> Drawing:
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False), title=said("Activation a = φ(z)"))
    legend = alt.Legend(title=said("Share"), format="%", orient="right")
    color = alt.Color("share:Q", scale=ink.sequential([0, 1], type="pow", exponent=0.4), legend=legend)
    share = alt.Tooltip("share:Q", format=".2%")
    titles = {"cell": "share", "zero": "exactly 0", "beyond": "off the axis, or NaN"}
    layers = [
        only(mark)
        .mark_rect()
        .encode(x, alt.X2("x2:Q"), layer_band(), color, tooltip=[*named("layer:Q"), share.copy().title(said(title))])
        for mark, title in titles.items()
    ]
    names = [_strip_name(x, ink, mark, word) for mark, word in {"zero": "0", "beyond": "off"}.items()]
    return layered(*layers, *names, at_corners(x, layer_band()))


def _strip_name(x: alt.X, ink: Ink, mark: str, word: str) -> alt.Chart:
    """The word above a strip."""
    first = (
        only(mark).transform_filter("datum.layer == 1").mark_text(text=said(word), align="left", dy=-6, color=ink.text)
    )
    return first.encode(x, y=alt.value(0), tooltip=alt.value(None))  # type: ignore[no-any-return]
