"""Claims about gradients that fade from layer to layer, and about what becomes of the weights then."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.claims.claim import Case, Subject, Train, at_most, claim
from core.claims.digits import DIGITS, seeds
from core.claims.lectures import NOTES_SIGMOID, PYTORCH_SIGMOID, RELU_FEATURES
from core.claims.sentences.vanishing.gradients import RANDOM, WEIGHTS
from core.config import Config

DEEP = replace(DIGITS, activation="sigmoid", initializer="lecun_normal", depth=10, steps=200)
FAR = 20.0  # where a sigmoid and tanh are flat
HUGE: dict[str, Any] = {"initializer": "lecun_normal", "weight_scale": 16.0}


@claim(
    "With sigmoids the gradient fades more and more from the last layer to the first.",
    PYTORCH_SIGMOID,
    subject=Subject.GRADIENTS,
    quantity="RMS of dL/dz, of that of the next layer: the largest of ten layers",
    why="Each layer passes on a part, for weights of any usual size. Only weights so large that they make up for the "
    "flat parts of the sigmoid let it grow instead.",
    expected={1, 2, 3, 4},
)
def fades_at_every_layer(train: Train) -> Iterator[Case]:
    """Networks with ten layers of 100 sigmoids see random inputs, medians of 3 seeds. Every layer has to lose some."""
    for name, choices in {**WEIGHTS, "weights N(0, 256/n)": HUGE}.items():
        data = train(seeds(replace(RANDOM, activation="sigmoid", **choices)), "gradient_rms")
        gradient = data["gradient_rms"].values[:, 0].astype(np.float64)  # (run, layer)
        yield at_most(name, np.median(gradient[:, :-1] / gradient[:, 1:], 0).max(), 0.9)


@claim(
    "Where a sigmoid or tanh saturates, weights are not updated.",
    RELU_FEATURES,
    subject=Subject.GRADIENTS,
    quantity="Largest norm of dL/dW of the hidden layer, over that without the bias",
    why="Their slope is a factor of every gradient, and far from 0 it is nearly 0. Only the output layer still learns, "
    "from answers that are all alike.",
)
def saturated_units_rest(train: Train) -> Iterator[Case]:
    """Digits, one hidden layer of 64 units, 100 steps of SGD, 3 seeds. Biases of 20 make all units start flat."""
    for activation in ("sigmoid", "tanh"):
        config = replace(DIGITS, activation=activation, initializer="lecun_normal", depth=1, steps=100, snapshots=20)
        usual, flat = (_largest(train, replace(config, bias_init=bias)) for bias in (0.0, FAR))
        yield at_most(activation, flat / usual, 0.001)


def _largest(train: Train, config: Config) -> float:
    norms = train(seeds(config), "weight_gradient_norm")["weight_gradient_norm"].values
    return float(np.median(norms.max((1, 2))))


@claim(
    "As the gradient goes to 0, the weight goes to 0 as well.",
    NOTES_SIGMOID,
    subject=Subject.GRADIENTS,
    quantity="Norm of the first layer's weights after training, over that before",
    why="A gradient says how a weight changes, not what it is: without one it stays. It is weight decay that draws it "
    "to 0 then, as nothing else pulls at it.",
    expected={2},
)
def weights_without_gradient(train: Train) -> Iterator[Case]:
    """Digits, ten layers of sigmoids, where next to no gradient comes to the first one; 200 steps of SGD."""
    for name, decay in (("without weight decay", 0.0), ("with weight decay", 0.2)):
        data = train([replace(DEEP, weight_decay=decay)], "weight_norm")
        before, after = data["weight_norm"].values[0, :, 0]
        yield at_most(name, after / before, 0.5)
