"""Claims about how fast and how well networks learn with ReLU and with others, and what activations cost."""

from collections.abc import Iterator
from dataclasses import replace

from core.claims.claim import Case, Subject, Train, Verdict, at_least, at_most, claim, near
from core.claims.digits import DIGITS, SEEDS, accuracy, seeds, steps_to
from core.claims.lectures import (
    NOTES_TABLE,
    PYTORCH_RELU,
    RELU_FEATURES,
    VANISHING_NEW,
    WHAT_IS_FEATURES,
)
from core.config import Config
from core.experiments.activation_functions.costs import costs

LEARNED = 0.75  # of the samples: Krizhevsky's training error of 25 %
RACE = replace(DIGITS, snapshots=101, probe_size=512)


SLOWNESS = "Steps to 25 % training error, over those of ReLU"
PRICE = "Median time an element, over that of ReLU"


def steps_to_learn(train: Train, activation: str, depth: int) -> float:
    """The steps until 75 % of the training samples are right, median over seeds; infinite where that takes too long."""
    kind = "he_normal" if activation == "relu" else "lecun_normal"
    steps = 500 if activation == "sigmoid" else 100
    data = train(seeds(replace(RACE, activation=activation, initializer=kind, depth=depth, steps=steps)))
    return steps_to(data, LEARNED, "train")


def slowness(train: Train, depth: int, *others: str) -> Iterator[tuple[str, float]]:
    """The name of each of these activations, and the steps it takes to learn over those of ReLU."""
    relu = steps_to_learn(train, "relu", depth)
    for other in others:
        layers = f"{depth} hidden layer{'s' * (depth > 1)}"
        yield f"{other.replace('_', ' ')}, {layers}", steps_to_learn(train, other, depth) / relu


@claim(
    "With ReLU, training converges about six times as fast.",
    RELU_FEATURES,
    subject=Subject.ACTIVATIONS,
    quantity=SLOWNESS,
    why="Six is Krizhevsky's figure of 2012: training iterations of one network with four convolutional layers on "
    "CIFAR-10, against tanh. It is no cost of exp(), and not against the sigmoid. Here tanh is about as fast as ReLU. "
    "How far the sigmoid falls behind depends on the depth; see the next claim.",
    expected=Verdict.DOES_NOT_HOLD,
)
def six_times_as_fast(train: Train) -> Iterator[Case]:
    """Digits in place of pictures: ReLU with He's weights, the others with LeCun's, learning rate 0.05, 3 seeds."""
    for name, times in slowness(train, 1, "tanh", "sigmoid"):
        yield near(name, times, 6, 1)


@claim(
    "ReLU speeds up training.",
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    subject=Subject.ACTIVATIONS,
    quantity=SLOWNESS,
    why="Against the sigmoid it does, and the more layers there are the more. Tanh with weights to suit it is as fast "
    "on a network of this size.",
    expected={2},
)
def relu_is_fast(train: Train) -> Iterator[Case]:
    """Digits: ReLU with He's weights, the others with LeCun's, learning rate 0.05, 3 seeds."""
    for name, times in slowness(train, 2, "tanh", "sigmoid"):
        yield at_least(name, times, 1.3)


@claim(
    "ReLU learns fast because it can answer more than 1.",
    VANISHING_NEW,
    subject=Subject.ACTIVATIONS,
    quantity=SLOWNESS,
    why="Hard tanh is a straight line, too, but ends at −1 and 1; it is no slower. What makes the sigmoid slow is not "
    "where it ends but how flat it is.",
    expected=Verdict.DOES_NOT_HOLD,
)
def fast_beyond_one(train: Train) -> Iterator[Case]:
    """Digits: ReLU with He's weights, hard tanh with LeCun's, learning rate 0.05, 3 seeds."""
    for depth in (1, 2):
        for name, times in slowness(train, depth, "hard_tanh"):
            yield at_least(name, times, 1.3)


