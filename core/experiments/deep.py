"""How deep a network of ReLUs can train: what Xavier's and He's weights leave of the signal, and what they learn.

With weights of N(0, σ_w²/n) a layer of ReLUs multiplies the mean square of the signal by σ_w²/2, and on the way back
that of the gradient (He et al. 2015, "Delving deep into rectifiers"). He's σ_w² is 2, and Xavier's is 1 where layers
are of one width.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from threading import Event

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.config import Config
from core.networks.data import load
from core.networks.network import build_many
from core.sweeps import grid
from core.sweeps.grid import Grid
from core.sweeps.outcomes import outcomes
from core.sweeps.sweeps import Partial, sweeping
from core.theory.variances import variance
from core.work.cluster import executor

INITIALIZERS = ("xavier_normal", "he_normal")
LAYERS = 30
NETWORKS, INPUTS = 10, 8  # that the untrained networks are measured on
DEPTHS = (2, 6, 10, 14, 18, 22, 26, 30)
SEEDS = 3
RATES = {"momentum": 0.01, "sgd": 0.05, "adam": 0.001}  # He et al. train with the first
LEARNED = 0.5  # of held-out samples right: five times what guessing gives


@lru_cache(maxsize=16)
def reach(width: int) -> xr.Dataset:
    """What is left in untrained networks of 1 to LAYERS hidden layers, NETWORKS of each of INITIALIZERS, for INPUTS
    digits. A network of depth d is the first d layers of the deepest, with its outputs.

    As RMS over samples and units: signal (initializer, network, depth), in the last layer over the first; gradient
    (initializer, network, depth): dL/dz in the first layer over the last. Both are expected to be as expected
    (initializer, depth).
    """
    found = [_reach(initializer, width) for initializer in INITIALIZERS]
    return xr.concat(found, xr.Variable("initializer", list(INITIALIZERS)))


def _reach(initializer: str, width: int) -> xr.Dataset:
    configs = [_config(initializer, width, seed=seed) for seed in range(NETWORKS)]
    network, data = build_many(configs), load(configs[0])
    with torch.no_grad():
        trace = network.trace(data.inputs[:INPUTS].expand(NETWORKS, -1, -1))
        slopes = [(z > 0).to(z.dtype) for z in trace.pre_activations]
        last = _at_the_end(trace.activations, slopes, network.weights[-1], data.targets[:INPUTS])
        first = _carried_back(last, slopes, network.weights)
    signal = torch.stack([_rms(activation) for activation in trace.activations], -1)
    gradient = _rms(first) / torch.stack([_rms(delta) for delta in last], -1)
    expected = (variance(configs[0], width, width).weights / 2) ** (np.arange(LAYERS) / 2)
    return xr.Dataset(
        {
            "signal": (("network", "depth"), (signal / signal[:, :1]).double().numpy()),
            "gradient": (("network", "depth"), gradient.double().numpy()),
            "expected": ("depth", expected),
        },
        {"depth": np.arange(1, LAYERS + 1)},
    )


def _at_the_end(signals: list[Tensor], slopes: list[Tensor], weight: Tensor, targets: Tensor) -> list[Tensor]:
    """dL/dz (network, sample, unit) of each layer, as if it were the last one."""
    right = torch.nn.functional.one_hot(targets, weight.shape[-2]).float()
    errors = [torch.softmax(signal @ weight.mT, -1) - right for signal in signals]
    return [error @ weight * slope for error, slope in zip(errors, slopes, strict=True)]


def _carried_back(last: list[Tensor], slopes: list[Tensor], weights: list[torch.nn.Parameter]) -> Tensor:
    """dL/dz of the first layer (network, depth, sample, unit), of networks of every depth."""
    carried = last[-1].unsqueeze(1)  # from the deeper networks, through this layer
    for layer in range(len(last) - 1, 0, -1):
        passed = carried.flatten(1, 2) @ weights[layer]  # one product for networks of all depths
        carried = passed.view(carried.shape) * slopes[layer - 1].unsqueeze(1)
        carried = torch.cat([last[layer - 1].unsqueeze(1), carried], 1)
    return carried


def _rms(values: Tensor) -> Tensor:
    mean: Tensor = values.square().mean((-2, -1))
    return mean.sqrt()


def _config(initializer: str, width: int, *, seed: int = 0) -> Config:
    return Config(activation="relu", initializer=initializer, width=width, depth=LAYERS, seed=seed, steps=0)


def trials(width: int, optimizer: str, steps: int, *, batch_norm: bool) -> Grid:
    """The networks to train on digits: all DEPTHS with both INITIALIZERS and some seeds, at the optimizer's RATES."""
    base = replace(
        _config("he_normal", width),
        optimizer=optimizer,
        learning_rate=RATES[optimizer],
        normalization="batch_norm" if batch_norm else "none",
        steps=steps,
        snapshots=2,
    )
    return grid(base, depth=DEPTHS, initializer=INITIALIZERS, seed=range(SEEDS))


def training(configs: Grid, stop: Event) -> Iterator[Partial]:
    """Train them all; what is known comes as it is found. Raises InterruptedError once stopped."""
    return sweeping(configs, executor=executor(), variables=(), stop=stop)


def scores(sweep: xr.Dataset) -> xr.Dataset:
    """The share of held-out samples that they get right (initializer, depth): `low`, `middle` and `high` of the seeds
    that are known so far; NaN where none is. A network that diverged gets none right. One that gets as many right as
    `learned`, of the attributes, has learned; how many `seeds` there are is there, too."""
    right = outcomes["accuracy"](sweep).transpose("initializer", "depth", "seed")
    shares = {"low": right.min("seed"), "middle": right.median("seed"), "high": right.max("seed")}
    return xr.Dataset(shares, attrs={"learned": LEARNED, "seeds": right.sizes["seed"]})


def deepest(scores: xr.Dataset) -> dict[str, int]:
    """By initializer, the depth up to which all networks that are known learn, by the median of their seeds; 0 where
    none does."""
    found = {}
    for name in INITIALIZERS:
        known = scores["middle"].sel(initializer=name).dropna("depth")
        count = int((known.values >= LEARNED).cumprod().sum())
        found[name] = int(known["depth"].values[count - 1]) if count else 0
    return found
