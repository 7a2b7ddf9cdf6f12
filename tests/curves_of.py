"""Curves: those that tests of theory ask about, sums done another way, and the network of the lecture."""

from math import pi, sqrt

import numpy as np

from core import Config
from core.networks.curves import Curve, curve

LECTURE = Config(
    dataset="gaussian",
    features=500,
    samples=1000,
    probe_size=1000,
    preprocessing="none",
    depth=10,
    width=500,
    steps=0,
)
SHARES = ("zero_fraction", "saturated_fraction", "dead_fraction")
RELU, TANH, SIGMOID, LEAKY, ELU = (
    curve(Config(activation=a)) for a in ("relu", "tanh", "sigmoid", "leaky_relu", "elu")
)

FINE = np.linspace(-12, 12, 400_000)  # an even number, so that 0, where slopes jump, lies between two points
DENSITY = np.exp(-(FINE**2) / 2) / sqrt(2 * pi)
TRAPEZOID = DENSITY * np.gradient(FINE)  # its weights but for the ends, where the density is nothing


def fine(values: np.ndarray) -> float:
    """E f(Z) by a fine trapezoid."""
    return float(values @ TRAPEZOID)


def of(name: str) -> Curve:
    return curve(Config(activation=name))


MAXOUT = of("maxout")
