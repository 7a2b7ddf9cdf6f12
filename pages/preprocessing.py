"""Lesson: Why do centred, standardized or whitened inputs train faster, and how far into the network does it help?"""

TITLE = "Preprocessing"
ICON = ":material/tune:"
ORDER = 280

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.charts.experiments.preprocessing import WAYS, cloud, common, descent, descent_table, pictures
from core.datasets import DataUnavailable
from core.experiments import preprocessing as experiment
from core.experiments.preprocessing import DEPTH, INITIALIZERS, SAMPLES, WIDTH
from core.words.numbers import readable, spelled, spoken
from core.words.said import said, why
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part
from ui.show import card, cards, plain

PICK = partial(st.segmented_control, required=True)
SHARES = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01]
BESIDE = (
    "All of the {dataset}, not of the cloud. Learning rates are stable up to 2/λ, where λ is the largest curvature of "
    "a linear unit's squared error. The loss of a softmax of ten classes is a tenth as curved while its weights are "
    "0, so raw inputs bear {rate} there."
)
GUESS = Guess(
    "The pixels of a digit go from 0 to 1. You subtract the mean of each pixel. What does a linear unit gain?",
    {
        "a": "Nothing: the pixels vary just as much as before.",
        "b": "Steps of gradient descent may be several times as large.",
        "c": "Its inputs are no longer correlated.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
raw = torch.rand(1000, 1) * torch.rand(1000, 20)
centred = raw - raw.mean(0)
variances, directions = torch.linalg.eigh(centred.T @ centred / len(raw))
whitened = centred @ directions / variances.sqrt()
for name, x in {"raw": raw, "centred": centred, "turned": centred @ directions, "whitened": whitened}.items():
    print(f"{name}: stable up to {2 / torch.linalg.eigvalsh(x.T @ x / len(x))[-1]:.3f}")
"""


def read() -> tuple[str, dict[str, experiment.Bowl]]:
    """The pictures that are chosen, or the first where those cannot be read, and the bowl of each way."""
    offered = experiment.available()
    dataset = offered[0]
    if len(offered) > 1:
        dataset = choose(PICK, "Pictures", offered, "preprocessing_data", dataset)
    try:
        with st.spinner(said("Looking at {samples} pictures …", samples=f"{SAMPLES:,}")):
            return dataset, experiment.bowls(dataset)
    except DataUnavailable as problem:
        st.error(plain(said(why(problem))), icon=":material/cloud_off:")
        return offered[0], experiment.bowls(offered[0])


def looks(dataset: str, way: str) -> None:
    """What preprocessing makes of a cloud and of pictures."""
    points = experiment.cloud(way)
    cards((cloud, points), (pictures, experiment.pictures(dataset, way)))
    rate, condition = readable(points["stable_rate"].item()), spoken(points["condition"].item())
    numbers(
        Metric("Correlation in the cloud", f"{points['correlation'].item():z.2f}"),  # 0 has no sign
        Metric("Condition number of the cloud", condition, "The largest curvature over the smallest."),
        Metric("Stable up to, on the cloud", rate, "The largest learning rate, 2/λ."),
    )


def learning() -> None:
    """Gradient descent on the pictures."""
    st.markdown(said("**Gradient descent on the {dataset}**", dataset=dataset))
    words = "Learning rate, as a share of the largest stable one"
    meaning = "The largest stable learning rate is 2/λ, where λ is the largest curvature. It differs from row to row."
    share = choose(st.select_slider, words, SHARES, "preprocessing_share", 0.5, help=meaning)
    descents = experiment.descents(bowls, share)
    card(descent, descents)
    st.table(descent_table(descents))
    rate = readable(bowls["raw"].softmax_rate(10))
    st.caption(said(BESIDE, dataset=dataset, rate=rate))


ask(GUESS)
dataset, bowls = read()
meaning = "Decorrelated: turned to the principal components (PCA). Whitened: also divided by their spread."
way = choose(PICK, "Inputs", WAYS, "preprocessing_way", "raw", help=meaning)
looks(dataset, way)
part(learning)
activation = choose(PICK, "Activation of the layers", list(INITIALIZERS), "preprocessing_activation", "relu")
card(common, experiment.common(dataset, activation))
explain(
    GUESS,
    "What pixels have in common makes one direction of the loss steep. Centring takes it away, so steps may be "
    "{gain} times as large on these pictures."
    "\n\nTurning the axes (PCA) alone changes nothing for gradient descent; dividing by the spreads as well makes a "
    "round bowl, where half the stable rate arrives in one step. It also makes noise as large as the rest, and "
    "pictures lose their neighbours, so images are usually only centred."
    "\n\n“It helps the first layer only” is right for a sigmoid, behind which all signals have a large mean again. "
    "Behind ReLU the head start lasts some layers, and tanh keeps it. Fit all of it on the training samples alone.",
    gain=spelled(experiment.gain(bowls), 2),
)
code(CODE)
words = "The lab opens with {way} {dataset} and {depth} layers of {width} {activation} units, as chosen above."
st.caption(said(words, way=said(WAYS[way]), dataset=dataset, depth=DEPTH, width=WIDTH, activation=activation))
onward(experiment.layered(dataset, activation, way))
