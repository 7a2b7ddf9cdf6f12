"""Activation functions: what a hidden unit makes of its pre-activation, a = φ(z).

One decorated function is one activation. It must be elementwise and differentiable by autograd (the derivative may be
zero everywhere), and say how steep it gets: `max_slope` = max |φ'|, from which saturation is judged.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Self

import torch
from torch import Tensor

from core.registry import Registry


@dataclass(frozen=True)
class Activation:
    """φ with what is known about it. Call it like a function: `activations["relu"](z)`.

    `max_slope` is max |φ'(z)| over all z; `low` and `high` bound φ(z) (infinite where there is no bound).
    """

    function: Callable[[Tensor], Tensor]
    max_slope: float
    low: float
    high: float

    def __call__(self, pre_activation: Tensor) -> Tensor:
        """φ(z), elementwise."""
        return self.function(pre_activation)

    def slope(self, pre_activation: Tensor) -> Tensor:
        """The local gradient φ'(z), elementwise, exactly as backpropagation uses it. Same shape as the argument."""
        with torch.enable_grad():
            z = pre_activation.detach().requires_grad_()
            (slope,) = torch.autograd.grad(self.function(z).sum(), z)
        if bool(
            pre_activation.sum().isnan()
        ):  # what is NaN has no slope, though autograd gives some functions one there
            slope = torch.where(pre_activation.isnan(), torch.nan, slope)
        return slope


activations: Registry[Activation] = Registry("activation")


@dataclass(frozen=True)
class Mixed:
    """Activations along the leading axis of many networks: each of `parts` has its stretch of it."""

    parts: tuple[tuple[slice, Activation], ...]

    @classmethod
    def of(cls, names: Sequence[str]) -> Self:
        """One activation for each entry of the axis; neighbours of one name share a part."""
        return cls(tuple((rows, activations[name]) for name, rows in stretches(names)))

    @property
    def max_slope(self) -> Tensor:
        """max |φ'| of each network, as (run, 1, 1, 1), to be held against (run, layer, sample, unit)."""
        each = [[entry.max_slope] * (rows.stop - rows.start) for rows, entry in self.parts]
        return torch.tensor(list(chain(*each))).view(-1, 1, 1, 1)

    def __call__(self, pre_activation: Tensor) -> Tensor:
        """φ(z), elementwise, each network with its own."""
        return self._each(Activation.__call__, pre_activation)

    def slope(self, pre_activation: Tensor) -> Tensor:
        """φ'(z), elementwise, each network with its own."""
        return self._each(Activation.slope, pre_activation)

    def _each(self, function: Callable[[Activation, Tensor], Tensor], z: Tensor) -> Tensor:
        if len(self.parts) == 1:
            return function(self.parts[0][1], z)
        return torch.cat([function(entry, z[rows]) for rows, entry in self.parts])


def stretches(names: Sequence[str]) -> Iterator[tuple[str, slice]]:
    """Every stretch of equal neighbours, with where it lies."""
    start = 0
    for name, equal in groupby(names):
        stop = start + len(list(equal))
        yield name, slice(start, stop)
        start = stop


INFINITY = float("inf")


def activation(
    *, max_slope: float, low: float = -INFINITY, high: float = INFINITY
) -> Callable[[Callable[[Tensor], Tensor]], Activation]:
    """Register the decorated function as an activation of that steepness and range."""

    def register(function: Callable[[Tensor], Tensor]) -> Activation:
        entry = Activation(function, max_slope, low, high)
        return activations.add(function.__name__, entry, function.__doc__)

    return register


@activation(max_slope=1.0, low=0.0)
def relu(z: Tensor) -> Tensor:
    """max(0, z): passes positive values on, blocks negative ones and their gradient. A unit never positive is dead."""
    return torch.relu(z)


@activation(max_slope=1.0)
def leaky_relu(z: Tensor) -> Tensor:
    """z where positive, 0.01·z elsewhere: a small slope that keeps every unit trainable."""
    return torch.nn.functional.leaky_relu(z, negative_slope=0.01)


@activation(max_slope=1.0, low=-1.0)
def elu(z: Tensor) -> Tensor:
    """z where positive, exp(z) − 1 elsewhere: negative outputs that level off smoothly at −1."""
    return torch.nn.functional.elu(z)


@activation(max_slope=1.0, low=-1.0, high=1.0)
def tanh(z: Tensor) -> Tensor:
    """An S-curve from −1 to 1, centred on zero. Flat, so saturated, where |z| is large."""
    return torch.tanh(z)


@activation(max_slope=0.25, low=0.0, high=1.0)
def sigmoid(z: Tensor) -> Tensor:
    """1 / (1 + exp(−z)): an S-curve from 0 to 1. Its slope is at most 1/4, and its output is never negative."""
    return torch.sigmoid(z)


@activation(max_slope=1.0)
def identity(z: Tensor) -> Tensor:
    """z itself: no activation function. Any number of such layers is one linear layer."""
    return z


@activation(max_slope=0.0, low=0.0, high=1.0)
def step(z: Tensor) -> Tensor:
    """1 where z is positive, else 0: the perceptron's threshold. Its slope is 0 everywhere: nothing below can learn."""
    return torch.where(z > 0, 1.0, 0.0 * torch.relu(z))  # unlike a bare comparison, it passes NaN on
