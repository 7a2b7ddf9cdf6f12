"""The formulas of wide networks before training: how signal and gradient travel, and where order ends.

σ_w² = fan_in · Var(w) is `weight_variance`, σ_b² the variance of a random bias, q the variance of a layer's
pre-activations over units. A bias that is the same for all units is not random: it is their mean, z ~ N(bias, q).
Without one, q is E z², as in the papers. Where q may be an array, so is the answer.
"""

from collections.abc import Callable
from functools import lru_cache
from math import inf, nan, sqrt
from typing import NamedTuple

import numpy as np

from core.array import Array
from core.networks.curves import Curve, normal_cdf
from core.theory.gauss import TINY, at
from core.theory.maxout import layer_of

SCALES = np.logspace(-16, 12, 85)  # values of q among which a root is searched
SAME = 1e-9  # relative difference of two numbers that are equal but for rounding
LEVEL = 0.01  # and of two that have almost reached their limit
FAR = (1e8, 1e12)  # values of q that show what a curve comes to
SECTIONS, ROUNDS = 12, 10  # points between which a root is searched, again and again


def next_q(
    curve: Curve, q: Array | float, weight_variance: float, bias_variance: float = 0.0, bias: float = 0.0
) -> Array:
    """The variance of pre-activations one layer on: q' = σ_w² E φ(z)² + σ_b² (Poole et al. 2016, eq. 3)."""
    return weight_variance * layer_of(curve, np.asarray(q), bias).mean_square + bias_variance


def chi(curve: Curve, q: Array | float, weight_variance: float, bias: float = 0.0) -> Array:
    """χ = σ_w² E φ'(z)²: the growth of E(dL/dz)² from a layer to the one before it (Schoenholz et al. 2017)."""
    return weight_variance * layer_of(curve, np.asarray(q), bias).slope_square


def q_slope(curve: Curve, q: Array | float, weight_variance: float, bias: float = 0.0) -> Array:
    """dq'/dq = χ + σ_w² E φ''(z)φ(z): how much a change of q is passed on (Schoenholz et al. 2017)."""
    layer = layer_of(curve, np.asarray(q), bias)
    return weight_variance * layer.growth * layer.mean_square / np.maximum(layer.q, TINY**2)


def depth_scale(factor: Array | float) -> Array:
    """ξ = −1/ln of a factor a layer: over so many layers a difference falls by e (Schoenholz et al. 2017).

    With χ at the fixed point it is ξ_c, with dq'/dq ξ_q. Infinite at 1, the edge of chaos; negative beyond it, where
    differences, and gradients, grow by e instead. A negative factor turns differences round at every layer.
    """
    growth = np.abs(np.asarray(factor, np.float64))
    with np.errstate(divide="ignore"):
        return np.where(np.abs(growth - 1) < SAME, inf, -1 / np.log(growth))


def fixed_point(
    curve: Curve, weight_variance: float, bias_variance: float = 0.0, bias: float = 0.0, start: float = 1.0
) -> float:
    """q*: where q settles in a deep network whose first layer has q = start. Infinite where it grows without end."""

    def excess(q: Array) -> Array:
        return next_q(curve, q, weight_variance, bias_variance, bias) - q

    first = float(excess(np.array(start)))
    if abs(first) <= SAME * start:
        return start
    up = first > 0
    way = SCALES[start < SCALES] if up else SCALES[start > SCALES][::-1]
    root = first_root(excess, np.array([start, *way]))
    return (inf if up else 0.0) if root is None else root


class Edge(NamedTuple):
    """Where χ = 1 at the fixed point q: the critical σ_w², and q. NaN where any q is one, infinite where none is."""

    weight_variance: float
    q: float


@lru_cache(maxsize=512)
def edge_of_chaos(curve: Curve, bias_variance: float = 0.0, bias: float = 0.0) -> Edge | None:
    """The critical σ_w²: below it two inputs become alike and gradients vanish, above it both grow apart and explode.

    Of several, the one of the smallest q (Poole et al. 2016; Hayou et al. 2019). None where there is no edge.
    """
    small, large = layer_of(curve, np.array([1e-3, 1e3]), bias).slope_square
    if small > 0 and abs(small - large) <= SAME * large and bias == 0:  # a curve without a scale, such as ReLU
        return Edge(float(1 / large), inf if bias_variance else nan)
    least = float(layer_of(curve, np.array(SCALES[0]), bias).slope_square)  # at 0 itself a curve may have a corner
    if bias_variance == 0 == float(curve.phi(np.array([float(bias)]))[0]) and least > 0:
        return Edge(1 / least, 0.0)

    def missing(q: Array) -> Array:  # the bias variance at which this q is fixed and critical, less the given one
        layer = layer_of(curve, q, bias)
        with np.errstate(divide="ignore", invalid="ignore"):
            return q - layer.mean_square / layer.slope_square - bias_variance

    root = first_root(missing, SCALES)
    if root is not None:
        return Edge(float(1 / layer_of(curve, np.array(root), bias).slope_square), root)
    near, far = layer_of(curve, np.array(FAR), bias).slope_square
    return Edge(float(1 / far), inf) if far > 0 and abs(near - far) <= LEVEL * far else None


def first_root(function: Callable[[Array], Array], way: Array) -> float | None:
    """Where a function first changes its sign along the way, None where it does not."""
    for _ in range(ROUNDS):
        values = function(way)
        known = np.isfinite(values)
        way, signs = way[known], np.sign(values[known])
        (changed,) = np.nonzero(signs[1:] != signs[:-1])
        if not len(changed):
            return None
        way = np.linspace(way[changed[0]], way[changed[0] + 1], SECTIONS)
    return float(way.mean())


