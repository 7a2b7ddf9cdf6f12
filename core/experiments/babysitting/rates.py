"""The learning-rate range test: many short trainings that differ in nothing but the learning rate, in one pass.

Smith (2015) lets the rate grow within one run; a run of its own for each rate tells more, as none has to start from
what the others have left behind.
"""

from functools import lru_cache

import numpy as np
import xarray as xr

from core.array import Array
from core.config import Config
from core.measuring.recording import SPLITS
from core.sweeps import grid, sweep

RATES = tuple(float(f"{10 ** (power / 2):.3g}") for power in range(-12, 13))
NETWORK = Config(depth=1, width=32, samples=800, probe_size=800, batch_size=32, snapshots=6)
OPTIMIZERS = ("sgd", "momentum", "adam")
SCALES = (0.1, 0.3, 1.0)  # of the first weights
LENGTHS = (10, 30, 60)  # of a run, in steps
MOMENTS = ("before", "after")  # the run
STILL = 0.01  # share of the first loss by which the loss may have moved and is still said to have hardly done so
RULE = 1e-3  # what cs231n's notes say the update : weight ratio should be about


def judged(loss: Array, accuracy: Array, ratios: Array) -> xr.Dataset:
    """What follows from the loss and the accuracy (moment, rate, split) before and after a run at each of RATES.

    And from the `ratio` (rate,) ‖ΔW‖/‖W‖ of the hidden layer, the median over what was measured of the run. Where a run
    diverged, all of it is NaN.

    best: the rate that ends with the lowest loss, of its two losses the larger one. still: the rate that gets most
    right of those below the best where the loss has hardly moved.
    """
    before, after = loss[:, :, 0]
    best = int(np.nanargmin(loss[1].max(1)))
    below = slice(max(1, best))
    moved = np.abs(after[below] / before[below] - 1)
    still = int(np.where(moved < STILL, accuracy[1, below, 0], -1).argmax())
    axes = ("moment", "rate", "split")
    found = {"loss": (axes, loss), "accuracy": (axes, accuracy), "ratio": ("rate", ratios)}
    chosen = {"best": RATES[best], "still": RATES[still]}
    places = {"moment": list(MOMENTS), "rate": list(RATES), "split": list(SPLITS)}
    return xr.Dataset({**found, **chosen}, places, {"rule": RULE})


@lru_cache(maxsize=32)
def range_test(config: Config) -> xr.Dataset:
    """Train the network of a Config, which needs one hidden layer, once at each of RATES; see `judged`."""
    if config.depth != 1:
        raise ValueError(f"a range test is of networks with one hidden layer; depth is {config.depth}")
    runs = sweep(grid(config, learning_rate=RATES), variables=("update_ratio",))
    alive = (runs["end"] != "diverged").values
    ratios = np.full(len(RATES), np.nan)
    ratios[alive] = np.nanmedian(runs["update_ratio"].values[alive, :, 0], 1)
    lost = np.where(alive, 1.0, np.nan)[:, None]
    loss, accuracy = (
        np.stack([runs[name].values[:, 0], runs[name].values[:, -1] * lost]) for name in ("loss", "accuracy")
    )
    return judged(loss, accuracy, ratios)
