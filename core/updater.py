"""Updater: applies the optimizers of one Config, or of many, to all parameters at once.

The parameters become views of one flat tensor (…, entry), so that a step costs the same few operations at any depth.
With a leading axis of runs, each run keeps its own settings: they are columns (run, 1) where they are single numbers
for one network alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import EllipsisType
from typing import Any

import torch
from torch import Tensor, nn

from core.activation import stretches
from core.config import Config
from core.optimizers import Optimizer, State, optimizers


@dataclass(frozen=True)
class _Part:
    """The runs of one optimizer: where they lie, its rule, what it asks for, their settings and what it keeps."""

    rows: slice | EllipsisType
    rule: Optimizer
    offers: frozenset[str]
    settings: dict[str, Any]
    state: State = field(default_factory=dict)


class Updater:
    """Moves `parameters`, which carry a leading axis of runs if a sequence of Configs is given."""

    def __init__(self, configs: Config | Sequence[Config], parameters: list[nn.Parameter]) -> None:
        self._parameters = parameters
        self._lead = 0 if isinstance(configs, Config) else 1
        self._flat = torch.cat([self._in_line(parameter.detach()) for parameter in parameters], -1)
        for parameter, view in zip(parameters, self._split(self._flat), strict=True):
            parameter.data = view
        decay = self._setting(configs, "weight_decay")
        self._decay = decay if bool(torch.as_tensor(decay).any()) else None
        self._parts = self._divided(configs)
        self._count = 0
        self._gradient = torch.empty_like(self._flat)  # kept: a fresh one each step costs as much as filling it
        self._updates: list[Tensor] = []

    @property
    def last(self) -> dict[Tensor, Tensor]:
        """The newest update of every parameter; empty before the first."""
        if not self._updates:
            return {}
        update = self._updates[0] if len(self._updates) == 1 else torch.cat(self._updates)
        return dict(zip(self._parameters, self._split(update), strict=True))

    @torch.no_grad()
    def step(self, gradients: Sequence[Tensor]) -> None:
        """Move every parameter once, given its gradient."""
        self._count += 1
        gradient = torch.cat([self._in_line(each) for each in gradients], -1, out=self._gradient)
        if self._decay is not None:
            gradient += self._decay * self._flat
        self._updates = [self._ask(part, gradient[part.rows]) for part in self._parts]
        for part, update in zip(self._parts, self._updates, strict=True):
            self._flat[part.rows].add_(update)

    def _ask(self, part: _Part, gradient: Tensor) -> Tensor:
        offers = {"gradient": gradient, "state": part.state, "count": self._count}
        return part.rule(**{name: offers[name] for name in part.offers}, **part.settings)

    def _divided(self, configs: Config | Sequence[Config]) -> list[_Part]:
        """One part for each stretch of runs that share an optimizer."""
        if isinstance(configs, Config):
            return [self._part(..., configs.optimizer, configs)]
        names = [config.optimizer for config in configs]
        return [self._part(rows, name, configs[rows]) for name, rows in stretches(names)]

    def _part(self, rows: slice | EllipsisType, name: str, configs: Config | Sequence[Config]) -> _Part:
        asked, own = optimizers.asks_for(name), Config.fields().keys()
        return _Part(
            rows, optimizers[name], asked - own, {field: self._setting(configs, field) for field in asked & own}
        )

    def _setting(self, configs: Config | Sequence[Config], name: str) -> float | Tensor:
        """The number of one network, or a column of one for each run."""
        if isinstance(configs, Config):
            number: float = getattr(configs, name)
            return number
        return torch.tensor([getattr(config, name) for config in configs], device=self._flat.device).unsqueeze(-1)

    def _in_line(self, tensor: Tensor) -> Tensor:
        """The entries of each network in one line. The matrices of many lie column by column: see `_split`."""
        return (tensor.mT if tensor.dim() == 3 else tensor).flatten(self._lead)

    def _split(self, flat: Tensor) -> list[Tensor]:
        """The parameters in `flat`. Those of many networks are transposed in memory, as their products want them."""
        sizes = [parameter[0].numel() if self._lead else parameter.numel() for parameter in self._parameters]
        parts = flat.split(sizes, -1)  # type: ignore[no-untyped-call]  # torch has no types here
        return [
            part.view(parameter.mT.shape).mT if parameter.dim() == 3 else part.view(parameter.shape)
            for part, parameter in zip(parts, self._parameters, strict=True)
        ]
