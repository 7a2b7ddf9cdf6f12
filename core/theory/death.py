"""The formulas of dead units: with which probability a unit is silent on n points, at the start and by training.

ReLU's words are used: a unit is on where z > 0. Scale plays no part as long as the bias is zero.
"""

from math import ceil, inf, log, log1p, pi

import numpy as np

from core.array import Array
from core.networks.curves import normal_cdf

Z = np.linspace(-9, 9, 2001)  # an even trapezoid: what is integrated may be nearly a step
NORMAL = np.exp(-(Z**2) / 2) / np.sqrt(2 * np.pi) * (Z[1] - Z[0])
AT_ONCE = 1000  # points
MISSED = 0.05  # the usual risk, of a statement that holds with 95 %


def dead_pair(angle: float) -> float:
    """1/2 − θ/2π: two points seen from the origin under this angle, in radians, no bias."""
    return 0.5 - angle / (2 * pi)


def dead_correlated(samples: int, correlation: float, bias: float = 0.0) -> float:
    """∫DZ Φ(−(b/σ + √c Z)/√(1−c))ⁿ: pre-activations of equal correlation c ≥ 0; `bias` in standard deviations, b/σ."""
    if correlation >= 1:
        return float(normal_cdf(np.array(-bias)))
    silent = normal_cdf(-(bias + np.sqrt(correlation) * Z) / np.sqrt(1 - correlation))
    return float(NORMAL @ silent**samples)


def dead_shifted(samples: int, ratio: float) -> float:
    """∫DZ Φ(−r Z)ⁿ: independent data whose mean, along a unit's weights, is r = mean/std times a normal number."""
    return float(NORMAL @ normal_cdf(-ratio * Z) ** samples)


def dead_cloud(angle: float) -> float:
    """(π − ω)/2π: points in the plane, seen from the origin under the angle ω in radians, no bias. 0 from π on.

    As many units are always on.
    """
    return max(0.0, (pi - angle) / (2 * pi))


def dead_in_plane(points: Array, bias: float = 0.0, weight_std: float = 1.0) -> float:
    """The share of units that are silent on points (sample, 2), exactly, for normal weights of this deviation.

    Seen along a direction the points reach up to m, so z up to r·m + b, with r the length of the weights: a Rayleigh
    number. Only the directions are summed over.
    """
    angle = np.linspace(0, 2 * pi, 1440, endpoint=False)
    directions = np.stack([np.cos(angle), np.sin(angle)])
    parts = np.array_split(points, 1 + len(points) // AT_ONCE)  # many points in all directions would take much memory
    reach = np.max([(part @ directions).max(0) for part in parts], 0)
    if bias == 0:
        return float((reach <= 0).mean())
    with np.errstate(divide="ignore"):
        beyond = np.exp(-((bias / reach) ** 2) / (2 * weight_std**2))  # r is larger than |b/m|
    silent = np.where(reach <= 0, beyond, 0.0) if bias > 0 else np.where(reach <= 0, 1.0, 1 - beyond)
    return float(silent.mean())


def born_dead(width: int, depth: int, silent: float = 0.5) -> float:
    """1 − (1 − 2⁻ᴺ)ᴸ: the chance that a ReLU network is constant from the start, as one of its layers is dead.

    Exact for one input, an upper bound for any data (Lu et al. 2020). `silent` is the chance that one unit is.
    """
    return float(-np.expm1(depth * np.log1p(-(silent**width)))) if silent < 1 else float(depth > 0)


def active_share(bias: float) -> float:
    """Φ(b/σ): the share of samples on which a unit is on, for a bias in standard deviations."""
    return float(normal_cdf(np.array(bias)))


def looks_dead(active: float, samples: int) -> float:
    """(1 − p)ⁿ: the chance that a unit which is on for a share p of the data is silent on a probe of n samples."""
    return float((1 - active) ** samples)


def probe_needed(active: float, risk: float = MISSED) -> float:
    """n ≥ ln(risk)/ln(1 − p): the probe on which such a unit is silent with no more than this risk."""
    if active <= 0:
        return inf
    return 1 if active >= 1 else ceil(log(risk) / log1p(-active))


def killing_learning_rate(pre_activations: Array, pull: Array) -> float:
    """The smallest learning rate at which one full-batch SGD step leaves a ReLU unit silent on all samples.

    `pull` is g_w·x_i + g_b for the unit's gradient (g_w, g_b): the step makes z_i − lr·pull_i of z_i. Infinite where no
    learning rate does it.
    """
    z, pull = np.asarray(pre_activations, np.float64), np.asarray(pull, np.float64)
    down, up = pull > 0, pull < 0
    least = max(0.0, (z[down] / pull[down]).max(initial=0.0))
    most = (z[up] / pull[up]).min(initial=inf)
    return float(least) if least <= most and not (z[pull == 0] > 0).any() else inf
