"""Limits: what comes from outside, such as a link, must not use up the memory.

Some products of fields have a limit of their own, the same on every machine. And all that a run needs at once has to
fit into what the process may take: on a small server that is less.
"""

from collections.abc import Callable, Mapping
from math import prod
from typing import Any

from core.config.needs import ALWAYS, Names
from core.config.words import PIECES, TOO_LARGE, TOO_MUCH, product
from core.memory.budget import most as most_bytes
from core.words.said import Sentence

# The most that a product of fields may be. The activation counts as the number of its pieces, each of which has weights
# and pre-activations of its own.
MEGABYTE = 1_000_000
LIMITS: Mapping[Names, int] = {
    ("depth", "width", "width", "activation"): 30_000_000,  # weights: 120 MB, and as much again for their gradient
    ("width", "features", "activation"): 4_000_000,  # those of the first layer
    ("width", "features", "activation", "history"): 60_000_000,  # as the next
    ("depth", "width", "width", "activation", "history"): 60_000_000,  # 480 MB for remembered steps and gradients
    ("depth", "width", "activation", "probe_size"): 16_000_000,  # 64 MB for each of the tensors that are measured
    ("depth", "width", "activation", "batch_size"): 16_000_000,  # as much for each of those that training keeps
    ("depth", "width", "snapshots"): 6_000_000,  # 24 MB for the activity of every unit, and a CSV of 500 MB
    ("samples", "features"): 60_000_000,  # 240 MB of inputs
}


def excess(
    size: Callable[[str], int], activation: str, needed: Callable[[], Mapping[Names, int]]
) -> tuple[Names, Sentence] | None:
    """The fields that are too large together, and a sentence that says so; None where the run fits into the memory.

    `size` tells how much a field counts, 0 where it does not matter; that of the activation is how many pieces it has.
    needed: the bytes of each part of the run, see `core.config.needs`.
    """
    for limited, most in LIMITS.items():
        if prod(map(size, limited)) > most:
            names, factors = _factors(limited, size, activation)
            return names, Sentence(TOO_LARGE, most=most, **factors)
    found, most = needed(), most_bytes()
    needs = ALWAYS + sum(found.values())
    if needs <= most:
        return None
    names, factors = _factors(max(found, key=lambda part: found[part]), size, activation)
    return names, Sentence(TOO_MUCH, needs=needs // MEGABYTE, most=most // MEGABYTE, **factors)


def _factors(limited: Names, size: Callable[[str], int], activation: str) -> tuple[Names, dict[str, Any]]:
    """The fields of a product that count, and what is said of them: their names, their values, and what these make."""
    names = tuple(name for name in limited if name != "activation" or size(name) > 1)
    values = [size(name) for name in names]
    pieces = Sentence(PIECES, activation=activation)
    what = product([pieces if name == "activation" else name for name in names])
    return names, {"what": what, "product": " · ".join(map(str, values)), "got": prod(values)}
