"""Maxout: the means of the larger of two independent normal numbers, as a layer whose units have two linear functions.

With z₁, z₂ ~ N(b, q), s = (z₁ + z₂)/√2 − √2·b and d = (z₁ − z₂)/√2 are independent and N(0, q), and the larger one is
b + (s + |d|)/√2 (Clark 1961 has its moments). Every mean below follows from those of s and of |d|.
"""

from functools import cached_property

import numpy as np

from core.array import Array
from core.networks.curves import Curve
from core.theory.gauss import TINY, GaussianLayer


class Maxout(GaussianLayer):
    """A layer of maxout units of two linear functions each (Goodfellow et al. 2013), both N(bias, q)."""

    @cached_property
    def _larger(self) -> Array:
        """√(q/π): by how much the larger one is above the bias, in the mean."""
        return np.sqrt(self._q / np.pi)

    @property
    def _q(self) -> Array:
        return np.maximum(np.asarray(self.q, np.float64), TINY**2)

    @property
    def _b(self) -> Array:
        return np.asarray(self.bias, np.float64)

    @cached_property
    def _apart(self) -> Array:
        """The series of E|d||d'|."""
        centred = GaussianLayer(self.curve, self._q)
        return centred.series(np.abs(centred.z))

    @cached_property
    def mean(self) -> Array:
        """E max = b + √(q/π)."""
        mean: Array = self._b + self._larger
        return mean

    @cached_property
    def mean_square(self) -> Array:
        """E max² = q + b² + 2b√(q/π)."""
        mean: Array = self._q + self._b**2 + 2 * self._b * self._larger
        return mean

    @cached_property
    def std(self) -> Array:
        """√(q(1 − 1/π)), whatever the bias is."""
        return np.sqrt(self._q * (1 - 1 / np.pi))

    @cached_property
    def slope_square(self) -> Array:
        """1: a gradient passes through exactly one of the two functions, whose weights are as any."""
        ones: Array = np.ones(np.broadcast(self._q, self._b).shape)
        return ones

    @cached_property
    def shift(self) -> Array:
        """d E max / d log q."""
        return self._larger / 2

    @cached_property
    def growth(self) -> Array:
        """d log E max² / d log q."""
        with np.errstate(divide="ignore", invalid="ignore"):
            growth: Array = np.nan_to_num((self._q + self._b * self._larger) / self.mean_square)
        return growth

    @cached_property
    def products(self) -> Array:
        """The series of E max·max' = b² + 2b√(q/π) + (E ss' + E|d||d'|)/2."""
        series: Array = self._apart / 2
        series[..., 0] += self._b**2 + 2 * self._b * self._larger
        series[..., 1] += self._q / 2
        return series

    @cached_property
    def square_products(self) -> Array:
        """The series of E max²max'², for m = max − b: b⁴ + 4b³Em + 2b²Em² + 4b²Emm' + 4bEmm'² + Em²m'².

        Emm'² is q√(q/π)(1 + c + c²/2), and Em²m'² is q²(1 + c²) + qc·E|d||d'|.
        """
        q, b, larger = self._q, self._b, self._larger
        series: Array = 2 * b[..., None] ** 2 * self._apart
        series[..., 1] += 2 * b**2 * q
        series[..., 0] += b**4 + 4 * b**3 * larger + 2 * b**2 * q + 4 * b * q * larger + q**2
        series[..., 1] += 4 * b * q * larger
        series[..., 2] += 2 * b * q * larger + q**2
        times_c = np.roll(self._apart, 1, -1)
        times_c[..., 0], times_c[..., -1] = 0.0, self._apart[..., -2:].sum(-1)
        series += q[..., None] * times_c
        return series

    @cached_property
    def slope_products(self) -> Array:
        """The slope of what is largest is always 1."""
        return self._constant(1.0)

    @cached_property
    def slope_square_products(self) -> Array:
        """As its square."""
        return self._constant(1.0)

    @cached_property
    def gates(self) -> Array:
        """The series of the chance that d and d' have one sign, 1/2 + arcsin(c)/π (Sheppard 1899)."""
        centred = GaussianLayer(self.curve, np.ones(np.shape(self.mean_square)))
        series = centred.series(np.sign(centred.z)) / 2
        series[..., 0] += 0.5
        return series


def layer_of(curve: Curve, q: Array, bias: Array | float = 0.0) -> GaussianLayer:
    """The layer of an activation whose linear functions are N(bias, q)."""
    return (Maxout if curve.pieces > 1 else GaussianLayer)(curve, q, bias)
