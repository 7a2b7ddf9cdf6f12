"""Updater: applies the optimizers of one Config, or of many, to all parameters at once.

The parameters become views of one flat tensor (…, entry), so that a step costs the same few operations at any depth.
With a leading axis of runs, each run keeps its own settings: they are columns (run, 1) where they are single numbers
for one network alone. A gradient is clipped first, then its optimizer adds weight decay and makes a step of it at the
learning rate of the moment: the order of torch's training loops.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import EllipsisType
from typing import Any

import torch
from torch import Tensor, nn

from core.array import Array
from core.choices.optimizers import Optimizer, OptimizerState, Setting, optimizers
from core.choices.phi import stretches
from core.choices.schedules import Schedule, schedules
from core.config import Config
from core.networks.ensemble import FREE

CLIP_EPSILON = 1e-6  # added to the norm, as in torch.nn.utils.clip_grad_norm_


@dataclass(frozen=True)
class _Part:
    """The runs of one optimizer: where they lie, its rule, what it asks for, their settings and what it keeps.

    `decay` is None where none is added to the gradient, `pace` where the learning rates do not change.
    """

    rows: slice | EllipsisType
    rule: Optimizer
    offers: frozenset[str]
    settings: dict[str, Any]
    decay: Setting | None
    pace: "_Pace | None"
    state: OptimizerState = field(default_factory=dict)


@dataclass(frozen=True)
class _Pace:
    """Learning rates that follow schedules, `which` of them for each run. In doubles: alone as among many."""

    schedules: tuple[Schedule, ...]
    which: Tensor  # (run,)
    start: float | Tensor

    def at(self, step: int, steps: int, dtype: torch.dtype) -> Setting:
        """The learning rates after `step` updates."""
        factors = [each(step, steps) for each in self.schedules]
        if not isinstance(self.start, Tensor):
            return self.start * factors[0]
        column = torch.tensor(factors, dtype=torch.float64, device=self.start.device)[self.which].unsqueeze(-1)
        return (self.start * column).to(dtype)


class Updater:
    """Moves `parameters`, which carry a leading axis of runs if a sequence of Configs is given."""

    def __init__(self, configs: Config | Sequence[Config], parameters: list[nn.Parameter]) -> None:
        self._parameters = parameters
        self._lead = 0 if isinstance(configs, Config) else 1
        self._flat = torch.cat([self._in_line(parameter.detach()) for parameter in parameters], -1)
        for parameter, view in zip(parameters, self._split(self._flat), strict=True):
            parameter.data = view
        self._steps = (configs if isinstance(configs, Config) else configs[0]).steps
        self._limit = self._unless_zero(configs, "clip_norm")
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
        gradient = torch.cat([self._in_line(each) for each in gradients], -1, out=self._gradient)
        if self._limit is not None:
            gradient *= _clipping(gradient, self._limit)
        self._updates = [self._ask(part, gradient[part.rows], self._flat[part.rows]) for part in self._parts]
        for part, update in zip(self._parts, self._updates, strict=True):
            self._flat[part.rows].add_(update)
        self._count += 1

    def _ask(self, part: _Part, gradient: Tensor, parameter: Tensor) -> Tensor:
        if part.decay is not None:
            gradient += part.decay * parameter
        offers = {"gradient": gradient, "parameter": parameter, "state": part.state, "count": self._count + 1}
        asked = {**part.settings, **{name: offers[name] for name in part.offers}}
        if part.pace is not None:
            asked["learning_rate"] = part.pace.at(self._count, self._steps, parameter.dtype)
        return part.rule(**asked)

    def _divided(self, configs: Config | Sequence[Config]) -> list[_Part]:
        """One part for each stretch of runs that share an optimizer."""
        if isinstance(configs, Config):
            return [self._part(..., configs.optimizer, configs)]
        names = [config.optimizer for config in configs]
        return [self._part(rows, name, configs[rows]) for name, rows in stretches(names)]

    def _part(self, rows: slice | EllipsisType, name: str, configs: Config | Sequence[Config]) -> _Part:
        asked, known = optimizers.asks_for(name), Config.fields().keys()
        return _Part(
            rows,
            optimizers[name],
            offers=asked - known,
            settings={field: self._setting(configs, field) for field in asked & known},
            decay=None if "weight_decay" in asked else self._unless_zero(configs, "weight_decay"),
            pace=self._pace(configs),
        )

    def _pace(self, configs: Config | Sequence[Config]) -> _Pace | None:
        names = [config.schedule for config in ([configs] if isinstance(configs, Config) else configs)]
        used = sorted(set(names))
        if used == ["constant"]:
            return None
        which = torch.tensor([used.index(name) for name in names], device=self._flat.device)
        start = self._setting(configs, "learning_rate", torch.float64)
        return _Pace(tuple(schedules[name] for name in used), which, start)

    def _unless_zero(self, configs: Config | Sequence[Config], name: str) -> Setting | None:
        setting = self._setting(configs, name)
        return setting if bool(torch.as_tensor(setting).any()) else None

    def _setting(self, configs: Config | Sequence[Config], name: str, dtype: torch.dtype | None = None) -> Setting:
        """The number of one network, or a column of one for each run where they may differ."""
        if isinstance(configs, Config) or name not in FREE:
            number: float = getattr(configs if isinstance(configs, Config) else configs[0], name)
            return number
        column = [getattr(config, name) for config in configs]
        return torch.tensor(column, dtype=dtype or self._flat.dtype, device=self._flat.device).unsqueeze(-1)

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


def _clipping(gradient: Tensor, limit: Setting) -> Tensor:
    """The factors (…, 1) that shorten each network's gradient to its limit, 1 where that is 0.

    In doubles: the squares of a gradient that is far too long would overflow, and a factor of 0 would stop it in
    silence. A gradient with an infinite entry has the factor 0, which makes that entry NaN and the run diverge.
    """
    norm = torch.linalg.vector_norm(gradient, dim=-1, keepdim=True, dtype=torch.float64)
    limits = torch.as_tensor(limit, dtype=torch.float64, device=gradient.device)
    factors = torch.where(limits > 0, (limits / (norm + CLIP_EPSILON)).clamp(max=1), 1)
    return factors.to(gradient.dtype)


def first_moves(config: Config, weights: Array, gradients: Array) -> Array:
    """How far (weight,) the first step moves weights of these sizes and gradients, neither clipped nor scheduled."""
    parameter = nn.Parameter(torch.from_numpy(weights.copy()))
    updater = Updater(replace(config, steps=1, clip_norm=0.0, schedule="constant"), [parameter])
    updater.step([torch.from_numpy(gradients.copy())])
    moved: Array = updater.last[parameter].abs().numpy()
    return moved
