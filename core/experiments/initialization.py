"""Copies: whether the units of a layer differ, or are one and the same unit many times, before training and after it.

Units with equal weights and biases answer alike; where all that follows weighs them alike, too, they get one gradient,
so they stay copies for ever, and a layer of them has a matrix W of rank 1.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache, partial

import torch
from torch import Tensor

from core.array import Array
from core.choices.losses import loss_for
from core.config import Config
from core.networks import build
from core.networks.data import load
from core.training import descend

STEPS, RATE = 100, 0.1  # of gradient descent on all samples at once
SHOWN = 2  # the hidden layer whose units are looked at while they are trained
EQUAL = 1e-9  # weights that differ by less, of the largest, are equal: rounding errors of doubles are smaller


@dataclass(frozen=True, eq=False)
class Alike:
    """Of each hidden layer (layer,) the mean `correlation` of two units over the probe, NaN where fewer than two vary,
    and how many units are `different`; and the share of all its weights that are `negative`."""

    correlation: Array
    different: Array
    negative: Array


@dataclass(frozen=True, eq=False)
class Trained:
    """Units of the hidden layer SHOWN while they are trained: the `first` weight of each (step, unit), how many are
    `different` before and after, the `rank` of their W after; the `loss` (step,), and by how much any weight `moved`
    at most."""

    first: Array
    different: tuple[int, int]
    rank: int
    loss: Array
    moved: float


@lru_cache(maxsize=64)
def alike(config: Config) -> Alike:
    """How much the units of each hidden layer of an untrained network are alike. Raises DataUnavailable."""
    network = build(config)
    hidden = list(zip(network.weights, network.biases, strict=True))[:-1]
    with torch.no_grad():
        signals = network.trace(load(config).probe_inputs).activations
        found = [
            (correlation(signal), different(weight, bias), float((weight < 0).double().mean()))
            for signal, (weight, bias) in zip(signals, hidden, strict=True)
        ]
    columns = torch.tensor(found, dtype=torch.float64).T.numpy()
    return Alike(columns[0], columns[1].astype(int), columns[2])


@lru_cache(maxsize=64)
def trained(config: Config) -> Trained:
    """What STEPS steps of plain gradient descent on all samples do to the units. In doubles, so that what is equal
    stays so. Raises ValueError for a network without a layer SHOWN, DataUnavailable."""
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
    rank = int(torch.linalg.matrix_rank(weight.detach(), rtol=EQUAL))
    moved = max(float((now.detach() - then).abs().max()) for now, then in zip(network.weights, start, strict=True))
    units = before, different(weight, bias)
    return Trained(torch.stack(first).numpy(), units, rank, torch.tensor(losses, dtype=torch.float64).numpy(), moved)


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
