"""Look: what is seen of a network at one moment, a value a layer, and every measure of it.

Whoever knows a network makes the layers (`snapshot` of a network of the app; anything that sees activations and
gradients can); `measure` knows no network. Layers may have any widths, kinds and names. Those whose tensors have one
shape are stacked and measured together, in as many operations as one of them takes. A producer that has them stacked
already hands out views, which are found side by side and not copied again.

What is not known of a layer is NaN here, as an update is before the first step, and the measures of NaN are NaN: a
histogram has a bin for it.
"""

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cached_property
from itertools import chain
from typing import Any

import torch
from torch import Tensor

from core.measuring import histograms
from core.measuring.histograms import Bins
from core.measuring.measures import Matrices, closure, measures

Values = dict[str, Tensor]

EVERYTHING = closure(measures)


@dataclass(frozen=True, eq=False)
class Layer:
    """What is seen of one layer: `activation` (…, sample, unit) for certain, the rest None where it is not known.

    `slope` is φ'(z) and `gradient` dL/dz of the mean loss times the number of samples, both (…, sample, unit);
    `gradient_in_double` is the same gradient, in double precision wherever it may be rounding.
    `max_slope` is max |φ'|, a number or (…, 1, 1), and comes with `slope`. `weight` is a matrix (…, fan_out, fan_in),
    `weight_gradient` dL/dW of the mean loss and `update` the last ΔW. Leading axes are those of many networks.
    """

    name: str
    activation: Tensor
    slope: Tensor | None = None
    max_slope: float | Tensor | None = None
    gradient: Tensor | None = None
    weight: Tensor | None = None
    weight_gradient: Tensor | None = None
    update: Tensor | None = None
    gradient_in_double: Tensor | None = None

    def __post_init__(self) -> None:
        if (self.slope is None) != (self.max_slope is None):
            given = "slope" if self.max_slope is None else "max_slope"
            raise ValueError(f"a layer has slope and max_slope, or neither; {self.name!r} has only {given}")

    @property
    def width(self) -> int:
        """How many units it has."""
        return self.activation.shape[-1]


@dataclass(frozen=True, eq=False)
class Group:
    """Layers of one shape, and their places among all of a look.

    Its properties are what measures ask for by name, see `core.measuring.measures`; each is found once, when it is
    first asked for. What is not known of a layer is NaN.
    """

    places: tuple[int, ...]
    layers: tuple[Layer, ...]
    runs: tuple[int, ...]

    @cached_property
    def activation(self) -> Tensor:
        """φ(z) (…, layer, sample, unit)."""
        return self._stacked("activation")

    @cached_property
    def slope(self) -> Tensor:
        """φ'(z) (…, layer, sample, unit)."""
        return self._stacked("slope")

    @cached_property
    def gradient(self) -> Tensor:
        """dL/dz (…, layer, sample, unit)."""
        return self._stacked("gradient")

    @cached_property
    def gradient_in_double(self) -> Tensor:
        """dL/dz (…, layer, sample, unit), in double precision wherever it may be rounding."""
        return self._stacked("gradient_in_double")

    @cached_property
    def max_slope(self) -> float | Tensor:
        """max |φ'|: a number, or (…, layer, 1, 1) where it is not one for all."""
        every = [1.0 if layer.max_slope is None else layer.max_slope for layer in self.layers] or [1.0]
        numbers = {each for each in every if not isinstance(each, Tensor)}
        if not numbers:
            return side_by_side(every)  # type: ignore[arg-type]  # all are tensors
        if len(numbers) == 1 and not any(isinstance(each, Tensor) for each in every):
            return numbers.pop()
        lead = (*self.activation.shape[:-3], 1, 1)
        return torch.stack([torch.as_tensor(each, dtype=torch.float64).expand(lead) for each in every], -3)

    @cached_property
    def ordered_activation(self) -> Tensor:
        """The activations of each layer in ascending order (…, layer, entry)."""
        return histograms.sort(self.activation.flatten(-2))

    @cached_property
    def ordered_gradient(self) -> Tensor:
        """dL/dz of each layer in ascending order (…, layer, entry)."""
        return histograms.sort(self.gradient.flatten(-2))

    @cached_property
    def weight(self) -> Matrices:
        """W of each layer."""
        return self._each("weight")

    @cached_property
    def weight_gradient(self) -> Matrices:
        """dL/dW of each layer."""
        return self._each("weight_gradient")

    @cached_property
    def update(self) -> Matrices:
        """The last ΔW of each layer."""
        return self._each("update")

    def _stacked(self, name: str) -> Tensor:
        return side_by_side(self._each(name)) if self.layers else torch.empty(*self.runs, 0, 1, 1)

    def _each(self, name: str) -> list[Tensor]:
        return [
            torch.full_like(layer.activation, torch.nan) if (tensor := getattr(layer, name)) is None else tensor
            for layer in self.layers
        ]


