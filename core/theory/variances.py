"""The variance of the weights and biases of a layer, as initializers declare it: all that theory asks of them.

An initializer that declares none has no theory: its weights are not of one variance and mean zero, or are not enough
like independent ones.
"""

from typing import NamedTuple

from core.choices.initializers import initializers
from core.config import Config


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
    """What a layer of this size is drawn with, the weight scale included. ValueError where there is no theory."""
    declared = initializers[config.initializer].variance
    if declared is None:
        raise ValueError(f"the initializer {config.initializer} declares no variance")
    drawn = declared(fan_out, fan_in)
    weight, bias = drawn if isinstance(drawn, tuple) else (drawn, 0.0)
    scaled = weight * config.weight_scale**2
    forth, back = 1.0, 1.0
    if config.initializer == "orthogonal":
        forth, back = max(0.0, 1 - fan_out / fan_in), max(0.0, 1 - fan_in / fan_out)
    return Variance(fan_in * scaled, bias, scaled, forth, back)
