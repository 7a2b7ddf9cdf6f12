"""How much the units of a layer are alike, their weights while they are trained, and a slide beside ours.

And what ways to draw the first weights are called, by their ids, and what the lectures make of them.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, layer_x, linear, log_domain, log_y, lost_and_zero, only, place, step_x
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import readable
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

    from core.experiments.published import Printed
    from core.measuring.recording import Variable

EVERY = 2  # steps from one point of a line to the next
LOWEST = -0.1  # of the axis of correlations; the mean of all pairs cannot be far below 0
NARROW = 0.01  # the least that the axis of weights shows
NAMES = {
    "small": "0.01 · N(0, 1)",
    "advised": "N(0, 0.02²)",
    "large": "1.0 · N(0, 1)",
    "lecun": "N(0, 1) / √n",
    "he": "N(0, 1) · √(2/n)",
    "zeros": "all 0",
    "constant": "all 0.1",
    "positive": "|N(0, 0.02²)|, all positive",
    "pytorch_default": "PyTorch's default",
    "lsuv": "LSUV, which looks at data",
}
NOTES = {
    "advised": "A lecture gives these as small positive numbers that keep ReLUs from dying. Half of them are "
    "negative, as “Copies” counts, and that is well: see what happens to those that are all positive.",
    "large": "“With W = 1 it explodes”, says a lecture. With tanh the activations cannot: they saturate near "
    "±1, and it is the gradients that explode. With ReLU the signal does.",
    "lecun": "A lecture calls this Xavier. Dividing by √n is LeCun’s rule; Xavier’s variance is "
    "2/(n_in + n_out). Between layers of one width, as here, the two are the same.",
    "he": "Dividing by √(n/2) is the same thing. The lecture’s reason is right: ReLU zeroes half of its "
    "inputs, so the weights need twice the variance.",
    "zeros": "“W = 0: the neurons die” is half right, as the lecture says itself: all units do the same. And as every "
    "activation and every weight is 0, no gradient reaches a weight, so none ever moves.",
    "constant": "Equal but not 0: in the small network of “Copies” such weights learn, all in the same way, so a layer "
    "remains one unit. Ten layers of 500 saturate or explode from the start.",
    "positive": "A lecture recommends positive weights, so that no ReLU dies. None does; but the "
    "units become copies in what they say, and from layer 2 on the signal of ReLUs grows eightfold a layer.",
}
OURS, SLIDE = "this network", "cs231n’s slide"
PARTING = (
    "A line is one weight of one of {units} units of a small network. Copies draw a single line. After {steps} steps W "
    "has rank {rank}, the loss went from {first} to {last}, and "
)
MOVED = "the weight that moved most did so by {moved:.2g}."
STILL = "no weight has moved at all, only the biases of the output."
SLIDES = {  # by the id of the slide
    "small": "A fifth is left at every layer. The last number of the slide is 0.000000, and a logarithmic axis has no "
    "0.",
    "large": "About 0.98 at every layer, “almost all neurons completely saturated”. The other chart counts what is "
    "flat.",
    "he": "The slide shows one network, and so do we: with ReLU two of them differ by more, the deeper the layer.",
}
NO_SLIDE = "The slides of cs231n print nothing of these weights with this activation."


def agreement_frame(alike: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer: the mean `correlation` of two units and how many are `different`; `mark` is "silent" where
    no two units vary."""
    layer, correlation = alike["layer"].values, alike["correlation"].values
    silent = np.isnan(correlation)
    rows = {
        "layer": layer,
        "correlation": np.where(silent, 0.0, correlation),
        "different": alike["different"].values,
        "mark": np.where(silent, "silent", "line"),
    }
    return frame_of(rows, corners(layer=(0.5, len(layer) + 0.5), correlation=(LOWEST, 1.0)))


def parting_frame(trained: "xr.Dataset") -> pd.DataFrame:
    """A row for each unit at every second step: the `value` of its first weight."""
    kept = trained["first"].values[::EVERY]
    steps, units = (np.arange(count) for count in kept.shape)
    middle, half = np.ptp(kept) / 2 + kept.min(), max(0.55 * float(np.ptp(kept)), NARROW)
    lines = {
        "step": np.repeat(EVERY * steps, len(units)),
        "unit": np.tile(units, len(steps)),
        "value": kept.ravel(),
        "mark": "line",
    }
    return frame_of(lines, corners(step=(0, EVERY * steps[-1]), value=(middle - half, middle + half)))


def beside_slide_frame(variable: "Variable", slide: "Printed | None") -> pd.DataFrame:
    """A row for each layer of ours before training and of the slide, whose numbers that are printed as 0 are left
    out."""
    measured, published = np.abs(variable.values[0]), np.array(slide.numbers if slide else ())
    domain, layer = log_domain(measured, published), np.arange(1, len(measured) + 1)
    shown = published > 0
    printed = {"layer": layer[: len(shown)][shown], "value": published[shown], "shown": published[shown]}
    return frame_of(
        place(measured, domain) | {"layer": layer, "what": said(OURS)},
        printed | {"what": said(SLIDE), "mark": "printed"},
        corners(layer=(0.5, len(layer) + 0.5), shown=domain),
    )


