"""Moments: the steps of a recording at which something happened that one would want to find again."""

from typing import NamedTuple

import numpy as np

from core.measuring import Recording


class Incident(NamedTuple):
    """What happened at a step, by its id ("diverged", "layer_died"), and in which hidden layer, counted from 1."""

    step: int
    name: str
    layer: int = 0


def moments(recording: Recording) -> list[Incident]:
    """All of them, in their order: of each layer the first step at which all its units are dead, and where it diverged.

    A layer that is dead from the start has not died on the way.
    """
    found = _deaths(recording)
    if recording.end.reason == "diverged" and len(recording.steps) > 1:
        found.append(Incident(recording.steps[-1], "diverged"))
    return sorted(found)


def _deaths(recording: Recording) -> list[Incident]:
    if not recording.has("dead_fraction"):
        return []
    dead = recording.variables["dead_fraction"].values == 1
    died = dead.any(0) & ~dead[0]
    return [
        Incident(recording.steps[int(np.argmax(dead[:, layer]))], "layer_died", int(layer) + 1)
        for layer in np.flatnonzero(died)
    ]