def prices(*activations: str) -> Iterator[tuple[str, float, float]]:
    """The name of each activation, and its median cost forward and backward over that of ReLU, on this machine."""
    spent = costs([Config(activation=name) for name in ("relu", *activations)])["nanoseconds"].median("round")
    relative = spent / spent.sel(activation="relu")
    for name in activations:
        forward, backward = (relative.sel(activation=name, direction=way).item() for way in ("forward", "backward"))
        yield name, forward, backward


@claim(
    "ReLU is about six times faster to compute than a sigmoid.",
    RELU_FEATURES,
    subject=Subject.ACTIVATIONS,
    quantity=PRICE,
    why="A processor of today takes the exp of many numbers at once, and backward the sigmoid needs none. In a "
    "network, most of the time goes into multiplying matrices anyway. Six is Krizhevsky's figure of 2012, of training "
    "iterations.",
    expected=None,
)
def six_times_cheaper() -> Iterator[Case]:
    """Up to 40 rounds in turn on this machine, of 65,536 numbers of single precision through each activation."""
    for name, forward, backward in prices("sigmoid"):
        yield near("{words}, forward", forward, 6, 1, words=name)
        yield near("{words}, backward", backward, 6, 1, words=name)


@claim(
    "ReLU costs less than the sigmoid and tanh, forward and backward: it has no exp, and its slope is 0 or 1.",
    NOTES_TABLE,
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    subject=Subject.ACTIVATIONS,
    quantity=PRICE,
    why="Forward there is an exp to save. Backward there is none: the slope of a sigmoid is a(1 − a), of tanh 1 − a², "
    "from answers that are known already.",
    expected=None,
)
def relu_is_cheap() -> Iterator[Case]:
    """Up to 40 rounds in turn on this machine, of 65,536 numbers of single precision through each activation."""
    for name, forward, backward in prices("sigmoid", "tanh"):
        yield at_least("{words}, forward", forward, 1.2, words=name)
        yield at_least("{words}, backward", backward, 1.2, words=name)


@claim(
    "ELU is expensive because of its exp.",
    NOTES_TABLE,
    subject=Subject.ACTIVATIONS,
    quantity=PRICE,
    why="What costs is how PyTorch takes it: as expm1, which is exact near 0 and several times as dear as exp, and of "
    "positive numbers as well, for which it is not needed. The sigmoid has an exp, too, and costs far less. Backward a "
    "plain exp is enough.",
    expected=None,
)
def elu_is_expensive() -> Iterator[Case]:
    """As often as ReLU, in turn with it, on this machine. Expensive is twice the time of ReLU."""
    for name, forward, backward in prices("elu"):
        yield at_least("{words}, forward", forward, 2, words=name)
        yield at_least("{words}, backward", backward, 2, words=name)


@claim(
    "Although half of its slopes are 0, ReLU works well.",
    PYTORCH_RELU,
    subject=Subject.ACTIVATIONS,
    quantity=f"Accuracy on held-out digits, median of {SEEDS} seeds",
    why="A unit that is off for one sample is on for another, so nearly all of them learn.",
)
def relu_works(train: Train) -> Iterator[Case]:
    """ReLU networks of several depths learn digits in 500 steps."""
    for depth in (2, 10):
        yield at_least("{depth} hidden layers", _learned(train, "relu", depth), 0.9, depth=depth)


@claim(
    "With ReLU or tanh as activation, there is seldom a problem.",
    VANISHING_NEW,
    subject=Subject.ACTIVATIONS,
    quantity=f"Accuracy on held-out digits, median of {SEEDS} seeds",
    why="With weights that suit them both learn where five layers of sigmoids, for comparison, learn nothing.",
)
def relu_or_tanh(train: Train) -> Iterator[Case]:
    """Networks with five hidden layers learn digits in 500 steps: ReLU with He's weights, the others with LeCun's."""
    for activation in ("relu", "tanh"):
        yield at_least(activation, _learned(train, activation, 5), 0.9)
    yield at_most("sigmoid", _learned(train, "sigmoid", 5), 0.5)


def _learned(train: Train, activation: str, depth: int) -> float:
    kind = "he_normal" if activation == "relu" else "lecun_normal"
    config = replace(DIGITS, activation=activation, initializer=kind, depth=depth, steps=500)
    return accuracy(train(seeds(config)))
