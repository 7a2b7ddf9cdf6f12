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
PAIRED = 96  # samples whose pairs are grouped
SMALLEST = 1e-300  # instead of dividing by 0
SHOWN = 32  # samples that stand for the probe where it matters which of them are alike


@dataclass(frozen=True, eq=False)
class Pairs:
    """Groups of pairs of different samples: x·x'/features, the root of their sizes' product, whether labels agree.

    `weights` sum to 1. All (group,); empty for a single sample.
    """

    products: Array
    roots: Array
    same: Array
    weights: Array


@dataclass(frozen=True, eq=False)
class Inputs:
    """The probe of `samples` samples: its mean squares over features, for groups of samples (group,), and its pairs.

    products: (shown, shown), x·x'/features of samples that stand for the probe. points: all samples where they lie in
    a plane.
    """

    squares: Array
    pairs: Pairs
    products: Array
    samples: int
    features: int
    classes: int
    points: Array | None


def is_batch_normed(config: Config) -> bool:
    """Whether every unit is normalised over the probe before its activation."""
    return config.normalization == "batch_norm"


def probe_of(config: Config) -> Inputs:
    """The probe of a Config, centred where batch norm will do that. Raises DataUnavailable."""
    data = load(config)
    x, targets = data.probe_inputs.numpy().astype(np.float64), data.probe_targets.numpy()
    if is_batch_normed(config):
        x = x - x.mean(0)
    samples, features = x.shape
    return Inputs(
        squares=_grouped(np.sort((x**2).mean(1)), SIZES),
        pairs=_pairs(x[:PAIRED], targets[:PAIRED], np.bincount(targets)),
        products=x[:SHOWN] @ x[:SHOWN].T / features,
        samples=samples,
        features=features,
        classes=data.classes,
        points=x if features == 2 else None,
    )


def _pairs(x: Array, targets: Array, counts: Array) -> Pairs:
    """The groups of pairs of these samples, weighted by how often labels agree in a probe with `counts` of each."""
    first, second = np.triu_indices(len(x), 1)
    products, squares = (x @ x.T)[first, second] / x.shape[1], (x**2).mean(1)
    roots, agree = np.sqrt(squares[first] * squares[second]), targets[first] == targets[second]
    likeness = products / np.maximum(roots, SMALLEST)
    total = counts.sum()
    share = float((counts * (counts - 1)).sum() / max(1, total * (total - 1)))
    parts = [np.empty((4, 0))]
    for same, weight in ((True, share), (False, 1 - share)):
        order = np.flatnonzero(agree == same)
        order = order[np.argsort(likeness[order])]
        if len(order):
            means = [_grouped(values[order], LIKENESSES) for values in (products, roots)]
            parts.append(
                np.stack([*means, np.full(len(means[0]), same), np.full(len(means[0]), weight / len(means[0]))])
            )
    products, roots, agree, weights = np.concatenate(parts, 1)
    return Pairs(products, roots, agree, weights / max(weights.sum(), SMALLEST))


def _grouped(values: Array, groups: int) -> Array:
    """The means of at most so many groups of neighbours, of as equal a size as can be."""
    return np.array([part.mean() for part in np.array_split(values, min(groups, len(values)))])
