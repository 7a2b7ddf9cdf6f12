"""Training: the only loop. It trains the network of a Config and measures it on the way.

`train(config)` is a generator of partial Recordings, one for every snapshot: closing it stops the work, and the last
one is what is known. `record(config)` is what is left when it has run out.
"""

from collections.abc import Hashable, Iterator
from contextlib import suppress
from dataclasses import replace
from math import isfinite
from threading import Condition

import numpy as np
import torch
from cachetools import LRUCache, cached
from cachetools.keys import hashkey
from torch import Generator, Tensor, nn

from core.config import Config
from core.data import load
from core.network import Network, build
from core.optimizers import State, optimizers
from core.recording import End, Recording
from core.tape import Tape

CACHE_BYTES = 300_000_000  # about 200 recordings of the default size
DENSE_PART = 4  # one in four snapshots is spent on the very first steps


def train(config: Config, *, every_step: bool = False) -> Iterator[Recording]:
    """Train the network of `config` and yield a Recording of what is known so far at each snapshot.

    With `every_step` it also yields between snapshots, after each step, so that a caller can pause or stop there. The
    last Recording says how the run ended. A loss that is NaN or infinite ends it as diverged, with the network at that
    step measured. Raises DataUnavailable.
    """
    data, network = load(config), build(config)
    parameters = list(network.parameters())
    tape, updater = Tape(config, data, network), Updater(config, parameters)
    order = batches(len(data.inputs), config.batch_size, config.generator("batches"))
    dropout = config.generator("dropout")
    due = set(snapshot_steps(config.steps, config.snapshots))
    for step in range(config.steps + 1):
        if step in due:
            tape.write(step, updater.last)
            if not isfinite(tape.loss):
                yield tape.recording(End("diverged", step, tape.loss))
                return
            known = tape.recording(End("finished" if step == config.steps else "running", step))
            yield known
        elif every_step:
            yield replace(known, end=End("running", step))
        if step == config.steps:
            return
        batch = next(order)
        loss, gradients = batch_gradient(network, parameters, data.inputs[batch], data.targets[batch], dropout)
        if not isfinite(loss):
            if step not in due:  # else it has been written
                tape.write(step, updater.last)
            yield tape.recording(End("diverged", step, loss))
            return
        updater.step(gradients)


_recordings: LRUCache[Hashable, Recording] = LRUCache(CACHE_BYTES, getsizeof=lambda recording: recording.nbytes)
_recorded = Condition()


@cached(_recordings, condition=_recorded)
def record(config: Config) -> Recording:
    """The complete Recording of `config`, from a bounded cache if it was recorded before. Raises DataUnavailable."""
    *_, recording = train(config)
    return recording


def remember(recording: Recording) -> None:
    """Keep a complete Recording that `train` gave, so that `record` need not compute it again."""
    with _recorded, suppress(ValueError):  # the cache refuses what is larger than itself
        _recordings[hashkey(recording.config)] = recording


def snapshot_steps(steps: int, snapshots: int) -> list[int]:
    """The steps to measure at: 0 and every early one, where most happens, then evenly up to the last."""
    if steps < snapshots:
        return list(range(steps + 1))
    dense = snapshots // DENSE_PART
    later = np.linspace(dense, steps, snapshots - dense).round().astype(int)
    return [*range(dense), *later.tolist()]


def batches(samples: int, size: int, generator: Generator) -> Iterator[Tensor]:
    """Positions of the samples of each batch, without end: every epoch in a new order, without its incomplete last."""
    size = min(size, samples)
    while True:
        order = torch.randperm(samples, generator=generator)
        yield from order[: samples - samples % size].split(size)  # type: ignore[no-untyped-call]  # torch has no types here


def batch_gradient(
    network: Network, parameters: list[nn.Parameter], inputs: Tensor, targets: Tensor, dropout: Generator
) -> tuple[float, tuple[Tensor, ...]]:
    """The mean loss on a batch, and its gradient for each of the parameters."""
    with torch.enable_grad():
        trace = network.trace(inputs, batch_statistics=True, track=True, dropout_generator=dropout)
        loss = nn.functional.cross_entropy(trace.logits, targets)
        return loss.item(), torch.autograd.grad(loss, parameters)


class Updater:
    """Applies the optimizer of a Config to all parameters at once.

    The parameters become views of one flat tensor, so that a step costs the same few operations at any depth.
    """

    def __init__(self, config: Config, parameters: list[nn.Parameter]) -> None:
        self._parameters = parameters
        self._flat = torch.cat([parameter.detach().flatten() for parameter in self._parameters])
        for parameter, view in zip(self._parameters, self._split(self._flat), strict=True):
            parameter.data = view
        self._rule = optimizers[config.optimizer]
        asked = optimizers.asks_for(config.optimizer)
        self._settings = {name: getattr(config, name) for name in asked & config.fields().keys()}
        self._offers = asked - config.fields().keys()
        self._weight_decay = config.weight_decay
        self._state: State = {}
        self._count = 0
        self._update: Tensor | None = None

    @property
    def last(self) -> dict[Tensor, Tensor]:
        """The newest update of every parameter; empty before the first."""
        return {} if self._update is None else dict(zip(self._parameters, self._split(self._update), strict=True))

    @torch.no_grad()
    def step(self, gradients: tuple[Tensor, ...]) -> None:
        """Move every parameter once, given its gradient."""
        self._count += 1
        gradient = torch.cat([part.flatten() for part in gradients])
        if self._weight_decay:
            gradient.add_(self._flat, alpha=self._weight_decay)
        offers = {"gradient": gradient, "state": self._state, "count": self._count}
        self._update = self._rule(**{name: offers[name] for name in self._offers}, **self._settings)
        self._flat.add_(self._update)

    def _split(self, flat: Tensor) -> list[Tensor]:
        sizes = [parameter.numel() for parameter in self._parameters]
        parts = flat.split(sizes)  # type: ignore[no-untyped-call]  # torch has no types here
        return [part.view(parameter.shape) for part, parameter in zip(parts, self._parameters, strict=True)]
