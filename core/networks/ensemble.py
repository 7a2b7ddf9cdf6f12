"""Ensemble: networks of one shape and the samples they learn from, ready to be trained in one pass.

The tensors of many networks carry a leading axis of runs; those of one network alone do not. Nothing else differs, so
whatever trains and measures one network trains and measures many. Each run has its own random numbers, the very ones
that it has alone.
"""

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import fields

import torch
from torch import Generator, Tensor

from core.choices.activations import activations
from core.choices.losses import loss_for
from core.config import Config
from core.networks.data import Data, load
from core.networks.network import Chance, Network, build, build_many

FREE = frozenset(name for name, field in Config.fields().items() if field.free)


def shape(config: Config) -> Hashable:
    """What Configs must have in common to be trained in one pass."""
    activation = activations[config.activation]
    common = tuple(getattr(config, entry.name) for entry in fields(config) if entry.name not in FREE)
    return (*common, activation.pieces, activation.trained)


class Ensemble:
    """The untrained networks of Configs of one shape, on `device`; of a single Config, without the axis of runs.

    `network` holds them all. In `data`, inputs and targets are those that all draw their batches from; the probe and
    the held-out samples carry the axis of runs. Raises DataUnavailable.
    """

    def __init__(self, configs: Config | Sequence[Config], *, device: str = "cpu") -> None:
        self.alone = isinstance(configs, Config)
        self.configs = (configs,) if isinstance(configs, Config) else tuple(configs)
        seeds = {config.seed: config for config in self.configs}  # of one shape, so the seed decides on the samples
        self._source = torch.tensor([list(seeds).index(config.seed) for config in self.configs], device=device)
        data = [load(config) for config in seeds.values()]
        self._samples = len(data[0].inputs)
        self._orders = [batches(self._samples, c.batch_size, c.generator("batches")) for c in seeds.values()]
        self._chance = Chance(*([c.generator(use) for c in self.configs] for use in ("dropout", "activation")))
        self.loss = loss_for(self.configs[0].loss_function, data[0].classes)
        self.network = self._built(dict(zip(seeds, data, strict=True))).to(device)
        self.data = self._together(data).to(device)

    def batch(self) -> tuple[Tensor, Tensor]:
        """The inputs (…, sample, feature) and targets (…, sample) of the next step of every run."""
        if self.alone:
            (order,) = self._orders
            positions = next(order).to(self.data.inputs.device)  # index_select takes half the time of [positions]
            return self.data.inputs.index_select(0, positions), self.data.targets.index_select(0, positions)
        by_source = [next(order) + self._samples * source for source, order in enumerate(self._orders)]
        drawn = torch.stack(by_source).to(self.data.inputs.device)
        inputs, targets = self.data.inputs[drawn], self.data.targets[drawn]
        return self._by_run(inputs), self._by_run(targets)

    def batch_losses(self) -> Tensor:
        """The mean loss (…) of each network on its batch of the next step."""
        inputs, targets = self.batch()
        return self.loss(self.batch_outputs(inputs), targets)

    def batch_outputs(self, inputs: Tensor) -> Tensor:
        """The outputs (…, sample, output) of a batch, as training sees them: with batch statistics and dropout."""
        return self.network.trace(inputs, batch_statistics=True, track=True, chance=self._chance).outputs

    def _built(self, by_seed: Mapping[int, Data]) -> Network:
        data = [by_seed[config.seed] for config in self.configs]
        return build(self.configs[0], data[0]) if self.alone else build_many(self.configs, data)

    def _together(self, data: list[Data]) -> Data:
        if self.alone:
            return data[0]
        return Data(
            inputs=torch.cat([part.inputs for part in data]),
            targets=torch.cat([part.targets for part in data]),
            validation_inputs=self._by_run(torch.stack([part.validation_inputs for part in data])),
            validation_targets=self._by_run(torch.stack([part.validation_targets for part in data])),
            probe_inputs=self._by_run(torch.stack([part.probe_inputs for part in data])),
            probe_targets=self._by_run(torch.stack([part.probe_targets for part in data])),
            classes=data[0].classes,
        )

    def _by_run(self, by_source: Tensor) -> Tensor:
        """(source, …) as (run, …); without a copy where all runs have one source."""
        if len(by_source) == 1:
            return by_source.expand(len(self.configs), *by_source.shape[1:])
        return by_source[self._source]


def batches(samples: int, size: int, generator: Generator) -> Iterator[Tensor]:
    """Positions of the samples of each batch, without end: every epoch in a new order, without its incomplete last."""
    size = min(size, samples)
    while True:
        order = torch.randperm(samples, generator=generator)
        yield from order[: samples - samples % size].split(size)  # type: ignore[no-untyped-call]  # torch has no types here
