"""Claims about activation functions: their range, their slope, and what they pass on."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from core.claims.claim import Case, Subject, Train, Verdict, at_least, at_most, claim, near
from core.claims.digits import DIGITS, SEEDS, accuracy, seeds, steps_to
from core.claims.lectures import NOTES, PYTORCH, RELU, VANISHING, WHAT_IS
from core.config import Config
from core.curves import Curve, curve
from core.passing import passing

FEATURES, PROBLEMS = RELU.at("ReLU함수의 특징 (features)"), RELU.at("ReLU함수의 문제점 (problems)")
TABLE = NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, the table")
SIGMOID = NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, (1) sigmoid 함수")
TANH = NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, (2) tanh")
RELU_NOTES = NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, (3) ReLu")
NEW = VANISHING.at("새로운 Activation Function (new ones)")
FACTS = WHAT_IS.at("특징 (features)")
OPENING, RELU_PART = PYTORCH.at("the problem of the sigmoid"), PYTORCH.at("ReLU")

Z = np.linspace(-20, 20, 40_001)  # with 0 in the middle
LEARNED = 0.75  # of the samples: Krizhevsky's training error of 25 %
RACE = replace(DIGITS, snapshots=101, probe_size=512)


def of(activation: str, **settings: Any) -> Curve:
    """The curve of an activation with its defaults."""
    return curve(Config(activation=activation, **settings))


def slope_at(activation: str, z: float) -> float:
    """φ'(z), in single precision as networks compute it."""
    return float(of(activation).slope(np.array([z], np.float32))[0])


@claim(
    "The slope of a sigmoid is at most 0.25.",
    VANISHING.at("Vanishing Gradient 정의 및 원인 (definition and cause)"),
    subject=Subject.ACTIVATIONS,
    quantity="Largest slope",
    why="σ′ = σ(1 − σ) is largest where σ is 1/2, at 0.",
)
def sigmoid_steepest() -> Iterator[Case]:
    """Autograd gives the slope of the sigmoid at 40,001 places from −20 to 20."""
    yield near("from −20 to 20", of("sigmoid").slope(Z).max(), 0.25, 1e-6)


@claim(
    "The derivative of a sigmoid σ is σ(1 − σ).",
    SIGMOID,
    subject=Subject.ACTIVATIONS,
    quantity="Largest difference of slopes",
    why="Autograd and the formula agree but for rounding.",
)
def sigmoid_derivative() -> Iterator[Case]:
    """The slope by autograd, less σ(1 − σ), at 40,001 places from −20 to 20, in double precision."""
    own = of("sigmoid")
    values = own.phi(Z)
    yield at_most("from −20 to 20", np.abs(own.slope(Z) - values * (1 - values)).max(), 1e-12)


@claim(
    "Far from 0, the slope of a sigmoid is 0 or nearly 0.",
    SIGMOID,
    OPENING,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="It falls like e to the power of −|z|. In single precision it is exactly 0 on the right from about 17 on, "
    "where σ is rounded to 1.",
)
def sigmoid_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision at places on both sides."""
    for z in (-100.0, -20.0, -10.0, 10.0, 20.0, 100.0):
        yield at_most(f"z = {z:g}".replace("-", "−"), slope_at("sigmoid", z), 1e-4)


@claim(
    "The output of a sigmoid is always positive, so it is not zero-centred.",
    SIGMOID,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output, and share that is positive",
    why="It lies between 0 and 1, around 1/2 for inputs around 0.",
)
def sigmoid_positive() -> Iterator[Case]:
    """50,000 numbers from N(0, 1) pass through a sigmoid."""
    passed = passing(Config(activation="sigmoid"), 0, 1)
    yield near("mean", passed.measured.mean, 0.5, 0.01)
    yield near("share positive", (passed.activations > 0).mean(), 1, 0)


@claim(
    "Tanh lies between −1 and 1, and its largest slope is 1.",
    NEW,
    subject=Subject.ACTIVATIONS,
    quantity="Value",
    why="tanh z = 2σ(2z) − 1: twice as tall as a sigmoid and twice as narrow, so four times as steep.",
)
def tanh_range() -> Iterator[Case]:
    """The smallest and the largest output, and the largest slope, at 40,001 places from −20 to 20."""
    own = of("tanh")
    yield near("smallest output", own.phi(Z).min(), -1, 1e-6)
    yield near("largest output", own.phi(Z).max(), 1, 1e-6)
    yield near("largest slope", own.slope(Z).max(), 1, 1e-6)


@claim(
    "Tanh saturates at −1 and 1, so gradients can vanish with it as well.",
    TANH,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="Its slope falls even faster than that of a sigmoid: like e to the power of −2|z|.",
)
def tanh_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision at places on both sides."""
    for z in (-20.0, -10.0, -5.0, 5.0, 10.0, 20.0):
        yield at_most(f"z = {z:g}".replace("-", "−"), slope_at("tanh", z), 1e-3)


