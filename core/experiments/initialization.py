"""Copies: whether the units of a layer differ, or are one and the same unit many times, before training and after it.

Units with equal weights and biases answer alike; where all that follows weighs them alike, too, they get one gradient,
so they stay copies for ever, and a layer of them has a matrix W of rank 1. DRAWS are first weights to look at, by id.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.choices.losses import loss_for
from core.config import Config
from core.networks import build
from core.networks.data import load
from core.training import descend

STEPS, RATE = 100, 0.1  # of gradient descent on all samples at once
SHOWN = 2  # the hidden layer whose units are looked at while they are trained
EQUAL = 1e-9  # weights that differ by less, of the largest, are equal: rounding errors of doubles are smaller
DRAWS: Mapping[str, Mapping[str, Any]] = {
    "small": {"initializer": "normal", "weight_scale": 1.0},
    "advised": {"initializer": "normal", "weight_scale": 2.0},
    "large": {"initializer": "normal", "weight_scale": 100.0},
    "lecun": {"initializer": "lecun_normal"},
    "he": {"initializer": "he_normal"},
    "zeros": {"initializer": "zeros"},
    "constant": {"initializer": "constant"},
    "positive": {"initializer": "positive"},
    "pytorch_default": {"initializer": "pytorch_default"},
    "lsuv": {"initializer": "lsuv"},
}
LARGE = Config(dataset="gaussian", features=500, samples=1000, probe_size=500, width=500, depth=10, steps=0)


def large(draw: str, activation: str) -> Config:
    """The untrained network of the slides, with one of DRAWS."""
    return replace(LARGE, activation=activation, **DRAWS[draw])


def small(config: Config) -> Config:
    """A network with the first weights of another, that is small enough to be trained at once."""
    return replace(config, dataset="digits", samples=300, depth=2, width=32)


@lru_cache(maxsize=64)
def alike(config: Config) -> xr.Dataset:
    """How much the units of each hidden layer of an untrained network are alike. Raises DataUnavailable.

    Of each layer (layer,): the mean correlation of two units over the probe, NaN where fewer than two vary; how many
    units are different; and the share of all its weights that are negative.
    """
    network = build(config)
    hidden = list(zip(network.weights, network.biases, strict=True))[:-1]
    with torch.no_grad():
        signals = network.trace(load(config).probe_inputs).activations
        negative = [float((weight < 0).double().mean()) for weight, _ in hidden]
    return xr.Dataset(
        {
            "correlation": ("layer", [correlation(signal) for signal in signals]),
            "different": ("layer", [different(weight, bias) for weight, bias in hidden]),
            "negative": ("layer", negative),
        },
        {"layer": np.arange(1, len(hidden) + 1)},
    )


@lru_cache(maxsize=64)
def trained(config: Config) -> xr.Dataset:
    """What STEPS steps of plain gradient descent on all samples do to the units of the hidden layer SHOWN. In doubles,
    so that what is equal stays so. Raises ValueError for a network without a layer SHOWN, DataUnavailable.

    first (step, unit): the first weight of each unit; different (time,): how many units are, "before" and "after"; the
    rank of their W after; the loss (step,); and by how much any weight of the network moved at most.
    """
    if config.depth < SHOWN:
        raise ValueError(f"the units of hidden layer {SHOWN} are looked at; depth is {config.depth}")
    data, network = load(config), build(config).double()
    inputs, weight, bias = data.inputs.double(), network.weights[SHOWN - 1], network.biases[SHOWN - 1]
    lost = loss_for(config.loss_function, data.classes)
    start, before = [each.detach().clone() for each in network.weights], different(weight, bias)
    first, losses = [], []
    parameters = list(network.parameters())
    for step in descend(lambda: lost(network(inputs), data.targets), parameters, partial(_move, parameters), STEPS):
        first.append(weight[:, 0].detach().clone())
        losses.append(float(step.losses))
    moved = max(float((now.detach() - then).abs().max()) for now, then in zip(network.weights, start, strict=True))
    return xr.Dataset(
        {
            "first": (("step", "unit"), torch.stack(first).numpy()),
            "different": ("time", [before, different(weight, bias)]),
            "rank": int(torch.linalg.matrix_rank(weight.detach(), rtol=EQUAL)),
            "loss": ("step", losses),
            "moved": moved,
        },
        {"step": np.arange(len(losses)), "time": ["before", "after"]},
        {"layer": SHOWN},
    )


@torch.no_grad()
def _move(parameters: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.sub_(RATE * gradient)


def correlation(signal: Tensor) -> float:
    """The mean correlation of two different units over the samples, of activations (sample, unit). Units that never
    vary have none; NaN where fewer than two vary."""
    varying = signal[:, signal.amax(0) > signal.amin(0)].double()
    count = varying.shape[1]
    if count < 2:
        return float("nan")
    centred = varying - varying.mean(0)
    together = (centred / centred.norm(dim=0)).sum(1).square().sum()  # the sum of the correlations of all pairs
    return float((together - count) / (count * (count - 1)))


def different(weight: Tensor, bias: Tensor) -> int:
    """How many units differ: rows of the weights (unit, fan_in) with their biases (unit,).

    Each is told by one number, the sum of its weights in fixed uneven parts, which no two different units share unless
    by a chance of almost 0.
    """
    rows = torch.cat([weight.detach(), bias.detach()[:, None]], 1).double()
    parts = torch.arange(1, rows.shape[1] + 1, dtype=torch.float64).cos()
    numbers = (rows @ parts).sort().values
    return 1 + int((numbers.diff() > EQUAL * float(rows.abs().max())).sum())
