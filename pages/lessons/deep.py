"""Lesson: How many layers can a network have before it no longer learns?"""

TITLE = "How deep can it train?"
ICON = ":material/layers:"
ORDER = 255

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core import Config
from core.charts.experiments.deep import NAMES, reach_frame, reach_spec, scores_frame, scores_spec
from core.experiments.deep import (
    DEPTHS,
    INITIALIZERS,
    LAYERS,
    NETWORKS,
    RATES,
    SEEDS,
    deepest,
    reach,
    scores,
    training,
    trials,
)
from core.words.numbers import readable
from core.experiments.published import CONVERGED
from core.sweeps.sweeps import Partial
from ui.jobs import Words, controls, slot, watch
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import is_dark

WIDTHS = [16, 32, 64, 128]
LENGTHS = [100, 300, 1000]
LAYER_COUNTS = range(2, LAYERS + 1)
WORDS = Words("Train them", "Stop training", "The settings have changed since. Train them again to see what they do.")
GUESS = Guess(
    "A layer of ReLUs sets half of its numbers to 0. Thirty such layers start from Xavier’s weights.",
    {
        "a": "ReLU has no vanishing gradient, so they learn like three layers do, only slower.",
        "b": "The gradient shrinks by 1/√2 a layer, and almost nothing reaches the first one.",
        "c": "The gradient explodes.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
for name, variance in {"Xavier": 1 / 64, "He": 2 / 64}.items():
    layers = [module for _ in range(30) for module in (torch.nn.Linear(64, 64), torch.nn.ReLU())]
    for layer in (linears := layers[::2]):
        torch.nn.init.normal_(layer.weight, std=variance**0.5), torch.nn.init.zeros_(layer.bias)
    torch.nn.Sequential(*layers)(torch.randn(100, 64)).sum().backward()
    print(name, f"{linears[0].bias.grad.norm() / linears[-1].bias.grad.norm():.1e}")
"""


def learned(known: Partial) -> None:
    """What the networks that are trained so far have learned."""
    found = scores(known.dataset())
    so_far = "" if known.progress.done == known.progress.total else ", so far"
    for column, (name, depth) in zip(st.columns(2), deepest(found).items(), strict=True):
        column.metric(
            f"{NAMES[name]}: learns with up to{so_far}",
            f"{depth} layers" if depth else "none",
            f"in He’s paper {CONVERGED[name]}",
            delta_color="off",
            delta_arrow="off",
        )
    picture(
        "What they have learned",
        f"Marks are the middle of {SEEDS} networks, bars all of them. Above the dotted line we say: it learned.",
        scores_frame(found),
        scores_spec(dark=is_dark()),
        "The share of held-out digits right over the number of hidden layers, for Xavier’s and He’s weights.",
    )


ask(GUESS)
left, right = st.columns(2)
depth = choose(left.slider, "Hidden layers", LAYER_COUNTS, "deep_depth", 22)
width = choose(right.select_slider, "Units in a layer", WIDTHS, "deep_width", 64)
reached = {name: reach(name, width) for name in INITIALIZERS}
expected = {name: remains.expected for name, remains in reached.items()}
numbers = st.columns(2)
for column, (name, remains) in zip(numbers, reached.items(), strict=True):
    column.metric(
        f"{NAMES[name]}: gradient left after {depth} layers",
        f"× {readable(remains.typical_gradient[depth - 1])}",
        f"wide layers × {remains.expected[depth - 1]:.3g}",
        delta_color="off",
        delta_arrow="off",
    )
first, second = st.columns(2)
with first:
    picture(
        "The signal in the last layer",
        f"Compared with the first. Marks are the middle of {NETWORKS} untrained networks, bars all of them, dots "
        "theory.",
        reach_frame({name: remains.signal for name, remains in reached.items()}, expected, depth),
        reach_spec("Signal ÷ that of layer 1", dark=is_dark()),
        "The RMS of activations in the last layer over the number of layers, for Xavier’s and He’s weights.",
    )
with second:
    picture(
        "The gradient in the first layer",
        "Compared with the last. Theory is of wide layers: most narrow networks lie below it, with He’s weights too.",
        reach_frame({name: remains.gradient for name, remains in reached.items()}, expected, depth),
        reach_spec("Gradient ÷ that of the last layer", dark=is_dark()),
        "The RMS of dL/dz in the first layer over the number of layers, for Xavier’s and He’s weights.",
    )
st.markdown("**Does it matter? Train them.**")
left, middle, right = st.columns(3, vertical_alignment="center")
optimizer = choose(left.segmented_control, "Optimizer", RATES, "deep_optimizer", "momentum", required=True)
steps = choose(middle.select_slider, "Steps", LENGTHS, "deep_steps", 300)
batch_norm = choose(
    right.toggle, "Batch norm", [False, True], "deep_norm", False, help="The charts above are without it."
)
asked = trials(width, optimizer, steps, batch_norm=batch_norm)
st.caption(
    f"{len(asked)} networks on digits: {', '.join(map(str, DEPTHS))} layers, {SEEDS} of each kind. "
    f"Learning rate {asked.base.learning_rate:g}."
)
place = slot("deep")
job, now, state = place.look()
controls(place, state, asked, partial(training, asked), WORDS)
if job is not None and state is not None:
    watch(job, state, now.base, learned)
explain(
    GUESS,
    "ReLU halves the mean square of the signal, and of the gradient on its way back. He’s weights have twice the "
    "variance of Xavier’s and make up for it. In He’s paper 22 layers converge with both and 30 only with his: "
    "convolutions on ImageNet, trained for long. Here the order is the same, but the limits are others. Our plain "
    "layers get a few hundred steps, so Xavier gives up sooner, and narrow layers need luck with any weights. Nor is "
    "it a law of depth: Adam divides each gradient by its own size, batch norm brings every signal back to one size, "
    "and with either Xavier gets far deeper. Try them.",
)
st.latex(r"\mathbb{E}\left[a_{l+1}^2\right] = \tfrac{1}{2}\sigma_w^2 \, \mathbb{E}\left[a_l^2\right]")
code(CODE)
network = {"initializer": "xavier_normal", "depth": depth, "snapshots": Config().snapshots}
onward(Config(**{**asked.base.to_dict(), **network}))
