"""Training: the only loop. It trains the networks of an Ensemble, one or many, and measures them on the way.

The loop itself is `descend`, bare: `passes` measures around it, and what is trained by a rule of its own (a unit, a
bowl, one of torch's optimizers) goes through it as well. It stands here and not with the lessons, because the rooms
above training, experiments and claims, use it, and because there should be one.

`train(config)` is a generator of partial Recordings, one for every snapshot: closing it stops the work, and the last
one is what is known. `record(config)` is what is left when it has run out. `core.sweeps` sends many networks at once
through the same loop.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from functools import cached_property
from math import isfinite

import numpy as np
import torch
from torch import Tensor

from core.choices.losses import total
from core.config import Config
from core.measuring import Recording
from core.measuring.recorder import Recorder
from core.measuring.recording import End
from core.memory.caches import Cache
from core.memory.gate import GATE, Reservation
from core.networks.ensemble import Ensemble
from core.networks.threads import each_on_one_thread
from core.networks.updater import Updater

DENSE_PART = 4  # one in four snapshots is spent on the very first steps


@each_on_one_thread
def train(config: Config, *, every_step: bool = False) -> Generator[Recording]:
    """Train the network of `config` and yield a Recording of what is known so far at each snapshot.

    With `every_step` it also yields between snapshots, after each step, so that a caller can pause or stop there. The
    last Recording says how the run ended. A loss that is NaN or infinite ends it as diverged, with the network at that
    step measured. It waits for memory before it begins. Raises DataUnavailable, NoRoomError.
    """
    with room_for(config) as room:
        recorder = Recorder(Ensemble(config))
        for step, news in passes(recorder):
            if news:
                known = recorder.recording()
                if len(known.steps) == 1:
                    room.keep(*recorder.kept)
                yield known
            elif every_step:
                yield replace(known, end=End("running", step))


def room_for(
    config: Config, stopped: Callable[[], bool] = lambda: False, meanwhile: Callable[[], object] = lambda: None
) -> AbstractContextManager[Reservation]:
    """The memory to measure and train this network, for a block. Who has a turn on the processors gives it to others
    `meanwhile`: they may need it to end, and to give back memory. Raises NoRoomError, InterruptedError once `stopped`.
    """
    return GATE.reserve(config.needs, stopped, meanwhile)


def passes(recorder: Recorder) -> Iterator[tuple[int, bool]]:
    """Train the networks of a recorder's ensemble and let it measure them; yield after each step.

    Yields the number of steps done, and whether anything was written. A run whose loss is NaN or infinite has
    ended, see `Recorder`; the others go on as if it had never been.
    """
    ensemble, config = recorder.ensemble, recorder.ensemble.configs[0]
    parameters = list(ensemble.network.parameters())
    updater = Updater(config if ensemble.alone else ensemble.configs, parameters)
    due = set(snapshot_steps(config.steps, config.snapshots))
    for at in descend(ensemble.batch_losses, parameters, updater.step, config.steps):
        step = at.number
        if step in due:
            recorder.write(step, updater.last)
        if step == config.steps or not recorder.running:
            recorder.close(step)
            yield step, True
            return
        yield step, step in due
        if not isfinite(total(at.losses).item()) and recorder.diverged(step, at.losses, updater.last):
            yield step, True
            if not recorder.running:
                return


@dataclass(frozen=True, eq=False)
class Step:
    """Where descent stands after `number` steps. What its next one needs is found once, when it is first asked for, so
    that a look before that sees nothing of it."""

    number: int
    loss: Callable[[], Tensor]
    parameters: Sequence[Tensor]

    @property
    def losses(self) -> Tensor:
        """The loss (…), of each network that is trained."""
        return self._found[0]

    @property
    def gradients(self) -> tuple[Tensor, ...]:
        """Its gradient for each of the parameters."""
        return self._found[1]

    @cached_property
    def _found(self) -> tuple[Tensor, tuple[Tensor, ...]]:
        with torch.enable_grad():
            losses = self.loss()
            return losses.detach(), torch.autograd.grad(total(losses), self.parameters)


def descend(
    loss: Callable[[], Tensor],
    parameters: Sequence[Tensor],
    move: Callable[[Sequence[Tensor]], object],
    steps: int,
) -> Iterator[Step]:
    """Take `steps` steps, each by `move` with the gradients of the `loss`. Yields before each, and after the last."""
    for number in range(steps + 1):
        at = Step(number, loss, parameters)
        yield at
        if number < steps:
            move(at.gradients)


def by(optimizer: torch.optim.Optimizer) -> Callable[[Sequence[Tensor]], None]:
    """How one of torch's optimizers moves its parameters, given their gradients."""
    parameters = [parameter for group in optimizer.param_groups for parameter in group["params"]]

    def move(gradients: Sequence[Tensor]) -> None:
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        optimizer.step()

    return move


recorded: Cache[Recording] = Cache(  # about 200 of the default size
    1 / 4, 300_000_000, lambda recording: recording.nbytes, owned=True
)


def record(config: Config) -> Recording:
    """The complete Recording of `config`, from a bounded cache if it was recorded before. Raises DataUnavailable,
    NoRoomError.
    """
    known = recorded.get(config)
    if known is not None:
        return known
    with room_for(config):  # before others wait for what is recorded here: who waits for memory holds up nobody
        return _record(config)


@recorded.remembers
def _record(config: Config) -> Recording:
    *_, recording = train(config)
    return recording


def remember(recording: Recording) -> None:
    """Keep a complete Recording that `train` gave, so that `record` need not compute it again."""
    recorded.put(recording, recording.config)


def snapshot_steps(steps: int, snapshots: int) -> list[int]:
    """The steps to measure at: 0 and every early one, where most happens, then evenly up to the last."""
    if steps < snapshots:
        return list(range(steps + 1))
    dense = snapshots // DENSE_PART
    later = np.linspace(dense, steps, snapshots - dense).round().astype(int)
    return [*range(dense), *later.tolist()]
