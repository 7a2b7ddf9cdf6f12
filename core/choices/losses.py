"""Losses: how wrong the outputs of a network are, and for which tasks they are made.

One decorated function is one loss: it takes outputs (…, sample, output) and targets, class numbers (…, sample) or the
numbers to be met (…, sample, output), and returns the mean over samples (…).
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.nn import functional

from core.choices.words import CLASSES, MISFIT, MISFIT_ALONE, NUMBERS
from core.datasets import DataUnavailable
from core.registry import Registry
from core.words.said import Sentence

LossOfGuessing = Callable[[int, Tensor], float]


@dataclass(frozen=True)
class Loss:
    """A loss with what it needs.

    `fits(classes)` says whether it is made for so many classes, where 0 means that the targets are numbers.
    `guess(classes, targets)` is what it is for whoever knows nothing but how often each target comes. `one_output` says
    whether it wants a single output for two classes.
    """

    function: Callable[[Tensor, Tensor], Tensor]
    fits: Callable[[int], bool]
    guess: LossOfGuessing
    one_output: bool

    def __call__(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """The mean loss (…) over samples."""
        return self.function(outputs, targets)

    def count(self, classes: int, targets: Tensor) -> int:
        """How many outputs the network has."""
        if not classes:
            return targets.shape[-1]
        return 1 if self.one_output else classes

    def answers(self, outputs: Tensor) -> Tensor:
        """The class numbers (…) that outputs (…, output) stand for."""
        return (outputs.squeeze(-1) > 0).long() if self.one_output else outputs.argmax(-1)

    def accuracy(self, outputs: Tensor, targets: Tensor) -> Tensor:
        """Share (…) of samples whose class is answered rightly; NaN where an output is NaN."""
        share = (self.answers(outputs) == targets).float().mean(-1)
        return torch.where(outputs.isnan().any(-1).any(-1), torch.nan, share)


losses: Registry[Loss] = Registry("loss")

Function = Callable[[Tensor, Tensor], Tensor]


def loss(
    fits: Callable[[int], bool], guess: LossOfGuessing, *, one_output: bool = False
) -> Callable[[Function], Function]:
    """Register the decorated function as a loss for these numbers of classes. The function itself stays as it is."""

    def register(function: Function) -> Function:
        losses.add(function.__name__, Loss(function, fits, guess, one_output), function.__doc__)
        return function

    return register


def total(losses: Tensor) -> Tensor:
    """The losses (…) of all networks together. One alone is left as it is, as adding up takes time at each step."""
    return losses.sum() if losses.dim() else losses


def misfit(name: str, classes: int, words: str = MISFIT) -> Sentence | None:
    """Why this loss is not made for so many classes (0: numbers), in words; None where it is."""
    if losses[name].fits(classes):
        return None
    targets = Sentence(CLASSES, classes=classes) if classes else Sentence(NUMBERS)
    fitting = ", ".join(other for other, entry in losses.items() if entry.fits(classes))
    return Sentence(words, loss=name, targets=targets, fitting=fitting)


def loss_for(name: str, classes: int) -> Loss:
    """The loss of this name. Raises DataUnavailable where it is not made for so many classes (0: numbers)."""
    if sentence := misfit(name, classes, MISFIT_ALONE):
        raise DataUnavailable(sentence)
    return losses[name]


def _surprise(classes: int, targets: Tensor) -> float:
    """The cross-entropy of whoever always answers with how often each class comes: their entropy, in nats."""
    return float(torch.special.entr(_shares(classes, targets)).sum())


def _spread(classes: int, targets: Tensor) -> float:
    """The mean squared error of whoever always answers with the mean."""
    if classes:
        shares = _shares(classes, targets)
        return float((shares * (1 - shares)).mean())
    return float(targets.double().var(0, correction=0).mean())


def _shares(classes: int, targets: Tensor) -> Tensor:
    return targets.bincount(minlength=classes).double() / len(targets)


@loss(lambda classes: True, lambda classes, targets: (_surprise if classes else _spread)(classes, targets))
def auto(outputs: Tensor, targets: Tensor) -> Tensor:
    """What fits the data: cross-entropy for classes, mean squared error for numbers."""
    return (mse if targets.is_floating_point() else cross_entropy)(outputs, targets)


@loss(lambda classes: classes > 0, _surprise)
def cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """−log of the share that a softmax of the outputs gives to the right class, in nats."""
    if outputs.dim() == 2:
        return functional.cross_entropy(outputs, targets)
    return functional.cross_entropy(outputs.mT, targets, reduction="none").mean(-1)  # (run, class, sample) is faster


@loss(lambda classes: classes == 2, _surprise, one_output=True)
def binary_cross_entropy(outputs: Tensor, targets: Tensor) -> Tensor:
    """Cross-entropy of a single output through a sigmoid, for two classes, in nats."""
    single = outputs.squeeze(-1)
    return functional.binary_cross_entropy_with_logits(single, targets.to(single.dtype), reduction="none").mean(-1)


@loss(lambda classes: True, _spread)
def mse(outputs: Tensor, targets: Tensor) -> Tensor:
    """Mean squared error, over outputs too. Classes become 1 for the right one and 0 for all others."""
    if not targets.is_floating_point():
        targets = functional.one_hot(targets, outputs.shape[-1])
    return (outputs - targets).square().mean((-2, -1))
