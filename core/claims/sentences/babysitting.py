"""Claims about watching a network learn."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.claims.claim import Case, Subject, Train, at_least, at_most, claim
from core.claims.digits import DIGITS, SEEDS, at_end, seeds
from core.claims.lectures import NOTES

PART = "2. CS231n 6강 정리, 5) Babysitting the Learning Process"
SANITY, RATE = NOTES.at(f"{PART}, 4. Sanity check"), NOTES.at(f"{PART}, the last step")
FEW = replace(DIGITS, samples=20, probe_size=20, batch_size=20, steps=300)


@claim(
    "A network that works can learn a few samples by heart.",
    SANITY,
    subject=Subject.BABYSITTING,
    quantity=f"Accuracy on the 20 training samples, median of {SEEDS} seeds",
    why="Networks that are broken in one way or another cannot. It is a test of the network and of its training, not "
    "of the data: labels that are wrong are learned by heart as well.",
)
def learns_by_heart(train: Train) -> Iterator[Case]:
    """20 digits, two hidden layers of 64 ReLUs, 300 steps of SGD on all of them."""
    yield at_least("a network that works", _by_heart(train), 1.0)
    yield at_most("learning rate 1e-6", _by_heart(train, learning_rate=1e-6), 0.9)
    yield at_most("learning rate 1e6", _by_heart(train, learning_rate=1e6), 0.9)
    yield at_most("all weights 0", _by_heart(train, initializer="zeros"), 0.9)
    yield at_most("all units dead, bias −100", _by_heart(train, bias_init=-100.0), 0.9)


def _by_heart(train: Train, **choices: Any) -> float:
    return float(np.median(at_end(train(seeds(replace(FEW, **choices))), "accuracy", "train", diverged=0.0)))


@claim(
    "The loss tells whether the learning rate is too small or too large.",
    RATE,
    subject=Subject.BABYSITTING,
    quantity=f"Loss after 300 steps, over that before, median of {SEEDS} seeds",
    why="It hardly falls where the rate is too small, and jumps up, to infinity in the end, where it is too large.",
)
def loss_tells_the_rate(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, SGD at three learning rates. A run that diverged has a loss of ∞."""
    for rate, low, high in (("1e-6", 0.95, 1.0), ("0.1", 0.0, 0.1), ("1e6", 10.0, np.inf)):
        data = train(seeds(replace(DIGITS, learning_rate=float(rate))))
        ratio = at_end(data, "loss", "train", diverged=np.inf) / data["loss"].sel(split="train").values[:, 0]
        yield Case(f"learning rate {rate}", np.median(ratio), low, high)


@claim(
    "Overfitting on a few samples is the sign that a network works.",
    SANITY,
    subject=Subject.BABYSITTING,
    quantity="Loss on held-out samples minus that on the 20 training samples; medians of 10 seeds",
    why="What was learned by heart says little about other samples, so the losses part. A network that cannot learn is "
    "about as wrong on both.",
)
def few_are_overfitted(train: Train) -> Iterator[Case]:
    """20 digits, two hidden layers of 64 ReLUs, 150 steps of SGD on all of them, and 5 others for each run."""
    yield at_least("a network that works", _gap(train), 0.8)
    yield at_most("learning rate 1e-6", _gap(train, learning_rate=1e-6), 0.6)
    yield at_most("all weights 0", _gap(train, initializer="zeros"), 0.6)


def _gap(train: Train, **choices: Any) -> float:
    data = train(seeds(replace(FEW, steps=150, **choices), 10))
    return float(np.median(at_end(data, "loss") - at_end(data, "loss", "train")))
