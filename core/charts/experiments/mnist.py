"""What the MNIST notebooks print beside what the same networks reach here, and which layers get a gradient at all."""

from collections.abc import Sequence

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, layer_x, only
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, spec_of
from core.experiments.mnist import LAYERS, Forward, Reached, training_in_words
from core.experiments.published import NOTEBOOKS

KINDS = ("printed", "ours, pixels 0 to 1", "ours, raw pixels")
WRONG = (0.01, 1.0)  # the ends of the axis of wrong answers
GRADIENT = (0.1, 10.0)  # the ends of the axis of gradients
NAMES = tuple(notebook.name for notebook in NOTEBOOKS)


def accuracies_frame(tested: Sequence[Reached]) -> pd.DataFrame:
    """A row for each accuracy of a network: `wrong`, the share of wrong answers, where it is drawn, and of which
    training it is. And a row with the training of each network that was tested, for the words in its line."""
    printed = [
        _row(notebook.name, KINDS[0], notebook.accuracy, training_in_words(notebook.config)) for notebook in NOTEBOOKS
    ]
    ours = [
        _row(one.name, kind, accuracy, one.training)
        for one in tested
        for kind, accuracy in zip(KINDS[1:], _both(one), strict=True)
    ]
    words = [{"network": one.name, "training": one.training, "shown": WRONG[1], "mark": "words"} for one in tested]
    return frame_of(*printed, *ours, *words, corners(shown=WRONG))


def _both(tested: Reached) -> tuple[float, float]:
    return tested.scaled, tested.raw


def _row(name: str, kind: str, accuracy: float, training: str) -> Columns:
    """One accuracy; NaN is a network that answers nothing, so all of its answers are wrong."""
    wrong = 1.0 if np.isnan(accuracy) else 1 - accuracy
    return {
        "network": name,
        "kind": kind,
        "training": training,
        "accuracy": accuracy,
        "wrong": wrong,
        "shown": max(wrong, WRONG[0]),
        "mark": "dot",
    }


def gradients_frame(forward: Forward) -> pd.DataFrame:
    """A row for each layer: `value`, the norm of its gradient, or the mark "none" where it has none."""
    parts: list[Columns] = [
        {"layer": layer, "value": GRADIENT[0], "words": "None", "mark": "none"}
        if gradient is None
        else {"layer": layer, "value": gradient, "mark": "bar"}
        for layer, gradient in enumerate(forward.gradients, 1)
    ]
    return frame_of(*parts, corners(layer=(0.5, LAYERS + 0.5), value=GRADIENT))


@spec_of
def accuracies_spec(ink: Ink) -> Drawing:
    """`accuracies_frame` as Vega-Lite without data."""
    axis = alt.Axis(values=[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], format=".0%")
    x = alt.X("shown:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="Wrong answers on held-out samples")
    y = alt.Y(
        "network:N",
        scale=alt.Scale(domain=list(NAMES)),
        axis=alt.Axis(grid=True, ticks=False, labelLimit=150),
        title=None,
    )
    legend = alt.Legend(title=None, orient="top", columns=1, symbolSize=90)
    colors = alt.Scale(domain=list(KINDS), range=[ink.text, ink.train, ink.validation])
    shapes = alt.Scale(domain=list(KINDS), range=["diamond", "circle", "triangle-up"])
    tooltip = [
        alt.Tooltip("network:N"),
        alt.Tooltip("kind:N"),
        alt.Tooltip("training:N", title="trained on"),
        alt.Tooltip("accuracy:Q", format=".4f"),
    ]
    dots = only("dot").mark_point(filled=True, size=110, opacity=1)
    dots = dots.encode(
        x,
        y,
        alt.Color("kind:N", scale=colors, legend=legend),
        alt.Shape("kind:N", scale=shapes, legend=legend),
        tooltip=tooltip,
    )
    words = only("words").mark_text(align="right", dy=-11, fontSize=11, color=ink.text, tooltip=None)
    return layered(dots, words.encode(x, y, alt.Text("training:N")), at_corners(x))


@spec_of
def gradients_spec(ink: Ink) -> Drawing:
    """`gradients_frame` as Vega-Lite without data."""
    x = layer_x().title("Layer")
    axis = alt.Axis(values=[0.1, 1, 10], format="~g")
    y = alt.Y("value:Q", scale=alt.Scale(type="log", nice=False), axis=axis, title="Norm of dL/dW")
    tooltip = [alt.Tooltip("layer:Q"), alt.Tooltip("value:Q", format=".3f", title="norm of dL/dW")]
    dots = only("bar").mark_point(filled=True, size=160, color=ink.alive, opacity=1).encode(x, y, tooltip=tooltip)
    stems = only("bar").mark_rule(strokeWidth=5, color=ink.alive, tooltip=None)
    stems = stems.encode(x, y, alt.Y2Datum(GRADIENT[0]))
    none = only("none").mark_point(shape="cross", filled=True, size=110, color=ink.dead, opacity=1, tooltip=None)
    words = only("none").mark_text(dy=-16, fontSize=13, color=ink.text, tooltip=None).encode(x, y, alt.Text("words:N"))
    return layered(stems, dots, none.encode(x, y), words, at_corners(x, y))
