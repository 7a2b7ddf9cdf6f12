"""What theory needs to know of the probe: how large its samples are, and how alike each two of them.

Only a few numbers stand for the samples, so that a prediction costs the same for any probe: sizes and correlations are
sorted, cut into groups of equal count, and each group is represented by its mean.
"""

from dataclasses import dataclass

import numpy as np

from core.config import Config
from core.data import load
from core.recording import Array

SIZES = 8  # groups of samples, by their mean square
LIKENESSES = 24  # groups of pairs, by their correlation, among those of one label and among the others
PAIRED = 96  # samples whose pairs are looked at


@dataclass(frozen=True, eq=False)
class Pairs:
    """Groups of pairs of different samples: x·x'/features, the mean squares of both, whether their labels agree.

    `weights` sum to 1. All (group,); empty for a single sample.
    """

    products: Array
    roots: Array
    same: Array
    weights: Array


@dataclass(frozen=True, eq=False)
class Inputs:
    """The probe: mean square over features of groups of samples (group,), and of all features' variance over samples.

    `samples` counts them. `points` are the samples themselves where they lie in a plane.
    """

    squares: Array
    variance: float
    pairs: Pairs
    samples: int
    features: int
    classes: int
    points: Array | None


def probe_of(config: Config) -> Inputs:
    """The probe of a Config. Raises DataUnavailable."""
    data = load(config)
    x, targets = data.probe_inputs.numpy().astype(np.float64), data.probe_targets.numpy()
    samples, features = x.shape
    return Inputs(
        squares=_grouped(np.sort((x**2).mean(1)), SIZES),
        variance=float(x.var(0).mean()),
        pairs=_pairs(x[:PAIRED], targets[:PAIRED], np.bincount(targets)),
        samples=samples,
        features=features,
        classes=data.classes,
        points=x if features == 2 else None,
    )


def _pairs(x: Array, targets: Array, counts: Array) -> Pairs:
    """The groups of pairs of these samples, weighted by how often labels agree in a probe with `counts` of each."""
    first, second = np.triu_indices(len(x), 1)
    products = (x @ x.T)[first, second] / x.shape[1]
    squares = (x**2).mean(1)
    roots, agree = np.sqrt(squares[first] * squares[second]), targets[first] == targets[second]
    parts = []
    total = counts.sum()
    share = float((counts * (counts - 1)).sum() / max(1, total * (total - 1)))
    for same, weight in ((True, share), (False, 1 - share)):
        of_kind = np.flatnonzero(agree == same)
        if len(of_kind):
            likeness = products[of_kind] / np.maximum(roots[of_kind], 1e-300)
            order = of_kind[np.argsort(likeness)]
            means = [_grouped(values[order], LIKENESSES) for values in (products, roots)]
            parts.append([*means, np.full(len(means[0]), float(same)), np.full(len(means[0]), weight / len(means[0]))])
    columns = [np.concatenate(column) for column in zip(*parts, strict=True)] or [np.empty(0)] * 4
    weights = columns[3] / max(1e-300, columns[3].sum())
    return Pairs(columns[0], columns[1], columns[2], weights)


def _grouped(values: Array, groups: int) -> Array:
    """The means of at most so many groups of neighbours, of as equal a size as can be."""
    return np.array([part.mean() for part in np.array_split(values, min(groups, len(values)))])
