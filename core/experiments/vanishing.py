"""Gradients on their way back: what is left of them in each layer, of networks that differ in one thing.

Beside what is measured stands what theory expects, √χ a layer, and the bound that is often quoted instead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from math import inf, nan

import numpy as np

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory import predict
from core.theory.formulas import nested
from core.training import record

BOUND = 0.25  # the largest slope of a sigmoid
ROUNDS = 200  # of nesting, after which an S-curve has come to its fixed point


@dataclass(frozen=True, eq=False)
class Backward:
    """dL/dz (layer,) as a part of that of the last layer, RMS over samples and units: measured, and as theory expects.

    `factor` is what a layer multiplies it by on its way back, the geometric mean over the layers; NaN where no gradient
    reaches the last.
    """

    activation: str
    measured: Array
    expected: Array
    factor: float


def backward(configs: Iterable[Config]) -> list[Backward]:
    """How the gradient goes back through the untrained network of each Config, which needs two hidden layers."""
    return [_of(config.at_start()) for config in configs]


@lru_cache(maxsize=256)
def _of(config: Config) -> Backward:
    if config.depth < 2:
        raise ValueError(f"a gradient needs at least two hidden layers to go back through; depth is {config.depth}")
    gradient = record(config).variables["gradient_rms"].values[0].astype(np.float64)
    theory = predict(config).variables.get("gradient_rms", np.full(config.depth, np.nan))
    measured, expected = _of_the_last(gradient), _of_the_last(theory)
    factor = float(measured[0] ** (1 / (config.depth - 1))) if measured[-1] else nan
    return Backward(config.activation, measured, expected, factor)


def _of_the_last(sizes: Array) -> Array:
    """Sizes as parts of the last one. None is none, also of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sizes == 0, 0, sizes / sizes[-1])


@dataclass(frozen=True, eq=False)
class Nest:
    """All that can come out of φ(φ(… z)) for any z: from `low` to `high` (times,), of once, twice and so on."""

    low: Array
    high: Array
    fixed_point: float


def nest(config: Config, times: int) -> Nest:
    """What 1 to `times` nested activations of a Config, each with weight 1 and no bias, leave of all numbers."""
    phi = curve(config)
    ends = np.array([nested(phi, np.array([-inf, inf]), n) for n in range(1, times + 1)])  # (times, 2)
    return Nest(ends.min(1), ends.max(1), float(nested(phi, 0.5, ROUNDS)))
