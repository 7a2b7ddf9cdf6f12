"""Lesson: How many layers can a network have before it no longer learns?"""

TITLE = "How deep can it train?"
ICON = ":material/layers:"
ORDER = 255

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st
import xarray as xr

from core import Config
from core.charts.experiments.deep import NAMES, gradient, scores, signal
from core.experiments import deep
from core.experiments.deep import DEPTHS, INITIALIZERS, LAYERS, RATES, SEEDS, deepest, reach, training, trials
from core.experiments.published import CONVERGED
from core.sweeps.sweeps import Partial
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.jobs.jobs import Words, controls, slot, watch
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import card, cards

WIDTHS, LENGTHS = [16, 32, 64, 128], [100, 300, 1000]
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
    found = deep.scores(known.dataset())
    going_on = known.progress.done < known.progress.total
    label = "{name}: learns with up to, so far" if going_on else "{name}: learns with up to"
    for column, (name, depth) in zip(st.columns(2), deepest(found).items(), strict=True):
        layers = said("{depth} layers", depth=depth) if depth else said("none")
        paper = said("in He’s paper {layers}", layers=CONVERGED[name])
        with column:
            numbers(Metric(said(label, name=said(NAMES[name])), layers, beside=paper))
    card(scores, found)


def gradient_left(reached: xr.Dataset, depth: int) -> None:
    """What is left of the gradient in networks of this depth, with each of the initializers."""
    for column, initializer in zip(st.columns(2), INITIALIZERS, strict=True):
        found = reached.sel(initializer=initializer, depth=depth)
        typical = found["gradient"].median("network", skipna=False).item()
        wide = said("wide layers × {left:.3g}", left=found["expected"].item())
        words = said("{name}: gradient left after {depth} layers", name=said(NAMES[initializer]), depth=depth)
        with column:
            numbers(Metric(words, f"× {readable(typical)}", beside=wide))


ask(GUESS)
first, second = st.columns(2)
depth = choose(first.slider, "Hidden layers", LAYER_COUNTS, "deep_depth", 22)
width = choose(second.select_slider, "Units in a layer", WIDTHS, "deep_width", 64)
reached = reach(width)
gradient_left(reached, depth)
cards((signal, reached, depth), (gradient, reached, depth))
st.markdown(said("**Does it matter? Train them.**"))
first, second, third = st.columns(3, vertical_alignment="center")
optimizer = choose(
    first.segmented_control, "Optimizer", RATES, "deep_optimizer", "momentum", required=True, format_func=said
)
steps = choose(second.select_slider, "Steps", LENGTHS, "deep_steps", 300)
off_above = "The charts above are without it."
batch_norm = choose(third.toggle, "Batch norm", [False, True], "deep_norm", False, help=off_above)
asked = trials(width, optimizer, steps, batch_norm=batch_norm)
words = "{count} networks on digits: {depths} layers, {seeds} of each kind. Learning rate {rate:g}."
filled = {"depths": ", ".join(map(str, DEPTHS)), "seeds": SEEDS, "rate": asked.base.learning_rate}
st.caption(said(words, count=len(asked), **filled))
place = slot("deep")
job, now, state = place.look()
controls(place, state, asked, partial(training, asked), WORDS)
if job is not None and state is not None:
    watch(job, state, now.base, learned)
explain(
    GUESS,
    "ReLU halves the mean square of the signal, and of the gradient on its way back. He’s weights have twice the "
    "variance of Xavier’s and make up for it. In He’s paper {both} layers converge with both and {his} only with "
    "his: convolutions on ImageNet, trained for long. Here the order is the same, but the limits are others. Our plain "
    "layers get a few hundred steps, so Xavier gives up sooner, and narrow layers need luck with any weights. Nor is "
    "it a law of depth: Adam divides each gradient by its own size, batch norm brings every signal back to one size, "
    "and with either Xavier gets far deeper. Try them.",
    both=CONVERGED["xavier_normal"],
    his=CONVERGED["he_normal"],
)
st.latex(r"\mathbb{E}\left[a_{l+1}^2\right] = \tfrac{1}{2}\sigma_w^2 \, \mathbb{E}\left[a_l^2\right]")
code(CODE)
network = {"initializer": "xavier_normal", "depth": depth, "snapshots": Config().snapshots}
onward(Config(**{**asked.base.to_dict(), **network}))
