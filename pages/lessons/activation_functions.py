"""Lesson: Which shapes do activation functions have, and what passes through them?"""

TITLE = "Activation functions"
ICON = ":material/show_chart:"
ORDER = 220

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.choices.activations import activations
from core.charts.experiments.activation_functions import (
    MOST,
    met_slopes_frame,
    output_frame,
    shape_frame,
    shape_spec,
    share_spec,
    slope_frame,
)
from core.experiments.activation_functions.costs import ELEMENTS, cost_table, costs
from core.words.numbers import readable
from core.experiments.activation_functions.passing import SAMPLES, passing
from core.experiments.activation_functions.properties import properties, relu_in_two_ways
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture, several
from ui.show import is_dark

NAMES = [name for name, activation in activations.items() if activation.pieces == 1]
FIRST = ["sigmoid", "tanh", "relu", "leaky_relu"]
MEANS = [-5.0, -3.0, -2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0, 3.0, 5.0]
SPREADS = [0.01, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0, 10.0]
HEIGHT = 360
COSTS = "activation_costs"
FIELDS = Config.fields()
SETTINGS = {  # of activations that have such a setting: the stops of its slider, and where it starts
    "negative_slope": ([0.0, 0.01, 0.03, 0.1, 0.2, 0.3, 0.5, 1.0], 0.01),
    "alpha": ([0.1, 0.3, 0.5, 1.0, 1.5, 2.0, 3.0, 5.0], 1.0),
}
GUESS = Guess(
    "Numbers from N(0, 1) pass through an activation function, and the gradient comes back through it. "
    "Which one leaves the most of it?",
    {
        "a": "Tanh: its slope reaches 1, too, and it is never exactly 0.",
        "b": "ReLU: its slope is 1 for half of the numbers, and 0 for the others.",
        "c": "Sigmoid: it is smooth, and never exactly flat.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
for phi in (torch.sigmoid, torch.tanh, torch.relu):
    z = torch.randn(100_000, requires_grad=True)
    a = phi(z)
    (slope,) = torch.autograd.grad(a.sum(), z)
    print(f"{phi.__name__}: mean {a.mean():.3f}, std {a.std():.3f}, squared slope {slope.square().mean():.3f}")
"""


def measure(configs: list[Config]) -> None:
    """Measure what these activations cost, and keep it for this session."""
    st.session_state[COSTS] = cost_table(costs(configs))


ask(GUESS)


def shapes() -> None:
    """Curves and slopes of some activations, what is known of them, and what they cost."""
    names = tuple(several(NAMES, "activation_shapes", FIRST, MOST))
    settings = {
        name: choose(st.select_slider, FIELDS[name].label, stops, f"activation_{name}", start, help=FIELDS[name].help)
        for name, (stops, start) in SETTINGS.items()
        if any(name in activations.asks_for(activation) for activation in names)
    }
    drawn = [Config(activation=name, **settings) for name in names]
    if drawn:
        first, second = st.columns(2)
        with first:
            picture(
                "What they answer",
                "Where a curve levels off, different inputs get nearly the same answer.",
                shape_frame(drawn),
                shape_spec(names, "Activation a = φ(z)", dark=is_dark()),
                f"φ(z) of {', '.join(names)} over z, drawn over one another.",
                HEIGHT,
            )
        with second:
            picture(
                "Their slopes",
                "The gradient is multiplied by this on its way back. Where it is 0, nothing comes through.",
                slope_frame(drawn),
                shape_spec(names, "Slope φ′(z)", dark=is_dark()),
                f"φ′(z) of {', '.join(names)} over z, drawn over one another.",
                HEIGHT,
            )
        st.dataframe(properties(drawn))
        st.caption(
            "A function saturates on the side on which its slope goes to 0. The last columns are computed in float32: "
            "where a formula has −∞ · 0 or −∞ ÷ ∞ in it, the answer is NaN."
        )
        st.button("Measure the cost here", icon=":material/timer:", on_click=measure, args=(drawn,))
    if COSTS in st.session_state:
        st.dataframe(st.session_state[COSTS])
        st.caption(
            f"For {ELEMENTS:,} numbers of float32 at a time, on the machine that serves this page, when the button was "
            "pressed. In a network, matrix products cost far more than this."
        )


part(shapes)
through = choose(st.selectbox, "Through which one", NAMES, "activation_through", "relu")
config = Config(activation=through)
st.caption(activations.help(through))


def pass_through() -> None:
    """What passes through the chosen activation."""
    left, right = st.columns(2)
    mean = choose(left.select_slider, "Mean of z", MEANS, "activation_mean_in", 0.0)
    spread = choose(
        right.select_slider,
        "Spread of z",
        SPREADS,
        "activation_spread_in",
        1.0,
        help="The standard deviation of the normally distributed pre-activations.",
    )
    passed = passing(config, mean, spread)
    figures = (
        ("Mean of φ(z)", passed.measured.mean, passed.expected.mean),
        ("Standard deviation of φ(z)", passed.measured.std, passed.expected.std),
        ("Mean of φ′(z)²", passed.measured.slope_square, passed.expected.slope_square),
    )
    for column, (name, measured, expected) in zip(st.columns(3), figures, strict=True):
        column.metric(name, readable(measured), f"theory {expected:.6g}", delta_color="off", delta_arrow="off")
    first, second = st.columns(2)
    with first:
        picture(
            "What comes out",
            "A narrow bar with words is a heap: so many of the numbers are exactly this one.",
            output_frame(passed),
            share_spec("Activation a = φ(z)", dark=is_dark()),
            f"Histogram of φ(z) of {through}, for z from N({mean:g}, {spread:g}²).",
        )
    with second:
        picture(
            "What the gradient meets",
            "A heap at 0 is what gets no gradient at all. The axis ends at the largest slope there is.",
            met_slopes_frame(passed),
            share_spec("Slope φ′(z)", dark=is_dark()),
            f"Histogram of φ′(z) of {through}, for z from N({mean:g}, {spread:g}²).",
        )
    st.caption(f"Measured on {SAMPLES:,} numbers. The theory is an integral over the normal distribution.")


part(pass_through)
explain(
    GUESS,
    "On its way back, the gradient is multiplied by the slope φ′. What is left of its square is the mean of φ′²: for "
    "N(0, 1) it is 0.5 with ReLU, 0.464 with tanh, 0.045 with sigmoid, whose slope is at most 1/4. But that depends on "
    "the input: at a spread of 0.5 tanh passes on more than ReLU, and at 5 it is flat nearly everywhere. ReLU has its "
    "price, too: half of its slopes are 0, and its mean is 0.4, so it is not zero-centred. “ReLU is six times faster” "
    "was said of training steps of one network, against tanh; the cost of a single number you can measure above.",
)
st.dataframe(relu_in_two_ways())
st.caption("Two ways to write ReLU, as NumPy computes them here. They differ at −∞, and in the sign of zeros.")
code(CODE)
onward(config)
