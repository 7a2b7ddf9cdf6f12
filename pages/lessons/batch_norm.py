"""Lesson: What does batch norm make of the sums of a layer, and what does it not?"""

TITLE = "Batch normalization"
ICON = ":material/equalizer:"
ORDER = 270

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core import Config
from core.experiments.batch_norm import (
    BATCHES,
    FAR,
    FAR_IF_NORMAL,
    KINDS,
    SEEDS,
    TRAINED,
    answers,
    beside,
    learning_rates,
    pre_activations,
    trained,
    training,
    verdicts,
)
from core.charts.experiments.batch_norm import (
    answers_frame,
    answers_spec,
    pre_activation_frame,
    pre_activation_spec,
    trained_frame,
    trained_spec,
)
from core.words.numbers import readable
from core.sweeps.sweeps import Partial
from ui.jobs import Words, controls, slot, watch
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture
from ui.show import is_dark

DATA = ("digits", "gaussian")
ACTIVATIONS = ("relu", "tanh")
SCALES = [0.1, 0.3, 0.5, 1.0, 2.0, 3.0, 10.0]
BIASES = [-2.0, -1.0, 0.0, 1.0, 2.0]
SIZES = [2, 4, 8, 16, 32, 64, 256]
GAMMAS = [0.5, 1.0, 2.0]
BETAS = [-1.0, 0.0, 1.0]
START, UNDONE = "1 and 0", "σ and μ"  # of γ and β
SHAPE = {"depth": 10, "width": 100, "features": 100, "samples": 160, "probe_size": 160}
HEIGHT = 420
WORDS = Words("Train them", "Stop training them", "")
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

ask(GUESS)


first, second, third = st.columns(3)
data = choose(
    first.segmented_control,
    "Data",
    DATA,
    "batch_norm_data",
    DATA[0],
    required=True,
    help="Pictures of digits, or numbers from N(0, 1) on which theory is exact.",
)
activation = choose(second.segmented_control, "Activation", ACTIVATIONS, "batch_norm_activation", "relu", required=True)
learned = choose(
    third.segmented_control,
    "γ and β",
    (START, UNDONE),
    "batch_norm_learned",
    START,
    required=True,
    help="Batch norm multiplies by γ and adds β, learned for each unit. They start at 1 and 0. As large as the "
    "spread σ and the mean μ of the unit's sums, they undo it.",
)
first, second = st.columns(2)
scale = choose(
    first.select_slider,
    "Weight scale",
    SCALES,
    "batch_norm_scale",
    0.5,
    help="1 is He's initialization.",
)
bias = choose(second.select_slider, "Bias of all units", BIASES, "batch_norm_bias", 0.0)
network = {"dataset": data, "activation": activation, "weight_scale": scale, "bias_init": bias, **SHAPE}
found = {
    kind: pre_activations(Config(normalization=normalization, steps=0, **network), undone=learned == UNDONE)
    for normalization, kind in KINDS.items()
}
for column, (kind, untrained) in zip(st.columns(len(found)), found.items(), strict=True):
    with column:
        picture(
            f"Sums {kind}",
            "Dashed: the normal curve of mean 0 and spread 1.",
            pre_activation_frame(untrained),
            pre_activation_spec(dark=is_dark()),
            f"Histograms of the sums of {SHAPE['depth']} layers {kind}, under one another, with the normal curve.",
            HEIGHT,
        )
st.table(beside(found))
st.caption(
    "Spread is the standard deviation. Gradient² is the mean square of dL/dz: what a layer multiplies it by on its way "
    "back. Theory starts from the data: with batch norm, where samples are as alike as digits are, the first layers "
    "multiply by a little more.",
    help=found[KINDS["none"]].flat.sentence,
)


