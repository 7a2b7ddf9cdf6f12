"""Cross-validation: every part of the samples judges once what was fitted on all the others.

What is judged is small, so that it answers at once: a linear classifier of digits, fitted by least squares with an L2
penalty λ on its weights (ridge regression), whose minimum is a formula.
"""

from functools import lru_cache

import numpy as np
import xarray as xr

from core.array import Array
from core.config import Config
from core.networks.data import load

DIGITS = Config(dataset="digits", preprocessing="none", samples=1400)
CLASSES = 10
FOLDS = (2, 3, 5, 10)
COUNTS = (50, 100, 200, 400, 800, 1400)  # of samples
PENALTIES = np.logspace(-7, 2, 19)


def _middle_best(scores: Array) -> int:
    """The place of the highest of the scores (penalty,), the middle one where several are equal but for rounding."""
    best = np.flatnonzero(np.isclose(scores, scores.max(), rtol=0, atol=1e-9))
    return int(best[(len(best) - 1) // 2])


@lru_cache(maxsize=64)
def cross_validate(samples: int, folds: int) -> xr.Dataset:
    """Cross-validate on the first of the digits' training samples, which are in random order; see `judged`.

    The held-out ones are those that no fold has seen. Raises ValueError for fewer than two folds, or more than samples.
    """
    if not 2 <= folds <= samples:
        raise ValueError(f"folds must be from 2 to the number of samples, {samples}; got {folds}")
    data = load(DIGITS)
    inputs, labels = data.inputs[:samples].double().numpy(), data.targets[:samples].numpy()
    held_out = np.arange(samples) % folds == np.arange(folds)[:, None]  # (fold, sample)
    accuracy = [_accuracy(inputs[~part], labels[~part], inputs[part], labels[part]) for part in held_out]
    unseen = data.validation_inputs.double().numpy(), data.validation_targets.numpy()
    return judged(np.stack(accuracy, 1), _accuracy(inputs, labels, *unseen))


def judged(accuracy: Array, unseen: Array) -> xr.Dataset:
    """What follows from the `accuracy` (penalty, fold) on each fold, and `unseen` (penalty,) on samples none has seen.

    mean (penalty,): the score, over folds. best: the penalty with the best mean, and best_mean that one. spread: the
    standard deviation over folds of its accuracy, of a sample: over n − 1. chosen (end,): the smallest and the largest
    penalty that a single fold would have chosen. Of equals the middle one is meant.
    """
    mean = accuracy.mean(1)
    best = _middle_best(mean)
    alone = PENALTIES[[_middle_best(fold) for fold in accuracy.T]]
    return xr.Dataset(
        {
            "accuracy": (("penalty", "fold"), accuracy),
            "unseen": ("penalty", unseen),
            "mean": ("penalty", mean),
            "best": PENALTIES[best],
            "best_mean": mean[best],
            "spread": accuracy[best].std(ddof=1),
            "chosen": ("end", [alone.min(), alone.max()]),
        },
        {"penalty": PENALTIES, "fold": np.arange(1, accuracy.shape[1] + 1), "end": ["low", "high"]},
    )


def _accuracy(inputs: Array, labels: Array, others: Array, other_labels: Array) -> Array:
    """The accuracy (penalty,) on the other samples of what least squares with each of PENALTIES fits to these."""
    weights, mean, offset = ridge(inputs, np.eye(CLASSES)[labels])
    answers = ((others - mean) @ weights + offset).argmax(-1)  # (penalty, sample)
    right: Array = (answers == other_labels).mean(-1)
    return right


def ridge(inputs: Array, targets: Array) -> tuple[Array, Array, Array]:
    """W (penalty, feature, output) that minimizes mean |(x − m)·W + o − y|² + λ|W|², for the λ of each of PENALTIES.

    And m and o, the means of inputs (sample, feature) and of targets (sample, output). By the eigenvectors of the
    covariance, which all penalties share (Hoerl & Kennard 1970).
    """
    mean, offset = inputs.mean(0), targets.mean(0)
    centred = inputs - mean
    variance, directions = np.linalg.eigh(centred.T @ centred / len(inputs))
    pull = directions.T @ centred.T @ (targets - offset) / len(inputs)  # (direction, output)
    shrunk = pull / (variance.clip(0)[:, None] + PENALTIES[:, None, None])  # (penalty, direction, output)
    weights: Array = directions @ shrunk
    return weights, mean, offset
