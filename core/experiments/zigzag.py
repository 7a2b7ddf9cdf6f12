"""Gradient descent of a linear unit on positive and on centred inputs: its path, and how often all gradients agree.

The inputs are what sigmoid units pass on, σ(Z) of normal Z: all positive. Centred ones are the same less their mean.
Descent is written out here, as its runs differ in nothing but the order of the samples and are one array.
"""

from functools import lru_cache

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory.death import dead_correlated
from core.theory.formulas import curvature
from core.theory.gauss import GaussianLayer

KINDS = ("positive", "centred")
CONFIG = Config(activation="sigmoid")  # what decides on the inputs and on all that is random
SAMPLES, STEPS, RUNS = 128, 250, 51
FROM_GOAL = np.array([-1.9, 1.1])  # where descent starts: one weight has to grow and the other to shrink
REACHED = 1e-3  # of the loss at the start
SIZES = (1, 2, 4, 8, 16, 32, 64, SAMPLES)  # of the batches whose signs are counted
BATCHES, UNITS = 300, 40  # in which, and for how many units each


def descents(batch_size: int, share: float, *, same_rate: bool = False) -> xr.Dataset:
    """Gradient descent on the squared error of a linear unit of two weights, whose target is a unit like it.

    From one start and on one order of samples, for each `kind` of inputs. The learning rate is `share` of the largest
    stable one of the kind; with `same_rate` that of positive inputs is used for both. Batches are drawn anew at each
    step; a batch of SAMPLES is all of them. Raises ValueError for a batch size outside 1 to SAMPLES.

    inputs (kind, sample, weight); error (kind, step, run, weight): the weights less those of the target, so that the
    goal is 0; loss (kind, step, run) on all samples, as a part of that at the start; hessian (kind, weight, other):
    E x·xᵀ, the curvature of half the squared error; and for each kind the learning_rate, the stable_rate 2/λ of the
    largest curvature λ, the condition number (1 is a round bowl, a large number a narrow valley), steps: the first at
    which the loss is REACHED, the median over runs, infinite where that is none; and one_signed: the share of updates
    in which both weights move up or both move down.
    """
    if not 1 <= batch_size <= SAMPLES:
        raise ValueError(f"batch_size must be from 1 to {SAMPLES}; got {batch_size!r}")
    kinds = _inputs()
    rates = [share * stable_rate(kinds[0 if same_rate else kind]) for kind in range(len(KINDS))]
    found = [_descent(inputs, _batches(batch_size), rate) for inputs, rate in zip(kinds, rates, strict=True)]
    return xr.concat(found, xr.Variable("kind", list(KINDS))).assign_attrs(reached=REACHED)


def _descent(inputs: Array, batches: Array, learning_rate: float) -> xr.Dataset:
    """Descent on inputs of one kind."""
    hessian = inputs.T @ inputs / len(inputs)
    low, high = np.linalg.eigvalsh(hessian)
    errors = _descend(inputs, batches, learning_rate)
    loss = np.einsum("sri,ij,srj->sr", errors, hessian, errors)
    loss /= loss[0].copy()
    return xr.Dataset(
        {
            "inputs": (("sample", "weight"), inputs),
            "error": (("step", "run", "weight"), errors),
            "loss": (("step", "run"), loss),
            "hessian": (("weight", "other"), hessian),
            "learning_rate": learning_rate,
            "stable_rate": stable_rate(inputs),
            "condition": float(high / low),
            "steps": _steps(loss),
            "one_signed": one_signed(np.diff(errors, axis=0)),
        },
        {"step": np.arange(len(errors))},
    )


def _steps(loss: Array) -> float:
    reached = loss <= REACHED
    return float(np.median(np.where(reached.any(0), reached.argmax(0), np.inf)))


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


@lru_cache(maxsize=16)
def signs(weights: int) -> xr.Dataset:
    """How often all gradients of a unit of so many weights have one sign, where errors are N(0, 1).

    The errors dL/dz of samples are as often positive as negative, as they are halfway through training. While a unit
    errs in one direction on all samples, positive inputs give one sign in any batch. Raises ValueError without weights.

    measured (kind, size): the share of units, for batches of SIZES. expected (kind,): what theory says of a large
    batch. With centred inputs it holds for every size; for one sample of positive inputs the share is exactly 1.
    """
    if weights < 1:
        raise ValueError(f"a unit needs at least one weight; got {weights!r}")
    x = torch.sigmoid(torch.randn(BATCHES, SAMPLES, weights, generator=CONFIG.generator("inputs"))).numpy()
    errors = torch.randn(BATCHES, UNITS, SAMPLES, generator=CONFIG.generator("errors")).numpy()
    sigmoids = GaussianLayer(curve(CONFIG), np.array(1.0))
    kinds = (x, x - np.float32(sigmoids.mean))
    measured = [[one_signed(errors[..., :size] @ inputs[:, :size]) for size in SIZES] for inputs in kinds]
    alike = float(sigmoids.mean**2 / sigmoids.mean_square)
    expected = [one_signed_normal(weights, alike), one_signed_normal(weights, 0.0)]
    return xr.Dataset(
        {"measured": (("kind", "size"), measured), "expected": ("kind", expected)},
        {"kind": list(KINDS), "size": list(SIZES)},
    )


def one_signed_normal(weights: int, correlation: float) -> float:
    """2∫DZ Φ(√c Z/√(1−c))ⁿ: the chance that n normal gradients of equal correlation c ≥ 0 have one sign.

    1/2 + arcsin(c)/π for two (Sheppard 1899), and 2¹⁻ⁿ for c = 0. In a large batch c is (E x)²/E x².
    """
    return 2 * dead_correlated(weights, correlation)
