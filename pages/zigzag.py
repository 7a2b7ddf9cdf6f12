"""Lesson: What do inputs that are all positive do to gradient descent, and what is centring good for?"""

TITLE = "Zero-centred or not"
ICON = ":material/timeline:"
ORDER = 240

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.experiments.zigzag import losses, path, signs
from core.experiments import zigzag
from core.experiments.zigzag import SAMPLES, STEPS, descents
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part
from ui.show import card

BATCH_SIZES = [1, 4, 16, SAMPLES]
SHARES = [0.1, 0.2, 0.3, 0.5, 0.7, 0.9, 0.99, 1.01, 1.1]
WEIGHTS = [2, 4, 8, 16, 64]
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

ask(GUESS)
left, right = st.columns(2)
batch_size = choose(left.select_slider, "Batch size", BATCH_SIZES, "zigzag_batch", 1)
share = choose(
    right.select_slider,
    "Learning rate, as a share of the largest stable one",
    SHARES,
    "zigzag_share",
    0.2,
    help=said(
        "The largest stable learning rate, 2/λ of the largest curvature λ, is that of a batch of all {samples} "
        "samples. Small batches may need a smaller one.",
        samples=SAMPLES,
    ),
)
same_rate = choose(
    st.toggle, "One learning rate for both, that of the positive inputs", [False, True], "zigzag_same", False
)
runs = descents(batch_size, share, same_rate=same_rate)
for column, kind in zip(st.columns(2), runs["kind"].values.tolist(), strict=True):
    run = runs.sel(kind=kind)
    steps = run["steps"].item()
    with column:
        numbers(
            Metric("Steps to 1/1000", f"{steps:.0f}" if steps <= STEPS else f"> {STEPS}"),
            Metric(
                "One-sign updates",
                f"{run['one_signed'].item():.1%}",
                "Of the steps on this path: how many move both weights up, or both down.",
            ),
            Metric("Condition number", readable(run["condition"].item()), "The largest curvature over the smallest."),
            Metric("Stable up to", readable(run["stable_rate"].item())),
        )
        card(path, run, at=kind)
first, second = st.columns(2)
with first:
    card(losses, runs)
with second:

    def agreement() -> None:
        """How often the gradients of a unit agree."""
        place = st.container()
        weights = choose(st.select_slider, "Weights of a unit", WEIGHTS, "zigzag_weights", 16)
        with place:
            card(signs, zigzag.signs(weights))

    part(agreement)
explain(
    GUESS,
    "A weight's gradient is the error times its input. With **one sample** of positive inputs, all gradients of a unit "
    "have the sign of its error: the lecture is right. A **batch** sums errors of both signs, and the more weights a "
    "unit has, the less often all agree. Yet at small learning rates a batch of 128, which hardly zig-zags, takes as "
    "many steps. What costs them is **curvature**: the mean of the inputs makes one direction steep, and the learning "
    "rate that it bears is too small for the others. Centring takes that direction away and allows a rate ten times "
    "as large. With one small rate for both, it saves nothing. Single samples need smaller ones.",
)
code(CODE)
onward(Config(dataset="digits", preprocessing="none", activation="sigmoid", depth=1, width=64, batch_size=1))
