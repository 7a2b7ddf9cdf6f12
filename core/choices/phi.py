"""Activation: what is known about an activation function, and the function with the settings of one Config or of many.

`Activation` is an entry of the registry `core.choices.activations`. `Phi` is φ as one network has it; `Mixed` holds
those of many networks along their leading axis.
"""

from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, groupby
from typing import Any, Literal, Self, TypeVar

import torch
from torch import Tensor, nn

Side = Literal["never", "left", "right", "both"]
Bound = float | Callable[..., float]  # a number, or what settings make of it
Item = TypeVar("Item", bound=Hashable)


@dataclass(frozen=True)
class Activation:
    """A function φ(z, …) and its exact derivative φ'(z, …), both elementwise.

    Beside z they ask, by the names of their parameters, for fields of the Config; for `trained_slope`, a number
    that is trained and starts at `trained`; or for `random`, numbers from U(0, 1) of the shape of z while training and
    None otherwise.

    `max_slope` is max |φ'(z)| over all z; `low` and `high` bound φ(z) (infinite where there is no bound).
    `zero_centred`: whether φ(−z) = −φ(z), so that inputs around zero give outputs around zero. `saturates`: on which
    side φ' goes to 0. `pieces`: how many linear functions a unit has, of which φ gets the largest. `torch`: the module
    of torch.nn that computes the same, to be called with what φ asks of the Config; None where there is none.
    """

    function: Callable[..., Tensor]
    derivative: Callable[..., Tensor]
    max_slope: Bound
    low: Bound
    high: Bound
    zero_centred: bool
    saturates: Side | Callable[..., Side]
    pieces: int
    trained: float | None
    torch: Callable[..., nn.Module] | None

    def __call__(self, pre_activation: Tensor, **asked: Any) -> Tensor:
        """φ(z), elementwise."""
        return self.function(pre_activation, **asked)


@dataclass(frozen=True)
class Phi:
    """φ of one network: an activation and its settings, the fields of the Config that it asks for."""

    activation: Activation
    settings: tuple[tuple[str, float], ...] = ()
    extras: frozenset[str] = frozenset()  # of "trained_slope" and "random", those that it asks for

    def __call__(
        self, pre_activation: Tensor, trained_slope: Tensor | None = None, random: Tensor | None = None
    ) -> Tensor:
        """φ(z), elementwise."""
        return self.activation.function(pre_activation, **self._asked(trained_slope, random))

    def derivative(self, pre_activation: Tensor, trained_slope: Tensor | None = None) -> Tensor:
        """φ'(z), elementwise, by its formula."""
        return self.activation.derivative(pre_activation, **self._asked(trained_slope, None))

    def slope(self, pre_activation: Tensor, trained_slope: Tensor | None = None) -> Tensor:
        """The local gradient φ'(z), elementwise, exactly as backpropagation uses it. Same shape as the argument."""
        with torch.enable_grad():
            z = pre_activation.detach().requires_grad_()
            (found,) = torch.autograd.grad(self(z, trained_slope).sum(), z)
        if bool(pre_activation.sum().isnan()):  # what is NaN has no slope, though autograd gives some functions one
            found = torch.where(pre_activation.isnan(), torch.nan, found)
        return found

    @property
    def max_slope(self) -> float:
        """max |φ'(z)| over all z."""
        return self._bound(self.activation.max_slope)

    @property
    def low(self) -> float:
        """The lower bound of φ(z); minus infinity where there is none."""
        return self._bound(self.activation.low)

    @property
    def high(self) -> float:
        """The upper bound of φ(z); infinity where there is none."""
        return self._bound(self.activation.high)

    @property
    def saturates(self) -> Side:
        """On which side φ' goes to 0."""
        side = self.activation.saturates
        return side(**dict(self.settings)) if callable(side) else side

    def _asked(self, trained_slope: Tensor | None, random: Tensor | None) -> dict[str, Any]:
        if not self.extras:  # as most are: this is asked for in each layer at each step
            return dict(self.settings)
        offers = {
            "trained_slope": self.activation.trained if trained_slope is None else trained_slope,
            "random": random,
        }
        return {**dict(self.settings), **{name: offers[name] for name in self.extras}}

    def _bound(self, bound: Bound) -> float:
        return bound(**dict(self.settings)) if callable(bound) else bound


@dataclass(frozen=True)
class Mixed:
    """φ of many networks along their leading axis: each of `parts` has its stretch of it."""

    parts: tuple[tuple[slice, Phi], ...]

    @classmethod
    def of(cls, phis: Sequence[Phi]) -> Self:
        """One φ for each entry of the axis; equal neighbours share a part."""
        return cls(tuple((rows, phi) for phi, rows in stretches(phis)))

    @property
    def extras(self) -> frozenset[str]:
        """What any of them asks for."""
        return frozenset().union(*(phi.extras for _, phi in self.parts))

    @property
    def max_slope(self) -> Tensor:
        """max |φ'| of each network, as (run, 1, 1, 1), to be held against (run, layer, sample, unit)."""
        each = [[phi.max_slope] * (rows.stop - rows.start) for rows, phi in self.parts]
        return torch.tensor(list(chain(*each)), dtype=torch.float64).view(-1, 1, 1, 1)

    def __call__(
        self, pre_activation: Tensor, trained_slope: Tensor | None = None, random: Tensor | None = None
    ) -> Tensor:
        """φ(z), elementwise, each network with its own."""
        return self._each(Phi.__call__, pre_activation, trained_slope, random)

    def slope(self, pre_activation: Tensor, trained_slope: Tensor | None = None) -> Tensor:
        """φ'(z), elementwise, each network with its own."""
        return self._each(Phi.slope, pre_activation, trained_slope)

    def _each(self, function: Callable[..., Tensor], *tensors: Tensor | None) -> Tensor:
        if len(self.parts) == 1:
            return function(self.parts[0][1], *tensors)
        return torch.cat(
            [function(phi, *(each if each is None else each[rows] for each in tensors)) for rows, phi in self.parts]
        )


def stretches(items: Sequence[Item]) -> Iterator[tuple[Item, slice]]:
    """Every stretch of equal neighbours, with where it lies."""
    start = 0
    for item, equal in groupby(items):
        stop = start + len(list(equal))
        yield item, slice(start, stop)
        start = stop
