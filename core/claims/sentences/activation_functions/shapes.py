"""Claims about activation functions: their range, their slope, and what they pass on."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from core.claims.claim import Case, Subject, at_most, claim, near
from core.claims.lectures import (
    NOTES_LEAKY,
    NOTES_RELU,
    NOTES_SIGMOID,
    NOTES_TABLE,
    NOTES_TANH,
    PYTORCH_RELU,
    PYTORCH_SIGMOID,
    RELU_FEATURES,
    RELU_PROBLEMS,
    VANISHING_CAUSE,
    VANISHING_NEW,
    WHAT_IS_FEATURES,
)
from core.config import Config
from core.experiments.activation_functions.passing import passing
from core.networks.curves import Curve, curve
from core.words.numbers import spelled

Z = np.linspace(-20, 20, 40_001)  # with 0 in the middle


def of(activation: str, **settings: Any) -> Curve:
    """The curve of an activation with its defaults."""
    return curve(Config(activation=activation, **settings))


def slope_at(activation: str, z: float) -> float:
    """φ'(z), in single precision as networks compute it."""
    return float(of(activation).slope(np.array([z], np.float32))[0])


@claim(
    "The slope of a sigmoid is at most 0.25.",
    VANISHING_CAUSE,
    subject=Subject.ACTIVATIONS,
    quantity="Largest slope",
    why="σ′ = σ(1 − σ) is largest where σ is 1/2, at 0.",
)
def sigmoid_steepest() -> Iterator[Case]:
    """Autograd gives the slope of the sigmoid at 40,001 places from −20 to 20."""
    yield near("from −20 to 20", of("sigmoid").slope(Z).max(), 0.25, 1e-6)


@claim(
    "The derivative of a sigmoid σ is σ(1 − σ).",
    NOTES_SIGMOID,
    subject=Subject.ACTIVATIONS,
    quantity="Largest difference of slopes",
    why="Autograd and the formula agree but for rounding.",
)
def sigmoid_derivative() -> Iterator[Case]:
    """The slope by autograd minus σ(1 − σ), at 40,001 places from −20 to 20, in double precision."""
    sigmoid = of("sigmoid")
    values = sigmoid.phi(Z)
    yield at_most("from −20 to 20", np.abs(sigmoid.slope(Z) - values * (1 - values)).max(), 1e-12)


@claim(
    "Far from 0, the slope of a sigmoid is 0 or nearly 0.",
    NOTES_SIGMOID,
    PYTORCH_SIGMOID,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="It falls like e to the power of −|z|. In single precision it is exactly 0 on the right from about 17 on, "
    "where σ is rounded to 1.",
)
def sigmoid_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision at places on both sides."""
    for z in (-100.0, -20.0, -10.0, 10.0, 20.0, 100.0):
        yield at_most("z = {z}", slope_at("sigmoid", z), 1e-4, z=spelled(z))


@claim(
    "The output of a sigmoid is always positive, so it is not zero-centred.",
    NOTES_SIGMOID,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output, and share that is positive",
    why="It lies between 0 and 1, around 1/2 for inputs around 0.",
)
def sigmoid_positive() -> Iterator[Case]:
    """50,000 numbers from N(0, 1) pass through a sigmoid."""
    passed = passing(Config(activation="sigmoid"), 0, 1)
    yield near("mean", passed["measured"].sel(moment="mean"), 0.5, 0.01)
    yield near("share positive", (passed["activation"] > 0).mean(), 1, 0)


@claim(
    "Tanh lies between −1 and 1, and its largest slope is 1.",
    VANISHING_NEW,
    subject=Subject.ACTIVATIONS,
    quantity="Value",
    why="tanh z = 2σ(2z) − 1: twice as tall as a sigmoid and twice as narrow, so four times as steep.",
)
def tanh_range() -> Iterator[Case]:
    """The smallest and the largest output, and the largest slope, at 40,001 places from −20 to 20."""
    tanh = of("tanh")
    yield near("smallest output", tanh.phi(Z).min(), -1, 1e-6)
    yield near("largest output", tanh.phi(Z).max(), 1, 1e-6)
    yield near("largest slope", tanh.slope(Z).max(), 1, 1e-6)


@claim(
    "Tanh saturates at −1 and 1, so gradients can vanish with it as well.",
    NOTES_TANH,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="Its slope falls even faster than that of a sigmoid: like e to the power of −2|z|.",
)
def tanh_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision at places on both sides."""
    for z in (-20.0, -10.0, -5.0, 5.0, 10.0, 20.0):
        yield at_most("z = {z}", slope_at("tanh", z), 1e-3, z=spelled(z))


