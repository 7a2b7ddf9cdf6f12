"""Curves: those that tests of theory ask about, sums done another way."""

from math import pi, sqrt

import numpy as np

from core import Config
from core.networks.curves import Curve, curve

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
