"""Which layers of a network get a gradient where the forward pass goes through some of them only."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, layer_x, only
from core.charts.frames import corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import readable
from core.words.said import said

if TYPE_CHECKING:
    import xarray as xr

GRADIENT = (0.1, 10.0)  # the ends of the axis of gradients
LEFT_OUT = "None is not 0: autograd, which finds the gradients, never met these layers, so no step moves them."
USED = "The deep notebook makes 5 layers. Its forward pass went through 3 when its figure was printed."
SIZES = "{layers} layers, {units} units wide, on {images} of the small digits."
ALL = "All {layers} layers get a gradient, so every step moves them all."


def gradients_frame(found: "xr.Dataset") -> pd.DataFrame:
    """A row for each layer: `value`, the norm of its gradient, or the mark "none" where it has none."""
    layer, gradient = found["layer"].values, found["gradient"].values
    none = np.isnan(gradient)
    rows = {
        "layer": layer,
        "value": np.where(none, GRADIENT[0], gradient),
        "mark": np.where(none, "none", "bar"),
        "words": np.where(none, "None", ""),
    }
    return frame_of(rows, corners(layer=(0.5, len(layer) + 0.5), value=GRADIENT))


def learning_words(found: "xr.Dataset") -> str:
    """How many of the parameters get a gradient."""
    return said("{learning:,} of {all:,}", learning=found["learning"].item(), all=found["parameters"].item())


def loss_words(found: "xr.Dataset") -> dict[str, str]:
    """The loss before training as `text`, and `beside` it that of guessing among all outputs."""
    loss, guess = readable(found["loss"].item()), readable(found["guess"].item())
    words = said("guessing among {outputs}: {guess}", outputs=found["outputs"].item(), guess=guess)
    return {"text": loss, "beside": words}


def _see(found: "xr.Dataset") -> str:
    """What becomes of layers without a gradient, or that there are none."""
    return LEFT_OUT if np.isnan(found["gradient"]).any() else ALL


def _examples() -> Iterator[tuple["xr.Dataset"]]:
    from core.experiments.mnist.forward import LAYERS, forward

    return ((forward(used),) for used in (1, 3, LAYERS))


@picture(
    "Which layers get a gradient",
    see=_see,
    alt="The norm of the gradient of each of {layers} layers, or that there is none.",
    fill=lambda found: {"layers": found.sizes["layer"]},
    frame=gradients_frame,
    examples=_examples,
)
def gradients(ink: Ink) -> Drawing:
    """The norm of the gradient of each layer on a logarithmic axis, or that there is none."""
    x = layer_x().title(said("Layer"))
    axis = alt.Axis(values=[0.1, 1, 10], format="~g")
    y = alt.Y("value:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title=said("Norm of dL/dW"))
    tooltip = [alt.Tooltip("layer:Q"), alt.Tooltip("value:Q", format=".3f", title=said("norm of dL/dW"))]
    dots = only("bar").mark_point(filled=True, size=160, color=ink.alive, opacity=1).encode(x, y, tooltip=tooltip)
    stems = only("bar").mark_rule(strokeWidth=5, color=ink.alive, tooltip=None)
    stems = stems.encode(x, y, alt.Y2Datum(GRADIENT[0]))
    none = only("none").mark_point(shape="cross", filled=True, size=110, color=ink.dead, opacity=1, tooltip=None)
    words = only("none").mark_text(dy=-16, fontSize=13, color=ink.text, tooltip=None).encode(x, y, alt.Text("words:N"))
    return layered(stems, dots, none.encode(x, y), words, at_corners(x, y))
