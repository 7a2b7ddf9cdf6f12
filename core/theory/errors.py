"""Errors: the gradient of a loss with respect to the outputs of an untrained network, with which the way back begins.

The outputs of a sample are independent and N(0, q) where layers are wide, and know nothing of its target. A loss that
is not here has no theory of gradients.
"""

from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory.formulas import squared_error
from core.theory.gauss import TINY, GaussianLayer, at
from core.theory.inputs import Inputs

DRAWS = 256


class Outputs(NamedTuple):
    """The variance of an output for groups of samples (group,), and its covariance for groups of pairs (pair,)."""

    q: Array
    together: Array

    @property
    def correlation(self) -> Array:
        """That of the outputs of two samples (pair,)."""
        return np.clip(self.together / max(float(self.q.mean()), TINY), -1, 1)


class Errors(NamedTuple):
    """E‖δ‖² for groups of samples (group,), and E δ·δ' for groups of pairs (pair,): δ is dL/d output of a sample.

    Over networks ‖δ‖² of one sample has this variance, and for two samples these covariances (pair,): where outputs are
    alike, whole networks err by more or by less.
    """

    squares: Array
    products: Array
    variance: float
    covariances: Array


def cross_entropy(outputs: Outputs, probe: Inputs) -> Errors:
    """δ = p − y, a softmax less the right class. For its products see `_softmax_products`."""
    low, high = float(outputs.q.min()), float(outputs.q.max())
    if not 0 < low < high < np.inf:
        squares = np.full(len(outputs.q), squared_error(probe.outputs, high) if high < np.inf else np.nan)
    else:
        few = np.geomspace(low, high, 4)
        squares = np.interp(outputs.q, few, [squared_error(probe.outputs, q) for q in few])
    error = float(squares.mean())
    variance, covariances = _softmax_covariances(outputs, probe)
    return Errors(squares, _softmax_products(outputs, probe, error), variance * error**2, covariances * error**2)


def _softmax_products(outputs: Outputs, probe: Inputs, error: float) -> Array:
    """E δ·δ' = E p·p' − 2/C + y·y' of two samples, by how alike their outputs are.

    E p·p' is 1/C for unlike outputs and S = E Σp² for equal ones. In between, its first term is known, by
    E ∂p/∂output, and the rest is taken as a cube.
    """
    classes, alike, q = probe.outputs, outputs.correlation, float(outputs.q.mean())
    same = error - 1 + 2 / classes
    linear = min(same - 1 / classes, q * (1 - same) ** 2 / max(1, classes - 1))
    product = 1 / classes + linear * alike + (same - 1 / classes - linear) * alike**3
    products: Array = product - 2 / classes + probe.pairs.answers
    return products


@lru_cache(maxsize=8)
def _draws(classes: int) -> tuple[Array, Array]:
    """Two sets of normal numbers (class, draw), always the same."""
    first, second = np.random.default_rng(0).normal(size=(2, DRAWS, classes))
    return np.ascontiguousarray(first.T), np.ascontiguousarray(second.T)


def _softmax_covariances(outputs: Outputs, probe: Inputs) -> tuple[float, Array]:
    """The variance of ‖p − y‖² and its covariances for pairs, in units of its squared mean, by drawing outputs."""
    first, second = _draws(probe.outputs)
    size, c = np.sqrt(outputs.q.mean()), np.append(outputs.correlation, 1.0)[:, None]
    first, second = size * first[:, None], size * second[:, None]
    one, other = _squared_errors(first), _squared_errors(c * first + np.sqrt(1 - c**2) * second)
    mean = one.mean() * other.mean((0, -1))
    same = (one * other).mean((0, -1))
    unlike = (one.mean(0) * other.mean(0)).mean(-1) - same / probe.outputs
    unlike /= max(1 - 1 / probe.outputs, TINY)
    same, unlike = same / mean - 1, unlike / mean - 1
    return float(same[-1]), np.where(probe.pairs.answers == 1, same[:-1], unlike[:-1])


def _squared_errors(outputs: Array) -> Array:
    """‖p − y‖² for each class (class, …) being the right one."""
    p = np.exp(outputs - outputs.max(0))
    p /= p.sum(0)
    errors: Array = (p**2).sum(0) - 2 * p + 1
    return errors


def binary_cross_entropy(outputs: Outputs, probe: Inputs) -> Errors:
    """δ = σ(o) − y. As o is symmetric, E δ² = E σ² for either class, and E δδ' = E σσ', less 1/2 for unlike ones.

    Likewise E δ²δ'² is E σ²σ'² at the correlation of the outputs, or at minus that.
    """
    sigmoid, alike = curve(Config(activation="sigmoid")), probe.pairs.answers
    middle = GaussianLayer(sigmoid, np.array(outputs.q.mean()))
    mean = float(middle.mean_square)
    return Errors(
        squares=GaussianLayer(sigmoid, outputs.q).mean_square,
        products=at(middle.products, outputs.correlation) - (1 - alike) / 2,
        variance=float(middle.square_products.sum()) - mean**2,
        covariances=at(middle.square_products, outputs.correlation * (2 * alike - 1)) - mean**2,
    )


def mse(outputs: Outputs, probe: Inputs) -> Errors:
    """δ = 2(o − y)/C for C outputs, so E‖δ‖² = 4(Cq + ‖y‖²)/C² and E δ·δ' = 4(C·E oo' + y·y')/C².

    As the o are normal, the covariance of ‖δ‖² and ‖δ'‖² is 16(2C(E oo')² + 4·E oo'·y·y')/C⁴ (Isserlis 1918).
    """
    count, together, q = probe.outputs, outputs.together, float(outputs.q.mean())
    answers, alike = float(probe.answers.mean()), probe.pairs.answers
    return Errors(
        squares=4 * (count * outputs.q + probe.answers) / count**2,
        products=4 * (count * together + alike) / count**2,
        variance=16 * (2 * count * q**2 + 4 * q * answers) / count**4,
        covariances=16 * (2 * count * together**2 + 4 * together * alike) / count**4,
    )


ERRORS: dict[str, Callable[[Outputs, Inputs], Errors]] = {
    "cross_entropy": cross_entropy,
    "binary_cross_entropy": binary_cross_entropy,
    "mse": mse,
}
