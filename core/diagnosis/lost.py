"""Lost: what left the range of numbers first, as far as a run was looked at.

A pass goes from the weights through the layers to the loss, and the gradient from there back through them. What is lost
makes all behind it no number as well, so in the first look with such, the first of that order is where it began.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from core.array import Array
from core.diagnosis.signs import Signs

ORDER = {  # what is lost, and the variables (row, layer) that show it
    "weights": ("weight_norm",),
    "signal": ("activation_std",),
    "loss": ("loss",),
    "gradient": ("gradient_rms", "weight_gradient_norm"),
}


class Lost(NamedTuple):
    """What was no number first ("weights", "signal", "loss" or "gradient"), at which look, and in which layers, counted
    from 1: of weights all that are lost at once, of a signal the first, of a gradient the last."""

    what: str
    step: int
    layers: tuple[int, ...]


def first_lost(signs: Signs) -> Lost | None:
    """Where training drove numbers out of their range; None where no look shows it."""
    found = [(row, place, lost) for place, lost in enumerate(_all(signs)) if (row := _first_row(lost)) is not None]
    if not found:
        return None
    row, place, lost = min(found, key=lambda each: each[:2])
    what = list(ORDER)[place]
    layers = np.flatnonzero(lost[row]) + 1
    kept = {"weights": layers, "signal": layers[:1], "loss": layers[:0], "gradient": layers[-1:]}[what]
    return Lost(what, int(signs.steps[row]), tuple(kept.tolist()))


def _all(signs: Signs) -> Iterator[Array]:
    """Of each of ORDER, what is no number though it was one before training (row, layer)."""
    for names in ORDER.values():
        each = [signs.losses[:, :1] if name == "loss" else signs.known(name) for name in names]
        lost = [~np.isfinite(values) & np.isfinite(values[:1]) for values in each]
        yield np.logical_or.reduce(lost)


def _first_row(lost: Array) -> int | None:
    rows = np.flatnonzero(lost.any(1))
    return int(rows[0]) if len(rows) else None