def _trained_in_words(trained: "xr.Dataset") -> dict[str, Any]:
    loss = trained["loss"].values
    return {
        "units": trained.sizes["unit"],
        "steps": trained.sizes["step"] - 1,
        "layer": trained.attrs["layer"],
        "rank": trained["rank"].item(),
        "first": readable(loss[0]),
        "last": readable(loss[-1]),
        "moved": trained["moved"].item(),
    }


def _networks() -> Iterable[Any]:
    from core.experiments.initialization import large, small

    return (small(large(draw, "relu")) for draw in ("zeros", "constant", "he"))


def _alike() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.initialization import alike

    return ((alike(config),) for config in _networks())


def _trained() -> Iterable[tuple["xr.Dataset"]]:
    from core.experiments.initialization import trained

    return ((trained(config),) for config in _networks())


def _beside_slides() -> Iterable[tuple[Any, ...]]:
    from core.experiments.initialization import large
    from core.experiments.published import printed
    from core.training import record

    for draw in ("small", "zeros"):
        config = large(draw, "tanh")
        yield record(config).variables["activation_std"], printed(config)


@picture(
    "Do two units of a layer agree?",
    see="At 1 all units of a layer say the same, at 0 they have nothing in common. A cross: no unit varies at all.",
    frame=agreement_frame,
    examples=_alike,
)
def agreement(ink: Ink) -> Drawing:
    """The mean correlation of two units of each hidden layer of the untrained network."""
    x, y = layer_x(), alt.Y("correlation:Q", scale=linear(), title=said("Mean correlation of two units"))
    different = alt.Tooltip("different:Q", title=said("different units"))
    tooltip = ["layer:Q", alt.Tooltip("correlation:Q", format=".4f"), different]
    line = only("line").mark_line(color=ink.train, tooltip=None).encode(x, y)
    points = only("line").mark_point(filled=True, size=50, opacity=1, color=ink.train).encode(x, y, tooltip=tooltip)
    silent = only("silent").mark_point(shape="cross", size=70, filled=True, color=ink.dead, opacity=1)
    return layered(line, points, silent.encode(x, y, tooltip=["layer:Q", different]), at_corners(x, y))


@picture(
    "Do they part when they are trained?",
    see=lambda trained: PARTING + (MOVED if trained["moved"].item() else STILL),
    alt="A weight of each unit of hidden layer {layer} over {steps} steps of gradient descent on digits.",
    fill=_trained_in_words,
    frame=parting_frame,
    examples=_trained,
)
def parting(ink: Ink) -> Drawing:
    """A weight of each unit of a hidden layer over the steps of gradient descent."""
    x, y = step_x(), alt.Y("value:Q", scale=linear(), title=said("A weight of each unit"))
    lines = only("line").mark_line(strokeWidth=1.5, color=ink.train, opacity=0.7, tooltip=None)
    return layered(lines.encode(x, y, alt.Detail("unit:Q")), at_corners(x, y))


@picture(
    "Ours beside the slide",
    see=lambda variable, slide: SLIDES[slide.name] if slide else NO_SLIDE,
    alt="{label} of each layer of this network, and what a slide prints, on a logarithmic axis.",
    fill=lambda variable, slide: {"label": said(variable.label)},
    frame=beside_slide_frame,
    scene=lambda variable, slide: (variable.label,),
    examples=_beside_slides,
)
def beside_slide(label: str, ink: Ink) -> Drawing:
    """A measure of each layer of this network, and what a slide prints, on a logarithmic axis."""
    x, y, words = layer_x(), log_y(said(label)), [said(OURS), said(SLIDE)]
    legend = alt.Legend(title=None, orient="top", symbolSize=80, symbolStrokeWidth=0)
    color = alt.Color("what:N", scale=alt.Scale(domain=words, range=[ink.train, ink.validation]), legend=legend)
    shape = alt.Shape("what:N", scale=alt.Scale(domain=words, range=["circle", "diamond"]), legend=legend)
    tooltip = ["layer:Q", "what:N", alt.Tooltip("value:Q", format=".3~g", title=said(label))]
    line = only("line").mark_line(color=ink.train, tooltip=None).encode(x, y)
    ours = only("line").mark_point(filled=True, size=40, opacity=1).encode(x, y, color, shape, tooltip=tooltip)
    slide = only("printed").mark_point(filled=True, size=90, opacity=1, xOffset=9)
    slide = slide.encode(x, y, color, shape, tooltip=tooltip)
    return layered(line, ours, slide, *lost_and_zero(x, y, ink), at_corners(x, y))