@claim(
    "Tanh mends what is wrong with the sigmoid's centre: its output is zero-centred.",
    TANH,
    PROBLEMS,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output, in its standard deviations",
    why="tanh(−z) = −tanh z, so inputs around 0 give outputs around 0. It does not move inputs that lie elsewhere.",
    expected={"inputs around 0"},
)
def tanh_centred() -> Iterator[Case]:
    """50,000 normally distributed numbers of variance 1 pass through tanh; their mean is 0 or 1."""
    for name, mean in (("inputs around 0", 0.0), ("inputs around 1", 1.0)):
        passed = passing(Config(activation="tanh"), mean, 1).measured
        yield near(name, passed.mean / passed.std, 0, 0.05)


@claim(
    "The output of ReLU is not zero-centred.",
    PROBLEMS,
    RELU_NOTES,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output",
    why="What would be below 0 becomes 0. For N(0, 1) the mean is 1/√2π, two thirds of the standard deviation.",
)
def relu_centre() -> Iterator[Case]:
    """50,000 numbers from N(0, 1) pass through ReLU."""
    yield near("N(0, 1)", passing(Config(activation="relu"), 0, 1).measured.mean, (2 * np.pi) ** -0.5, 0.01)


@claim(
    "The slope of ReLU is 0 for negative inputs and 1 for positive ones.",
    NEW,
    FACTS,
    RELU_PART,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="At 0 itself there is none; PyTorch takes 0.",
)
def relu_slope() -> Iterator[Case]:
    """Autograd gives the slope at 20,000 places on each side; the one that is farthest off counts."""
    own = of("relu")
    for name, side, expected in (("negative", Z < 0, 0), ("positive", Z > 0, 1)):
        slopes = own.slope(Z[side])
        yield near(name, slopes[np.abs(slopes - expected).argmax()], expected, 0)


@claim(
    "For positive inputs ReLU does not saturate.",
    FEATURES,
    TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="It stays 1, however large the input, where those of sigmoid and tanh have long become 0.",
)
def relu_unsaturated() -> Iterator[Case]:
    """Autograd gives the slope in single precision."""
    for z in (1.0, 100.0, 1e6):
        yield near(f"z = {z:,.0f}", slope_at("relu", z), 1, 0)


@claim(
    "Leaky ReLU, PReLU and ELU keep a small slope below 0.",
    NEW,
    FACTS,
    NOTES.at("2. CS231n 6강 정리, 1) 활성화 함수, (4) Leaky ReLu"),
    subject=Subject.ACTIVATIONS,
    quantity="Slope at −3",
    why="Leaky ReLU has a fixed slope there, PReLU one that is trained, and ELU levels off, but not at once.",
)
def slopes_below_zero() -> Iterator[Case]:
    """Autograd gives the slope at −3, with each activation's defaults."""
    for name, title in (("leaky_relu", "Leaky ReLU"), ("prelu", "PReLU"), ("elu", "ELU")):
        yield Case(title, slope_at(name, -3.0), 1e-3, 0.5)


