"""Lesson: How large should the first weights be?"""

TITLE = "Initialization"
ICON = ":material/casino:"
ORDER = 250

from ui.frame import inside_frame

inside_frame()

from math import isnan

import streamlit as st

from core import Config, record
from core.charts import charts
from core.charts.experiments.initialization import (
    alike_frame,
    alike_spec,
    slide_frame,
    slide_spec,
    units_frame,
    units_spec,
)
from core.experiments.initialization import SHOWN, STEPS, alike, trained
from core.words.numbers import readable
from core.experiments.published import printed
from core.measuring import Recording
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, picture
from ui.show import card, is_dark

DRAWN = {
    "0.01 · N(0, 1)": {"initializer": "normal", "weight_scale": 1.0},
    "N(0, 0.02²)": {"initializer": "normal", "weight_scale": 2.0},
    "1.0 · N(0, 1)": {"initializer": "normal", "weight_scale": 100.0},
    "N(0, 1) / √n": {"initializer": "lecun_normal"},
    "N(0, 1) · √(2/n)": {"initializer": "he_normal"},
    "all 0": {"initializer": "zeros"},
    "all 0.1": {"initializer": "constant"},
    "|N(0, 0.02²)|, all positive": {"initializer": "positive"},
    "PyTorch's default": {"initializer": "pytorch_default"},
    "LSUV, which looks at data": {"initializer": "lsuv"},
}
NOTES = {
    "N(0, 0.02²)": "A lecture gives these as small positive numbers that keep ReLUs from dying. Half of them are "
    "negative, as “Copies” counts, and that is well: see what happens to those that are all positive.",
    "1.0 · N(0, 1)": "“With W = 1 it explodes”, says a lecture. With tanh the activations cannot: they saturate near "
    "±1, and it is the gradients that explode. With ReLU the signal does.",
    "N(0, 1) / √n": "A lecture calls this Xavier. Dividing by √n is LeCun’s rule; Xavier’s variance is "
    "2/(n_in + n_out). Between layers of one width, as here, the two are the same.",
    "N(0, 1) · √(2/n)": "Dividing by √(n/2) is the same thing. The lecture’s reason is right: ReLU zeroes half of its "
    "inputs, so the weights need twice the variance.",
    "all 0": "“W = 0: the neurons die” is half right, as the lecture says itself: all units do the same. And as every "
    "activation and every weight is 0, no gradient reaches a weight, so none ever moves.",
    "all 0.1": "Equal but not 0: in the small network of “Copies” such weights learn, all in the same way, so a layer "
    "remains one unit. Ten layers of 500 saturate or explode from the start.",
    "|N(0, 0.02²)|, all positive": "A lecture recommends positive weights, so that no ReLU dies. None does; but the "
    "units become copies in what they say, and from layer 2 on the signal of ReLUs grows eightfold a layer.",
}
VIEWS = ("Signal", "Copies", "Beside the slides")
ACTIVATIONS = ("tanh", "relu")
SMALL = {"dataset": "digits", "samples": 300, "depth": 2, "width": 32}  # the network that “Copies” trains
GUESS = Guess(
    "Ten layers of 500 tanh units start with small weights, 0.01 · N(0, 1), so that nothing can go wrong.",
    {
        "a": "Small weights are safe: every layer gets a signal that it can learn from.",
        "b": "The signal fades from layer to layer, and nothing is left at the end.",
        "c": "The signal grows from layer to layer.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
signal = torch.randn(1000, 500)
for layer in range(10):
    signal = torch.tanh(signal @ (0.01 * torch.randn(500, 500)))
    print(f"layer {layer + 1}: std {signal.std(correction=0):.6f}")
"""


def signal(recording: Recording) -> None:
    """What the weights make of the signal."""
    for column, name in zip(st.columns(2), ("distribution", "spread"), strict=True):
        with column:
            card(charts[name], recording)


def copies(config: Config) -> None:
    """Whether the units of a layer differ, before and after training."""
    start, after = alike(config), trained(Config(**{**config.to_dict(), **SMALL}))
    last = start.correlation[-1]
    moves = (
        f"the weight that moved most did so by {after.moved:.2g}"
        if after.moved
        else "no weight has moved at all, only the biases of the output"
    )
    numbers = st.columns(4)
    numbers[0].metric("Correlation, last layer", "none varies" if isnan(last) else f"{last:z.3f}")
    numbers[1].metric("Different units, last layer", f"{start.different[-1]} of {config.width}")
    numbers[2].metric("Negative weights, last layer", f"{start.negative[-1]:.1%}")
    numbers[3].metric(
        "Different after training", f"{after.different[1]} of {SMALL['width']}", help="Of the small network."
    )
    first, second = st.columns(2)
    with first:
        picture(
            "Do two units of a layer agree?",
            "At 1 all units of a layer say the same, at 0 they have nothing in common. A cross: no unit varies at all.",
            alike_frame(start),
            alike_spec(dark=is_dark()),
            "The mean correlation of two units of each hidden layer of the untrained network.",
        )
    with second:
        picture(
            "Do they part when they are trained?",
            f"A line is one weight of one of {SMALL['width']} units of a small network. Copies draw a single line. "
            f"After {STEPS} steps W has rank {after.rank}, the loss went from {readable(after.loss[0])} to "
            f"{readable(after.loss[-1])}, and {moves}.",
            units_frame(after),
            units_spec(dark=is_dark()),
            f"A weight of each unit of hidden layer {SHOWN} over {STEPS} steps of gradient descent on digits.",
        )


def slides(recording: Recording) -> None:
    """What the slides of cs231n print, and what is flat or dead here."""
    slide = printed(recording.config)
    measured = recording.variables[slide.statistic if slide else "activation_std"]
    flat = recording.variables["saturated_fraction"].values[0, -1]
    numbers = st.columns(3)
    numbers[0].metric("This network, last layer", readable(measured.values[0, -1]), help=f"{measured.label}.")
    numbers[1].metric("The slide, last layer", f"{slide.numbers[-1]:g}" if slide else "not printed")
    numbers[2].metric("Saturated, last layer", f"{flat:.1%}", help="Activations where φ′ is below 5 % of its largest.")
    first, second = st.columns(2)
    with first:
        picture(
            "Ours beside the slide",
            slide.words if slide else "The slides of cs231n print nothing of these weights with this activation.",
            slide_frame(measured.values[0], slide.numbers if slide else ()),
            slide_spec(measured.label, dark=is_dark()),
            f"{measured.label} of each layer of this network, and what a slide prints, on a logarithmic axis.",
        )
    with second:
        card(charts["shares"], recording)


ask(GUESS)
left, right = st.columns([2, 1])
draw = choose(left.selectbox, "First weights", DRAWN, "initialization_draw", next(iter(DRAWN)))
activation = choose(
    right.segmented_control, "Activation", ACTIVATIONS, "initialization_activation", "tanh", required=True
)
shape = {"dataset": "gaussian", "features": 500, "samples": 1000, "probe_size": 500, "width": 500, "depth": 10}
config = Config(activation=activation, **shape, **DRAWN[draw], steps=0)
view = choose(
    st.segmented_control, "View", VIEWS, "initialization_view", VIEWS[0], label_visibility="collapsed", required=True
)
if draw in NOTES:
    st.info(NOTES[draw], icon=":material/menu_book:")
if view == "Copies":
    copies(config)
elif view == "Beside the slides":
    slides(record(config))
else:
    signal(record(config))
explain(
    GUESS,
    "A unit adds up n inputs, so the spread of its sum is √n times that of a weight. With 0.01 it is 0.22: each layer "
    "passes on a fifth, and the gradient fades just so on its way back. With 1.0 it is 22: tanh is flat nearly "
    "everywhere, and while the activations cannot explode, the gradients do. Dividing by √n is LeCun's rule (Xavier's "
    "variance is 2/(n_in + n_out)) and suits tanh near 0. ReLU drops half of its inputs, so it needs √(2/n), which is "
    "He's. Equal weights make units that are copies of each other for ever, and positive ones a signal that grows.",
)
code(CODE)
onward(config)
