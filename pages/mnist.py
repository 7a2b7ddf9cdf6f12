"""Lesson: What do the MNIST notebooks reach, and which two slips do their figures hide?"""

TITLE = "MNIST: softmax and a neural net"
ICON = ":material/looks_5:"
ORDER = 300

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace
from functools import partial

import streamlit as st

from core import Config
from core.charts import charts
from core.charts.experiments.mnist import KINDS, accuracies_frame, accuracies_spec, gradients_frame, gradients_spec
from core.words.numbers import readable
from core.experiments.mnist import (
    IMAGES,
    LAYERS,
    UNITS,
    Training,
    forward,
    length_in_words,
    start_in_words,
    to_train,
    trained,
    training_in_words,
    waiting,
)
from core.experiments.published import NOTEBOOKS, NOTEBOOKS_AT
from ui.jobs import Words, controls, slot, watch
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, part, picture
from ui.show import card, is_dark

NETWORKS = {notebook.name: notebook for notebook in NOTEBOOKS}
STEPS = [200, 600, 1200, 3000, 9000]
WORDS = Words(
    "Train this network",
    "Stop training",
    "This is another network, or another length, than the one that was trained last.",
    "Start over",
)
GUESS = Guess(
    "A network learned from pixels between 0 and 1. Its notebook tests it on pixels from 0 to 255. Which one suffers?",
    {
        "a": "All of them: the answers are no better than guessing.",
        "b": "Those with SELU or batch norm; with ReLU one hardly sees it.",
        "c": "None: only the order of the outputs counts.",
    },
    right="b",
)
CODE = """
import sklearn.datasets, torch
x, y = map(torch.tensor, sklearn.datasets.load_digits(return_X_y=True))
for phi in (torch.nn.ReLU(), torch.nn.SELU()):
    net = torch.nn.Sequential(torch.nn.Linear(64, 256), phi, torch.nn.Linear(256, 256), phi, torch.nn.Linear(256, 10))
    optimizer = torch.optim.Adam(net.parameters(), lr=0.001)
    for step in range(200):
        loss = torch.nn.functional.cross_entropy(net(x[:1400].float() / 16), y[:1400])  # softmax is in it
        optimizer.zero_grad(), loss.backward(), optimizer.step()
    print(phi, [(net(x[1400:].float() / by).argmax(1) == y[1400:]).float().mean().item() for by in (16, 1)])
"""


def run(training: Training) -> None:
    """The loss of the network that is being trained."""
    if training.recording is not None:
        card(charts["loss"], training.recording)
        st.caption(start_in_words(training.recording))


ask(GUESS)
st.markdown(
    f"The notebooks are those of lab 09 of [Deep learning zero to all]({NOTEBOOKS_AT}), a public course in PyTorch "
    "that the lecture “PyTorch 09-1 ReLU” sums up. Choose one of their networks, train it here, and compare."
)
left, right = st.columns(2)
name = choose(
    left.selectbox,
    "Network",
    NETWORKS,
    "mnist_network",
    "256-256, Xavier",
    help="As in the notebooks, but the deep one uses all its layers, SELU comes without its dropout, and most biases "
    "start at 0.",
)
steps = choose(right.segmented_control, "Steps", STEPS, "mnist_steps", 600, required=True)
notebook = NETWORKS[name]
config = to_train(notebook, steps)
place = slot("mnist")
job, _, state = place.look()
tested = job.newest.tested if job is not None and job.newest is not None else ()
controls(place, state, config, partial(trained, name, config, tested), WORDS, known=waiting(config, tested))
if config.dataset != "mnist":
    st.caption(
        ":material/info: There is no MNIST on this machine, so these networks learn the small digits of scikit-learn: "
        "8×8 pixels, from 0 to 16 in the file. What is printed is of MNIST all the same."
    )
st.caption(length_in_words(config, notebook))
left, right = st.columns(2)
with left:
    picture(
        "What the notebooks print, and what comes out here",
        "Left is good. Diamonds are printed; each network that you train adds two marks, and what it was trained on: "
        "raw pixels are those of the file, as large as they lie there.",
        accuracies_frame(tested),
        accuracies_spec(dark=is_dark()),
        "The share of wrong answers of eight networks, as printed and as measured here, on a logarithmic axis.",
        height=380,
    )
with right:
    if job is not None and state is not None:
        watch(job, state, config, run)
    for one in tested[-1:]:
        st.markdown(f"**Accuracy of {one.name}**")
        numbers = st.container(horizontal=True, border=True)
        accuracies = f"{NETWORKS[one.name].accuracy:g}", f"{one.scaled:.4f}", f"{one.raw:.4f}"
        for kind, accuracy in zip(KINDS, accuracies, strict=True):
            numbers.metric(kind.capitalize(), accuracy)
        st.caption(
            "The share of right answers on held-out samples; the chart shows the others, the wrong ones. Printed: "
            f"{training_in_words(NETWORKS[one.name].config)}. Ours: {one.training}. Raw pixels go from 0 to "
            f"{one.largest}."
        )
    if job is None:
        st.caption("Train a network to see its loss, and its accuracy on both kinds of pixels.")
st.markdown("**Layers that nobody uses**")


def layers_used() -> None:
    """How far the forward pass of the deep notebook goes."""
    used = choose(
        st.select_slider,
        "Layers in the forward pass",
        [*range(1, LAYERS + 1)],
        "mnist_layers",
        3,
        help=f"The deep notebook makes {LAYERS} layers. Its forward pass went through 3 when its figure was printed.",
    )
    seen = forward(used)
    left, right = st.columns([3, 2])
    with left:
        picture(
            "Which layers get a gradient",
            seen.in_words(),
            gradients_frame(seen),
            gradients_spec(dark=is_dark()),
            f"The norm of the gradient of each of {LAYERS} layers, or that there is none.",
        )
    with right:
        st.metric("Outputs, for 10 classes", f"{seen.outputs}")
        st.metric("Parameters that learn", f"{seen.learning:,} of {seen.parameters:,}")
        st.metric(
            "Loss before training",
            readable(seen.loss),
            f"guessing among {seen.outputs}: {readable(seen.guess)}",
            delta_color="off",
            delta_arrow="off",
        )
        st.caption(f"{LAYERS} layers, {UNITS} units wide, on {IMAGES} of the small digits.")


part(layers_used)
explain(
    GUESS,
    "A softmax regression is one linear layer; a neural net puts layers of ReLU before it. The last layer has none, "
    "as softmax is part of the cross-entropy. As printed, two hidden layers nearly halve the wrong answers, better "
    "first weights leave a third of those. Two slips go unseen.\n\n"
    "**Pixels**: all notebooks but that of batch norm test on 0 to 255. ReLU answers larger inputs in proportion, so "
    "but for the biases the order of the outputs stays. SELU bends elsewhere and falls; batch norm expects inputs as "
    "it knew them.\n\n"
    "**Layers**: the deep notebook printed 0.9819 with 512 outputs; layers 4 and 5 were not in use (they are since). "
    "The first loss gives it away: ln 512 = 6.24, not ln 10 = 2.30.",
)
code(CODE)
onward(replace(config, snapshots=Config().snapshots))
