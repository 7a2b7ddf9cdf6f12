"""Lesson: What can still move a ReLU unit that is dead, and can it come back to life?"""

TITLE = "After death"
ICON = ":material/autorenew:"
ORDER = 264

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st
import xarray as xr

from core.charts.experiments.after_death import LAYER, NAMES, drift, dying, returns
from core.experiments import after_death as experiment
from core.experiments.after_death import MOMENTUM, TWO_LAYERS, WATCHED
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part
from ui.show import card, cards

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


def one_unit() -> None:
    """One unit dies under each optimizer, and is moved on."""
    rate = choose(st.select_slider, "Learning rate of the unit", RATES, "after_rate", 0.1)
    deaths = experiment.deaths(rate)
    numbers(*(how_far(deaths.isel(since=-1).sel(rule=rule)) for rule in NAMES))
    cards((dying, deaths), (drift, deaths))


def how_far(death: xr.Dataset) -> Metric:
    """How far a unit has come since its death, beside theory."""
    moved, expected = death["moved"].item(), death["expected"].item()
    return Metric(
        NAMES[death["rule"].item()],
        said("{moved} lr", moved=readable(moved)) if moved else said("exactly 0"),
        said(
            "How far the parameter that moves most has come in the {steps} steps since its death, "
            "in learning rates (lr).",
            steps=WATCHED,
        ),
        said("theory {expected:.3g} lr, died at step {step}", expected=expected, step=death["died"].item()),
    )


def came_back(layer: int, returned: int) -> Metric:
    """How many units of a layer came back to life."""
    label = said("Came back, {layer}", layer=said(LAYER, layer=layer))
    return Metric(label, f"{returned}", "How often a unit that was dead is on again for some point.")


ask(GUESS)
part(one_unit)
first, second = st.columns(2, vertical_alignment="center")
with first:
    rule = choose(st.segmented_control, "Optimizer of the network", NAMES, "after_rule", "sgd", required=True)
    pace = choose(st.select_slider, "Learning rate of the network", OF_NETWORK, "after_pace", 1.0)
    network = experiment.returns(rule, pace)
    returned = network["returned"].sum("step")
    numbers(*(came_back(layer, returned.sel(layer=layer).item()) for layer in network["layer"].values))
    st.caption(
        said(
            "Two layers of {width} units, trained at each step on all {samples} points of two moons. "
            "Dead is off for all of them.",
            width=TWO_LAYERS.width,
            samples=TWO_LAYERS.samples,
        )
    )
with second:
    card(returns, network)
explain(
    GUESS,
    "“A dead unit is never updated” is true of **plain gradient descent**, to the last bit. **Momentum** goes on "
    "with what it remembers: lr · μ/(1 − μ), here {times:.0f} lr, times its last velocity. "
    "**Adam** drifts by 5 to 9 lr, and by less where the gradient had faded before. Both carry the unit here "
    "farther off; in a network some come back. **Weight decay** shrinks it: every z moves towards 0 and none "
    "crosses it. What wakes a dead unit is often none of these but **the layer before it**: the inputs of layer 2 "
    "move, so some of its dead units come back, even under plain SGD. The inputs of layer 1 are the data, which "
    "never move.",
    times=MOMENTUM / (1 - MOMENTUM),
)
code(CODE)
onward(replace(TWO_LAYERS, learning_rate=pace, **experiment.RULES[rule].settings))
