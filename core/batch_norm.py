"""Batch norm looked at closely: the sums of all layers, one sample in many batches, and the learning rates that train.

The sums are those that an activation is given: with batch norm, what it makes of them.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import erfc, isnan, nan, sqrt
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch

from core.cluster import executor
from core.config import Config
from core.data import load
from core.grid import Grid, grid
from core.headlines import readable
from core.network import build
from core.normalizations import batch_norm
from core.outcomes import over_seeds
from core.recording import Array
from core.sweeps import Partial, sweeping
from core.theory import predict
from core.training import record

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"none": "without batch norm", "batch_norm": "with batch norm"}  # by the names of normalizations
REACH, BINS = 5.0, 60  # of the histograms of sums, on both sides of 0
FAR = 3.0  # standard deviations
FAR_IF_NORMAL = erfc(FAR / sqrt(2))  # the share of what is normally distributed that lies farther out, 0.27 %
UNIT = Config(depth=1, steps=0)  # whose first unit is looked at
BATCHES = 2000
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
SEEDS = 5
TRAINED = Config(width=32, steps=150, snapshots=2)  # at each of RATES
GOOD = 0.9  # accuracy on held-out samples from which a learning rate is said to train
COMPARED = 1.0  # the learning rate at which dead units are told


@dataclass(frozen=True, eq=False)
class Sums:
    """What the activations of an untrained network are given, over all samples of the probe and all units of a layer.

    `shares` (layer, bin) of the sums lie between `edges` (bin + 1,), `beyond` (layer,) lie farther out. `spread`
    (layer,) is their standard deviation, and `far` (layer,) the share of those more than FAR spreads from their mean;
    NaN where all are equal. `dead` is the share of units. A layer multiplies the mean square of dL/dz by `growth` on
    its way back, the geometric mean over layers, and by `expected` in theory; NaN where no gradient is left, or there
    is no theory.
    """

    shares: Array
    edges: Array
    beyond: Array
    spread: Array
    far: Array
    dead: float
    growth: float
    expected: float

    @property
    def far_in_words(self) -> str:
        """`far` of the last layer, or that its sums are all equal."""
        return "all equal" if isnan(self.far[-1]) else f"{self.far[-1]:.2%}"

    @property
    def growth_in_words(self) -> str:
        """`growth`, or that no gradient is left."""
        return "no gradient" if isnan(self.growth) else f"× {readable(self.growth)}"

    @property
    def expected_in_words(self) -> str:
        """`expected`, or that there is no theory."""
        return "no theory" if isnan(self.expected) else f"theory × {readable(self.expected)}"


@lru_cache(maxsize=64)
def sums(config: Config) -> Sums:
    """The sums in the untrained network of a Config. Raises ValueError for fewer than two hidden layers."""
    if config.depth < 2:
        raise ValueError(f"sums are compared from layer to layer, so two are needed; depth is {config.depth}")
    with torch.no_grad():
        trace = build(config).trace(load(config).probe_inputs, batch_statistics=True)
    z = torch.stack(trace.pre_activations).flatten(1).double().numpy()  # (layer, sample · unit)
    edges, spread = np.linspace(-REACH, REACH, BINS + 1), z.std(1)
    shares = np.array([np.histogram(layer, edges)[0] for layer in z]) / z.shape[1]
    measured = record(config.at_start()).variables
    theory = predict(config).variables.get("gradient_rms", np.full(config.depth, np.nan))
    return Sums(
        shares=shares,
        edges=edges,
        beyond=1 - shares.sum(1),
        spread=spread,
        far=np.where(spread > 0, (np.abs(z - z.mean(1, keepdims=True)) > FAR * spread[:, None]).mean(1), nan),
        dead=float(measured["dead_fraction"].values[0].mean()),
        growth=_growth(measured["gradient_rms"].values[0]),
        expected=_growth(theory),
    )


def _growth(gradient: Array) -> float:
    first, last = np.square(gradient[[0, -1]].astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = first / last
    return float(ratio ** (1 / (len(gradient) - 1)))


@dataclass(frozen=True, eq=False)
class Answers:
    """What batch norm answers to one sample whose sum is one standard deviation above the mean.

    `in_training` (batch,) depends on the rest of its batch. `in_use` is computed from the means over all batches of
    what batch norm keeps: their mean, and their unbiased variance. `biased` and `unbiased` are the means over batches
    of the squared distances from the batch's mean, added up and divided by n or by n − 1, in the variance of all
    samples.
    """

    size: int
    in_training: Array
    in_use: float
    biased: float
    unbiased: float


@lru_cache(maxsize=64)
def answers(size: int, scale: float, shift: float) -> Answers:
    """What batch norm with scale γ and shift β answers in BATCHES batches of `size` samples. Raises ValueError below 2.

    A batch of one has variance 0, so that nothing of its sample is left.
    """
    if size < 2:
        raise ValueError(f"a batch has a variance from two samples on; got {size!r}")
    every = _unit_sums()
    variance, mean = torch.var_mean(every, correction=0)
    place = ((every - mean) / variance.sqrt() - 1).abs().argmin()
    drawn = torch.randint(len(every), (BATCHES, size), generator=UNIT.generator("batches"))
    kept_variance, kept_mean = torch.var_mean(every[drawn], 1)
    drawn[drawn == place] += 1 - len(every)  # the sample after it: one is there once
    drawn[:, 0] = place
    norm = batch_norm(torch.Size([1])).double().requires_grad_(requires_grad=False)
    for held, value in (
        (norm.scale, scale),
        (norm.shift, shift),
        (norm.running_mean, kept_mean.mean()),
        (norm.running_var, kept_variance.mean()),
    ):
        held.fill_(value)
    in_training = norm(every[drawn].unsqueeze(-1), batch_statistics=True, track=False)[:, 0, 0]
    in_use = norm(every[place].view(1, 1), batch_statistics=False, track=False)
    unbiased = float(kept_variance.mean() / variance)
    return Answers(size, in_training.numpy(), float(in_use), unbiased * (size - 1) / size, unbiased)


@lru_cache(maxsize=1)
def _unit_sums() -> torch.Tensor:
    """The sums (sample,) of one unit over all training samples, in double precision."""
    with torch.no_grad():
        return build(UNIT).trace(load(UNIT).inputs).pre_activations[0][:, 0].double()


def learning_rates(rates: Sequence[float] = RATES, seeds: int = SEEDS) -> Grid:
    """Networks with and without batch norm, at every learning rate, some seeds of each."""
    start = {"normalization": next(iter(KINDS)), "learning_rate": rates[0]}
    base = Config(**{**TRAINED.to_dict(), **start})
    return grid(base, normalization=KINDS, learning_rate=rates, seed=range(seeds))


def training(configs: Grid, stop: Event) -> Iterator[Partial]:
    """The work of `learning_rates`."""
    return sweeping(configs, executor=executor(), variables=("dead_fraction",), stop=stop)


def trained(sweep: "xr.Dataset") -> pd.DataFrame:
    """A row for each of KINDS and learning rate, of what is known: `kind`, `rate`, and over seeds the median `accuracy`
    on held-out samples, the median share `dead` of units, and the share of runs that `diverged`.
    """
    tables = {name: over_seeds(name, sweep).to_series() for name in ("accuracy", "dead", "diverged")}
    table = pd.concat(tables, axis=1).loc[list(KINDS)].dropna(subset="accuracy").reset_index()
    return table.assign(kind=table["normalization"].map(KINDS)).rename(columns={"learning_rate": "rate"})


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """What `trained` says of each of KINDS, in words: which learning rates train, and how many units die at one."""
    rows = {kind: _verdict(table[table["kind"] == kind]) for kind in KINDS.values() if (table["kind"] == kind).any()}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("network")


def _verdict(table: pd.DataFrame) -> dict[str, str]:
    good = table.loc[table["accuracy"] >= GOOD, "rate"]
    dead = table.loc[table["rate"] == COMPARED, "dead"]
    return {
        f"Learning rates with an accuracy of {GOOD:.0%}": f"{good.min():g} to {good.max():g}" if len(good) else "none",
        f"Dead units at {COMPARED:g}": "–" if dead.isna().all() else f"{dead.item():.0%}",
    }
