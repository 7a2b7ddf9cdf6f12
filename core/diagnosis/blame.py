"""Blame: which knobs of a Config made an untrained network what it is.

What is seen (a signal that grows, units that never fire) does not tell which knob did it. The Config does: a knob is
the likelier the further it stands from where it does no harm. Distances are counted in doublings of the size of the
weights, so that knobs can be held against each other.
"""

from collections.abc import Callable
from math import inf, isinf, log2, sqrt

from core.choices.initializers import initializers
from core.config import Config
from core.config.chosen import phi
from core.theory.variances import variance

UNUSUAL = 0.9  # doublings of the weights from which on a knob stands out; half of PyTorch's usual weights are 0.8
SHIFT = 0.5  # a bias of so much, in sizes of a usual pre-activation, counts as one doubling
DRAWN_ALIKE = ("positive", "constant", "zeros")  # weights that are not spread around 0
DEEP = 8  # from so many layers on, depth counts as one of the causes
NARROW = 4  # units in a layer, up to which it may be dead as a whole by chance

Distance = Callable[[Config], float]


def blame(config: Config | None, *, larger: bool | None = None) -> tuple[str, ...]:
    """The knobs to turn, the likeliest first. `larger` says whether the signal was too large, too small, or neither.

    Without a Config, those that decide on the size of weights.
    """
    if config is None:
        return ("initializer", "weight_scale", "normalization")
    apart = {name: distance(config) for name, distance in DISTANCES.items()}
    fitting = {name: size for name, size in apart.items() if abs(size) >= UNUSUAL and _fits(name, size, larger)}
    if fitting:
        return tuple(sorted(fitting, key=lambda name: -abs(fitting[name])))
    return _of_structure(config)


def _fits(name: str, size: float, larger: bool | None) -> bool:
    return larger is None or name == "bias_init" or (size > 0) == larger or isinf(size)


def _of_structure(config: Config) -> tuple[str, ...]:
    """What to turn where no knob of the start stands out."""
    narrow = ("width",) if config.width <= NARROW else ()
    deep = ("depth",) if config.depth >= DEEP else ()
    unscaled = ("preprocessing",) if config.preprocessing == "none" else ()
    return (*narrow, *unscaled, "activation", "normalization", *deep, "initializer")


def _of_scale(config: Config) -> float:
    return log2(config.weight_scale) if config.weight_scale > 0 else -inf


def _of_initializer(config: Config) -> float:
    """How many times the weights are twice as large as those that keep the size of the signal, without their scale."""
    if config.initializer in DRAWN_ALIKE:
        return inf
    if initializers[config.initializer].variance is None or config.weight_scale == 0:
        return 0.0
    drawn = sqrt(variance(config, config.width, config.width).weights) / config.weight_scale
    return log2(drawn / fitting_gain(config))


def _of_bias(config: Config) -> float:
    return abs(config.bias_init) / SHIFT if config.normalization == "none" else 0.0


def fitting_gain(config: Config) -> float:
    """√(fan_in · Var W) that keeps the size of the signal: √2 where φ is 0, or nearly, on one side (He et al. 2015),
    otherwise 1 (LeCun et al. 1998)."""
    return sqrt(2) if phi(config).saturates in ("left", "right") and isinf(phi(config).high) else 1.0


DISTANCES: dict[str, Distance] = {
    "weight_scale": _of_scale,
    "bias_init": _of_bias,
    "initializer": _of_initializer,
}
