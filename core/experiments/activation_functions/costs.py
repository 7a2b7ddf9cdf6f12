"""What activation functions cost on this machine, forward and backward, with the spread that such measurements have.

All are measured in turn, round after round, so that a machine that slows down meanwhile slows all of them.
"""

from collections.abc import Callable, Sequence
from time import perf_counter, perf_counter_ns

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.choices.phi import Phi
from core.config import Config
from core.config.chosen import phi

ELEMENTS = 65_536  # of float32: 256 kB, which stays in the cache of a core
ROUNDS = 40
SECONDS = 1.0  # no round begins later
DIRECTIONS = ("forward", "backward")


def costs(
    configs: Sequence[Config], elements: int = ELEMENTS, rounds: int = ROUNDS, seconds: float = SECONDS
) -> xr.Dataset:
    """The cost of the activation of each Config, from as many rounds as fit in `seconds`, at least one after a warm-up.

    nanoseconds (round, activation, direction): of an element, of φ(z) alone ("forward"), and of the gradient that goes
    back through it ("backward"). The numbers z are from N(0, 1).
    """
    z = torch.randn(elements, generator=torch.Generator().manual_seed(0))
    functions = [phi(config) for config in configs]
    for one in functions:
        _round(one, z)
    taken: list[list[tuple[int, int]]] = []
    began = perf_counter()
    while len(taken) < rounds and (not taken or perf_counter() - began < seconds):
        taken.append([_round(one, z) for one in functions])
    return xr.Dataset(
        {"nanoseconds": (("round", "activation", "direction"), np.array(taken) / elements)},
        {"activation": [config.activation for config in configs], "direction": list(DIRECTIONS)},
    )


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
