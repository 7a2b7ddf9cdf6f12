"""A race of optimizers on digits: each at several learning rates, from the same weights and on the same batches."""

from collections.abc import Iterator
from concurrent.futures import Executor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Self

import numpy as np

from core.array import Array
from core.config import Config
from core.experiments.optimizers.landscapes import COMPARED
from core.sweeps import grid
from core.sweeps.sweeps import Partial, sweeping

if TYPE_CHECKING:
    import xarray as xr

RATES = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
SEEDS = range(5)
BASE = Config(dataset="digits", depth=2, width=32, steps=200, snapshots=21)
RACE = grid(BASE, optimizer=COMPARED, learning_rate=RATES, seed=SEEDS)


def raced(stop: Event, executor: Executor | None = None) -> Iterator[Partial]:
    """The race, as far as it is known; see `core.sweeps.sweeps.sweeping`."""
    return sweeping(RACE, executor=executor, variables=(), stop=stop)


@dataclass(frozen=True, eq=False)
class Race:
    """What is known of a race: the training losses on the probe, of the optimizers that are through.

    optimizers: those of which all runs are known, in the order of COMPARED. steps: (step,). losses: (optimizer, rate,
    seed, step), infinite after a run diverged.
    """

    optimizers: tuple[str, ...]
    steps: Array
    losses: Array

    @classmethod
    def of(cls, known: "xr.Dataset") -> Self:
        """The race of a sweep over RACE, or over its like."""
        through = (known["end"] != "").all(["learning_rate", "seed"])
        names = [name for name in COMPARED if through.sel(optimizer=name)]
        shown = known["loss"].sel(split="train", optimizer=names, learning_rate=list(RATES))
        losses = shown.transpose("optimizer", "learning_rate", "seed", "step").values
        return cls(tuple(names), known["step"].values, np.where(np.isfinite(losses), losses, np.inf))

    @property
    def finals(self) -> Array:
        """The loss at the end (optimizer, rate, seed)."""
        last: Array = self.losses[..., -1]
        return last

    @property
    def best(self) -> Array:
        """For each optimizer the position of the rate at which the median of the seeds ends lowest."""
        lowest: Array = np.median(self.finals, -1).argmin(-1)
        return lowest
