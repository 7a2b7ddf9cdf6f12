"""Bands: how far single networks stray from what is expected of infinitely wide ones, to first order in 1/width."""

from collections.abc import Mapping

import numpy as np

from core.array import Array
from core.theory.gauss import TINY, at
from core.theory.walk import Walk

LOUD = 0.25  # an echo of squared errors that is no longer small
DEVIATIONS = 2  # from the middle of a band to its ends
FARTHEST = 30.0  # a band's end, in e-folds from its middle


def bands_of(walk: Walk, variables: Mapping[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Where networks of this width lie: the mean of a² and of (dL/dz)² is nearly log-normal over networks.

    What is left out: that the way back meets the weights of the way forward. Where squared errors make much of that,
    and under layer norm, where the size of a layer sets that of its gradient too, gradients have no band.
    """
    layer, normalization = walk.middle, walk.config.normalization
    drawn = (1 - walk.hidden.bias / np.maximum(layer.q[1:], TINY)).clip(0, 1)  # the share of q that weights make
    if normalization != "none":
        drawn = np.zeros_like(drawn)  # what a layer before is off by does not pass
    forward = _signal_strays(walk)
    for place, factor in enumerate(drawn * layer.growth[1:], start=1):  # d log E φ² / d log of the E φ² before
        forward[place] += factor**2 * forward[place - 1]
    below = np.append(0.0, forward[:-1] * drawn**2)
    mean, around = variables["activation_mean"], DEVIATIONS * np.sqrt(_mean_strays(walk) + layer.shift**2 * below)
    bands = {
        "activation_mean": (mean - around, mean + around),
        "activation_std": _log_normal(variables["activation_std"], forward),
    }
    if walk.knows_gradient and normalization != "layer_norm" and walk.echo < LOUD:
        backward = _error_strays(walk) + _gradient_strays(walk)[::-1].cumsum()[::-1]
        bands["gradient_rms"] = _log_normal(variables["gradient_rms"], backward)
    return bands


def _left_to_chance(walk: Walk, series: Array) -> Array:
    """Of a series (layer, order), what may differ between networks: not its mean, nor what follows from the length of
    z, of order 2, or from its mean over units, of order 1, where those are given.
    """
    left = series.copy()
    left[:, 0] = 0
    left[0, 2] *= walk.first.forth
    left[1:, 2] *= walk.hidden.forth
    if walk.config.normalization == "layer_norm":
        left[:, 1:3] = 0
    return left


def _mean_strays(walk: Walk) -> Array:
    """The variance, over networks, of a layer's mean activation, given the layer before (layer,)."""
    left = _left_to_chance(walk, walk.middle.products)
    varied: Array = np.maximum(0.0, walk.over_pairs(left.sum(-1), at(left, walk.correlation))) / walk.config.width
    return varied


def _signal_strays(walk: Walk) -> Array:
    """The relative variance, over networks, of a layer's mean of a² over units and samples, given the layer before."""
    series = walk.middle.square_products
    left, mean = _left_to_chance(walk, series), np.maximum(series[:, 0], TINY**2)
    return np.maximum(0.0, walk.over_pairs(left.sum(-1), at(left, walk.correlation)) / mean) / walk.config.width


def _error_strays(walk: Walk) -> float:
    """The variance, over networks, of the logarithm of the mean of ‖dL/d output‖²: log-normal, as it may be large."""
    errors = walk.errors
    relative = walk.over_pairs(np.array(errors.variance), errors.covariances) / max(errors.squares.mean() ** 2, TINY)
    return float(np.log1p(max(0.0, float(relative))))


def _gradient_strays(walk: Walk) -> Array:
    """The same of (dL/dz)², given the layer after: each slope meets what arrives, a normal number.

    Orthogonal weights leave the size of what arrives as it is.
    """
    series, alike = walk.middle.slope_square_products, walk.arriving**2
    mean = np.maximum(series[:, 0], TINY**2)
    kept = 1 - np.array([*[walk.hidden.back] * (walk.config.depth - 1), walk.last.back])
    together = at(series, walk.correlation) * (1 + 2 * alike) - 2 * (kept * mean)[:, None] * alike
    itself = 3 * series.sum(-1) - 2 * kept * mean
    return np.maximum(0.0, walk.over_pairs(itself, together) / mean - 1) / walk.config.width


def _log_normal(rms: Array, variance: Array) -> tuple[Array, Array]:
    """The ends of a band of RMS values, from the variance of the logarithm of their squares, whose mean is given."""
    middle, reach = -variance / 4, DEVIATIONS * np.sqrt(variance) / 2
    low, high = (np.clip(end, -FARTHEST, FARTHEST) for end in (middle - reach, middle + reach))
    return rms * np.exp(low), rms * np.exp(high)
