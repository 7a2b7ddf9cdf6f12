"""What activation functions cost on this machine, forward and backward, with the spread that such measurements have.

All are measured in turn, round after round, so that a machine that slows down meanwhile slows all of them.
"""

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter, perf_counter_ns

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.array import Array
from core.choices.phi import Phi
from core.config import Config
from core.config.chosen import phi

ELEMENTS = 65_536  # of float32: 256 kB, which stays in the cache of a core
ROUNDS = 40
SECONDS = 1.0  # no round begins later


@dataclass(frozen=True, eq=False)
class Cost:
    """Nanoseconds an element, of each round (round,): of φ(z) alone, and of the gradient that goes back through it."""

    activation: str
    forward: Array
    backward: Array


def costs(
    configs: list[Config], elements: int = ELEMENTS, rounds: int = ROUNDS, seconds: float = SECONDS
) -> list[Cost]:
    """The cost of the activation of each Config, from as many rounds as fit in `seconds`, at least one after a warm-up.

    The numbers are from N(0, 1).
    """
    z = torch.randn(elements, generator=torch.Generator().manual_seed(0))
    functions = [phi(config) for config in configs]
    for one in functions:
        _round(one, z)
    taken: list[list[tuple[int, int]]] = []
    began = perf_counter()
    while len(taken) < rounds and (not taken or perf_counter() - began < seconds):
        taken.append([_round(one, z) for one in functions])
    spent = np.array(taken) / elements  # (round, activation, direction)
    return [Cost(config.activation, *spent[:, n].T) for n, config in enumerate(configs)]


def _round(function: Phi, z: Tensor) -> tuple[int, int]:
    """Nanoseconds forward and backward."""
    with torch.no_grad():
        forward = _nanoseconds(lambda: function(z))
    leaf = z.clone().requires_grad_()
    outputs, upstream = function(leaf), torch.ones_like(z)
    return forward, _nanoseconds(lambda: torch.autograd.grad(outputs, leaf, upstream))


def _nanoseconds(work: Callable[[], object]) -> int:
    began = perf_counter_ns()
    work()
    return perf_counter_ns() - began


def cost_table(measured: list[Cost]) -> pd.DataFrame:
    """A row for each activation: the median over the rounds, and the quartiles, of both directions."""
    rows = [{"Forward": _with_spread(cost.forward), "Backward": _with_spread(cost.backward)} for cost in measured]
    names = [cost.activation for cost in measured]
    table = pd.DataFrame(rows, index=pd.Index(names, name="φ"))
    return table.rename(columns=lambda direction: f"{direction}, ns an element: median (quartiles)")


def _with_spread(rounds: Array) -> str:
    low, median, high = np.quantile(rounds, (0.25, 0.5, 0.75))
    return f"{median:.3g} ({low:.3g} to {high:.3g})"
