"""Lesson: How much of a gradient is left after many layers, and what do the weights have to do with it?"""

TITLE = "The vanishing gradient"
ICON = ":material/trending_down:"
ORDER = 230

from ui.frame import inside_frame

inside_frame()

from math import isfinite

import streamlit as st

from core import Config
from core.charts.experiments.vanishing import MOST, nested, way_back
from core.choices.activations import activations
from core.experiments.vanishing import backward, nest
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, several
from ui.show import card

NAMES = [name for name, activation in activations.items() if activation.pieces == 1]
FIRST = ["sigmoid", "tanh", "relu"]
SIGMOID = Config(activation="sigmoid")
SCALES = [0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0, 11.0, 16.0]
DEPTHS = range(2, 31)
TIMES = 6
GUESS = Guess(
    "The slope of a sigmoid is at most 1/4. A gradient goes back through ten layers of sigmoids.",
    {
        "a": "It shrinks to a quarter at every layer.",
        "b": "That depends on the weights, too; it may even grow.",
        "c": "It keeps its size.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
layers = [module for _ in range(10) for module in (torch.nn.Linear(100, 100), torch.nn.Sigmoid())]
weights = [layer.weight for layer in layers[::2]]
for weight in weights:
    torch.nn.init.normal_(weight, std=100**-0.5)
torch.nn.Sequential(*layers)(torch.randn(100, 100)).pow(2).mean().backward()
print([f"{weight.grad.norm():.1e}" for weight in weights])
"""


def passing(activation: str, factor: float) -> Metric:
    """What a layer of an activation leaves of the gradient."""
    passes = said("× {factor}", factor=readable(factor)) if isfinite(factor) else said("nothing passes")
    return Metric(said("A layer of {activation}", activation=activation), passes)


ask(GUESS)
left, right = st.columns(2)
scale = choose(
    left.select_slider,
    "Size of the weights, σ_w",
    SCALES,
    "vanishing_scale",
    2.0,
    help="Weights are drawn from N(0, σ_w²/n), where n is the number of inputs of a unit.",
)
depth = choose(right.slider, "Depth", DEPTHS, "vanishing_depth", 10)
base = {"dataset": "gaussian", "features": 100, "samples": 100, "probe_size": 100, "width": 100, "steps": 0}
shared = {"depth": depth, "weight_scale": scale, "initializer": "lecun_normal", **base}
names = several(NAMES, "vanishing_shapes", FIRST, MOST)
networks = backward(Config(activation=name, **shared) for name in names) if names else None
if networks is not None:
    numbers(*map(passing, names, networks["factor"].values.tolist()))
first, second = st.columns(2)
if networks is not None:
    with first:
        card(way_back, networks)
nests = nest(SIGMOID, TIMES)
with second:
    card(nested, nests)
thrice = nests.sel(times=3)
explain(
    GUESS,
    "Going back through a layer, the gradient is multiplied by the weights and by the slope φ′ of every unit. Its "
    "size changes by about √χ, and the weights are in it. So 1/4 is a bound for one slope, not what a layer does: "
    "with weights of N(0, 1/n), σ_w = 1, a layer of sigmoids passes on 1/4.2, and more with larger ones: at 16 the "
    "gradient grows. ReLU keeps the size of the gradient only where σ_w = √2; with smaller weights it vanishes as "
    "well. And nested sigmoids do forget their input: three of them answer with a number from {low:.3f} to {high:.3f}, "
    "whatever goes in.",
    low=thrice["low"].item(),
    high=thrice["high"].item(),
)
st.latex(r"\lVert dL/dz_l \rVert \approx \sqrt{\chi} \, \lVert dL/dz_{l+1} \rVert")
st.latex(r"\chi = \sigma_w^2 \, \mathbb{E}\left[\varphi'(\sqrt{q}\,Z)^2\right]")
code(CODE)
onward(Config(activation=names[0] if names else "sigmoid", **shared))
