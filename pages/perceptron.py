"""Lesson: What can one unit do, and why does it take a hidden layer to solve XOR?"""

TITLE = "The perceptron and XOR"
ICON = ":material/join_inner:"
ORDER = 210

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.charts.experiments.perceptron import answers
from core.experiments.perceptron import Unit, answered, best_share, product_difference, step_gradient
from core.words.numbers import readable
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import card

VALUES = [value / 4 for value in range(-8, 9)]
GATES = {"and": "AND", "or": "OR", "nand": "NAND", "xor": "XOR"}
LAYERS = {"alone": "One unit alone", "behind": "Behind a hidden layer"}
LINEAR_DEPTH = 10
GUESS = Guess(
    "XOR is 1 where exactly one of two inputs is. A unit adds up its weighted inputs and answers 1 above a threshold.",
    {
        "a": "With the right weights and threshold it answers all four corners of XOR.",
        "b": "Whatever the weights, it gets at most three of the four right.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
x, y = torch.tensor([[0.0, 0], [0, 1], [1, 0], [1, 1]]), torch.tensor([[0.0], [1], [1], [0]])
for net in (torch.nn.Linear(2, 1), torch.nn.Sequential(torch.nn.Linear(2, 4), torch.nn.Tanh(), torch.nn.Linear(4, 1))):
    optimizer = torch.optim.Adam(net.parameters(), lr=0.1)
    for step in range(300):
        loss = torch.nn.functional.binary_cross_entropy_with_logits(net(x), y)
        optimizer.zero_grad(), loss.backward(), optimizer.step()
    print(f"loss {loss:.4f}, answers {(net(x) > 0).int().flatten().tolist()}")
"""


def chosen_unit(*, behind: bool) -> Unit:
    """The unit as it is set."""
    names = ("Weight of OR", "Weight of AND") if behind else ("First weight", "Second weight")
    first, second, third = st.columns(3)
    return Unit(
        choose(first.select_slider, names[0], VALUES, "perceptron_first", 1.0),
        choose(second.select_slider, names[1], VALUES, "perceptron_second", 1.0),
        choose(third.select_slider, "Threshold", VALUES, "perceptron_threshold", 0.5),
        behind,
    )


def figures(unit: Unit, gate: str) -> None:
    """How good the unit is and can be, and why steps are not learned and linear layers of no use."""
    linear = product_difference(LINEAR_DEPTH)
    numbers(
        Metric("Corners that are right", f"{unit.share_right(gate):.0%}"),
        Metric("The best there is, over all weights", f"{best_share(gate, hidden=unit.hidden):.0%}"),
    )
    numbers(
        Metric("Gradient that passes a step", readable(step_gradient())),
        Metric(said("{depth} linear layers, less their product", depth=LINEAR_DEPTH), readable(linear)),
    )
    words = "Measured by autograd in two hidden layers of steps: the slope of a step is 0, so nothing can be learned."
    st.caption(said(words))
    st.caption(said("The largest difference of outputs. Layers without an activation between them are one layer."))


ask(GUESS)
left, right = st.columns(2)
gate = choose(
    left.segmented_control,
    "What is asked for",
    GATES,
    "perceptron_gate",
    "xor",
    required=True,
)
layers = choose(
    right.segmented_control,
    "The unit",
    LAYERS,
    "perceptron_layers",
    "alone",
    required=True,
    help="The hidden layer has two units with steps: one says whether any input is 1 (OR), one whether both are (AND).",
)
unit = chosen_unit(behind=layers == "behind")
left, right = st.columns([3, 2])
with left:
    card(answers, answered(unit, gate))
with right:
    figures(unit, gate)
explain(
    GUESS,
    "A unit divides the plane by a straight line. AND and OR have their ones on one side of it; those of XOR lie on "
    "opposite corners, so three of four is the best there is. Behind a hidden layer the unit sees OR and AND instead, "
    "and there a line does it: weights 1 and −1, threshold 0.5. Nobody has to find these by hand: with a smooth "
    "activation instead of the step, gradient descent finds its own. A step has slope 0, so it gives no gradient. And "
    "without any activation more layers do not help: their product is a single matrix.",
)
code(CODE)
onward(Config(dataset="xor", activation="tanh", depth=1, width=4, learning_rate=0.5, noise=0.1))
