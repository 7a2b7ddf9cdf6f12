"""What an activation makes of normally distributed pre-activations z ~ N(bias, q): every mean that theory needs.

Means are Gauss-Legendre sums over panels that end where the density or the activation bends (at 0 above all), so they
hold for narrow, wide and saturated pre-activations alike. Gauss-Hermite does not: it fails for saturated S-curves.
Shares, such as that of saturated activations, are exact: the places where a curve is flat are searched once.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from core.array import Array
from core.measuring.measures import SATURATED_BELOW
from core.networks.curves import Curve, normal_cdf

REACH = 9.0  # standard deviations; beyond them lies less than 1e-18
STANDARD = np.array([1, 2, 3, 4, 5, 6.5, REACH])  # where panels end, in standard deviations on both sides of the mean
BENDS = np.array([0.5, 1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48])  # and in z, on both sides of zero
POINTS, WEIGHTS = np.polynomial.legendre.leggauss(10)
ORDERS = 32  # of the series in powers of a correlation; what is left of it is taken together

SEARCHED = 160.0  # |z| up to which a curve is looked at: float32's exp has become 0 by then
GRID = np.linspace(-SEARCHED, SEARCHED, 10_240, dtype=np.float32)  # an even number, so that 0 is none of them
TINY = 1e-150  # stands for a standard deviation of 0, so that its square is still a number


@dataclass(frozen=True, eq=False)
class GaussianLayer:
    """A layer whose pre-activations are N(bias, q): the means of what `curve` makes of them.

    q and bias may be arrays of one shape (…); every mean then has that shape.
    """

    curve: Curve
    q: Array
    bias: Array | float = 0.0

    @cached_property
    def standard(self) -> Array:
        """The places (…, node) in standard deviations from the mean."""
        return self._nodes[0]

    @cached_property
    def _nodes(self) -> tuple[Array, Array]:
        spread, bias = np.broadcast_arrays(self._spread, np.asarray(self.bias, np.float64))
        bends = np.concatenate([-BENDS[::-1], [0.0], BENDS])
        with np.errstate(over="ignore"):
            bends = np.clip((bends - bias[..., None]) / spread[..., None], -REACH, REACH)
        fixed = np.broadcast_to(np.concatenate([-STANDARD[::-1], [0.0], STANDARD]), (*spread.shape, 15))
        ends = np.sort(np.concatenate([fixed, bends], -1), -1)
        middle, half = (ends[..., 1:] + ends[..., :-1]) / 2, np.diff(ends) / 2
        places = (middle[..., None] + half[..., None] * POINTS).reshape(*spread.shape, -1)
        weights = (half[..., None] * WEIGHTS).reshape(*spread.shape, -1)
        return places, weights * np.exp(-(places**2) / 2) / np.sqrt(2 * np.pi)

    @property
    def _spread(self) -> Array:
        return np.maximum(np.sqrt(np.asarray(self.q, np.float64)), TINY)

    @cached_property
    def z(self) -> Array:
        """The places (…, node) as pre-activations."""
        places: Array = np.asarray(self.bias, np.float64)[..., None] + self._spread[..., None] * self.standard
        return places

    @cached_property
    def phi(self) -> Array:
        """φ there."""
        return self.curve.phi(self.z)

    @cached_property
    def slope(self) -> Array:
        """φ' there."""
        return self.curve.slope(self.z)

    def over(self, values: Array) -> Array:
        """The mean of a function whose values at the nodes are given."""
        mean: Array = (values * self._nodes[1]).sum(-1)
        return mean

    @cached_property
    def mean(self) -> Array:
        """E φ(z)."""
        return self.over(self.phi)

    @cached_property
    def mean_square(self) -> Array:
        """E φ(z)²."""
        return self.over(self.phi**2)

    @cached_property
    def std(self) -> Array:
        """The standard deviation of φ(z)."""
        std: Array = np.sqrt(self.over((self.phi - self.mean[..., None]) ** 2))
        return std

    @cached_property
    def slope_square(self) -> Array:
        """E φ'(z)²."""
        return self.over(self.slope**2)

    @cached_property
    def shift(self) -> Array:
        """d E φ / d log q: how far a change of q moves the mean."""
        return self.over(self.phi * (self.standard**2 - 1)) / 2

    @cached_property
    def growth(self) -> Array:
        """d log E φ² / d log q: how much a change of q is passed on. 1 for ReLU, near 0 for a saturated S-curve.

        By parts, d/dq E f(z) = E f(z)(Z² − 1) / 2q, so that no second derivative is asked for.
        """
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = self.over(self.phi**2 * (self.standard**2 - 1)) / 2 / self.mean_square
        return np.nan_to_num(growth)

    def share(self, kind: str) -> Array:
        """The share of entries where φ is 0 ("zero"), nearly flat ("flat"), or has slope exactly 0 ("still")."""
        return inside(places(self.curve, kind), self._spread, np.asarray(self.bias))

    @cached_property
    def products(self) -> Array:
        """The series of E φ(z)φ(z'), see `series`."""
        return self.series(self.phi)

    @cached_property
    def square_products(self) -> Array:
        """The series of E φ(z)²φ(z')²."""
        return self.series(self.phi**2)

    @cached_property
    def slope_products(self) -> Array:
        """The series of E φ'(z)φ'(z')."""
        return self.series(self.slope)

    @cached_property
    def slope_square_products(self) -> Array:
        """The series of E φ'(z)²φ'(z')²."""
        return self.series(self.slope**2)

    @cached_property
    def gates(self) -> Array:
        """The series of the chance that two samples pass through the same linear function of a unit: here the only."""
        return self._constant(1.0)

    def _constant(self, value: float) -> Array:
        """A series (…, order) that is the same at every correlation."""
        series = np.zeros((*np.shape(self.mean_square), ORDERS + 1))
        series[..., 0] = value
        return series

    def series(self, values: Array) -> Array:
        """E f(z)f(z') for z, z' of correlation c is a power series in c (Mehler 1866): its coefficients (…, order).

        The last one stands for all higher orders together, so that their sum is E f(z)².
        """
        squares = (self._hermite @ (values * self._nodes[1])[..., None])[..., 0] ** 2
        rest = np.maximum(0.0, self.over(values**2) - squares.sum(-1))
        return np.concatenate([squares, rest[..., None]], -1)

    @cached_property
    def _hermite(self) -> Array:
        """Hermite polynomials (…, order, node), normalised to E h(Z)² = 1."""
        z = self.standard
        orders = np.ones((ORDERS, *z.shape))
        orders[1] = z
        for order in range(1, ORDERS - 1):
            orders[order + 1] = (z * orders[order] - order**0.5 * orders[order - 1]) / (order + 1) ** 0.5
        return np.moveaxis(orders, 0, -2)


