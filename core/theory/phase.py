"""The phase diagram: where in the plane of σ_w and of the biases a deep network is ordered, and where chaotic.

Ordered, with χ < 1 at the fixed point: two inputs become alike on their way, and gradients vanish on theirs. Chaotic,
with χ > 1: the smallest difference grows, and gradients explode. Between them lies the edge of chaos.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.array import Array
from core.networks.curves import Curve
from core.theory.formulas import edge_of_chaos
from core.theory.gauss import TINY
from core.theory.maxout import layer_of

WEIGHTS = np.geomspace(0.1, 30, 201)  # σ_w
BIASES = np.linspace(-2, 2, 21).round(9)
SIGMAS = np.linspace(0, 2, 21).round(9)  # σ_b
QS = np.logspace(-8, 8, 113)
STILL = 1e-12  # stands for χ = 0 on a logarithmic scale
RISEN = 0.004  # log χ from which it counts as above 1: rounding reaches half of it
LEAP = 1.2  # from one of WEIGHTS to the next; χ grows by less where it is smooth
BESIDE = 3  # stops of WEIGHTS on both sides among which a leap is sought
HALVINGS = 12


@dataclass(frozen=True, eq=False)
class Phases:
    """χ at the fixed point (bias, weight) over biases and WEIGHTS, and the σ_w where it reaches 1 (bias,), or NaN."""

    chi: Array
    edge: Array


@lru_cache(maxsize=64)
def phases(curve: Curve, bias_variance: float = 0.0) -> Phases:
    """The phases over BIASES that all units share, beside random ones of this variance."""
    return _phases(curve, BIASES, np.full(len(BIASES), bias_variance))


@lru_cache(maxsize=64)
def random_phases(curve: Curve, bias: float = 0.0) -> Phases:
    """The phases over the standard deviations SIGMAS of random biases, as in the papers, around a bias."""
    return _phases(curve, np.array([bias]), SIGMAS**2)


def _phases(curve: Curve, biases: Array, bias_variances: Array) -> Phases:
    """Networks of this activation. q starts, as for inputs of mean square 1, at σ_w² + σ_b²."""
    variances = WEIGHTS[:, None] ** 2
    layer = layer_of(curve, *np.broadcast_arrays(QS, biases[:, None]))  # (bias, q)
    rows = np.broadcast(biases, bias_variances).shape[0]
    squares, slopes = (np.broadcast_to(m, (rows, len(QS))) for m in (layer.mean_square, layer.slope_square))
    rises = np.array([_rises(variances[:, 0], *row) for row in zip(squares, bias_variances, strict=True)])
    chi = np.array([_chi(variances, *row) for row in zip(squares, slopes, bias_variances, rises, strict=True)])
    edge = np.array([_first_beyond(row) for row in chi])
    edge = _sharpened(curve, biases, bias_variances, edge, rises, chi)
    for row in np.flatnonzero(np.broadcast_to(biases, rows) == 0):
        exact = edge_of_chaos(curve, float(bias_variances[row]))
        if exact is not None:  # it may be that of another q, which inputs of this size never come to
            better = exact.weight_variance**0.5
            if (chi[row, better > WEIGHTS] < 1).all():
                edge[row] = better
    return Phases(chi, edge)


def _rises(variances: Array, squares: Array, bias_variance: float) -> Array:
    """Whether q grows from where it starts, σ_w² + σ_b² (weight,)."""
    start = variances + bias_variance
    there = np.exp(np.interp(np.log(start), np.log(QS), np.log(np.maximum(squares, TINY))))
    rises: Array = variances * there + bias_variance > start
    return rises


def _sharpened(curve: Curve, biases: Array, bias_variances: Array, edge: Array, rises: Array, chi: Array) -> Array:
    """The edges (bias,), sharper where χ leaps as q starts to grow between the same two of WEIGHTS.

    It goes from one fixed point to another, as for a ReLU whose bias is below zero: nothing lies between that could be
    interpolated. Found by halving, for all biases at once.
    """
    rows, last = np.arange(len(edge)), len(WEIGHTS) - 1
    above = np.clip(np.searchsorted(WEIGHTS, np.nan_to_num(edge, nan=1.0)), 1, last)
    leaps = ~rises[rows, above - 1] & rises[rows, above] & (chi[rows, above] > LEAP * chi[rows, above - 1])
    low, high = WEIGHTS[np.maximum(above - BESIDE, 0)], WEIGHTS[np.minimum(above + BESIDE, last)]
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        start, bias = np.broadcast_arrays(middle**2 + bias_variances, biases)
        grows = middle**2 * layer_of(curve, start, bias).mean_square + bias_variances > start
        low, high = np.where(grows, (low, middle), (middle, high))
    return np.where(leaps & ~np.isnan(edge), low, edge)


def _chi(variances: Array, squares: Array, slopes: Array, bias_variance: float, rises: Array) -> Array:
    """χ (weight,) where q settles: at the next root of q' − q, above where it starts if it `rises` there, or below."""
    grows = variances * squares + bias_variance > QS  # (weight, q)
    above = np.searchsorted(QS, variances[:, 0] + bias_variance)[:, None]
    rows, places, last = np.arange(len(grows)), np.arange(len(QS)), len(QS) - 1
    shrinks_above, grows_below = ~grows & (places >= above), grows & (places < above)
    up = np.where(shrinks_above.any(1), shrinks_above.argmax(1), last)
    down = np.where(grows_below.any(1), last - grows_below[:, ::-1].argmax(1), 0)
    here = np.where(rises, np.maximum(up - 1, 0), np.minimum(down + 1, last))
    there = np.where(rises, up, down)
    with np.errstate(divide="ignore"):
        ratio = np.log((variances * squares + bias_variance) / QS).clip(-99)  # nearly a straight line over log q
    first, second = ratio[rows, here], ratio[rows, there]
    crosses = (first > 0) != (second > 0)
    part = np.where(crosses, first / np.where(crosses, first - second, 1.0), 1.0)
    chi: Array = variances[:, 0] * (slopes[here] + part * (slopes[there] - slopes[here]))
    return chi


def _first_beyond(chi: Array) -> float:
    """The σ_w where χ first rises through 1, NaN where it does not."""
    size = np.log(np.maximum(chi, STILL)) - RISEN
    (rising,) = np.nonzero((size[:-1] < 0) & (size[1:] >= 0))
    if not len(rising):
        return float("nan")
    left = rising[0]
    part = -size[left] / (size[left + 1] - size[left])
    return float(WEIGHTS[left] * (WEIGHTS[left + 1] / WEIGHTS[left]) ** part)
