"""What theory needs to know of the probe: how large its samples are, and how alike each two of them.

Only a few numbers stand for the samples, so that a prediction costs the same for any probe: sizes and correlations are
sorted, cut into groups of equal count, and each group is represented by its mean.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.array import Array
from core.choices.losses import loss_for
from core.config import Config
from core.networks.data import decides_on_data, load

SIZES = 8  # groups of samples, by their mean square
LIKENESSES = 24  # groups of pairs, by their correlation, among those of one label and among the others
PAIRED = 96  # samples whose pairs are grouped
SMALLEST = 1e-300  # instead of dividing by 0
SHOWN = 32  # samples that stand for the probe where it matters which of them are alike


@dataclass(frozen=True, eq=False)
class Pairs:
    """Groups of pairs of different samples: x·x'/features, the root of their sizes' product, y·y' of their targets.

    Targets are numbers, or 1 for the right class and 0 for all others. `weights` sum to 1. All (group,); empty for a
    single sample.
    """

    products: Array
    roots: Array
    answers: Array
    weights: Array


@dataclass(frozen=True, eq=False)
class Inputs:
    """The probe of `samples` samples: its mean squares over features, for groups of samples (group,), and its pairs.

    answers: y² of the targets (group,). products: (shown, shown), x·x'/features of samples that stand for the probe.
    outputs: how many the network has. loss: its name. points: all samples where they lie in a plane.
    """

    squares: Array
    answers: Array
    pairs: Pairs
    products: Array
    samples: int
    features: int
    outputs: int
    loss: str
    points: Array | None


def is_batch_normed(config: Config) -> bool:
    """Whether every unit is normalised over the probe before its activation."""
    return config.normalization == "batch_norm"


def probe_of(config: Config) -> Inputs:
    """The probe of a Config, centred where batch norm will do that. Raises DataUnavailable."""
    return _inputs(decides_on_data(config), config.probe_size, config.loss_function, is_batch_normed(config))


@lru_cache(maxsize=64)
def _inputs(asked: Config, probe_size: int, loss: str, is_centred: bool) -> Inputs:
    """What is to be known of the first samples of the data that is asked for: most settings change none of it."""
    data = load(asked)
    x, targets = data.inputs[:probe_size].numpy().astype(np.float64), data.targets[:probe_size].numpy()
    if is_centred:
        x = x - x.mean(0)
    samples, features = x.shape
    squares = (x**2).mean(1)
    order = np.argsort(squares)
    answers = np.eye(data.classes)[targets] if data.classes else targets.astype(np.float64)
    return Inputs(
        squares=_grouped(squares[order], SIZES),
        answers=_grouped((answers**2).sum(1)[order], SIZES),
        pairs=_pairs(x[:PAIRED], answers[:PAIRED], _shares(targets, data.classes)),
        products=x[:SHOWN] @ x[:SHOWN].T / features,
        samples=samples,
        features=features,
        outputs=loss_for(loss, data.classes).count(data.classes, data.targets),
        loss=loss if loss != "auto" else "cross_entropy" if data.classes else "mse",
        points=x if features == 2 else None,
    )


def _shares(targets: Array, classes: int) -> dict[bool, float]:
    """How many pairs of different samples have one label, and how many two. Of numbers, all pairs are of one kind."""
    if not classes:
        return {True: 1.0}
    counts = np.bincount(targets)
    total = counts.sum()
    share = float((counts * (counts - 1)).sum() / max(1, total * (total - 1)))
    return {True: share, False: 1 - share}


def _pairs(x: Array, answers: Array, shares: Mapping[bool, float]) -> Pairs:
    """The groups of pairs of these samples, weighted by the share of the whole probe's pairs that each kind has."""
    first, second = np.triu_indices(len(x), 1)
    products, squares = (x @ x.T)[first, second] / x.shape[1], (x**2).mean(1)
    roots, together = np.sqrt(squares[first] * squares[second]), (answers @ answers.T)[first, second]
    likeness = products / np.maximum(roots, SMALLEST)
    parts = [np.empty((4, 0))]
    for kind, share in shares.items():
        order = np.flatnonzero((together == 1) == kind) if len(shares) > 1 else np.arange(len(products))
        order = order[np.argsort(likeness[order])]
        if len(order):
            means = [_grouped(values[order], LIKENESSES) for values in (products, roots, together)]
            parts.append(np.stack([*means, np.full(len(means[0]), share / len(means[0]))]))
    products, roots, together, weights = np.concatenate(parts, 1)
    return Pairs(products, roots, together, weights / max(weights.sum(), SMALLEST))


def _grouped(values: Array, groups: int) -> Array:
    """The means of at most so many groups of neighbours, of as equal a size as can be."""
    return np.array([part.mean() for part in np.array_split(values, min(groups, len(values)))])
