"""Lesson: What does batch norm make of the sums of a layer, and what does it not?"""

TITLE = "Batch normalization"
ICON = ":material/equalizer:"
ORDER = 270

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core import Config
from core.charts.experiments.batch_norm import BESIDE, TRIED, USE, beside, company, flat, rates, ridges, told, verdicts
from core.experiments.batch_norm import KINDS, answers, learning_rates, pre_activations, trained, training
from core.sweeps.sweeps import Partial
from core.words.said import said
from ui.controls import choose
from ui.jobs.jobs import Words, controls, slot, watch
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part
from ui.show import card

LEARNED = {"start": "1 and 0", "undone": "σ and μ"}  # of γ and β
SHAPE = {"depth": 10, "width": 100, "features": 100, "samples": 160, "probe_size": 160}
UNDO = (
    "Batch norm multiplies by γ and adds β, learned for each unit. They start at 1 and 0. As large as the spread σ and "
    "the mean μ of the unit's sums, they undo it."
)
OPENS = (
    "The lab opens with batch norm, {data}, {activation}, weight scale {scale:g} and bias {bias:g}, as chosen above. "
    "There γ and β start at 1 and 0."
)
GUESS = Guess(
    "Ten layers start with weights half as large as they should be. Batch norm stands before every activation.",
    {
        "a": "The sums of all layers become normally distributed.",
        "b": "They get mean 0 and spread 1, and keep the shape that they have.",
        "c": "It can only pass on what the weights have made too small.",
    },
    right="b",
)
CODE = """
import torch
torch.manual_seed(0)
z, norm = torch.rand(64, 1) ** 4, torch.nn.BatchNorm1d(1)
for name, x in {"before": z, "after": norm(z).detach()}.items():
    var, mean = torch.var_mean(x, correction=0)
    print(f"{name}: mean {mean:.2f}, variance {var:.2f}, skewness {((x - mean) ** 3).mean() / var**1.5:.2f}")
print(f"kept: 0.9 + 0.1 · {z.var():.4f}, the unbiased variance, is {norm.running_var.item():.4f}")
print("two samples in training:", norm(z[:2]).flatten().tolist())
print("the same two in use:", norm.eval()(z[:2]).flatten().tolist())
"""


def one_sample() -> None:
    """What batch norm answers to one sample, in training and in use."""
    st.markdown(said("**One sample, in many batches**"))
    st.caption(said(USE))
    first, second, third = (column.select_slider for column in st.columns(3))
    size = choose(first, "Batch size", [2, 4, 8, 16, 32, 64, 256], "batch_norm_size", 8)
    scale = choose(second, "Scale γ", [0.5, 1.0, 2.0], "batch_norm_gamma", 1.0, help="Learned. It starts at 1.")
    shift = choose(third, "Shift β", [-1.0, 0.0, 1.0], "batch_norm_beta", 0.0, help="Learned. It starts at 0.")
    found = answers(size, scale, shift)
    numbers(*(Metric(*each) for each in told(found)))
    card(company, found)


def rates_that_train(known: Partial) -> None:
    """What is known of the learning rates that train."""
    found = trained(known.dataset())
    card(rates, found)
    if found.sizes["normalization"]:
        st.table(verdicts(found))


ask(GUESS)
first, second, third = (partial(column.segmented_control, required=True) for column in st.columns(3))
words = "Pictures of digits, or numbers from N(0, 1) on which theory is exact."
data = choose(first, "Data", ("digits", "gaussian"), "batch_norm_data", "digits", help=words)
activation = choose(second, "Activation", ("relu", "tanh"), "batch_norm_activation", "relu")
learned = choose(third, "γ and β", LEARNED, "batch_norm_learned", "start", help=UNDO)
first, second = (column.select_slider for column in st.columns(2))
words = "1 is He's initialization."
scale = choose(first, "Weight scale", [0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 10.0], "batch_norm_scale", 0.5, help=words)
bias = choose(second, "Bias of all units", [-2.0, -1.0, 0.0, 1.0, 2.0], "batch_norm_bias", 0.0)
network = {"dataset": data, "activation": activation, "weight_scale": scale, "bias_init": bias, **SHAPE}
found = [pre_activations(Config(normalization=kind, steps=0, **network), undone=learned == "undone") for kind in KINDS]
for column, untrained in zip(st.columns(len(found)), found, strict=True):
    with column:
        card(ridges, untrained, at=untrained.attrs["kind"])
st.table(beside(*found))
st.caption(said(BESIDE), help=flat(found[0]))
part(one_sample)
st.markdown(said("**Which learning rates train?**"))
configs = learning_rates()
st.caption(said(TRIED, networks=len(configs), **configs.base.to_dict()))
place = slot("batch_norm")
job, _, state = place.look()
controls(place, state, configs, partial(training, configs), Words("Train them", "Stop training them", ""))
if job is not None and state is not None:
    watch(job, state, configs.base, rates_that_train)
digits = pre_activations(Config(dataset="digits", activation="relu", normalization="batch_norm", steps=0, **SHAPE))
explain(
    GUESS,
    "Batch norm gives the sums of every unit mean 0 and variance 1, whatever its weights and bias: none is dead, no "
    "layer fades, tanh hardly saturates. γ and β can take that back. “Normally distributed” says too much: with ReLU "
    "on digits, {tails:.2%} of the last layer's sums lie beyond {spreads:g} spreads, of normal ones {normal:.2%}."
    "\n\nIn training, an answer depends on the rest of the batch, which acts like noise: of two, one gets +1, the "
    "other −1. In use, kept means stand in: only then is it linear."
    "\n\nTen times larger learning rates train. But gradients grow: each layer of ReLU multiplies their square by "
    "about π/(π − 1) = 1.467, so 50 layers explode at the start. In convolutions, a feature map shares one mean.",
    tails=digits["far"].isel(layer=-1).item(),
    **digits.attrs,
)
code(CODE)
st.caption(said(OPENS, data=data, activation=activation, scale=scale, bias=bias))
onward(Config(normalization="batch_norm", learning_rate=1.0, steps=300, **network))
