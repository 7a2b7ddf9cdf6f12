"""Claims about what is done to the inputs first."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.claims.claim import Case, Subject, Train, at_least, at_most, claim
from core.claims.digits import DIGITS, accuracy, seeds
from core.claims.lectures import NOTES
from core.experiments.zigzag import SAMPLES, SIZES, descents, signs

SIGMOID = NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, (1) sigmoid 함수, 2. non zero-centered")
PART = "2. CS231n 6강 정리, 2) Preprocess the data"
CENTRING, WHITENING = NOTES.at(f"{PART}, 1. zero-centering & normalize"), NOTES.at(f"{PART}, 2. PCA & Whitening")
WEIGHTS = 8
SHARE = 0.3  # of the largest stable learning rate


@claim(
    "If all inputs of a unit are positive, all its weights go up together or down together: a zigzag.",
    SIGMOID,
    subject=Subject.PREPROCESSING,
    quantity="Share of units whose weight gradients have all one sign",
    why="For one sample that is certain, as the lecture shows: the gradient is the error times inputs that are "
    "positive. A batch sums errors of both signs, and the larger it is, the less often all weights agree.",
    expected={1},
)
def one_sign_for_all() -> Iterator[Case]:
    """Units with 8 weights behind sigmoids, errors from N(0, 1), 300 batches of each size."""
    measured = signs.__wrapped__(WEIGHTS)["measured"].sel(kind="positive")
    for size in SIZES:
        yield at_least("batch of {size}", measured.sel(size=size).item(), 0.98, size=size)


@claim(
    "Inputs that are not centred make training slow.",
    SIGMOID,
    CENTRING,
    subject=Subject.PREPROCESSING,
    quantity="Steps to a thousandth of the loss, over those with centred inputs",
    why="It is not the zigzag that costs the steps but curvature: the mean of the inputs makes one direction steep, so "
    "that only a small learning rate is stable. Centring allows a larger one; with the same small one it saves "
    "nothing.",
    expected={1},
)
def not_centred_is_slow() -> Iterator[Case]:
    """A linear unit of two weights behind sigmoids, gradient descent on all samples, 0.3 of the largest stable rate."""
    for name, same in (("each with the rate it can bear", False), ("both with the smaller rate", True)):
        steps = descents(SAMPLES, SHARE, same_rate=same)["steps"]
        yield at_least(name, (steps.sel(kind="positive") / steps.sel(kind="centred")).item(), 2)


@claim(
    "Centring the inputs avoids the zigzag.",
    CENTRING,
    subject=Subject.PREPROCESSING,
    quantity="Share of units whose weight gradients have all one sign",
    why="Inputs of both signs give gradients of both signs: 8 of them agree by chance in 2 · (1/2)⁸ = 0.8 % of all "
    "cases.",
)
def centring_avoids_zigzag() -> Iterator[Case]:
    """Units with 8 weights, whose inputs are what sigmoids answer minus its mean; 300 batches of each size."""
    measured = signs.__wrapped__(WEIGHTS)["measured"].sel(kind="centred")
    for size in (SIZES[0], SIZES[-1]):
        yield at_most("batch of {size}", measured.sel(size=size).item(), 0.1, size=size)


@claim(
    "Centring the data helps the first layer only: what activations pass on is positive again.",
    CENTRING,
    subject=Subject.PREPROCESSING,
    quantity="Mean of a later layer's inputs, in their RMS",
    why="That is so behind ReLU and the sigmoid. Tanh passes centred numbers on.",
    expected={1, 2},
)
def centring_is_for_the_first_layer(train: Train) -> Iterator[Case]:
    """Centred digits in five hidden layers of 64 units with weights from N(0, 1/n), before training; layer 3 counts."""
    for activation in ("relu", "sigmoid", "tanh"):
        config = replace(
            DIGITS, activation=activation, initializer="lecun_normal", preprocessing="center", depth=5, steps=0
        )
        data = train(seeds(config), "activation_mean", "activation_std")
        mean, std = (data[name].values[:, 0, 2] for name in ("activation_mean", "activation_std"))
        yield at_least(activation, np.median(np.abs(mean) / np.hypot(mean, std)), 0.3)


@claim(
    "For pictures, centring is enough: all pixels have one range anyway.",
    CENTRING,
    subject=Subject.PREPROCESSING,
    quantity="Gain of accuracy on held-out digits, medians of 5 seeds",
    why="Dividing by each pixel's own spread as well changes next to nothing here.",
)
def centring_is_enough(train: Train) -> Iterator[Case]:
    """Two hidden layers of 64 ReLUs learn digits in 500 steps, 5 seeds, from pixels between 0 and 1."""
    yield at_most("standardized minus centred", _accuracy(train, "standardize") - _accuracy(train, "center"), 0.02)


@claim(
    "Whitening is not used for pictures.",
    WHITENING,
    subject=Subject.PREPROCESSING,
    quantity="Gain of accuracy on held-out digits, medians of 5 seeds",
    why="The lecture's reason is that pictures live by where things are, which a fully connected network does not "
    "know. Here is another one: whitening enlarges directions that hardly vary, and with them noise, most with few "
    "samples.",
)
def no_whitening(train: Train) -> Iterator[Case]:
    """Two hidden layers of 64 ReLUs learn digits in 500 steps, 5 seeds: whitened minus centred."""
    for samples in (1400, 300):
        gain = _accuracy(train, "whiten", samples) - _accuracy(train, "center", samples)
        yield at_most("{samples:,} samples", gain, 0.0, samples=samples)


def _accuracy(train: Train, preprocessing: str, samples: int = DIGITS.samples) -> float:
    return accuracy(train(seeds(replace(DIGITS, preprocessing=preprocessing, samples=samples, steps=500), 5)))
