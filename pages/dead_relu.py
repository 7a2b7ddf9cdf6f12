"""Lesson: Why are some units dead from the start, and how does a single step kill one?"""

TITLE = "Dead ReLU"
ICON = ":material/skull:"
ORDER = 260

from ui.frame import inside_frame

inside_frame()

from collections.abc import Iterator

import streamlit as st
import xarray as xr

from core import Config
from core.charts.experiments.dead_relu import PLACE, PLACES, biases, lines, one_step
from core.experiments.dead_relu import SPREAD, blow, cloud, on_in_a_wide_layer, with_biases
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import card, key_of

UNITS = 1000
BIASES = [-2.0, -1.0, -0.5, -0.1, 0.0, 0.01, 0.1, 0.5, 1.0, 2.0]
TIMES = [0.5, 0.9, 0.99, 1.01, 1.1, 2.0]
FEW = (0.0, SMALL := 0.01)  # without a bias, and with the one that is said to help
ACROSS, UP = "dead_across", "dead_up"
GUESS = Guess(
    "A cloud of points lies off the origin, and a ReLU unit is on for some of its points. Now one step of training.",
    {
        "a": "A single step can switch the unit off for all points, and then no gradient ever reaches it again.",
        "b": "The gradient gets small near 0, so the unit slows down before it dies.",
        "c": "A bias of 0.01 keeps it from dying.",
    },
    right="a",
)
CODE = """
import torch
x = torch.randn(100, 2) + 3
w, b = torch.tensor([1.0, -1.0], requires_grad=True), torch.tensor(0.01, requires_grad=True)
for step in range(3):
    activation = torch.relu(x @ w + b)
    gradients = torch.autograd.grad(activation.mean(), [w, b])
    print(f"on for {(activation > 0).float().mean():.0%}, gradient {gradients[0].norm():.3f}")
    w, b = (p - 1.0 * g for p, g in zip([w, b], gradients))
"""


def move() -> None:
    """Put the middle of the cloud where the reader has clicked."""
    for place in st.session_state[key_of(lines)].selection.get(PLACE, []):
        for key, value in {ACROSS: place["x"], UP: place["y"]}.items():
            st.session_state[key] = float(value)  # 1 is not 1.0 in a link


def beside_theory(label: str, form: str, shares: xr.Dataset, help: str | None = None) -> Iterator[Metric]:
    """The share that was measured with each bias, and what theory says of it."""
    rows = zip(shares["bias"].values, shares["measured"].values, shares["expected"].values, strict=True)
    for bias, measured, expected in rows:
        theory = said("theory {share}", share=f"{expected:{form}}")
        yield Metric(said(label, bias=bias), f"{measured:{form}}", help, theory)


ask(GUESS)
first, second = st.columns(2)
with first:
    st.markdown(said("**Cause 1: where the data lie, at the start**"))
    left, middle, right = st.columns(3)
    centring = "Preprocessing by centring makes it 0, and up too."
    across = choose(left.select_slider, "Cloud, across", PLACES, ACROSS, 2.5, help=centring)
    up = choose(middle.select_slider, "Cloud, up", PLACES, UP, 2.0)
    bias = choose(right.select_slider, "Bias of all units", BIASES, "dead_bias", 0.0)
    units = cloud((across, up), bias, UNITS)
    share = units["share"]
    numbers(
        Metric(said("Dead, of {units:,} units", units=UNITS), f"{share.sel(state='dead').item():.1%}"),
        Metric("By theory", f"{units['expected_dead'].item():.1%}"),
        Metric("On for all points", f"{share.sel(state='on_for_all').item():.1%}"),
    )
    card(lines, units, on_select=move, selection_mode=[PLACE])
with second:
    st.markdown(said("**Cause 2: a step that is too large, in training**"))
    label = "Learning rate, as a share of the killing one"
    killing = "The killing learning rate is computed: from there on, one step leaves the unit off for every point."
    step = blow(units, choose(st.select_slider, label, TIMES, "dead_times", 0.99, help=killing))
    numbers(
        Metric("Killing learning rate", readable(step["killing_rate"].item())),
        Metric("On before the step", f"{step['share'].sel(time='before').item():.0%}"),
        Metric("On after it", f"{step['share'].sel(time='after').item():.0%}"),
    )
    card(one_step, step)
first, second = st.columns(2, vertical_alignment="center")
with first:
    card(biases, with_biases(units, SPREAD), bias)
with second:
    st.markdown(said("**What a bias of {bias} does**", bias=SMALL))
    numbers(*beside_theory("Dead here, bias {bias:g}", ".1%", with_biases(units, FEW)))
    not_0 = "The share of activations that are not 0: 500 units with He's weights, 1,000 samples of N(0, 1) data."
    numbers(*beside_theory("On in a wide layer, bias {bias:g}", ".2%", on_in_a_wide_layer(FEW), not_0))
explain(
    GUESS,
    "There are two ways to die. **At the start**: the farther a cloud lies from the origin, the more lines miss it. "
    "Without a bias, half of those units are on for all points, and half are dead. Centring the data mends it. A bias "
    "of 0.01, as is often advised, hardly moves a line: in a wide layer a unit is on for {on:.1f} % of the samples, "
    "not 50 %. **By a step that is too large**: the slope of ReLU is 1 up to the very edge, so nothing slows a unit "
    "down, and one step beyond its last point leaves it without a gradient. What still moves it then, and what cures "
    "it, is in the lessons that follow.",
    on=100 * on_in_a_wide_layer(FEW)["expected"].sel(bias=SMALL).item(),
)
code(CODE)
onward(
    Config(dataset="star_cloud", preprocessing="none", depth=1, width=64, bias_init=bias, learning_rate=1.0, steps=300)
)