@dataclass(frozen=True, eq=False)
class Look:
    """The layers of a network, input side first, as they are at one moment.

    `runs` are the sizes of the leading axes, those of many networks; no layer tells them where there is none.
    """

    layers: tuple[Layer, ...]
    runs: tuple[int, ...] = ()

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """The layers, those of one shape together; without any, one group of none."""
        shapes: dict[tuple[int, ...], list[int]] = {}
        for place, layer in enumerate(self.layers):
            shapes.setdefault(tuple(layer.activation.shape), []).append(place)
        return tuple(
            Group(tuple(places), tuple(self.layers[place] for place in places), self.runs)
            for places in (shapes.values() or [[]])
        )


@torch.no_grad()
def measure(look: Look, bins: Mapping[str, Bins], wanted: Set[str] = EVERYTHING) -> Values:
    """The wanted measures of every layer: (…, layer) or (…, layer, axis), by name.

    Where layers have axes of different lengths, as `unit` of layers of different widths, the shorter rows are filled
    up with NaN, and those of counts with 0.
    """
    parts = [_measured(group, bins, wanted) for group in look.groups]
    if len(parts) == 1:
        return parts[0]
    places = list(chain(*(group.places for group in look.groups)))
    order = torch.tensor(places).argsort()
    return {name: _joined([part[name] for part in parts], measures[name].axis, order) for name in parts[0]}


def _measured(group: Group, bins: Mapping[str, Bins], wanted: Set[str]) -> Values:
    """The wanted measures of layers of one shape."""
    values: Values = {}
    for name, entry in measures.items():
        if name in wanted:
            values[name] = entry(**{asked: _offered(asked, group, bins, values) for asked in measures.asks_for(name)})
    if not group.layers:  # measures of matrices cannot tell for how many networks there are none
        values = {name: v.expand(*group.runs, 0) if v.shape == (0,) else v for name, v in values.items()}
    return values


def _offered(name: str, group: Group, bins: Mapping[str, Bins], values: Values) -> Any:
    """What a measure asks for: another measure, bins, or what is seen."""
    if name in values:
        return values[name]
    return bins[name] if name in bins else getattr(group, name)


def _joined(parts: Sequence[Tensor], axis: str | None, order: Tensor) -> Tensor:
    """The values of all groups along the axis of layers, in the order of the layers."""
    if axis is None:
        return torch.cat(list(parts), -1)[..., order]
    longest = max(part.shape[-1] for part in parts)
    fill = torch.nan if parts[0].is_floating_point() else 0
    padded = [torch.nn.functional.pad(part, (0, longest - part.shape[-1]), value=fill) for part in parts]
    return torch.cat(padded, -2)[..., order, :]


def side_by_side(tensors: Sequence[Tensor]) -> Tensor:
    """Tensors (…, sample, unit) of one shape as one (…, layer, sample, unit): a view where they lie in even distances,
    as those do that were taken from such a tensor, and a copy otherwise."""
    first = tensors[0]
    if len(tensors) == 1:
        return first.unsqueeze(-3)
    distance = _distance(tensors)
    if not distance:
        return torch.stack(list(tensors), -3)
    shape, strides = list(first.shape), list(first.stride())
    shape.insert(-2, len(tensors))
    strides.insert(-2, distance)
    return first.as_strided(shape, strides)


def _distance(tensors: Sequence[Tensor]) -> int:
    """How many entries after the one before each tensor begins, all in one memory and laid out alike; 0 if they do not.

    By the addresses, as there is only one memory at an address, and this is done at every look.
    """
    first, places = tensors[0], [tensor.data_ptr() for tensor in tensors]
    strides, dtype, memory = first.stride(), first.dtype, first.untyped_storage()
    step = places[1] - places[0]
    alike = all(tensor.stride() == strides and tensor.dtype == dtype for tensor in tensors[1:])
    even = step > 0 and places == [places[0] + number * step for number in range(len(places))]
    inside = places[-1] < memory.data_ptr() + memory.nbytes()
    return step // first.element_size() if alike and even and inside else 0
