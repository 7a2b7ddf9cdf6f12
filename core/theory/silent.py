"""Silent units: the share of a layer that is dead on the whole probe, as its samples are alike in part."""

from statistics import NormalDist

import numpy as np

from core.array import Array
from core.theory import death
from core.theory.gauss import TINY, inside, places
from core.theory.walk import Station, Walk

SHARED = 9  # one more than the directions in which samples are followed together
GOLDEN = 1.0850702  # x⁹ = x + 1: its powers spread points evenly in 8 dimensions (Roberts 2018)


def _even_normals(count: int) -> Array:
    """Points (count, 8) as even as can be under a normal distribution, and symmetric."""
    steps = GOLDEN ** -np.arange(1.0, SHARED)
    even = (0.5 + np.arange(1, count // 2 + 1)[:, None] * steps) % 1
    half = np.vectorize(NormalDist().inv_cdf)(even)
    return np.concatenate([half, -half])


DRAWS = _even_normals(256)


def dead_share(walk: Walk, station: Station) -> float:
    """The dead share of a layer. What few directions the samples' pre-activations share is drawn; the rest is taken as
    independent, so that the samples are silent together with the product of what each is."""
    probe, still = walk.probe, places(walk.layers.curve, "still")
    if not len(still):
        return 0.0
    if probe.samples == 1:
        return float(inside(still, np.maximum(np.sqrt(station.q), TINY), np.array(walk.bias)).mean())
    if station is walk.stations[0] and _half_plane(walk, still) and probe.points is not None:
        return death.dead_in_plane(probe.points, walk.bias, walk.first.weight**0.5)
    sizes, directions = np.linalg.eigh(station.shown)
    loads = directions[:, :-SHARED:-1] * np.sqrt(np.maximum(sizes[:-SHARED:-1], 0))
    rest, spread = np.maximum(1 - (loads**2).sum(1), 0), np.sqrt(station.spreads)
    middle = walk.bias + spread * (DRAWS[:, : loads.shape[1]] @ loads.T)
    silent = inside(still, np.maximum(spread * np.sqrt(rest), TINY), middle)
    with np.errstate(divide="ignore"):
        return float(np.exp(probe.samples * np.log(silent).mean(1)).mean())


def _half_plane(walk: Walk, still: Array) -> bool:
    """Whether the first layer's dead units are those that point away from all samples."""
    below_zero = len(still) == 1 and still[0, 0] == -np.inf and abs(still[0, 1]) < 1e-6
    return below_zero and walk.config.normalization == "none" and not walk.first.bias
