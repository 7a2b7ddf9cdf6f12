"""Cures for dead ReLU units: networks in which units are dead or die, each with one thing changed, on several seeds.

A cure has two sides: whether units live, and whether the network learns. One does not follow from the other.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import lru_cache
from threading import Event
from typing import TYPE_CHECKING

import numpy as np

from core.config import Config
from core.networks.network import parameter_count
from core.sweeps import sweep
from core.sweeps.outcomes import last, outcomes
from core.sweeps.sweeps import Partial, sweeping

if TYPE_CHECKING:
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
    "far_data": replace(WELL, dataset="star_cloud", learning_rate=0.03),
    "negative_bias": replace(WELL, bias_init=-1.0),
    "large_rate": replace(WELL, optimizer="adam", learning_rate=0.3),
}
CURES: dict[str, Callable[[Config], Config]] = {
    "none": lambda patient: patient,
    "leaky_relu": lambda patient: replace(patient, activation="leaky_relu"),
    "prelu": lambda patient: replace(patient, activation="prelu"),
    "elu": lambda patient: replace(patient, activation="elu"),
    "maxout": lambda patient: replace(patient, activation="maxout"),
    "batch_norm": lambda patient: replace(patient, normalization="batch_norm"),
    "centred": lambda patient: replace(patient, preprocessing="center"),
    "zero_bias": lambda patient: replace(patient, bias_init=0.0),
    "slower": lambda patient: replace(patient, learning_rate=patient.learning_rate / 10),
}


def treatments(patient: str) -> list[Config]:
    """The networks of one patient: every cure on every seed, the seeds of one cure side by side."""
    return [replace(cure(PATIENTS[patient]), seed=seed) for cure in CURES.values() for seed in SEEDS]


def treating(patient: str, stop: Event) -> Iterator[Partial]:
    """Train the networks of one patient, as a sweep. Raises InterruptedError once stopped."""
    return sweeping(treatments(patient), variables=NEEDS, stop=stop)


def treated(swept: "xr.Dataset") -> "xr.Dataset":
    """What became of the networks of `treatments`, in their order, at the end: NaN where that is not known yet.

    For each (cure, seed): dead, the share of units that are dead on all training samples; still, the share of
    activations whose slope is below 5 % of the largest; loss, on held-out samples. All are infinite where the run
    diverged.
    """
    import xarray as xr

    dead, loss = (outcomes[name](swept) for name in ("dead", "loss"))
    still = last(swept)["saturated_fraction"].mean("layer").where(np.isfinite(dead), dead)
    found = {"dead": dead, "still": still, "loss": loss}
    shape = len(CURES), len(SEEDS)
    variables = {name: (("cure", "seed"), values.values.reshape(shape)) for name, values in found.items()}
    return xr.Dataset(variables, {"cure": list(CURES), "seed": list(SEEDS)})


@lru_cache(maxsize=len(PATIENTS))
def at_first(patient: str) -> "xr.Dataset":
    """The networks of a patient before training, as `treated` tells of them."""
    return treated(sweep([config.at_start() for config in treatments(patient)], variables=NEEDS))


def bill(patient: str, treated: "xr.Dataset") -> "xr.Dataset":
    """What each cure costs and brings (cure,): the parameters of a network, and what became of those known so far.

    dead, still and loss are medians over the seeds, NaN where none is known; diverged counts the networks that have,
    of those that are known.
    """
    costs = [parameter_count(cure(PATIENTS[patient])) for cure in CURES.values()]
    known = treated["loss"].notnull()
    diverged = known & ~np.isfinite(treated["loss"])
    counts = {"diverged": diverged.sum("seed"), "known": known.sum("seed")}
    return treated.median("seed").assign(counts | {"parameters": ("cure", costs)})
