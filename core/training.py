"""Training: the only loop. It trains the networks of an Ensemble, one or many, and measures them on the way.

`train(config)` is a generator of partial Recordings, one for every snapshot: closing it stops the work, and the last
one is what is known. `record(config)` is what is left when it has run out. `core.sweeps` sends many networks at once
through the same loop.
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
from torch import Tensor

from core.config import Config
from core.measuring import Recording
from core.measuring.recorder import Tape
from core.measuring.recording import End
from core.networks.ensemble import Ensemble
from core.networks.updater import Updater

CACHE_BYTES = 300_000_000  # about 200 recordings of the default size
DENSE_PART = 4  # one in four snapshots is spent on the very first steps


def train(config: Config, *, every_step: bool = False) -> Iterator[Recording]:
    """Train the network of `config` and yield a Recording of what is known so far at each snapshot.

    With `every_step` it also yields between snapshots, after each step, so that a caller can pause or stop there. The
    last Recording says how the run ended. A loss that is NaN or infinite ends it as diverged, with the network at that
    step measured. Raises DataUnavailable.
    """
    tape = Tape(Ensemble(config))
    for step, news in passes(tape):
        if news:
            known = tape.recording()
            yield known
        elif every_step:
            yield replace(known, end=End("running", step))


def passes(tape: Tape) -> Iterator[tuple[int, bool]]:
    """Train the networks of a tape's ensemble and measure them on it; yield after each step.

    Yields the number of steps done, and whether anything was written. A run whose loss is NaN or infinite has
    ended, see `Tape`; the others go on as if it had never been.
    """
    ensemble, config = tape.ensemble, tape.ensemble.configs[0]
    parameters = list(ensemble.network.parameters())
    updater = Updater(config if ensemble.alone else ensemble.configs, parameters)
    due = set(snapshot_steps(config.steps, config.snapshots))
    for step in range(config.steps + 1):
        if step in due:
            tape.write(step, updater.last)
        if step == config.steps or not tape.running:
            tape.close(step)
            yield step, True
            return
        yield step, step in due
        inputs, targets = ensemble.batch()
        losses, gradients = batch_gradient(ensemble, parameters, inputs, targets)
        if not isfinite(losses.sum().item()) and tape.diverged(step, losses, updater.last):
            yield step, True
            if not tape.running:
                return
        updater.step(gradients)


def batch_gradient(
    ensemble: Ensemble, parameters: list[torch.nn.Parameter], inputs: Tensor, targets: Tensor
) -> tuple[Tensor, tuple[Tensor, ...]]:
    """The mean loss (…) of each network on its batch, and its gradient for each of the parameters."""
    with torch.enable_grad():
        losses = ensemble.loss(ensemble.batch_outputs(inputs), targets)
        return losses.detach(), torch.autograd.grad(losses.sum(), parameters)


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
