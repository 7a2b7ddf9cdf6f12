"""Cross-validation: every part of the samples judges once what was fitted on all the others.

What is judged is small, so that it answers at once: a linear classifier of digits, fitted by least squares with an L2
penalty λ on its weights (ridge regression), whose minimum is a formula.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from core.array import Array
from core.config import Config
from core.networks.data import load

DIGITS = Config(dataset="digits", preprocessing="none", samples=1400)
CLASSES = 10
FOLDS = (2, 3, 5, 10)
COUNTS = (50, 100, 200, 400, 800, 1400)  # of samples
PENALTIES = np.logspace(-7, 2, 19)


@dataclass(frozen=True, eq=False)
class CrossValidation:
    """The accuracy (penalty, fold) of each of PENALTIES on each fold, and (penalty,) on samples that none has seen."""

    accuracy: Array
    unseen: Array

    @property
    def mean(self) -> Array:
        """The score of each penalty (penalty,): the mean over folds."""
        mean: Array = self.accuracy.mean(1)
        return mean

    @property
    def best(self) -> int:
        """The place of the penalty with the best mean, the middle one of equals."""
        return _middle_best(self.mean)

    @property
    def spread(self) -> float:
        """The standard deviation over folds of the accuracy of the best penalty, of a sample: over n − 1."""
        return float(self.accuracy[self.best].std(ddof=1))

    @property
    def chosen(self) -> tuple[float, float]:
        """The smallest and the largest penalty that a single fold would have chosen, the middle one of equals."""
        each = PENALTIES[[_middle_best(fold) for fold in self.accuracy.T]]
        return float(each.min()), float(each.max())

    def in_words(self) -> str:
        """What single folds would choose, and what all of them together do."""
        low, high = self.chosen
        alone = (
            f"Every fold alone would choose λ = {_penalty(low)}"
            if low == high
            else f"Single folds would choose λ from {_penalty(low)} to {_penalty(high)}"
        )
        together = f"{_penalty(float(PENALTIES[self.best]))}, with {self.mean[self.best]:.1%} right"
        return f"{alone}; all together {together}, ± {self.spread:.1%}: the standard deviation of single folds."


def _penalty(value: float) -> str:
    """A penalty with one digit, as the axis writes it: 1e-4, 0.01, 30."""
    rounded = float(f"{value:.1g}")
    return f"{rounded:g}" if rounded >= 0.001 else f"{rounded:.0e}".replace("e-0", "e-")


def _middle_best(scores: Array) -> int:
    """The place of the highest of the scores (penalty,), the middle one where several are equal but for rounding."""
    best = np.flatnonzero(np.isclose(scores, scores.max(), rtol=0, atol=1e-9))
    return int(best[(len(best) - 1) // 2])


@lru_cache(maxsize=64)
def cross_validate(samples: int, folds: int) -> CrossValidation:
    """Cross-validate on the first of the digits' training samples, which are in random order.

    The held-out ones are those that no fold has seen. Raises ValueError for fewer than two folds, or more than samples.
    """
    if not 2 <= folds <= samples:
        raise ValueError(f"folds must be from 2 to the number of samples, {samples}; got {folds}")
    data = load(DIGITS)
    inputs, labels = data.inputs[:samples].double().numpy(), data.targets[:samples].numpy()
    held_out = np.arange(samples) % folds == np.arange(folds)[:, None]  # (fold, sample)
    accuracy = [_accuracy(inputs[~part], labels[~part], inputs[part], labels[part]) for part in held_out]
    unseen = data.validation_inputs.double().numpy(), data.validation_targets.numpy()
    return CrossValidation(np.stack(accuracy, 1), _accuracy(inputs, labels, *unseen))


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
