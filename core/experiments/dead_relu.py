"""ReLU units over points in the plane: where each unit's line lies, which are dead, and how one step kills one.

And what a bias does against it, in the plane and in a wide layer.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

import numpy as np
import torch

from core.array import Array
from core.config import Config
from core.networks.data import load
from core.theory.death import active_share, dead_in_plane, killing_learning_rate
from core.training import record

CENTRED = Config(dataset="star_cloud", samples=100, preprocessing="center")
WIDE = Config(
    dataset="gaussian",
    features=500,
    samples=1000,
    probe_size=1000,
    preprocessing="none",
    width=500,
    depth=1,
    activation="relu",
    initializer="he_normal",
    steps=0,
)
SPREAD = tuple(np.linspace(-2, 2, 41).tolist())  # biases, evenly
STATES = ("on for some points", "on for all points", "dead")


@dataclass(frozen=True, eq=False)
class UnitsInPlane:
    """Points (sample, 2) and the weights (unit, 2) of ReLU units that share one bias; a unit is on where z > 0."""

    points: Array
    weights: Array
    bias: float

    @cached_property
    def z(self) -> Array:
        """The pre-activations (sample, unit)."""
        values: Array = self.points @ self.weights.T + self.bias
        return values

    @property
    def states(self) -> Array:
        """Which of STATES each unit is in (unit,), as a position."""
        on = self.z > 0
        return np.where(on.any(0), np.where(on.all(0), 1, 0), 2)

    @property
    def shares(self) -> Array:
        """The share of units in each of STATES (state,)."""
        return np.bincount(self.states, minlength=len(STATES)) / len(self.weights)

    @property
    def expected_dead(self) -> float:
        """The share of dead units among infinitely many."""
        return dead_in_plane(self.points, self.bias)


def cloud(middle: tuple[float, float], bias: float, units: int) -> UnitsInPlane:
    """A star-shaped cloud around this point, and units with weights of N(0, 1), which is He's."""
    inputs = load(CENTRED).inputs.numpy().astype(np.float64)
    weights = torch.randn(units, 2, generator=CENTRED.generator("weights"), dtype=torch.float64).numpy()
    return UnitsInPlane(inputs + np.array(middle), weights, bias)


@dataclass(frozen=True, eq=False)
class Biases:
    """The share of dead units (bias,) for biases that all units share: `measured`, and `expected` by theory."""

    biases: Sequence[float]
    measured: Array
    expected: Array


def with_biases(over: UnitsInPlane, biases: Sequence[float]) -> Biases:
    """The units over the points of a cloud, with each of these biases instead of their own."""
    farthest = over.z.max(0) - over.bias  # the largest that z gets without a bias, of each unit
    measured = (farthest[:, None] + np.array(biases) <= 0).mean(0)
    return Biases(biases, measured, np.array([dead_in_plane(over.points, bias) for bias in biases]))


@lru_cache(maxsize=16)
def on_in_a_wide_layer(bias: float) -> tuple[float, float]:
    """The share of activations that are on in one wide layer of He's weights and N(0, 1) data: measured, and Φ(b/√2).

    √2 is the standard deviation of z there.
    """
    zeros = record(replace(WIDE, bias_init=bias)).variables["zero_fraction"].values
    return 1 - float(zeros.squeeze()), active_share(bias / 2**0.5)


@dataclass(frozen=True, eq=False)
class Blow:
    """One step of gradient descent on one unit: z of every point before and after (sample,), and the learning rate from
    which it is dead afterwards."""

    before: Array
    after: Array
    killing_rate: float

    @property
    def shares(self) -> tuple[float, float]:
        """The share of points for which the unit is on, before and after."""
        return float((self.before > 0).mean()), float((self.after > 0).mean())


def blow(over: UnitsInPlane, times: float) -> Blow:
    """A step at so many times the killing learning rate, for the unit that is on for most but not all points.

    The loss is the mean of its activations, as if all that follows wanted them smaller. Raises ValueError where there
    is no such unit, or none that a step can kill.
    """
    on = over.z > 0
    shares = on.mean(0)
    in_part = np.flatnonzero((shares > 0) & (shares < 1))
    for unit in in_part[np.argsort(-shares[in_part], kind="stable")]:
        z, pull = over.z[:, unit], _pull(over.points, on[:, unit])
        rate = killing_learning_rate(z, pull)
        if rate < np.inf:
            return Blow(z, z - times * rate * pull, rate)
    raise ValueError(f"none of {len(shares)} units is on for a part of the points and can be killed by a step")


def _pull(points: Array, active: Array) -> Array:
    """By how much, of the learning rate, a step lowers z of each point: g_w · x + g_b, from the points that are on."""
    gradient = (active[:, None] * points).mean(0)
    lowered: Array = points @ gradient + active.mean()
    return lowered
