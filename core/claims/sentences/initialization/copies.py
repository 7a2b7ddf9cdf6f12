"""Claims about first weights that are 0 or equal: their units are copies, if they learn at all."""

from collections.abc import Iterator
from dataclasses import replace
from math import inf

import numpy as np

from core.claims.claim import Case, Subject, Train, at_least, at_most, claim, near
from core.claims.digits import DIGITS, accuracy, seeds
from core.claims.lectures import NOTES_ZERO, VANISHING_WEIGHTS, WHAT_IS_INITIAL
from core.experiments.initialization import trained


@claim(
    "With all weights 0 nothing is learned: no gradient moves them.",
    NOTES_ZERO,
    VANISHING_WEIGHTS,
    subject=Subject.INITIALIZATION,
    quantity="Largest norm of dL/dW of a hidden layer, over 300 steps",
    why="If φ(0) = 0, the last layer gets nothing to multiply, and the hidden ones no gradient through weights of 0; "
    "only the output biases learn. A sigmoid answers 1/2 to 0, so its last layer starts to move, and then the others.",
    expected={1, 2},
)
def zero_weights(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 units whose weights are all 0, 300 steps of SGD."""
    for activation in ("relu", "tanh", "sigmoid"):
        config = replace(DIGITS, activation=activation, initializer="zeros", snapshots=20)
        yield near(activation, train([config], "weight_gradient_norm")["weight_gradient_norm"].values.max(), 0, 0)


@claim(
    "Units whose weights start equal keep doing the same, so that a layer is worth no more than one unit.",
    NOTES_ZERO,
    subject=Subject.INITIALIZATION,
    quantity="Units of layer 2 that differ; accuracy",
    why="They get the same gradient at every step, so they stay copies. The network does learn, but as little as one "
    "with a single unit in each layer.",
)
def equal_weights(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs; 100 steps on all samples, and 500 of SGD at 0.2, medians of 3 seeds."""
    for name, kind, units in (("equal weights", "constant", 1), ("He's weights", "he_normal", DIGITS.width)):
        after = trained.__wrapped__(replace(DIGITS, initializer=kind))["different"].sel(time="after")
        yield near("{words}, units that differ", after.item(), units, 0, words=name)
    long = replace(DIGITS, learning_rate=0.2, steps=500)
    yield Case("equal weights, accuracy", accuracy(train(seeds(replace(long, initializer="constant")))), 0.15, 0.4)
    yield at_most("one unit a layer, accuracy", accuracy(train(seeds(replace(long, width=1)))), 0.4)
    yield at_least("He's weights, accuracy", accuracy(train(seeds(DIGITS))), 0.9)


@claim(
    "Random weights make the units of a layer learn different things.",
    WHAT_IS_INITIAL,
    subject=Subject.INITIALIZATION,
    quantity="Spread, over units, of what a weight learns",
    why="Random weights break the symmetry: each unit gets a gradient of its own. Equal weights never do.",
)
def random_breaks_symmetry() -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, 100 steps on all samples. The first weights of layer 2, in mean sizes."""
    for name, kind, low, high in (("random weights", "he_normal", 0.5, inf), ("equal weights", "constant", 0.0, 1e-6)):
        first = trained.__wrapped__(replace(DIGITS, initializer=kind))["first"]
        learned = (first.isel(step=-1) - first.isel(step=0)).values  # (unit,)
        yield Case(name, learned.std() / np.abs(learned).mean(), low, high)


@claim(
    "With equal weights no gradient updates the hidden layers.",
    NOTES_ZERO,
    subject=Subject.INITIALIZATION,
    quantity="Largest norm of dL/dW of a hidden layer, over 100 steps",
    why="Weights that are 0 let no gradient through. Others do, however equal they are: they all move, and stay equal, "
    "so that the network learns what layers of one unit can.",
    expected={1, 2},
)
def equal_weights_rest(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 units whose weights are all 0, or all 0.1, 100 steps of SGD."""
    for words, kind in (("weights of 0", "zeros"), ("weights of 0.1", "constant")):
        for title, activation in (("ReLU", "relu"), ("tanh", "tanh")):
            config = replace(DIGITS, activation=activation, initializer=kind, steps=100, snapshots=20)
            norms = train([config], "weight_gradient_norm")["weight_gradient_norm"].values
            yield near("{words}, {title}", norms.max(), 0, 0, words=words, title=title)
