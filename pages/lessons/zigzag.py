"""Lesson: What do inputs that are all positive do to gradient descent, and what is centring good for?"""

TITLE = "Zero-centred or not"
ICON = ":material/timeline:"
ORDER = 240

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.experiments.zigzag import losses_frame, losses_spec, path_frame, path_spec, signs_frame, signs_spec
from core.words.numbers import readable
from core.experiments.zigzag import SAMPLES, descents, signs
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture
from ui.show import is_dark

BATCH_SIZES = [1, 4, 16, SAMPLES]
SHARES = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01, 1.1]
WEIGHTS = [2, 4, 8, 16, 64]
HEIGHT = 380
GUESS = Guess(
    "All inputs of a unit are positive, as they are behind a layer of sigmoids. What does that do to gradient descent?",
    {
        "a": "All weights always move in one direction together, also in a batch, and that makes it slow.",
        "b": "One sample moves them together for certain, a batch often does not; slow it is either way.",
        "c": "Nothing: the sign of the inputs plays no part.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
x = torch.sigmoid(torch.randn(128, 2))
for name, inputs in {"positive": x, "centred": x - x.mean(0)}.items():
    print(f"{name}: stable below {2 / torch.linalg.eigvalsh(inputs.T @ inputs / 128)[-1]:.2f}")
    for size in (1, 128):
        gradients = torch.randn(1000, 1, size) @ inputs[torch.randint(128, (1000, size))]
        print(f"  batch of {size}: one sign in {(gradients.sign().sum(2).abs() == 2).float().mean():.1%}")
"""

ask(TITLE, GUESS)
left, right = st.columns(2)
batch_size = choose(left.select_slider, "Batch size", BATCH_SIZES, "zigzag_batch", 1)
share = choose(
    right.select_slider,
    "Learning rate, as a share of the largest stable one",
    SHARES,
    "zigzag_share",
    0.2,
    help="The largest stable learning rate, 2/λ of the largest curvature λ, is that of a batch of all 128 samples. "
    "Small batches may need a smaller one.",
)
same_rate = choose(
    st.toggle, "One learning rate for both, that of the positive inputs", [False, True], "zigzag_same", False
)
runs = descents(batch_size, share, same_rate=same_rate)
titles = ("Positive inputs: a valley", "Centred inputs: a bowl")
sees = (
    "A ring is equal loss, a quarter of that of the ring around it. Updates of one sign go up right, or down left.",
    "The same samples less their mean, from the same start. At a stable rate nothing ties the two weights together.",
)
for column, run, title, see in zip(st.columns(2), runs, titles, sees, strict=True):
    with column:
        numbers = st.container(horizontal=True, border=True)
        numbers.metric("Steps to 1/1000", run.steps_in_words)
        numbers.metric(
            "One-sign updates",
            f"{run.one_signed:.1%}",
            help="Of the steps on this path: how many move both weights up, or both down.",
        )
        numbers.metric("Condition number", readable(run.condition), help="The largest curvature over the smallest.")
        numbers.metric("Stable up to", readable(run.stable_rate))
        picture(
            title,
            see,
            path_frame(run),
            path_spec(dark=is_dark()),
            f"The path of gradient descent over the loss of two weights, for {run.kind}, with rings of equal loss.",
            HEIGHT,
        )
first, second = st.columns(2)
with first:
    picture(
        "The loss on the way",
        "Medians of 51 orders of the samples. At small learning rates the batch size hardly matters. Dotted is 1/1000.",
        losses_frame(runs),
        losses_spec(dark=is_dark()),
        "The loss of both kinds of inputs over the steps, on a logarithmic axis.",
    )
with second:

    def agreement() -> None:
        """How often the gradients of a unit agree."""
        place = st.container()
        weights = choose(st.select_slider, "Weights of a unit", WEIGHTS, "zigzag_weights", 16)
        with place:
            picture(
                "How often all gradients have one sign",
                "Over random errors, not on the paths above: certain for one positive sample, less so in a batch. "
                "Dotted: theory.",
                signs_frame(signs(weights)),
                signs_spec(dark=is_dark()),
                "The share of units whose weight gradients all have one sign over the batch size, for both kinds.",
            )

    part(agreement)
explain(
    TITLE,
    GUESS,
    "A weight's gradient is the error times its input. With **one sample** of positive inputs, all gradients of a unit "
    "have the sign of its error: the lecture is right. A **batch** sums errors of both signs, and the more weights a "
    "unit has, the less often all agree. Yet at small learning rates a batch of 128, which hardly zig-zags, takes as "
    "many steps. What costs them is **curvature**: the mean of the inputs makes one direction steep, and the learning "
    "rate that it bears is too small for the others. Centring takes that direction away and allows a rate ten times "
    "as large. With one small rate for both, it saves nothing. Single samples need smaller ones.",
)
code(CODE)
onward(TITLE, Config(dataset="digits", preprocessing="none", activation="sigmoid", depth=1, width=64, batch_size=1))
