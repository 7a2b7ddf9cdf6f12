"""Batch norm looked at closely: pre-activations of all layers, a sample in many batches, learning rates that train.

A pre-activation is what an activation is given: with batch norm, what it makes of the sum.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import lru_cache
from math import erfc, inf, isfinite, nan, sqrt
from threading import Event

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.array import Array
from core.choices.losses import loss_for
from core.choices.normalizations import EPSILON, batch_norm
from core.config import Config
from core.config.chosen import phi
from core.measuring.look import measure
from core.measuring.measures import closure
from core.measuring.snapshot import look_at
from core.networks import build
from core.networks.data import load
from core.networks.network import Network
from core.sweeps import grid
from core.sweeps.grid import Grid
from core.sweeps.outcomes import over_seeds
from core.sweeps.sweeps import Partial, sweeping
from core.theory import predict
from core.work.cluster import executor

KINDS = ("none", "batch_norm")  # names of normalizations
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


@lru_cache(maxsize=64)
def pre_activations(config: Config, *, undone: bool = False) -> xr.Dataset:
    """What the activations of an untrained network are given, over all samples of the probe and all units of a layer.

    share (layer, bin): of those that lie from `low` to `high` (bin,); beyond (layer,): of those farther out; spread
    (layer,): their standard deviation; far (layer,): the share of those more than FAR spreads from their mean, NaN
    where all are equal. dead is the share of units and saturated that of activations, judged on so many samples of the
    `probe`; `flat` says which of the two matters. A layer multiplies the mean square of dL/dz by growth on its way
    back, the geometric mean over layers, and by expected in theory; NaN where no gradient is left, or no theory is.

    Batch norm is `undone` where γ and β of each unit are the spread and the mean of its sums without it. Raises
    ValueError for fewer than two hidden layers.
    """
    if config.depth < 2:
        raise ValueError(f"sums are compared from layer to layer, so two are needed; depth is {config.depth}")
    data, network = load(config), build(config)
    with torch.no_grad():
        if undone:
            _undo(network, build(replace(config, normalization="none")).trace(data.probe_inputs).pre_activations)
        trace = network.trace(data.probe_inputs, batch_statistics=True)
    loss = loss_for(config.loss_function, data.classes)
    look, _ = look_at(network, loss, data.probe_inputs, data.probe_targets, MEASURED)
    measured = {name: value.numpy() for name, value in measure(look, {}, MEASURED).items()}
    theory = None if undone else predict(config).variables.get("gradient_rms")
    return (
        _distributions(torch.stack(trace.pre_activations).flatten(1).double().numpy())
        .assign(
            dead=float(measured["dead_fraction"].mean()),
            saturated=float(measured["saturated_fraction"].mean()),
            growth=_growth(measured["gradient_rms"]),
            expected=nan if theory is None else _growth(theory),
        )
        .assign_attrs(kind=config.normalization, flat=_flat(config), probe=len(data.probe_inputs))
    )


def _distributions(z: Array) -> xr.Dataset:
    """How the pre-activations (layer, sample · unit) are distributed."""
    edges, spread = np.linspace(-REACH, REACH, BINS + 1), z.std(1)
    shares = np.array([np.histogram(layer, edges)[0] for layer in z]) / z.shape[1]
    far = (np.abs(z - z.mean(1, keepdims=True)) > FAR * spread[:, None]).mean(1)
    return xr.Dataset(
        {
            "share": (("layer", "bin"), shares),
            "beyond": ("layer", 1 - shares.sum(1)),
            "spread": ("layer", spread),
            "far": ("layer", np.where(spread > 0, far, nan)),
        },
        {"layer": np.arange(1, len(z) + 1), "low": ("bin", edges[:-1]), "high": ("bin", edges[1:])},
        {"spreads": FAR, "normal": FAR_IF_NORMAL},
    )


def _flat(config: Config) -> str:
    """Where no gradient passes: dead units, or of a bounded activation function what is saturated."""
    activation = phi(config)
    return "saturated" if isfinite(activation.low) and isfinite(activation.high) else "dead"


def _undo(network: Network, bare: Sequence[Tensor]) -> None:
    """Let batch norm give back the sums (sample, unit) that each layer has without it."""
    for norm, z in zip(network.norms, bare, strict=False):  # a network without any is left as it is
        variance, mean = torch.var_mean(z, 0, correction=0)
        norm.scale.copy_((variance + EPSILON).sqrt())
        norm.shift.copy_(mean)


def _growth(gradient: Array) -> float:
    first, last = np.square(gradient[[0, -1]].astype(np.float64))
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = first / last
    return float(ratio ** (1 / (len(gradient) - 1)))


@lru_cache(maxsize=64)
def answers(size: int, scale: float, shift: float) -> xr.Dataset:
    """What batch norm with scale γ and shift β answers to one sample, one standard deviation above the mean.

    in_training (batch,): in each of BATCHES batches of `size` samples, as it depends on the rest of its batch; spread:
    the standard deviation of these. in_use: computed from the means over all batches of what batch norm keeps: their
    mean, and their unbiased variance. biased and unbiased: the means over batches of the squared distances from the
    batch's mean, added up and divided by n or by n − 1, in the variance of all samples.

    Raises ValueError for fewer than two samples: a batch of one has variance 0, so that nothing of it is left.
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
    in_training = norm(every[drawn].unsqueeze(-1), batch_statistics=True, track=False)[:, 0, 0].numpy()
    unbiased = float(kept_variance.mean() / variance)
    return xr.Dataset(
        {
            "in_training": ("batch", in_training),
            "spread": float(in_training.std()),
            "in_use": float(norm(every[place].view(1, 1), batch_statistics=False, track=False)),
            "biased": unbiased * (size - 1) / size,
            "unbiased": unbiased,
        },
        attrs={"size": size},
    )


@lru_cache(maxsize=1)
def _unit_pre_activations() -> torch.Tensor:
    """The pre-activations (sample,) of one unit over all training samples, in double precision."""
    with torch.no_grad():
        return build(UNIT).trace(load(UNIT).inputs).pre_activations[0][:, 0].double()


def learning_rates(rates: Sequence[float] = RATES, seeds: int = SEEDS) -> Grid:
    """Networks with and without batch norm, at every learning rate, some seeds of each."""
    start = {"normalization": KINDS[0], "learning_rate": rates[0]}
    base = Config(**{**TRAINED.to_dict(), **start})
    return grid(base, normalization=KINDS, learning_rate=rates, seed=range(seeds))


def training(configs: Grid, stop: Event) -> Iterator[Partial]:
    """The work of `learning_rates`."""
    return sweeping(configs, executor=executor(), variables=("dead_fraction",), stop=stop)


def trained(sweep: xr.Dataset) -> xr.Dataset:
    """What became of the networks (normalization, learning_rate), of each of KINDS whose runs are all known.

    Over seeds, the median accuracy on held-out samples, the median share of units that are dead, NaN where most runs
    diverged, and the share of runs that diverged.
    """
    through = (sweep["end"] != "").all(["learning_rate", "seed"])
    known = sweep.sel(normalization=[kind for kind in KINDS if through.sel(normalization=kind)])
    found = xr.Dataset({name: over_seeds(name, known) for name in ("accuracy", "dead", "diverged")})
    told = {"steps": TRAINED.steps, "seeds": sweep.sizes["seed"], "probe": TRAINED.probe_size}
    return found.where(found != inf).assign_attrs(told, good=GOOD, compared=COMPARED)