def one_sample() -> None:
    """What batch norm answers to one sample, in training and in use."""
    st.markdown("**One sample, in many batches**")
    st.caption(
        "In training, batch norm takes mean and variance from the batch. In use (inference), once training is over, it "
        "takes those that it has kept."
    )
    first, second, third = st.columns(3)
    size = choose(first.select_slider, "Batch size", SIZES, "batch_norm_size", 8)
    scale = choose(second.select_slider, "Scale γ", GAMMAS, "batch_norm_gamma", 1.0, help="Learned. It starts at 1.")
    shift = choose(third.select_slider, "Shift β", BETAS, "batch_norm_beta", 0.0, help="Learned. It starts at 0.")
    found = answers(size, scale, shift)
    numbers = st.container(horizontal=True, border=True)
    quiet = {"delta_color": "off", "delta_arrow": "off"}
    numbers.metric("Answer in use", readable(found.in_use), "whatever the batch", **quiet)
    numbers.metric("Spread in training", readable(found.spread), f"over {BATCHES:,} batches", **quiet)
    numbers.metric(
        "Variance of a batch, ÷ n",
        f"{found.biased:.1%}",
        "of that of all samples",
        **quiet,
        help=f"The mean over {BATCHES:,} batches. Training divides by the root of its batch's own.",
    )
    numbers.metric(
        "Variance that is kept, ÷ (n − 1)",
        f"{found.unbiased:.1%}",
        "of that of all samples",
        **quiet,
        help="The same, unbiased: near 100% for every batch size. A running mean of it is kept for use.",
    )
    picture(
        "The answer depends on the company",
        f"The same sample in batches of {size}, in other company each time. In use its answer is the dashed line.",
        answers_frame(found),
        answers_spec(dark=is_dark()),
        "Histogram of what batch norm answers to one sample in many batches, and a line at its answer in use.",
    )


part(one_sample)


def _rates(known: Partial) -> None:
    """What is known of the learning rates that train."""
    table = trained(known.dataset())
    picture(
        f"Accuracy after {TRAINED.steps} steps",
        f"Each mark is the median of {SEEDS} networks. Triangles: most of them diverged.",
        trained_frame(table),
        trained_spec(dark=is_dark()),
        "Accuracy over the learning rate, of networks with and without batch norm.",
    )
    if len(table):
        st.table(verdicts(table))


st.markdown("**Which learning rates train?**")
configs = learning_rates()
st.caption(
    f"{len(configs)} networks of {TRAINED.depth} layers of {TRAINED.activation} units learn {TRAINED.dataset} from "
    "He's weights and biases of 0, whatever is chosen above, with and without batch norm. It takes some seconds."
)
place = slot("batch_norm")
job, _, state = place.look()
controls(place, state, configs, partial(training, configs), WORDS)
if job is not None and state is not None:
    watch(job, state, configs.base, _rates)
tails = pre_activations(
    Config(dataset="digits", activation="relu", normalization="batch_norm", steps=0, **SHAPE)
).far_in_words
explain(
    GUESS,
    "Batch norm gives the sums of every unit mean 0 and variance 1, whatever its weights and bias: none is dead, no "
    "layer fades, tanh hardly saturates. γ and β can take that back. “Normally distributed” says too much: with "
    f"ReLU on digits, {tails} of the last layer's sums lie beyond {FAR:g} spreads, of normal ones {FAR_IF_NORMAL:.2%}."
    "\n\nIn training, an answer depends on the rest of the batch, which acts like noise: of two, one gets +1, the "
    "other −1. In use, kept means stand in: only then is it linear."
    "\n\nTen times larger learning rates train. But gradients grow: each layer of ReLU multiplies their square by "
    "about π/(π − 1) = 1.467, so 50 layers explode at the start. In convolutions, a feature map shares one mean.",
)
code(CODE)
opened = Config(normalization="batch_norm", learning_rate=1.0, steps=300, **network)
st.caption(
    f"The lab opens with batch norm, {data}, {activation}, weight scale {scale:g} and bias {bias:g}, as chosen above. "
    "There γ and β start at 1 and 0."
)
onward(opened)
