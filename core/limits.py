"""Limits: what comes from outside, such as a link, must not use up the memory."""

from collections.abc import Mapping
from math import prod
from typing import TYPE_CHECKING

from core.activations import activations

if TYPE_CHECKING:
    from core.config import Config

# The most that a product of fields may be. The activation counts as the number of its pieces, each of which has weights
# and pre-activations of its own.
LIMITS: Mapping[tuple[str, ...], int] = {
    ("depth", "width", "width", "activation"): 30_000_000,  # weights: 120 MB, and as much again for their gradient
    ("width", "features", "activation"): 4_000_000,  # those of the first layer
    ("width", "features", "activation", "history"): 60_000_000,  # as the next
    ("depth", "width", "width", "activation", "history"): 60_000_000,  # 480 MB for remembered steps and gradients
    ("depth", "width", "activation", "probe_size"): 16_000_000,  # 64 MB for each of the tensors that are measured
    ("depth", "width", "activation", "batch_size"): 16_000_000,  # as much for each of those that training keeps
    ("depth", "width", "snapshots"): 6_000_000,  # 24 MB for the activity of every unit, and a CSV of 500 MB
    ("samples", "features"): 60_000_000,  # 240 MB of inputs
}


def excess(config: "Config") -> tuple[tuple[str, ...], str] | None:
    """The fields that are too large together, and a sentence that says so; None where the run fits into the memory."""
    own = {"activation": f"pieces of {config.activation}"}
    for limited, most in LIMITS.items():
        names = tuple(name for name in limited if name not in own or _size(config, name) > 1)
        values = [_size(config, name) for name in names]
        if prod(values) > most:
            what, product = " · ".join(own.get(name, name) for name in names), " · ".join(map(str, values))
            return names, f"{what} must be at most {most:,}; got {product} = {prod(values):,}"
    return None


def _size(config: "Config", name: str) -> int:
    """The value of a field, 0 if it does not matter; no batch and no probe has more samples than there are. The
    features are those that the data set is known to have; where only loading tells, it has limits of its own."""
    if name == "features":
        return config.known_features or 0
    if name == "activation":
        return activations[config.activation].pieces
    if not config.matters(name):
        return 0
    size: int = getattr(config, name)
    return min(size, config.samples) if name in ("batch_size", "probe_size") else size
