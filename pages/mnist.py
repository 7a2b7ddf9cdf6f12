"""Lesson: What do the MNIST notebooks reach, and which two slips do their figures hide?"""

TITLE = "MNIST: softmax and a neural net"
ICON = ":material/looks_5:"
ORDER = 300

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace
from functools import partial
from itertools import starmap

import streamlit as st

from core import Config
from core.charts import charts
from core.charts.experiments.mnist.accuracies import ABOUT, DIFFERENCES, NETWORKS, accuracies, figures
from core.charts.experiments.mnist.gradients import SIZES, USED, gradients, learning_words, loss_words
from core.charts.experiments.mnist.trainings import NO_MNIST, length_words, shares_words, start_words
from core.experiments.mnist.forward import IMAGES, LAYERS, UNITS, forward
from core.experiments.mnist.trained import Training, to_train, trained, waiting
from core.experiments.published import NOTEBOOKS, NOTEBOOKS_AT
from core.words.said import said
from ui.controls import choose
from ui.jobs.jobs import Words, controls, slot, watch
from ui.lesson import Guess, Metric, ask, code, explain, numbers, onward, part
from ui.show import card

PRINTED = {notebook.name: notebook for notebook in NOTEBOOKS}
STEPS, ALL_LAYERS = [200, 600, 1200, 3000, 9000], [*range(1, LAYERS + 1)]
CHANGED = "This is another network, or another length, than the one that was trained last."
WORDS = Words("Train this network", "Stop training", CHANGED, "Start over")
GUESS = Guess(
    "A network learned from pixels between 0 and 1. Its notebook tests it on pixels from 0 to 255. Which one suffers?",
    {
        "a": "All of them: the answers are no better than guessing.",
        "b": "Those with SELU or batch norm; with ReLU one hardly sees it.",
        "c": "None: only the order of the outputs counts.",
    },
    right="b",
)
HAPPENED = (
    "A softmax regression is one linear layer; a neural net puts layers of ReLU before it. The last layer has none, "
    "as softmax is part of the cross-entropy. As printed, two hidden layers nearly halve the wrong answers, better "
    "first weights leave a third of those. Two slips go unseen.\n\n"
    "**Pixels**: all notebooks but that of batch norm test on 0 to 255. ReLU answers larger inputs in proportion, so "
    "but for the biases the order of the outputs stays. SELU bends elsewhere and falls; batch norm expects inputs as "
    "it knew them.\n\n"
    "**Layers**: the deep notebook printed {printed} with {outputs} outputs; layers 4 and 5 were not in use (they are "
    "since). The first loss gives it away: ln {outputs} = {nats:.2f}, not ln 10 = 2.30."
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
        st.caption(start_words(training.recording))


ask(GUESS)
st.markdown(said(ABOUT, address=NOTEBOOKS_AT))
left, right = st.columns(2)
name = choose(left.selectbox, "Network", NETWORKS, "mnist_network", "xavier", help=DIFFERENCES)
steps = choose(right.segmented_control, "Steps", STEPS, "mnist_steps", 600, required=True)
config = to_train(PRINTED[name], steps)
place = slot("mnist")
job, _, state = place.look()
tested = job.newest.tested if job is not None and job.newest is not None else ()
controls(place, state, config, partial(trained, name, config, tested), WORDS, known=waiting(config, tested))
if config.dataset != "mnist":
    st.caption(said(NO_MNIST))
st.caption(length_words(config, PRINTED[name].config))
left, right = st.columns(2)
with left:
    card(accuracies, NOTEBOOKS, tested)
with right:
    if job is None or state is None:
        st.caption(said("Train a network to see its loss, and its accuracy on both kinds of pixels."))
    else:
        watch(job, state, config, run)
    for one in tested[-1:]:
        st.markdown(f"**{said('Accuracy of {network}', network=said(NETWORKS[one.name]))}**")
        numbers(*starmap(Metric, figures(PRINTED[one.name], one)))
        st.caption(shares_words(PRINTED[one.name].config, one.config, one.largest))
st.markdown(f"**{said('Layers that nobody uses')}**")


@part
def layers_used() -> None:
    """How far the forward pass of the deep notebook goes."""
    used = choose(st.select_slider, "Layers in the forward pass", ALL_LAYERS, "mnist_layers", 3, help=USED)
    found, (left, right) = forward(used), st.columns([3, 2])
    with left:
        card(gradients, found)
    with right:
        outputs = Metric("Outputs, for 10 classes", f"{found['outputs'].item()}")
        learning = Metric("Parameters that learn", learning_words(found))
        numbers(outputs, learning, Metric("Loss before training", **loss_words(found)))
        st.caption(said(SIZES, layers=LAYERS, units=UNITS, images=IMAGES))


explain(GUESS, HAPPENED, printed=PRINTED["deep"].accuracy, outputs=UNITS, nats=forward(3)["guess"].item())
code(CODE)
onward(replace(config, snapshots=Config().snapshots))
