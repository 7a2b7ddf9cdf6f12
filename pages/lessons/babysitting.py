"""Lesson: What is worth a look before a long training, and how is a learning rate found?"""

TITLE = "Babysitting the learning"
ICON = ":material/child_care:"
ORDER = 310

from ui.frame import inside_frame

inside_frame()

from dataclasses import replace

import streamlit as st

from core import Config
from core.charts.experiments.babysitting.generalization import curves_frame, curves_spec
from core.charts.experiments.babysitting.rates import range_frame, range_spec, ratio_frame, ratio_spec
from core.charts.experiments.babysitting.sanity import (
    by_heart_frame,
    by_heart_spec,
    first_loss_frame,
    first_loss_spec,
    in_words,
)
from core.experiments.babysitting.generalization import FEW, HELD_OUT, MANY, OPEN, RATES, SEEDS, curves
from core.experiments.babysitting.rates import LENGTHS, NETWORK, OPTIMIZERS, RATES as TESTED, SCALES, range_test
from core.experiments.babysitting.sanity import COUNTS, by_heart, first_losses
from ui.controls import choose
from ui.lesson import Guess, ask, code, explain, onward, open_in_lab, part, picture
from ui.show import is_dark

DECAYS = [0.0, 0.001, 0.01, 0.1, 1.0]
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


def before() -> None:
    """What costs seconds before a long training."""
    first, second = st.columns(2)
    with first:
        decay = choose(
            st.select_slider,
            "Weight decay, λ",
            DECAYS,
            "babysitting_decay",
            0.0,
            help="Regularization adds λ/2 times the sum of all squared parameters to the loss: the L2 term.",
        )
        found = first_losses()
        picture(
            "The first loss",
            "Dashed is ln C, the loss of equal chances for C classes. Small weights start there. Nats: with natural "
            "logarithms.",
            first_loss_frame(found, decay),
            first_loss_spec(tuple(map(in_words, found)), dark=is_dark()),
            "The loss before training over the weight scale, for data of 2, 3 and 10 classes, with rules at ln C.",
        )
    with second:
        count = choose(
            st.select_slider,
            "Samples",
            COUNTS,
            "babysitting_samples",
            20,
            help="To be learned by heart, without weight decay.",
        )
        learned = by_heart(count)
        picture(
            "Learned by heart",
            f"{'. '.join(f'{one.kind.capitalize()}: {one.in_words()}' for one in learned)}. The noise has labels that "
            "mean nothing.",
            by_heart_frame(learned),
            by_heart_spec(dark=is_dark()),
            f"The share of {count} training samples that is right over the steps, for digits and for noise.",
        )


part(before)


def rates() -> None:
    """A run for each learning rate."""
    left, middle, right = st.columns(3)
    optimizer = choose(
        left.segmented_control, "Optimizer", OPTIMIZERS, "babysitting_optimizer", "momentum", required=True
    )
    scale = choose(middle.select_slider, "Weight scale", SCALES, "babysitting_scale", 0.1)
    steps = choose(right.select_slider, "Steps of each run", LENGTHS, "babysitting_steps", 60)
    config = replace(NETWORK, optimizer=optimizer, weight_scale=scale, steps=steps)
    test = range_test(config)
    first, second = st.columns(2)
    with first:
        picture(
            "A run for each learning rate",
            "The diamond is the best, full triangles diverged, hollow ones are off the axis. Dotted are the first "
            "losses.",
            range_frame(test),
            range_spec(dark=is_dark()),
            "Loss on training and held-out samples after short runs, over their learning rate, on logarithmic axes.",
        )
    with second:
        picture(
            "How far an update moves the weights",
            "The update : weight ratio, the median of each run. Dashed is 0.001, which is said to be usual; the "
            "diamond is again the best rate.",
            ratio_frame(test),
            ratio_spec(dark=is_dark()),
            "The update : weight ratio of the hidden layer over the learning rate, on logarithmic axes.",
        )
    st.table(test.table())
    st.caption(
        f"Loss and share of right answers on {NETWORK.samples:,} training samples before and after five of these runs. "
        f"{test.in_words()} {test.huge_in_words()}"
    )
    best = replace(config, learning_rate=TESTED[test.best], probe_size=200, snapshots=Config().snapshots)
    open_in_lab("Open the best run in the lab", best, "The best run of the range test.")


part(rates)


def against() -> None:
    """Both losses over the steps, with few samples and with many."""
    left, right = st.columns(2)
    count = choose(left.select_slider, "Few samples", FEW, "babysitting_few", FEW[0])
    rate = choose(right.select_slider, "Learning rate", RATES, "babysitting_rate", RATES[-1])
    for column, which, samples in zip(st.columns(2), ("few", "many"), (count, MANY), strict=True):
        found = curves(samples, rate)
        with column:
            picture(
                f"Train against validation: {which} samples",
                f"{samples:,} digits to learn from. {found.in_words()}",
                curves_frame(found),
                curves_spec(dark=is_dark()),
                f"The loss on training and on held-out samples over the steps, with {samples:,} training samples.",
            )
    st.caption(
        f"Means of {len(SEEDS)} networks, trained by Adam. Each is tried on {HELD_OUT} digits that it never learns "
        f"from. The shaded gap is said to open where it grows by more than {OPEN:g}. The diamond is the lowest loss on "
        "held-out samples: no later step does better on them."
    )


part(against)
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
