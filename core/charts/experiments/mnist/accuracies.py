"""What the MNIST notebooks print beside what the same networks reach here."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import altair as alt
import numpy as np
import pandas as pd

from core.charts.axes import at_corners, only
from core.charts.experiments.mnist.trainings import training_words
from core.charts.frames import Columns, corners, frame_of
from core.charts.ink import Ink
from core.charts.picture import Drawing, layered, picture
from core.words.numbers import short
from core.words.said import said

if TYPE_CHECKING:
    from core.experiments.mnist.trained import Reached
    from core.experiments.published import Notebook

    Shown = tuple[Sequence[Notebook], Sequence[Reached]]

NETWORKS = {
    "softmax": "softmax regression",
    "normal": "256-256, N(0, 1)",
    "xavier": "256-256, Xavier",
    "deep": "512 × 4, deep",
    "dropout": "512 × 4, dropout",
    "selu": "512 × 4, SELU",
    "narrow": "32-32",
    "narrow_batch_norm": "32-32, batch norm",
}
ABOUT = (
    "The notebooks are those of lab 09 of [Deep learning zero to all]({address}), a public course in PyTorch that the "
    "lecture “PyTorch 09-1 ReLU” sums up. Choose one of their networks, train it here, and compare."
)
DIFFERENCES = (
    "As in the notebooks, but the deep one uses all its layers, SELU comes without its dropout, and most biases start "
    "at 0."
)
KINDS = {"printed": "printed", "scaled": "ours, pixels 0 to 1", "raw": "ours, raw pixels"}
WRONG = (0.01, 1.0)  # the ends of the axis of wrong answers


def accuracies_frame(notebooks: Sequence["Notebook"], tested: Sequence["Reached"]) -> pd.DataFrame:
    """A row for each accuracy of a network: `wrong`, the share of wrong answers, where it is drawn, and of which
    training it is. And a row with the training of each network that was tested, for the words in its line."""
    printed = [
        _row(notebook.name, "printed", notebook.accuracy, training_words(notebook.config)) for notebook in notebooks
    ]
    ours = [
        _row(one.name, kind, accuracy, training_words(one.config))
        for one in tested
        for kind, accuracy in (("scaled", one.scaled), ("raw", one.raw))
    ]
    words = [
        {
            "network": said(NETWORKS[one.name]),
            "training": training_words(one.config),
            "shown": WRONG[1],
            "mark": "words",
        }
        for one in tested
    ]
    return frame_of(*printed, *ours, *words, corners(shown=WRONG))


def _row(name: str, kind: str, accuracy: float, training: str) -> Columns:
    """One accuracy; NaN is a network that answers nothing, so all of its answers are wrong."""
    wrong = 1.0 if np.isnan(accuracy) else 1 - accuracy
    return {
        "network": said(NETWORKS[name]),
        "kind": said(KINDS[kind]),
        "training": training,
        "accuracy": accuracy,
        "wrong": wrong,
        "shown": max(wrong, WRONG[0]),
        "mark": "dot",
    }


def figures(notebook: "Notebook", one: "Reached") -> list[tuple[str, str]]:
    """The accuracy that is printed of a network and those that are ours, each a label and a text."""
    return [
        ("Printed", short(notebook.accuracy)),
        ("Ours, pixels 0 to 1", f"{one.scaled:.4f}"),
        ("Ours, raw pixels", f"{one.raw:.4f}"),
    ]


def _examples() -> Iterator["Shown"]:
    from core.experiments.mnist.trained import Reached
    from core.experiments.published import NOTEBOOKS

    yield NOTEBOOKS, ()
    shares = [(0.0, float("nan")), (0.999, 0.5), *[(0.95, 0.9)] * (len(NOTEBOOKS) - 2)]
    ours = [
        Reached(notebook.name, replace(notebook.config, dataset="digits", samples=1400, steps=200), scaled, raw, 16)
        for notebook, (scaled, raw) in zip(NOTEBOOKS, shares, strict=True)
    ]
    yield NOTEBOOKS, ours


@picture(
    "What the notebooks print, and what comes out here",
    see="Left is good. Diamonds are printed; each network that you train adds two marks, and what it was trained on: "
    "raw pixels are those of the file, as large as they lie there.",
    frame=accuracies_frame,
    examples=_examples,
    height=380,
)
def accuracies(ink: Ink) -> Drawing:
    """The share of wrong answers of eight networks, as printed and as measured here, on a logarithmic axis."""
    x, y = _axes()
    tooltip = [
        alt.Tooltip("network:N"),
        alt.Tooltip("kind:N"),
        alt.Tooltip("training:N", title=said("trained on")),
        alt.Tooltip("accuracy:Q", format=".4f"),
    ]
    dots = only("dot").mark_point(filled=True, size=110, opacity=1).encode(x, y, *_told_apart(ink), tooltip=tooltip)
    words = only("words").mark_text(align="right", dy=-11, fontSize=11, color=ink.text, tooltip=None)
    return layered(dots, words.encode(x, y, alt.Text("training:N")), at_corners(x))


def _axes() -> tuple[alt.X, alt.Y]:
    """Wrong answers on a logarithmic axis, and a line for each network."""
    shares = alt.Axis(values=[0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1], format=".0%")
    title = said("Wrong answers on held-out samples")
    x = alt.X("shown:Q", scale=alt.Scale(type="log", nice=False), axis=shares, title=title)
    lines = alt.Axis(grid=True, ticks=False, labelLimit=150)
    networks = alt.Scale(domain=[said(words) for words in NETWORKS.values()])
    return x, alt.Y("network:N", scale=networks, axis=lines, title=None)


def _told_apart(ink: Ink) -> tuple[alt.Color, alt.Shape]:
    """What is printed and what is ours, by colour and shape."""
    legend = alt.Legend(title=None, orient="top", columns=1, symbolSize=90)
    words = [said(kind) for kind in KINDS.values()]
    colors = alt.Scale(domain=words, range=[ink.text, ink.train, ink.validation])
    shapes = alt.Scale(domain=words, range=["diamond", "circle", "triangle-up"])
    return alt.Color("kind:N", scale=colors, legend=legend), alt.Shape("kind:N", scale=shapes, legend=legend)