def at(series: Array, correlation: Array) -> Array:
    """The values of `series` (…, order) at correlations (…, pair) between −1 and 1."""
    orders = np.moveaxis(series, -1, 0)
    values: Array = np.polynomial.polynomial.polyval(correlation, orders[..., None], tensor=False)
    return values


def inside(intervals: Array, spread: Array, middle: Array) -> Array:
    """The probability that a number from N(middle, spread²) lies in one of the intervals (interval, 2)."""
    with np.errstate(over="ignore"):
        ends = normal_cdf((intervals - np.asarray(middle)[..., None, None]) / np.asarray(spread)[..., None, None])
    share: Array = (ends[..., 1] - ends[..., 0]).sum(-1)
    return np.clip(share, 0, 1)


def _flat(slope: Array, least: np.float32) -> Array:
    """Where a slope is less than it should be, or there is none at all, as for a step."""
    flat: Array = (slope < least) | (slope == 0)
    return flat


CONDITIONS: dict[str, Callable[[Curve, Array], Array]] = {
    "zero": lambda curve, z: curve.phi(z) == 0,
    "flat": lambda curve, z: _flat(np.abs(curve.slope(z)), np.float32(SATURATED_BELOW * curve.max_slope)),
    "still": lambda curve, z: curve.slope(z) == 0,
}


@lru_cache(maxsize=256)
def places(curve: Curve, kind: str) -> Array:
    """The intervals (interval, 2) of z where a curve meets a condition, in float32 as the network computes it."""
    holds = CONDITIONS[kind](curve, GRID)
    (left,) = np.nonzero(holds[1:] != holds[:-1])
    low, high = GRID[left].astype(np.float64), GRID[left + 1].astype(np.float64)
    for _ in range(30):
        middle = (low + high) / 2
        same = CONDITIONS[kind](curve, middle.astype(np.float32)) == holds[left]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    first, last = [-np.inf] * bool(holds[0]), [np.inf] * bool(holds[-1])
    return np.concatenate([first, low, last]).reshape(-1, 2)