def next_correlation(
    curve: Curve,
    correlation: Array | float,
    q: float,
    weight_variance: float,
    bias_variance: float = 0.0,
    bias: float = 0.0,
) -> Array:
    """The correlation of the pre-activations of two inputs, of equal q, one layer on (Poole et al. 2016, eq. 5)."""
    layer = layer_of(curve, np.asarray(q), bias)
    c = np.asarray(correlation, np.float64)
    together = at(layer.products, np.atleast_1d(c)).reshape(c.shape)
    return (weight_variance * together + bias_variance) / (weight_variance * layer.mean_square + bias_variance)


def relu_correlation(correlation: Array | float) -> Array:
    """`next_correlation` of ReLU without a bias, for every σ_w²: (√(1−c²) + c(π − arccos c))/π (Cho & Saul 2009)."""
    c = np.clip(np.asarray(correlation, np.float64), -1, 1)
    cosine: Array = (np.sqrt(1 - c**2) + c * (np.pi - np.arccos(c))) / np.pi
    return cosine


def gain(curve: Curve) -> float:
    """The g that keeps E a² = 1: 1/√E φ(Z)². √2 for ReLU (He et al. 2015), 1.5925 for tanh."""
    return 1 / sqrt(float(layer_of(curve, np.array(1.0)).mean_square))


def nested(curve: Curve, z: Array | float, times: int) -> Array:
    """φ(φ(… z)): what a chain of units with weight 1 and no bias makes of z."""
    values = np.atleast_1d(np.asarray(z, np.float64))
    for _ in range(times):
        values = curve.phi(values)
    return values.reshape(np.shape(z))


def log_slopes(curve: Curve, q: float, weight_variance: float, bias: float = 0.0) -> tuple[float, float]:
    """log₁₀ of the growth, a layer, of dL/dz² and of one sample's dL/dW², from input to output, where a layer has q.

    For ReLU the first is −log₁₀(σ_w²/2) and the second 0, whatever σ_w² is: dL/dW alone hides a vanishing gradient.
    Infinite, or NaN, where no slope or no signal is left.
    """
    layer = layer_of(curve, np.asarray(q), bias)
    with np.errstate(divide="ignore", invalid="ignore"):
        backward = float(np.log10(weight_variance * layer.slope_square))
        forward = float(np.log10(weight_variance * layer.mean_square / q))
    return 0.0 - backward, forward - backward


def fluctuation(curve: Curve, q: Array | float, bias: float = 0.0) -> Array:
    """E a⁴/(E a²)² − 1: n times the relative variance of the mean of n units' a². 5 for ReLU without a bias."""
    layer = layer_of(curve, np.asarray(q), bias)
    ratio: Array = layer.square_products.sum(-1) / layer.mean_square**2
    return ratio - 1


def finite_width_ratio(widths: Array | list[int], fluctuation: float = 5.0) -> float:
    """E M²/(E M)² = Π(1 + 5/n) of M, the last layer's mean of a² for one input: He-ReLU (Hanin & Rolnick 2018)."""
    return float(np.prod(1 + fluctuation / np.asarray(widths, np.float64)))


def finite_width_log_std(widths: Array | list[int], fluctuation: float = 5.0) -> float:
    """The standard deviation of log M, about √(5 Σ 1/n): see `finite_width_ratio`."""
    return sqrt(fluctuation * float((1 / np.asarray(widths, np.float64)).sum()))


def curvature(inputs: Array) -> float:
    """The largest eigenvalue of E x·xᵀ of inputs (sample, feature): how curved a linear unit's squared error is.

    Gradient descent on it is stable for learning rates below 2 over this (LeCun et al. 1991).
    """
    whole = np.asarray(inputs, np.float64)
    return float(np.linalg.eigvalsh(whole.T @ whole / len(whole))[-1])


def batch_norm_growth(curve: Curve) -> float:
    """The growth of (dL/dz)² a layer towards the input under batch norm: E φ'(Z)²/Var φ(Z) (Yang et al. 2019).

    π/(π − 1) = 1.4669 for ReLU: it explodes, whatever the weights.
    """
    layer = layer_of(curve, np.array(1.0))
    return float(layer.slope_square / layer.std**2)


def squared_error(classes: int, q: float) -> float:
    """E Σ(p − y)² over classes, for a softmax p of independent logits from N(0, q) and a label y drawn apart from them.

    1 − 1/C for small logits, up to 2(1 − 1/C) for large ones. Derived here: it is 1 − 2/C + E Σp², and as
    1/S² = ∫ t exp(−tS) dt, E Σp² = C ∫ N(u) M(u)^(C−1) du, where −u is the logarithm of t, x ~ N(0, q), and
    M(u) = E exp(−exp(x − u)), N(u) = E exp(2(x − u) − exp(x − u)).
    """
    spread = sqrt(q)
    u = np.linspace(-4 - 8 * spread, 16 + 8 * spread, 161)
    if spread < 1:  # means over x, as a sum over what is normal
        x = np.linspace(-8, 8, 81)
        y, weight = spread * x - u[:, None], np.exp(-(x**2) / 2) / np.sqrt(2 * np.pi) * (x[1] - x[0])
        others, one = np.exp(-np.exp(y)) @ weight, np.exp(2 * y - np.exp(y)) @ weight
    else:  # the same, over y = x − u
        y = np.linspace(-16, 4, 121)
        standard = (y + u[:, None]) / spread
        others = normal_cdf(standard) @ np.exp(y - np.exp(y)) * (y[1] - y[0])
        density = np.exp(-(standard**2) / 2) / np.sqrt(2 * np.pi) / spread
        one = density @ np.exp(2 * y - np.exp(y)) * (y[1] - y[0])
    squares = classes * float((one * others ** (classes - 1)).sum() * (u[1] - u[0]))
    return 1 - 2 / classes + squares
