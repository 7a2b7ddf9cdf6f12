"""Lesson: Why do centred, standardized or whitened inputs train faster, and how far into the network does it help?"""

TITLE = "Preprocessing"
ICON = ":material/tune:"
ORDER = 280

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.charts.experiments.preprocessing import (
    cloud_frame,
    cloud_spec,
    common_frame,
    common_spec,
    descent_frame,
    descent_spec,
    pictures_frame,
    pictures_spec,
)
from core.experiments.preprocessing import (
    COMPARED,
    DEPTH,
    INITIALIZERS,
    SAMPLES,
    WAYS,
    WIDTH,
    available,
    bowl_table,
    bowls,
    cloud,
    common,
    gain,
    layered,
    pictures,
)
from core.datasets import DataUnavailable
from core.words.numbers import readable
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture
from ui.show import is_dark, plain

HEIGHT = 360
SHARES = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01]
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

ask(GUESS)
offered = available()
dataset = offered[0]
if len(offered) > 1:
    dataset = choose(st.segmented_control, "Pictures", offered, "preprocessing_data", offered[0], required=True)
try:
    with st.spinner(f"Looking at {SAMPLES:,} pictures …"):
        found = bowls(dataset)
except DataUnavailable as problem:
    st.error(plain(str(problem)), icon=":material/cloud_off:")
    dataset = offered[0]
    found = bowls(dataset)


way = choose(
    st.segmented_control,
    "Inputs",
    list(WAYS),
    "preprocessing_way",
    "raw",
    required=True,
    help="Decorrelated: turned to the principal components (PCA). Whitened: also divided by their spread.",
)
points = cloud(way)
first, second = st.columns(2)
with first:
    picture(
        f"A cloud, {way}",
        "The cross marks the longest and the shortest way through the raw cloud. Whatever is done to the points is "
        "done to it.",
        cloud_frame(points),
        cloud_spec(dark=is_dark()),
        f"A cloud of points in the plane, {way}, with a cross through it.",
        HEIGHT,
    )
with second:
    picture(
        f"Two of the {dataset}, {way}",
        "Decorrelated and whitened, they are no pictures any more: a square is a principal component, not a pixel.",
        pictures_frame(pictures(dataset, way)),
        pictures_spec(dark=is_dark()),
        f"Two handwritten digits, {way}, as squares of numbers; blue is negative, orange positive.",
        HEIGHT,
    )
numbers = st.container(horizontal=True, border=True)
numbers.metric("Correlation in the cloud", points.correlation_in_words)
numbers.metric(
    "Condition number of the cloud", points.bowl.condition_in_words, help="The largest curvature over the smallest."
)
numbers.metric("Stable up to, on the cloud", readable(points.bowl.stable_rate), help="The largest learning rate, 2/λ.")


def descent() -> None:
    """Gradient descent on the pictures."""
    st.markdown(f"**Gradient descent on the {dataset}**")
    share = choose(
        st.select_slider,
        "Learning rate, as a share of the largest stable one",
        SHARES,
        "preprocessing_share",
        0.5,
        help="The largest stable learning rate is 2/λ, where λ is the largest curvature. It differs from row to row.",
    )
    picture(
        "How fast a linear unit learns",
        "Each at the same part of its own stable rate. Decorrelated lies on centred."
        + (" Triangles: off the axis from here on." if share > 1 else ""),
        descent_frame(found, share),
        descent_spec(dark=is_dark()),
        "The loss that is left over the steps of gradient descent, for five ways of preprocessing.",
        HEIGHT,
    )
    st.table(bowl_table(dataset, share))
    st.caption(
        f"All of the {dataset}, not of the cloud. Learning rates are stable up to 2/λ, where λ is the largest "
        "curvature of a linear unit's squared error. The loss of a softmax of ten classes is a tenth as curved while "
        f"its weights are 0, so raw inputs bear {readable(found['raw'].softmax_rate(10))} there."
    )


part(descent)
activation = choose(
    st.segmented_control,
    "Activation of the layers",
    list(INITIALIZERS),
    "preprocessing_activation",
    "relu",
    required=True,
)
picture(
    "Behind the first layer",
    f"How much of a signal all samples share, before training, with {activation}. 0% is centred. Decorrelated inputs "
    "are centred ones, only turned, so they are left out.",
    common_frame({each: common(dataset, activation, each) for each in COMPARED}),
    common_spec(dark=is_dark()),
    f"The share of each layer's mean square that is the same for all samples, with {activation}.",
    HEIGHT,
)
explain(
    GUESS,
    "What pixels have in common makes one direction of the loss steep. Centring takes it away, so steps may be "
    f"{gain(found):.2g} times as large on these pictures."
    "\n\nTurning the axes (PCA) alone changes nothing for gradient descent; dividing by the spreads as well makes a "
    "round bowl, where half the stable rate arrives in one step. It also makes noise as large as the rest, and "
    "pictures lose their neighbours, so images are usually only centred."
    "\n\n“It helps the first layer only” is right for a sigmoid, behind which all signals have a large mean again. "
    "Behind ReLU the head start lasts some layers, and tanh keeps it. Fit all of it on the training samples alone.",
)
code(CODE)
st.caption(f"The lab opens with {way} {dataset} and {DEPTH} layers of {WIDTH} {activation} units, as chosen above.")
onward(layered(dataset, activation, way))
