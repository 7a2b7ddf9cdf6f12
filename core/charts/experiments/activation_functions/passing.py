"""What passes through one activation function: histograms of what it answers, and of the slopes that are met."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Literal

import altair as alt
import numpy as np
import pandas as pd

from core.array import Array
from core.charts.axes import at_corners, linear, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import spelled
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

BINS = 40
HEAPED = 0.02  # a number that more than this share of the samples equal exactly is drawn apart
SIDES: tuple[tuple[Literal["left", "right"], int], ...] = (("left", -4), ("right", 4))  # where words begin or end
ROOM = 1.15  # above the tallest bar, for words


def output_frame(passing: "xr.Dataset") -> pd.DataFrame:
    """The histogram of the activations: a row for each bin, one for each number that many samples equal exactly."""
    outputs = passing["activation"].values
    return _histogram(outputs, *_ends(outputs, passing["low"].item(), passing["high"].item()))


def met_slopes_frame(passing: "xr.Dataset") -> pd.DataFrame:
    """The histogram of the slopes, like that of `output_frame`."""
    slopes = passing["slope"].values
    return _histogram(slopes, *_ends(slopes, min(0.0, float(slopes.min())), passing["max_slope"].item()))


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
        said("{share:.1%} exactly {number}", share=share, number=spelled(number))
        for number, share in zip(exact[heaped], heaps, strict=True)
    ]
    side = np.where(exact[heaped] < (low + high) / 2, "left", "right")
    bars = {"x": edges[:-1], "x2": edges[1:], "share": spread, "mark": "bar"}
    sticks = {"x": exact[heaped], "share": heaps, "words": words, "side": side, "mark": "heap"}
    top = ROOM * max(float(spread.max()), *heaps.tolist(), 0.0)
    margin = 0.03 * (high - low)
    return frame_of(bars, sticks, corners(x=(low - margin, high + margin), share=(0, top)))


def _examples() -> Iterable[tuple["xr.Dataset"]]:
    from core.config import Config
    from core.experiments.activation_functions.passing import passing

    for name, mean, spread in (("relu", 0.0, 1.0), ("tanh", -5.0, 10.0), ("step", 0.5, 0.01)):
        yield (passing(Config(activation=name), mean, spread),)


def _passed(passing: "xr.Dataset") -> dict[str, Any]:
    return passing.attrs


@picture(
    "What comes out",
    see="A narrow bar with words is a heap: so many of the numbers are exactly this one.",
    alt="Histogram of φ(z) of {activation}, for z from N({mean:g}, {spread:g}²).",
    fill=_passed,
    frame=output_frame,
    examples=_examples,
)
def outputs(ink: Ink) -> Drawing:
    """The histogram of what an activation answers."""
    return _shares(said("Activation a = φ(z)"), ink)


@picture(
    "What the gradient meets",
    see="A heap at 0 is what gets no gradient at all. The axis ends at the largest slope there is.",
    alt="Histogram of φ′(z) of {activation}, for z from N({mean:g}, {spread:g}²).",
    fill=_passed,
    frame=met_slopes_frame,
    examples=_examples,
)
def met_slopes(ink: Ink) -> Drawing:
    """The histogram of the slopes that a gradient meets."""
    return _shares(said("Slope φ′(z)"), ink)


def _shares(title: str, ink: Ink) -> Drawing:
    x = alt.X("x:Q", scale=linear(), axis=alt.Axis(grid=False), title=title)
    y = alt.Y("share:Q", scale=linear(), axis=alt.Axis(format="%", tickCount=5), title=said("Share of the samples"))
    share = alt.Tooltip("share:Q", format=".2%", title=said("share"))
    low, high = (
        alt.Tooltip("x:Q", format=".3g", title=said("from")),
        alt.Tooltip("x2:Q", format=".3g", title=said("to")),
    )
    bars = only("bar").mark_bar(color=ink.train, opacity=0.85, binSpacing=0)
    bars = bars.encode(x, alt.X2("x2:Q"), y, alt.Y2Datum(0), tooltip=[low, high, share])
    exactly = [alt.Tooltip("x:Q", format=".3g", title=said("exactly")), share]
    sticks = only("heap").mark_bar(width=7, color=ink.validation).encode(x, y, alt.Y2Datum(0), tooltip=exactly)
    words = [
        alt.Chart()
        .transform_filter(f"datum.mark == 'heap' && datum.side == '{side}'")
        .mark_text(align=side, baseline="bottom", dx=dx, dy=-3, fontSize=12, color=ink.text, tooltip=None)
        .encode(x, y, alt.Text("words:N"))
        for side, dx in SIDES
    ]
    return layered(bars, sticks, *words, at_corners(x, y))
