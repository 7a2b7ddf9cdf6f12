"""Lesson: How large should the first weights be?"""

TITLE = "Initialization"
ICON = ":material/casino:"
ORDER = 250
SECTION = "Learn"

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config, record
from core.published import beside
from ui.kept import kept
from ui.lesson import Guess, ask, code, explain, onward
from ui.show import card, show

DRAWN = {
    "0.01 · N(0, 1)": {"initializer": "normal", "weight_scale": 1.0},
    "1.0 · N(0, 1)": {"initializer": "normal", "weight_scale": 100.0},
    "N(0, 1) / √n": {"initializer": "lecun_normal"},
    "N(0, 1) · √(2/n)": {"initializer": "he_normal"},
    "all 0": {"initializer": "zeros"},
    "all 0.1": {"initializer": "constant"},
    "|N(0, 0.02)|, all positive": {"initializer": "positive"},
    "PyTorch's default": {"initializer": "pytorch_default"},
    "LSUV, which looks at data": {"initializer": "lsuv"},
}
ACTIVATIONS = ("tanh", "relu")
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

ask(TITLE, GUESS)
left, right = st.columns([2, 1])
draw = left.selectbox("First weights", list(DRAWN), key=kept("initialization_draw", DRAWN, next(iter(DRAWN))))
activation = right.segmented_control(
    "Activation", ACTIVATIONS, key=kept("initialization_activation", ACTIVATIONS, "tanh"), required=True
)
shape = {"dataset": "gaussian", "features": 500, "samples": 1000, "probe_size": 500, "width": 500, "depth": 10}
config = Config(activation=activation, **shape, **DRAWN[draw], steps=0)
recording = record(config)
for column, name in zip(st.columns(2), ("distribution", "spread"), strict=True):
    with column:
        show(card(name, recording), name, recording)
printed = beside(recording)
if printed is not None:
    st.dataframe(printed, hide_index=True)
    st.caption("What the slides of cs231n print for these weights, beside this network.")
explain(
    TITLE,
    GUESS,
    "A unit adds up n inputs, so the spread of its sum is √n times that of a weight. With 0.01 it is 0.22: each layer "
    "passes on a fifth, and the gradient fades just so on its way back. With 1.0 it is 22: tanh is flat nearly "
    "everywhere, and while the activations cannot explode, the gradients do. Dividing by √n is LeCun's rule (Xavier's "
    "variance is 2/(n_in + n_out)) and suits tanh near 0. ReLU drops half of its inputs, so it needs √(2/n), which is "
    "He's. Equal weights make units that are copies of each other for ever, and positive ones a signal that grows.",
)
code(CODE)
onward(TITLE, config)
