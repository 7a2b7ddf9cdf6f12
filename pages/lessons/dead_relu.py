"""Lesson: Why are some units dead from the start, and how does a single step kill one?"""

TITLE = "Dead ReLU"
ICON = ":material/skull:"
ORDER = 260

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.experiments.dead_relu import (
    PLACE,
    PLACES,
    biases_frame,
    biases_spec,
    blow_frame,
    blow_spec,
    cloud_frame,
    cloud_spec,
)
from core.experiments.dead_relu import SPREAD, blow, cloud, on_in_a_wide_layer, with_biases
from core.words.numbers import readable
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, key_of, onward, picture
from ui.show import is_dark

UNITS = 1000
HEIGHT = 420
BIASES = [-2.0, -1.0, -0.5, -0.1, 0.0, 0.01, 0.1, 0.5, 1.0, 2.0]
TIMES = [0.5, 0.9, 0.99, 1.01, 1.1, 2.0]
SMALL = 0.01  # the bias that is said to help
LINES = "Each unit is a line"
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
    for place in st.session_state[key_of(LINES)].selection.get(PLACE, []):
        for key, value in {ACROSS: place["x"], UP: place["y"]}.items():
            st.session_state[key] = float(value)  # 1 is not 1.0 in a link


ask(GUESS)
first, second = st.columns(2)
with first:
    st.markdown("**Cause 1: where the data lie, at the start**")
    columns = st.columns(3)
    across = choose(
        columns[0].select_slider,
        "Cloud, across",
        PLACES,
        ACROSS,
        2.5,
        help="Preprocessing by centring makes it 0, and up too.",
    )
    up = choose(columns[1].select_slider, "Cloud, up", PLACES, UP, 2.0)
    bias = choose(columns[2].select_slider, "Bias of all units", BIASES, "dead_bias", 0.0)
    units = cloud((across, up), bias, UNITS)
    numbers = st.container(horizontal=True)
    numbers.metric(f"Dead, of {UNITS:,} units", f"{units.shares[2]:.1%}")
    numbers.metric("By theory", f"{units.expected_dead:.1%}")
    numbers.metric("On for all points", f"{units.shares[1]:.1%}")
    picture(
        LINES,
        "Off on one side of its line, on where the short stroke points; dead if no point is there. "
        "A click moves the cloud, as the sliders do.",
        cloud_frame(units),
        cloud_spec(dark=is_dark()),
        "A cloud of points in the plane, and the lines of some units, by whether they are on for some, all, or none.",
        HEIGHT,
        on_select=move,
        selection_mode=[PLACE],
    )
with second:
    st.markdown("**Cause 2: a step that is too large, in training**")
    times = choose(
        st.select_slider,
        "Learning rate, as a share of the killing one",
        TIMES,
        "dead_times",
        0.99,
        help="The killing learning rate is computed: from there on, one step leaves the unit off for every point.",
    )
    hit = blow(units, times)
    numbers = st.container(horizontal=True)
    numbers.metric("Killing learning rate", readable(hit.killing_rate))
    numbers.metric("On before the step", f"{hit.shares[0]:.0%}")
    numbers.metric("On after it", f"{hit.shares[1]:.0%}")
    picture(
        "One unit, before and after one step",
        "Right of the line it is on. At 0.99× some point is left that can bring it back; at 1.01× there is none.",
        blow_frame(hit),
        blow_spec(dark=is_dark()),
        "The pre-activations of one unit at all points, before and after a single step of gradient descent.",
        HEIGHT,
    )
first, second = st.columns(2, vertical_alignment="center")
with first:
    picture(
        "What a bias does",
        "0.01 is hardly more than 0. A bias saves many units only where it is as large as z. Dotted is theory.",
        biases_frame(with_biases(units, SPREAD), bias),
        biases_spec(dark=is_dark()),
        "The share of dead units over the bias that all units share, on this cloud.",
    )
with second:
    st.markdown(f"**What a bias of {SMALL} does**")
    few = with_biases(units, (0.0, SMALL))
    numbers = st.container(horizontal=True)
    for value, measured, expected in zip(few.biases, few.measured, few.expected, strict=True):
        numbers.metric(
            f"Dead here, bias {value:g}",
            f"{measured:.1%}",
            f"theory {expected:.1%}",
            delta_color="off",
            delta_arrow="off",
        )
    numbers = st.container(horizontal=True)
    for value in few.biases:
        measured, expected = on_in_a_wide_layer(value)
        numbers.metric(
            f"On in a wide layer, bias {value:g}",
            f"{measured:.2%}",
            f"theory {expected:.2%}",
            delta_color="off",
            delta_arrow="off",
            help="The share of activations that are not 0: 500 units with He's weights, 1,000 samples of N(0, 1) data.",
        )
explain(
    GUESS,
    "There are two ways to die. **At the start**: the farther a cloud lies from the origin, the more lines miss it. "
    "Without a bias, half of those units are on for all points, and half are dead. Centring the data mends it. A bias "
    "of 0.01, as is often advised, hardly moves a line: in a wide layer a unit is on for 50.3 % of the samples, not "
    "50 %. **By a step that is too large**: the slope of ReLU is 1 up to the very edge, so nothing slows a unit down, "
    "and one step beyond its last point leaves it without a gradient. What still moves it then, and what cures it, is "
    "in the lessons that follow.",
)
code(CODE)
onward(
    Config(dataset="star_cloud", preprocessing="none", depth=1, width=64, bias_init=bias, learning_rate=1.0, steps=300),
)