@claim(
    "Where inputs are negative, ELU's gradient vanishes as well.",
    TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="Below 0 it is α(e to the power of z − 1), which levels off at −α.",
)
def elu_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision, for α = 1."""
    for z in (-10.0, -20.0, -100.0):
        yield at_most(f"z = {z:g}".replace("-", "−"), slope_at("elu", z), 1e-4)


@claim(
    "ELU has no corner at 0, where ReLU has one.",
    TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Jump of the slope at 0",
    why="On the left of 0 its slope is α, on the right 1. Only where α is 1, as it is by default, is there no corner.",
    expected={"α = 1"},
)
def elu_smooth() -> Iterator[Case]:
    """Autograd gives the slope a millionth to the left and to the right of 0."""
    beside = np.array([-1e-6, 1e-6])
    for alpha in (0.5, 1.0, 2.0):
        left, right = of("elu", alpha=alpha).slope(beside)
        yield near(f"α = {alpha:g}", right - left, 0, 1e-3)


def steps_to_learn(train: Train, activation: str, depth: int) -> float:
    """The steps until 75 % of the training samples are right, median over seeds; infinite where that takes too long."""
    kind = "he_normal" if activation == "relu" else "lecun_normal"
    steps = 500 if activation == "sigmoid" else 100
    data = train(seeds(replace(RACE, activation=activation, initializer=kind, depth=depth, steps=steps)))
    return steps_to(data, LEARNED, "train")


@claim(
    "With ReLU, training converges about six times as fast.",
    FEATURES,
    subject=Subject.ACTIVATIONS,
    quantity="Steps to 25 % training error, over those of ReLU",
    why="Six is Krizhevsky's figure of 2012: training iterations of one network with four convolutional layers on "
    "CIFAR-10, against tanh. It is no cost of exp(), and not against the sigmoid. Here tanh is about as fast as ReLU, "
    "and how far the sigmoid falls behind depends on the depth.",
    expected=Verdict.DOES_NOT_HOLD,
)
def six_times_as_fast(train: Train) -> Iterator[Case]:
    """Digits in place of pictures: ReLU with He's weights, the others with LeCun's, learning rate 0.05, 3 seeds."""
    for depth in (1, 2):
        relu = steps_to_learn(train, "relu", depth)
        for other in ("tanh", "sigmoid"):
            words = f"{other}, {depth} hidden layer{'s' * (depth > 1)}"
            yield near(words, steps_to_learn(train, other, depth) / relu, 6, 1)


@claim(
    "ReLU speeds up training.",
    NEW,
    FACTS,
    subject=Subject.ACTIVATIONS,
    quantity="Steps to 25 % training error, over those of ReLU",
    why="Against the sigmoid it does, and the more layers there are the more. Tanh with weights to suit it is as fast "
    "on a network of this size.",
    expected={"against sigmoid"},
)
def relu_is_fast(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers: ReLU with He's weights, the others with LeCun's, learning rate 0.05, 3 seeds."""
    relu = steps_to_learn(train, "relu", 2)
    for other in ("sigmoid", "tanh"):
        yield at_least(f"against {other}", steps_to_learn(train, other, 2) / relu, 1.1)


@claim(
    "Although half of its slopes are 0, ReLU works well.",
    RELU_PART,
    subject=Subject.ACTIVATIONS,
    quantity=f"Accuracy on held-out digits, median of {SEEDS} seeds",
    why="A unit that is off for one sample is on for another, so nearly all of them learn.",
)
def relu_works(train: Train) -> Iterator[Case]:
    """ReLU networks of several depths learn digits in 500 steps."""
    for depth in (2, 10):
        yield at_least(f"{depth} hidden layers", _learned(train, "relu", depth), 0.9)


@claim(
    "With ReLU or tanh as activation, there is seldom a problem.",
    NEW,
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
