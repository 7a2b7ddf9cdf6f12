"""A race of optimizers on digits: each at several learning rates, from the same weights and on the same batches."""

from collections.abc import Iterator
from concurrent.futures import Executor
from threading import Event

import numpy as np
import xarray as xr

from core.config import Config
from core.experiments.optimizers.landscapes import COMPARED
from core.sweeps import grid
from core.sweeps.sweeps import Partial, sweeping

RATES = (0.0001, 0.001, 0.01, 0.1, 1.0, 10.0)
SEEDS = range(5)
BASE = Config(dataset="digits", depth=2, width=32, steps=200, snapshots=21)
RACE = grid(BASE, optimizer=COMPARED, learning_rate=RATES, seed=SEEDS)


def raced(stop: Event, executor: Executor | None = None) -> Iterator[Partial]:
    """The race, as far as it is known; see `core.sweeps.sweeps.sweeping`."""
    return sweeping(RACE, executor=executor, variables=(), stop=stop)


def race_of(known: xr.Dataset) -> xr.Dataset:
    """The race of a sweep over RACE, or over its like: of the optimizers that are through, in the order of COMPARED.

    loss (optimizer, learning_rate, seed, step): the training loss on the probe, infinite after a run diverged; final
    (optimizer, learning_rate, seed): the last of it; best (optimizer,): the learning rate at which the median of the
    seeds ends lowest.
    """
    through = (known["end"] != "").all(["learning_rate", "seed"])
    names = [name for name in COMPARED if through.sel(optimizer=name)]
    shown = known["loss"].sel(split="train", optimizer=names, learning_rate=list(RATES)).reset_coords(drop=True)
    loss = shown.transpose("optimizer", "learning_rate", "seed", "step")
    loss = loss.where(np.isfinite(loss), np.inf)
    final = loss.isel(step=-1, drop=True)
    best = np.array(RATES)[np.median(final.values, -1).argmin(-1)]
    return xr.Dataset({"loss": loss, "final": final, "best": ("optimizer", best)})
