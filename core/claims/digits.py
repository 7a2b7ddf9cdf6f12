"""Digits: what several claims are tried on. 8×8 pixels that every machine has, in place of MNIST."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from core.array import Array
from core.config import Config

if TYPE_CHECKING:
    import xarray as xr

SEEDS = 3  # one run may be luck; the median of three seldom is
DIGITS = Config(dataset="digits", depth=2, width=64, steps=300, snapshots=2)
EVERY_SAMPLE = replace(DIGITS, probe_size=DIGITS.samples)  # a unit is dead if no training sample makes it active


def seeds(config: Config, count: int = SEEDS) -> list[Config]:
    """The Config with the seeds 0, 1, …"""
    return [replace(config, seed=seed) for seed in range(count)]


def at_end(data: "xr.Dataset", variable: str, split: str = "validation", diverged: float = np.nan) -> Array:
    """The score (run,) of each run at its end, and `diverged` for those that came to none."""
    scores: Array = np.where(data["end"].values == "finished", data[variable].sel(split=split).values[:, -1], diverged)
    return scores


def steps_to(data: "xr.Dataset", share: float, split: str = "validation") -> float:
    """The median, over runs, of the first step at which such a share is right; infinite for runs that never get there.

    Only the steps that were measured count.
    """
    right: Array = data["accuracy"].sel(split=split).values >= share  # (run, step)
    return float(np.median(np.where(right.any(1), data["step"].values[right.argmax(1)], np.inf)))


def accuracy(data: "xr.Dataset") -> float:
    """The median, over runs, of the accuracy on held-out samples at the end; 0 for runs that diverged."""
    return float(np.median(at_end(data, "accuracy", diverged=0.0)))
