"""Gradient descent of a linear unit on positive and on centred inputs: its path, and how often all gradients agree.

The inputs are what sigmoid units pass on, σ(Z) of normal Z: all positive. Centred ones are the same less their mean.
"""

from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np
import torch

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory.death import dead_correlated
from core.theory.formulas import curvature
from core.theory.gauss import Layer

KINDS = ("positive inputs", "centred inputs")
CONFIG = Config(activation="sigmoid")  # what decides on the inputs and on all that is random
SAMPLES, STEPS, RUNS = 128, 250, 51
FROM_GOAL = np.array([-1.9, 1.1])  # where descent starts: one weight has to grow and the other to shrink
REACHED = 1e-3  # of the loss at the start
SIZES = (1, 2, 4, 8, 16, 32, 64, SAMPLES)  # of the batches whose signs are counted
BATCHES, UNITS = 300, 40  # in which, and for how many units each


@dataclass(frozen=True, eq=False)
class Descent:
    """Gradient descent on the squared error of a linear unit of two weights, whose target is a unit like it.

    `inputs` is (sample, 2). `errors` (step, run, 2) are the weights less those of the target, so its goal is 0.
    """

    kind: str
    inputs: Array
    learning_rate: float
    errors: Array

    @cached_property
    def hessian(self) -> Array:
        """E x·xᵀ (2, 2): the curvature of half the squared error."""
        second: Array = self.inputs.T @ self.inputs / len(self.inputs)
        return second

    @property
    def condition(self) -> float:
        """The largest curvature over the smallest: 1 is a round bowl, a large number a narrow valley."""
        low, high = np.linalg.eigvalsh(self.hessian)
        return float(high / low)

    @property
    def stable_rate(self) -> float:
        """The learning rate below which descent on all samples converges, 2/λ of the largest curvature λ."""
        return stable_rate(self.inputs)

    @cached_property
    def losses(self) -> Array:
        """The loss on all samples (step, run), as a part of that at the start."""
        loss = np.einsum("sri,ij,srj->sr", self.errors, self.hessian, self.errors)
        share: Array = loss / loss[0]
        return share

    @property
    def steps(self) -> float:
        """The first step at which the loss is REACHED, the median over runs; infinite where that is none."""
        reached = self.losses <= REACHED
        first = np.where(reached.any(0), reached.argmax(0), np.inf)
        return float(np.median(first))

    @property
    def steps_in_words(self) -> str:
        """`steps`, or that they were not enough."""
        return f"{self.steps:.0f}" if self.steps <= STEPS else f"> {STEPS}"

    @property
    def one_signed(self) -> float:
        """The share of updates, of all runs, in which both weights move up or both move down."""
        return one_signed(np.diff(self.errors, axis=0))


def descents(batch_size: int, share: float, *, same_rate: bool = False) -> list[Descent]:
    """Descent for each of KINDS, from one start and on one order of samples.

    The learning rate is `share` of the largest stable one of the kind; with `same_rate` that of positive inputs is used
    for both. Batches are drawn anew at each step; a batch of SAMPLES is all of them. Raises ValueError for a batch size
    outside 1 to SAMPLES.
    """
    if not 1 <= batch_size <= SAMPLES:
        raise ValueError(f"batch_size must be from 1 to {SAMPLES}; got {batch_size!r}")
    batches = _batches(batch_size)
    kinds = _inputs()
    rates = [share * stable_rate(kinds[0 if same_rate else kind]) for kind in range(len(KINDS))]
    return [
        Descent(kind, inputs, rate, _descend(inputs, batches, rate))
        for kind, inputs, rate in zip(KINDS, kinds, rates, strict=True)
    ]


def stable_rate(inputs: Array) -> float:
    """2/λ for the largest eigenvalue λ of E x·xᵀ of inputs (sample, feature): LeCun, Kanter & Solla 1991."""
    return 2 / curvature(inputs)


def one_signed(gradients: Array) -> float:
    """The share of units whose weight gradients (…, weight) are all positive or all negative."""
    return float(((gradients > 0).all(-1) | (gradients < 0).all(-1)).mean())


@lru_cache(maxsize=1)
def _inputs() -> tuple[Array, Array]:
    positive = torch.sigmoid(torch.randn(SAMPLES, 2, generator=CONFIG.generator("data"), dtype=torch.float64)).numpy()
    return positive, positive - positive.mean(0)


@lru_cache(maxsize=8)
def _batches(size: int) -> Array:
    """Positions of the samples of each batch (step, run, sample)."""
    if size == SAMPLES:  # in which all runs are the same
        return np.broadcast_to(np.arange(SAMPLES), (STEPS, 1, SAMPLES))
    drawn = torch.randint(SAMPLES, (STEPS, RUNS, size), generator=CONFIG.generator("batches"))
    return drawn.numpy()


def _descend(inputs: Array, batches: Array, learning_rate: float) -> Array:
    """The errors of the weights (step, run, 2) from the start on. The error of a sample is x · (w − w*).

    Not by `core.training.descend`: the gradient is this one product, of all runs at once, so NumPy needs no autograd.
    """
    errors = np.empty((len(batches) + 1, batches.shape[1], 2))
    errors[0] = FROM_GOAL
    for step, batch in enumerate(batches):
        x = inputs[batch]  # (run, sample, 2)
        wrong = x @ errors[step][:, :, None]  # (run, sample, 1)
        errors[step + 1] = errors[step] - learning_rate * (wrong * x).mean(1)
    return errors


@dataclass(frozen=True, eq=False)
class Signs:
    """The share of units whose weight gradients have all one sign: `measured` (kind, size) for batches of SIZES.

    `expected` (kind,) is what theory says of a large batch. With centred inputs it holds for every size; for one
    sample of positive inputs the share is exactly 1.
    """

    measured: Array
    expected: Array


@lru_cache(maxsize=16)
def signs(weights: int) -> Signs:
    """How often all gradients of a unit of so many weights have one sign, where errors are N(0, 1).

    The errors dL/dz of samples are as often positive as negative, as they are halfway through training. While a unit
    errs in one direction on all samples, positive inputs give one sign in any batch. Raises ValueError without weights.
    """
    if weights < 1:
        raise ValueError(f"a unit needs at least one weight; got {weights!r}")
    x = torch.sigmoid(torch.randn(BATCHES, SAMPLES, weights, generator=CONFIG.generator("inputs"))).numpy()
    errors = torch.randn(BATCHES, UNITS, SAMPLES, generator=CONFIG.generator("errors")).numpy()
    sigmoids = _sigmoids()
    kinds = (x, x - np.float32(sigmoids.mean))
    measured = [[one_signed(errors[..., :size] @ inputs[:, :size]) for size in SIZES] for inputs in kinds]
    alike = float(sigmoids.mean**2 / sigmoids.mean_square)
    return Signs(np.array(measured), np.array([one_signed_normal(weights, alike), one_signed_normal(weights, 0.0)]))


def one_signed_normal(weights: int, correlation: float) -> float:
    """2∫DZ Φ(√c Z/√(1−c))ⁿ: the chance that n normal gradients of equal correlation c ≥ 0 have one sign.

    1/2 + arcsin(c)/π for two (Sheppard 1899), and 2¹⁻ⁿ for c = 0. In a large batch c is (E x)²/E x².
    """
    return 2 * dead_correlated(weights, correlation)


def _sigmoids() -> Layer:
    return Layer(curve(CONFIG), np.array(1.0))
