"""Lesson: What is worth a look before a long training, and how is a learning rate found?"""

TITLE = "Babysitting the learning"
ICON = ":material/child_care:"
ORDER = 310

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core import Config
from core.charts.experiments.babysitting import rates as drawn
from core.charts.experiments.babysitting.generalization import train_against_validation
from core.charts.experiments.babysitting.sanity import by_heart as by_heart_drawn
from core.charts.experiments.babysitting.sanity import first_loss
from core.experiments.babysitting import generalization
from core.experiments.babysitting.rates import LENGTHS, NETWORK, OPTIMIZERS, SCALES, range_test
from core.experiments.babysitting.sanity import COUNTS, by_heart, first_losses
from core.words.said import said
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, open_in_lab, part
from ui.show import card, cards

DECAYS = [0.0, 0.001, 0.01, 0.1, 1.0]
L2 = "Regularization adds λ/2 times the sum of all squared parameters to the loss: the L2 term."
HEART = "To be learned by heart, without weight decay."
GUESS = Guess(
    "Twenty samples of noise have labels that mean nothing, ten different ones. A network of 64 units is trained on "
    "them. How many does it get right in the end?",
    {
        "a": "About 2, as anybody who guesses: there is nothing to learn.",
        "b": "About half of them.",
        "c": "All 20: it learns them by heart.",
    },
    right="c",
)
CODE = """
import torch
torch.manual_seed(0)
x, y = torch.randn(20, 64), torch.randint(10, (20,))
model = torch.nn.Sequential(torch.nn.Linear(64, 64), torch.nn.ReLU(), torch.nn.Linear(64, 10))
for step in range(20):
    loss = torch.nn.functional.cross_entropy(model(x), y)
    print(f"loss {loss:.4f}, right {(model(x).argmax(1) == y).float().mean():.0%}")
    for weight, gradient in zip(model.parameters(), torch.autograd.grad(loss, [*model.parameters()])):
        weight.data -= 1.0 * gradient
"""

ask(GUESS)


@part
def before() -> None:
    """What costs seconds before a long training."""
    first, second = st.columns(2)
    with first:
        decay = choose(st.select_slider, "Weight decay, λ", DECAYS, "babysitting_decay", 0.0, help=L2)
        card(first_loss, first_losses(), decay)
    with second:
        count = choose(st.select_slider, "Samples", COUNTS, "babysitting_samples", 20, help=HEART)
        card(by_heart_drawn, by_heart(count))


@part
def rates() -> None:
    """A run for each learning rate."""
    left, middle, right = st.columns(3)
    draw = left.segmented_control
    optimizer = choose(draw, "Optimizer", OPTIMIZERS, "babysitting_optimizer", "momentum", required=True)
    scale = choose(middle.select_slider, "Weight scale", SCALES, "babysitting_scale", 0.1)
    steps = choose(right.select_slider, "Steps of each run", LENGTHS, "babysitting_steps", 60)
    config = replace(NETWORK, optimizer=optimizer, weight_scale=scale, steps=steps)
    test = range_test(config)
    cards((drawn.losses, test), (drawn.ratios, test))
    st.table(drawn.table(test))
    words = "Loss and share of right answers on {samples:,} training samples before and after five of these runs."
    told = [said(words, samples=NETWORK.samples), drawn.whether_more_are_right(test), drawn.huge_but_right(test)]
    st.caption(" ".join(told))
    best = replace(config, learning_rate=test["best"].item(), probe_size=200, snapshots=Config().snapshots)
    open_in_lab("Open the best run in the lab", best, said("The best run of the range test."))


@part
def against() -> None:
    """Both losses over the steps, with few samples and with many."""
    (left, right), few, rates = st.columns(2), generalization.FEW, generalization.RATES
    count = choose(left.select_slider, "Few samples", few, "babysitting_few", few[0])
    rate = choose(right.select_slider, "Learning rate", rates, "babysitting_rate", rates[-1])
    samples = {"few": count, "many": generalization.MANY}
    for column, which in zip(st.columns(2), samples, strict=True):
        with column:
            card(train_against_validation, generalization.curves(samples[which], rate), which, at=which)
    words = (
        "Means of {networks} networks, trained by Adam. Each is tried on {held_out} digits that it never learns from. "
        "The shaded gap is said to open where it grows by more than {open:g}. The diamond is the lowest loss on "
        "held-out samples: no later step does better on them."
    )
    held_out, networks = generalization.HELD_OUT, len(generalization.SEEDS)
    st.caption(said(words, networks=networks, held_out=held_out, open=generalization.OPEN))


explain(
    GUESS,
    "Small weights give all C classes equal chances, so the first loss is **ln C**, 2.303 for ten; large ones bet at "
    "random and lose more, and regularization adds its term.\n\n"
    "A network that learns 20 samples by heart works, says the lecture: gradients arrive, steps are taken. That there "
    "is something to learn it does not show, as noise goes as well; held-out samples do. Trained on few samples, a "
    "network leaves them behind; trained on many, it takes them along.\n\n"
    "At a rate of 1e-6 hardly anything happens. At 1e6 descent ends as NaN; Adam, whose steps do not grow with "
    "the gradient, as a huge loss. The best rates change more than 0.001 of the weights in a step: a rough guide.",
)
code(CODE)
onward(replace(NETWORK, optimizer="momentum", learning_rate=0.1, steps=500, probe_size=200, snapshots=60))
