"""Batch norm looked at closely: pre-activations of all layers, a sample in many batches, learning rates that train.

A pre-activation is what an activation is given: with batch norm, what it makes of the sum.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import groupby
from math import erfc, inf, isfinite, isnan, nan, sqrt
from operator import itemgetter
from threading import Event
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.array import Array
from core.choices.losses import loss_for
from core.choices.normalizations import EPSILON, Normalization, batch_norm
from core.config import Config
from core.config.chosen import phi
from core.diagnosis.words import Told
from core.measuring.look import measure
from core.measuring.measures import closure, measures
from core.measuring.snapshot import look_at
from core.networks import build
from core.networks.data import load
from core.networks.network import Network
from core.sweeps import grid
from core.sweeps.grid import Grid
from core.sweeps.outcomes import over_seeds
from core.sweeps.sweeps import Partial, sweeping
from core.theory import predict
from core.words.numbers import readable
from core.work.cluster import executor

if TYPE_CHECKING:
    import xarray as xr

KINDS = {"none": "without batch norm", "batch_norm": "with batch norm"}  # by the names of normalizations
REACH, BINS = 5.0, 60  # of the histograms of pre-activations, on both sides of 0
FAR = 3.0  # standard deviations
FAR_IF_NORMAL = erfc(FAR / sqrt(2))  # the share of what is normally distributed that lies farther out, 0.27 %
UNIT = Config(depth=1, steps=0)  # whose first unit is looked at
BATCHES = 2000
MEASURED = closure({"dead_fraction", "saturated_fraction", "gradient_rms"})
RATES = (0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
SEEDS = 5
TRAINED = Config(width=32, steps=150, snapshots=2)  # at each of RATES
GOOD = 0.9  # accuracy on held-out samples from which a learning rate is said to train
COMPARED = 1.0  # the learning rate at which dead units are told


@dataclass(frozen=True, eq=False)
class PreActivations:
    """What the activations of an untrained network are given, over all samples of the probe and all units of a layer.

    `shares` (layer, bin) of them lie between `edges` (bin + 1,), `beyond` (layer,) lie farther out. `spread`
    (layer,) is their standard deviation, and `far` (layer,) the share of those more than FAR spreads from their mean;
    NaN where all are equal. Of the network, judged on so many samples of the `probe`, `dead` is the share of units and
    `saturated` that of activations, which matters where the activation function is `bounded`. A layer multiplies the
    mean square of dL/dz by `growth` on its way back, the geometric mean over layers, and by `expected` in theory; NaN
    where no gradient is left, or there is no theory.
    """

    shares: Array
    edges: Array
    beyond: Array
    spread: Array
    far: Array
    dead: float
    saturated: float
    bounded: bool
    probe: int
    growth: float
    expected: float

    @property
    def far_in_words(self) -> str:
        """`far` of the last layer, or that its pre-activations are all equal."""
        return "all equal" if isnan(self.far[-1]) else f"{self.far[-1]:.2%}"

    @property
    def flat(self) -> Told:
        """Where no gradient passes: dead units, or of a bounded activation function what is saturated."""
        name, number, of = (
            ("Saturated", self.saturated, "saturated") if self.bounded else ("Dead units", self.dead, "dead")
        )
        return Told(name, f"{number:.1%}", measures.help(f"{of}_fraction"))

    @property
    def growth_in_words(self) -> str:
        """`growth`, or that no gradient is left."""
        return "no gradient" if isnan(self.growth) else f"× {readable(self.growth)}"

    @property
    def expected_in_words(self) -> str:
        """`expected`, or that there is no theory."""
        return "no theory" if isnan(self.expected) else f"× {readable(self.expected)}"


@lru_cache(maxsize=64)
def pre_activations(config: Config, *, undone: bool = False) -> PreActivations:
    """The pre-activations in the untrained network of a Config. Raises ValueError for fewer than two hidden layers.

    Batch norm is `undone` where γ and β of each unit are the spread and the mean of its sums without it.
    """
    if config.depth < 2:
        raise ValueError(f"sums are compared from layer to layer, so two are needed; depth is {config.depth}")
    data, network, activation = load(config), build(config), phi(config)
    with torch.no_grad():
        if undone:
            _undo(network, build(replace(config, normalization="none")).trace(data.probe_inputs).pre_activations)
        trace = network.trace(data.probe_inputs, batch_statistics=True)
    z = torch.stack(trace.pre_activations).flatten(1).double().numpy()  # (layer, sample · unit)
    edges, spread = np.linspace(-REACH, REACH, BINS + 1), z.std(1)
    shares = np.array([np.histogram(layer, edges)[0] for layer in z]) / z.shape[1]
    loss = loss_for(config.loss_function, data.classes)
    look, _ = look_at(network, loss, data.probe_inputs, data.probe_targets, MEASURED)
    measured = {name: value.numpy() for name, value in measure(look, {}, MEASURED).items()}
    theory = None if undone else predict(config).variables.get("gradient_rms")
    return PreActivations(
        shares=shares,
        edges=edges,
        beyond=1 - shares.sum(1),
        spread=spread,
        far=np.where(spread > 0, (np.abs(z - z.mean(1, keepdims=True)) > FAR * spread[:, None]).mean(1), nan),
        dead=float(measured["dead_fraction"].mean()),
        saturated=float(measured["saturated_fraction"].mean()),
        bounded=isfinite(activation.low) and isfinite(activation.high),
        probe=len(data.probe_inputs),
        growth=_growth(measured["gradient_rms"]),
        expected=nan if theory is None else _growth(theory),
    )


def beside(found: Mapping[str, PreActivations]) -> pd.DataFrame:
    """What is found in each of some networks of one shape, by what they are called, in words: a row for each number."""
    columns = {
        kind: {
            "Spread of the last layer's sums": readable(untrained.spread[-1]),
            f"Beyond {FAR:g} spreads (normal {FAR_IF_NORMAL:.2%})": untrained.far_in_words,
            f"{untrained.flat.name}, on {untrained.probe} samples": untrained.flat.number,
            "Gradient², a layer": untrained.growth_in_words,
            "Gradient², a layer, in theory": untrained.expected_in_words,
        }
        for kind, untrained in found.items()
    }
    return pd.DataFrame(columns).rename_axis("Untrained")


def _undo(network: Network, bare: Sequence[Tensor]) -> None:
    """Let batch norm give back the sums (sample, unit) that each layer has without it."""
    for norm, z in zip(network.norms, bare, strict=False):  # a network without any is left as it is
        assert isinstance(norm, Normalization)
        variance, mean = torch.var_mean(z, 0, correction=0)
        norm.scale.copy_((variance + EPSILON).sqrt())
        norm.shift.copy_(mean)


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

    @property
    def spread(self) -> float:
        """The standard deviation of the answers in training."""
        return float(self.in_training.std())


@lru_cache(maxsize=64)
def answers(size: int, scale: float, shift: float) -> Answers:
    """What batch norm with scale γ and shift β answers in BATCHES batches of `size` samples. Raises ValueError below 2.

    A batch of one has variance 0, so that nothing of its sample is left.
    """
    if size < 2:
        raise ValueError(f"a batch has a variance from two samples on; got {size!r}")
    every = _unit_pre_activations()
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
def _unit_pre_activations() -> torch.Tensor:
    """The pre-activations (sample,) of one unit over all training samples, in double precision."""
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
    """A row for each learning rate and each of KINDS whose runs are all known: `kind`, `rate`, and over seeds the
    median `accuracy` on held-out samples, the median share `dead` of units, and the share of runs that `diverged`.

    `dead` is NaN where most of them diverged.
    """
    through = (sweep["end"] != "").all(["learning_rate", "seed"])
    known = sweep.sel(normalization=[kind for kind in KINDS if through.sel(normalization=kind)])
    tables = {name: over_seeds(name, known).to_series() for name in ("accuracy", "dead", "diverged")}
    table = pd.concat(tables, axis=1).replace(inf, nan).reset_index()
    return table.assign(kind=table["normalization"].map(KINDS)).rename(columns={"learning_rate": "rate"})


def verdicts(table: pd.DataFrame) -> pd.DataFrame:
    """What `trained` says of each of KINDS, in words: which learning rates train, and how many units die at one."""
    rows = {kind: _verdict(of_kind) for kind, of_kind in table.groupby("kind", sort=False)}
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Network")


def _verdict(table: pd.DataFrame) -> dict[str, str]:
    dead = table.loc[table["rate"] == COMPARED, "dead"].item()
    died = f"Dead units at learning rate {COMPARED:g}, on {TRAINED.probe_size} samples"
    return {
        f"Learning rates with an accuracy of {GOOD:.0%}": _ranges(table["rate"], table["accuracy"] >= GOOD),
        died: "diverged" if isnan(dead) else f"{dead:.0%}",
    }


def _ranges(rates: "pd.Series[float]", good: "pd.Series[bool]") -> str:
    """The good ones of rising rates: where one between two others is not good, it parts them."""
    each = groupby(zip(rates, good, strict=True), key=itemgetter(1))
    runs = [[f"{rate:g}" for rate, _ in run] for well, run in each if well]
    return ", ".join(f"{run[0]} to {run[-1]}" if len(run) > 1 else run[0] for run in runs) or "none"
