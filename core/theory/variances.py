"""The variance that each initializer gives its weights and biases, before `weight_scale`: all that theory asks of it.

An initializer that is not here has no theory: its weights are not of one variance and mean zero, or are not enough
like independent ones.
"""

from collections.abc import Callable
from typing import NamedTuple

from core.config import Config

DRAWN: dict[str, Callable[[int, int], tuple[float, float]]] = {  # (fan_out, fan_in) -> Var(w), Var(b)
    "he_normal": lambda fan_out, fan_in: (2 / fan_in, 0.0),
    "he_uniform": lambda fan_out, fan_in: (2 / fan_in, 0.0),
    "xavier_normal": lambda fan_out, fan_in: (2 / (fan_in + fan_out), 0.0),
    "xavier_uniform": lambda fan_out, fan_in: (2 / (fan_in + fan_out), 0.0),
    "lecun_normal": lambda fan_out, fan_in: (1 / fan_in, 0.0),
    "lecun_uniform": lambda fan_out, fan_in: (1 / fan_in, 0.0),
    "orthogonal": lambda fan_out, fan_in: (1 / max(fan_out, fan_in), 0.0),  # one pass is as through independent ones
    "uniform": lambda fan_out, fan_in: (0.05**2 / 3, 0.0),
    "normal": lambda fan_out, fan_in: (1e-4, 0.0),
    "pytorch_default": lambda fan_out, fan_in: (1 / (3 * fan_in), 1 / (3 * fan_in)),
}


class Variance(NamedTuple):
    """σ_w² = fan_in · Var(w) and σ_b² of a layer; and Var(w).

    Independent weights leave the length of W·x to chance, and that of Wᵀ·x; orthogonal ones do so where they project x
    and not where they turn it: `forth` and `back` are the shares that are left of the variance of these lengths.
    """

    weights: float
    bias: float
    weight: float
    forth: float
    back: float


def variance(config: Config, fan_out: int, fan_in: int) -> Variance:
    """What a layer of this size is drawn with, the weight scale included. Raises KeyError where there is no theory."""
    weight, bias = DRAWN[config.initializer](fan_out, fan_in)
    scaled = weight * config.weight_scale**2
    forth, back = 1.0, 1.0
    if config.initializer == "orthogonal":
        forth, back = max(0.0, 1 - fan_out / fan_in), max(0.0, 1 - fan_in / fan_out)
    return Variance(fan_in * scaled, bias, scaled, forth, back)