@claim(
    "Tanh mends what is wrong with the sigmoid's centre: its output is zero-centred.",
    NOTES_TANH,
    RELU_PROBLEMS,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output, in its standard deviations",
    why="tanh(−z) = −tanh z, so inputs around 0 give outputs around 0. It does not move inputs that lie elsewhere.",
    expected={1},
)
def tanh_centred() -> Iterator[Case]:
    """50,000 normally distributed numbers of variance 1 pass through tanh; their mean is 0 or 1."""
    for name, mean in (("inputs around 0", 0.0), ("inputs around 1", 1.0)):
        passed = passing(Config(activation="tanh"), mean, 1)["measured"]
        yield near(name, passed.sel(moment="mean") / passed.sel(moment="std"), 0, 0.05)


@claim(
    "The output of ReLU is not zero-centred.",
    RELU_PROBLEMS,
    NOTES_RELU,
    subject=Subject.ACTIVATIONS,
    quantity="Mean of the output",
    why="What would be below 0 becomes 0. For N(0, 1) the mean is 1/√2π, two thirds of the standard deviation.",
)
def relu_centre() -> Iterator[Case]:
    """50,000 numbers from N(0, 1) pass through ReLU."""
    passed = passing(Config(activation="relu"), 0, 1)
    yield near("N(0, 1)", passed["measured"].sel(moment="mean"), (2 * np.pi) ** -0.5, 0.01)


@claim(
    "The slope of ReLU is 0 for negative inputs and 1 for positive ones.",
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    PYTORCH_RELU,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="At 0 itself there is none; PyTorch takes 0.",
)
def relu_slope() -> Iterator[Case]:
    """Autograd gives the slope at 20,000 places on each side; the one that is farthest off counts."""
    relu = of("relu")
    for name, side, expected in (("negative", Z < 0, 0), ("positive", Z > 0, 1)):
        slopes = relu.slope(Z[side])
        yield near(name, slopes[np.abs(slopes - expected).argmax()], expected, 0)


@claim(
    "For positive inputs ReLU does not saturate.",
    RELU_FEATURES,
    NOTES_TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="It stays 1, however large the input, where those of sigmoid and tanh have long become 0.",
)
def relu_unsaturated() -> Iterator[Case]:
    """Autograd gives the slope in single precision."""
    for z in (1.0, 100.0, 1e6):
        yield near("z = {z:,.0f}", slope_at("relu", z), 1, 0, z=z)


@claim(
    "Leaky ReLU, PReLU and ELU keep a small slope below 0.",
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    NOTES_LEAKY,
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
    NOTES_TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="Below 0 it is α(e to the power of z − 1), which levels off at −α.",
)
def elu_flat() -> Iterator[Case]:
    """Autograd gives the slope in single precision, for α = 1."""
    for z in (-10.0, -20.0, -100.0):
        yield at_most("z = {z}", slope_at("elu", z), 1e-4, z=spelled(z))


@claim(
    "ELU has no corner at 0, where ReLU has one.",
    NOTES_TABLE,
    subject=Subject.ACTIVATIONS,
    quantity="Jump of the slope at 0",
    why="On the left of 0 its slope is α, on the right 1. Only where α is 1, as it is by default, is there no corner.",
    expected={2},
)
def elu_smooth() -> Iterator[Case]:
    """Autograd gives the slope a millionth to the left and to the right of 0."""
    beside = np.array([-1e-6, 1e-6])
    for alpha in (0.5, 1.0, 2.0):
        left, right = of("elu", alpha=alpha).slope(beside)
        yield near("α = {alpha:g}", right - left, 0, 1e-3, alpha=alpha)


@claim(
    "At −10, and at 0, the gradient of ReLU is 0.",
    NOTES_RELU,
    subject=Subject.ACTIVATIONS,
    quantity="Slope",
    why="Left of 0 the slope is 0. At 0 itself there is a corner and no slope; any number from 0 to 1 would do, and "
    "PyTorch takes 0.",
)
def relu_at_its_corner() -> Iterator[Case]:
    """Autograd gives the slope at the two places that the lecture names, and at 10 for comparison."""
    for z, slope in ((-10.0, 0), (0.0, 0), (10.0, 1)):
        yield near("z = {z}", slope_at("relu", z), slope, 0, z=spelled(z))
