"""Lesson: What can still move a ReLU unit that is dead, and can it come back to life?"""

TITLE = "After death"
ICON = ":material/autorenew:"
ORDER = 264

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core.experiments.after_death import MOMENTUM, RULES, TWO_LAYERS, WATCHED, death, returns
from core.charts.experiments.after_death import (
    LAYERS,
    drift_frame,
    drift_spec,
    dying_frame,
    dying_spec,
    returns_frame,
    returns_spec,
)
from core.words.numbers import readable
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture
from ui.show import is_dark

RATES = [0.01, 0.03, 0.1, 0.3, 1.0]
OF_NETWORK = [0.03, 0.1, 0.3, 1.0]
GUESS = Guess(
    "A ReLU unit is dead: it is off for all data, and its gradient is exactly 0. What can still move its weights?",
    {
        "a": "Nothing. A dead unit is never updated again.",
        "b": "Plain gradient descent cannot. What an optimizer remembers can, and weight decay as well.",
        "c": "Any optimizer: the loss pulls it back before long.",
    },
    right="b",
)
CODE = """
import torch
x = torch.rand(100, 2) + 1
for make in (torch.optim.SGD, torch.optim.Adam):
    w = torch.nn.Parameter(torch.tensor([0.2, 0.1]))
    optimizer = make([w], lr=1.0)
    for step in range(4):
        w.grad, *_ = torch.autograd.grad(torch.relu(x @ w).mean(), [w])
        optimizer.step()
        print(make.__name__, "gradient", w.grad.norm().item(), "weights", w.tolist())
"""

ask(GUESS)


def one_unit() -> None:
    """One unit dies under each optimizer, and is moved on."""
    rate = choose(st.select_slider, "Learning rate of the unit", RATES, "after_rate", 0.1)
    deaths = [death(rule, rate) for rule in RULES]
    numbers = st.container(horizontal=True)
    for one in deaths:
        numbers.metric(
            one.rule,
            f"{readable(one.moved[-1])} lr" if one.moved[-1] else "exactly 0",
            f"theory {one.expected[-1]:.3g} lr, died at step {one.died}",
            delta_color="off",
            delta_arrow="off",
            help=f"How far the parameter that moves most has come in the {WATCHED} steps since its death, "
            "in learning rates (lr).",
        )
    first, second = st.columns(2)
    with first:
        picture(
            "One unit dies under four optimizers",
            "The loss wants its activations smaller. A mark on the floor is its death: off for all points.",
            dying_frame(deaths),
            dying_spec(dark=is_dark()),
            "The share of points that the unit is on for, step by step until its death, for four optimizers.",
        )
    with second:
        picture(
            "And moves on",
            "Crosses on the floor are exactly 0: plain gradient descent stands still. Dotted is theory.",
            drift_frame(deaths),
            drift_spec(dark=is_dark()),
            "How far the dead unit has moved since, in learning rates, on a logarithmic axis, for four optimizers.",
        )


part(one_unit)
first, second = st.columns(2, vertical_alignment="center")
with first:
    rule = choose(st.segmented_control, "Optimizer of the network", RULES, "after_rule", "SGD", required=True)
    pace = choose(st.select_slider, "Learning rate of the network", OF_NETWORK, "after_pace", 1.0)
    network = returns(rule, pace)
    numbers = st.container(horizontal=True)
    for layer, back in zip(LAYERS, network.returned.sum(0), strict=True):
        numbers.metric(
            f"Came back, {layer}", int(back), help="How often a unit that was dead is on again for some point."
        )
    st.caption(
        f"Two layers of {TWO_LAYERS.width} units, trained at each step on all {TWO_LAYERS.samples} points of two moons."
        " Dead is off for all of them."
    )
with second:
    picture(
        "A whole network",
        "A triangle is a step at which dead units came back. With SGD that is never in layer 1.",
        returns_frame(network),
        returns_spec(dark=is_dark()),
        "The number of dead units in both layers over the steps, with marks where some came back to life.",
    )
explain(
    GUESS,
    "“A dead unit is never updated” is true of **plain gradient descent**, to the last bit. **Momentum** goes on "
    f"with what it remembers: lr · μ/(1 − μ), here {MOMENTUM / (1 - MOMENTUM):.0f} lr, times its last velocity. "
    "**Adam** drifts by 5 to 9 lr, and by less where the gradient had faded before. Both carry the unit here "
    "farther off; in a network some come back. **Weight decay** shrinks it: every z moves towards 0 and none "
    "crosses it. What wakes a dead unit is often none of these but **the layer before it**: the inputs of layer 2 "
    "move, so some of its dead units come back, even under plain SGD. The inputs of layer 1 are the data, which "
    "never move.",
)
code(CODE)
onward(replace(TWO_LAYERS, learning_rate=pace, **RULES[rule].settings))
