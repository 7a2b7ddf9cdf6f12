"""Cures for dead ReLU units: networks in which units are dead or die, each with one thing changed, on several seeds.

A cure has two sides: whether units live, and whether the network learns. One does not follow from the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from core.array import Array
from core.config import Config
from core.networks.network import parameter_count
from core.sweeps import sweep
from core.sweeps.outcomes import last, outcomes
from core.sweeps.sweeps import Partial, sweeping

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

SEEDS = range(6)
NEEDS = ("dead_fraction", "saturated_fraction")
WELL = Config(
    dataset="moons",
    samples=200,
    probe_size=200,
    batch_size=32,
    preprocessing="none",
    depth=3,
    width=32,
    activation="relu",
    initializer="he_normal",
    bias_init=0.0,
    optimizer="sgd",
    learning_rate=0.1,
    steps=200,
    snapshots=2,
)
PATIENTS = {
    "Data far away": replace(WELL, dataset="star_cloud", learning_rate=0.03),
    "Negative bias": replace(WELL, bias_init=-1.0),
    "Large learning rate": replace(WELL, optimizer="adam", learning_rate=0.3),
}
CURES: dict[str, Callable[[Config], Config]] = {
    "ReLU, no cure": lambda patient: patient,
    "Leaky ReLU": lambda patient: replace(patient, activation="leaky_relu"),
    "PReLU": lambda patient: replace(patient, activation="prelu"),
    "ELU": lambda patient: replace(patient, activation="elu"),
    "Maxout": lambda patient: replace(patient, activation="maxout"),
    "Batch norm": lambda patient: replace(patient, normalization="batch_norm"),
    "Centred data": lambda patient: replace(patient, preprocessing="center"),
    "Bias 0": lambda patient: replace(patient, bias_init=0.0),
    "Learning rate ÷ 10": lambda patient: replace(patient, learning_rate=patient.learning_rate / 10),
}


def treatments(patient: str) -> list[Config]:
    """The networks of one patient: every cure on every seed, the seeds of one cure side by side."""
    return [replace(cure(PATIENTS[patient]), seed=seed) for cure in CURES.values() for seed in SEEDS]


def treating(patient: str, stop: Event) -> Iterator[Partial]:
    """Train the networks of one patient, as a sweep. Raises InterruptedError once stopped."""
    return sweeping(treatments(patient), variables=NEEDS, stop=stop)


@dataclass(frozen=True, eq=False)
class Treated:
    """What became of each network (cure, seed), at the end; NaN where that is not known yet.

    `dead` is the share of units that are dead on all training samples, `still` the share of activations whose slope is
    below 5 % of the largest, and `loss` that on held-out samples. All are infinite where the run diverged.
    """

    dead: Array
    still: Array
    loss: Array

    @property
    def diverged(self) -> Array:
        """How many networks of each cure have diverged (cure,)."""
        count: Array = np.isinf(self.loss).sum(1)
        return count


def treated(swept: "xr.Dataset") -> Treated:
    """What became of the networks of `treatments`, in their order."""
    dead, loss = (outcomes[name](swept) for name in ("dead", "loss"))
    still = last(swept)["saturated_fraction"].mean("layer").where(np.isfinite(dead), dead)
    return Treated(*(values.values.reshape(len(CURES), len(SEEDS)) for values in (dead, still, loss)))


@lru_cache(maxsize=len(PATIENTS))
def at_first(patient: str) -> Array:
    """The share of dead units of each network of a patient (cure, seed) before training."""
    return treated(sweep([config.at_start() for config in treatments(patient)], variables=NEEDS)).dead


def bill(patient: str, treated: Treated) -> "pd.DataFrame":
    """What each cure costs and brings, in words: a row for each, with medians over the seeds known so far."""
    import pandas as pd

    rows = [
        {
            "Cure": name,
            "Parameters": f"{parameter_count(cure(PATIENTS[patient])):,}",
            "Dead": _median(treated.dead[row], ".1%"),
            "Nearly still": _median(treated.still[row], ".1%"),
            "Loss": _median(treated.loss[row], ".3g"),
            "Diverged": f"{treated.diverged[row]} of {np.isfinite(treated.loss[row]).sum() + treated.diverged[row]}",
        }
        for row, (name, cure) in enumerate(CURES.items())
    ]
    return pd.DataFrame(rows)


def _median(values: Array, form: str) -> str:
    known = values[~np.isnan(values)]
    middle = float(np.median(known)) if len(known) else np.nan
    return f"{middle:{form}}" if np.isfinite(middle) else "–"
