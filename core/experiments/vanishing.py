"""Gradients on their way back: what is left of them in each layer, of networks that differ in one thing.

Beside what is measured stands what theory expects, √χ a layer, and the bound that is often quoted instead.
"""

from collections.abc import Iterable
from functools import lru_cache
from math import inf, nan

import numpy as np
import xarray as xr

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory import predict
from core.theory.formulas import nested
from core.training import record

BOUND = 0.25  # the largest slope of a sigmoid
ROUNDS = 200  # of nesting, after which an S-curve has come to its fixed point


def backward(configs: Iterable[Config]) -> xr.Dataset:
    """How the gradient goes back through the untrained network of each Config, which needs two hidden layers.

    All have one depth. measured (network, layer): dL/dz as a part of that of the last layer, RMS over samples and
    units; expected (network, layer): the same by theory, NaN where there is none; factor (network,): what a layer
    multiplies it by on its way back, the geometric mean over the layers, NaN where no gradient reaches the last. Each
    network goes by its activation; the attribute `bound` is the factor that is often quoted.
    """
    networks = [config.at_start() for config in configs]
    measured, expected, factors = zip(*map(_of, networks), strict=True)
    return xr.Dataset(
        {
            "measured": (("network", "layer"), np.stack(measured)),
            "expected": (("network", "layer"), np.stack(expected)),
            "factor": ("network", list(factors)),
        },
        {
            "activation": ("network", [config.activation for config in networks]),
            "layer": np.arange(1, networks[0].depth + 1),
        },
        {"bound": BOUND},
    )


@lru_cache(maxsize=256)
def _of(config: Config) -> tuple[Array, Array, float]:
    """The measured and the expected sizes (layer,) of one network, and its factor."""
    if config.depth < 2:
        raise ValueError(f"a gradient needs at least two hidden layers to go back through; depth is {config.depth}")
    gradient = record(config).variables["gradient_rms"].values[0].astype(np.float64)
    theory = predict(config).variables.get("gradient_rms", np.full(config.depth, np.nan))
    measured, expected = _of_the_last(gradient), _of_the_last(theory)
    factor = float(measured[0] ** (1 / (config.depth - 1))) if measured[-1] else nan
    return measured, expected, factor


def _of_the_last(sizes: Array) -> Array:
    """Sizes as parts of the last one. None is none, also of nothing."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(sizes == 0, 0, sizes / sizes[-1])


def nest(config: Config, times: int) -> xr.Dataset:
    """What 1 to `times` nested activations of a Config, each with weight 1 and no bias, leave of all numbers.

    low, high (times,): the ends of all that can come out of φ(φ(… z)), whatever z is; fixed_point: the number that is
    its own φ.
    """
    phi, rounds = curve(config), range(1, times + 1)
    ends = np.array([nested(phi, np.array([-inf, inf]), n) for n in rounds])  # (times, 2)
    found = {"low": ("times", ends.min(1)), "high": ("times", ends.max(1))}
    return xr.Dataset({**found, "fixed_point": float(nested(phi, 0.5, ROUNDS))}, {"times": list(rounds)})
