"""Lesson: Do all layers of a network learn at the same speed?"""

TITLE = "Layers that learn at different speeds"
ICON = ":material/speed:"
ORDER = 235

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.charts.experiments.speeds import WHILE_TRAINED, at_start, learning
from core.config import Config
from core.datasets import DataUnavailable
from core.experiments.published import nielsen_printed
from core.experiments.speeds import IMAGES, STEPS, nielsen, speeds, while_trained
from core.words.numbers import readable
from core.words.said import said, why
from ui.controls import choose
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward
from ui.show import card, plain

DEPTHS = range(2, 7)
SCALES = [0.5, 1.0, 1.4, 2.0, 4.0, 8.0]
ACTIVATIONS = ("sigmoid", "tanh", "relu")
TRAINED = "speeds_trained"  # the network whose training is shown
MANY = 100  # from here on, digits behind the point say nothing
DATA = {
    "mnist": "The first {images:,} images of MNIST, as in Nielsen’s book.",
    "digits": "MNIST is not on this machine, so these are the first {images:,} of the small built-in digits. Nielsen "
    "used MNIST, and so do his figures.",
}
GUESS = Guess(
    "Four hidden layers of sigmoids have random weights. The longer the gradient of a layer, the faster it learns.",
    {
        "a": "The first layer learns fastest, as it is nearest to the data.",
        "b": "All learn at about the same speed.",
        "c": "The last hidden layer learns about a hundred times as fast as the first.",
    },
    right="c",
)
CODE = """
import torch
torch.manual_seed(0)
layers = [module for _ in range(4) for module in (torch.nn.Linear(30, 30), torch.nn.Sigmoid())]
for layer in (linears := layers[::2]):
    torch.nn.init.normal_(layer.weight, std=30**-0.5), torch.nn.init.normal_(layer.bias)
outputs = torch.nn.Sequential(*layers, torch.nn.Linear(30, 10))(torch.rand(1000, 30))
torch.nn.functional.cross_entropy(outputs, torch.arange(1000) % 10).backward()
print([f"{layer.bias.grad.norm():.1e}" for layer in linears])
"""


def times(ratio: float) -> str:
    """A ratio as text: 2,919, or 0.0123."""
    return f"{ratio:,.0f}" if ratio >= MANY else readable(ratio)


def training(network: Config) -> None:
    """How fast the layers learn while the network is trained, as soon as that is asked for."""
    if st.session_state.get(TRAINED) == network:
        card(learning, while_trained(network))
        return
    with st.container(border=True):
        st.markdown(f"**{said(WHILE_TRAINED)}**")
        words, shown = said("Train it for {steps} steps", steps=STEPS), {TRAINED: network}
        st.button(words, icon=":material/play_arrow:", on_click=st.session_state.update, args=(shown,))
        st.caption(said("One of the networks, with all images in each step. It takes a second or two."))


ask(GUESS)
left, middle, right = st.columns(3)
depth = choose(left.slider, "Hidden layers", DEPTHS, "speeds_depth", 4)
scale = choose(
    middle.select_slider,
    "Size of the weights, σ_w",
    SCALES,
    "speeds_scale",
    1.0,
    help="Weights are drawn from N(0, σ_w²/n), where n is the number of inputs of a unit. Biases are from N(0, 1).",
)
activation = choose(right.segmented_control, "Activation", ACTIVATIONS, "speeds_activation", "sigmoid", required=True)
network = nielsen(depth, activation, scale)
try:
    with st.spinner(said("Reading the images …")):
        found = speeds(network)
except DataUnavailable as problem:
    st.error(plain(said(why(problem))), icon=":material/cloud_off:")
    st.stop()
his = nielsen_printed(network)
low, typical, high = map(times, found["ratio"].values.tolist())
count = found.sizes["network"]
numbers(
    Metric("Last ÷ first layer", typical, said("The middle of {networks} networks.", networks=count)),
    Metric("Nine networks of ten", said("{low} to {high}", low=low, high=high)),
    Metric("Nielsen’s network", times(his[-1] / his[0]) if his else said("not printed")),
)
first, second = st.columns(2)
with first:
    card(at_start, found, his)
with second:
    training(network)
st.caption(said(DATA[network.dataset], images=IMAGES))
explain(
    GUESS,
    "The gradient of a layer’s biases is the mean of its errors δ, and on their way back these pass weights and slopes "
    "φ′. With σ_w = 1, each layer of sigmoids keeps about a fifth, so the first of four learns a hundred times "
    "slower than the last. That holds for other random numbers too: Nielsen ran one network of each depth, and all of "
    "his figures lie within our bars. It is no law of depth, though. With σ_w = 8 the layers nearly keep step, and "
    "ReLU units with σ_w = 1.4 do. But a layer that keeps step may still learn badly, if its units saturate.",
)
st.latex(r"\delta_l = \left(W_{l+1}^{\top} \delta_{l+1}\right) \odot \varphi'(z_l)")
st.latex(r"dL/db_l = \mathbb{E}\left[\delta_l\right]")
code(CODE)
st.caption(
    said("The lab starts with biases of 0, ends in a softmax and shows the RMS of dL/dz, so its figures differ.")
)
onward(network)
