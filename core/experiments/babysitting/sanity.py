"""What to check before a long training: the first loss, and whether a few samples can be learned by heart.

The two checks of cs231n's lecture on training: they cost seconds, and find what would cost a night.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from math import log

import numpy as np
import torch

from core.array import Array
from core.choices.losses import loss_for
from core.config import Config
from core.networks import build
from core.networks.data import load
from core.sweeps import sweep

DATASETS = ("moons", "spiral", "digits")  # of 2, 3 and 10 classes
SCALES = tuple(float(f"{10 ** (power / 4):.3g}") for power in range(-8, 3))  # of the first weights
SMALL = Config(depth=1, width=64, samples=800, steps=0)

KINDS = ("digits", "noise")
COUNTS = (20, 50, 100, 200, 400, 800)  # of samples
FEW = Config(depth=1, width=64, features=64, learning_rate=0.1, batch_size=64, steps=40, snapshots=21)


@dataclass(frozen=True, eq=False)
class FirstLoss:
    """The loss of untrained networks (scale,) at each of SCALES, and half the sum of their squared parameters."""

    dataset: str
    classes: int
    losses: Array
    half_squares: Array

    @property
    def expected(self) -> float:
        """ln C: the cross-entropy of whoever gives all C classes the same probability, as weights of 0 do."""
        return log(self.classes)

    def total(self, weight_decay: float) -> Array:
        """What training makes small (scale,): the loss and the L2 term, weight_decay · ½Σθ²."""
        together: Array = self.losses + weight_decay * self.half_squares
        return together


@lru_cache(maxsize=1)
def first_losses() -> tuple[FirstLoss, ...]:
    """The first loss of networks with one hidden layer, for each of DATASETS, whose numbers of classes differ."""
    return tuple(_first_loss(replace(SMALL, dataset=name)) for name in DATASETS)


def _first_loss(config: Config) -> FirstLoss:
    data = load(config)
    loss = loss_for(config.loss_function, data.classes)
    networks = [build(replace(config, weight_scale=scale)) for scale in SCALES]
    with torch.no_grad():
        losses = [float(loss(network.outputs(data.inputs), data.targets)) for network in networks]
        squares = [sum(float(p.double().square().sum()) for p in network.parameters()) for network in networks]
    return FirstLoss(config.dataset, data.classes, np.array(losses), np.array(squares) / 2)


@dataclass(frozen=True, eq=False)
class ByHeart:
    """The share of its training samples (step,) that a network gets right, after so many steps (step,)."""

    kind: str
    samples: int
    steps: Array
    accuracy: Array

    @property
    def learned(self) -> int | None:
        """The step from which on all are right; None where they are not at the end."""
        wrong = np.flatnonzero(self.accuracy < 1)
        if len(wrong) and wrong[-1] == len(self.steps) - 1:
            return None
        return int(self.steps[wrong[-1] + 1]) if len(wrong) else int(self.steps[0])

    def in_words(self) -> str:
        """When all are right, or that the steps do not suffice for so many."""
        if self.learned is not None:
            return f"all {self.samples} are right from step {self.learned} on"
        right = round(self.samples * float(self.accuracy[-1]))
        return f"{right} of {self.samples} are right after {self.steps[-1]} steps, too few steps for so many"


@lru_cache(maxsize=16)
def by_heart(samples: int) -> tuple[ByHeart, ...]:
    """A network of 64 ReLU units is trained on so many samples of each of KINDS.

    Noise is inputs from N(0, 1) of as many features as the digits have, with labels that have nothing to do with them.
    """
    runs = [replace(FEW, dataset=name, samples=samples, probe_size=samples) for name in ("digits", "gaussian")]
    scores = sweep(runs, variables=())["accuracy"].sel(split="train")  # (run, step)
    steps = scores["step"].values
    return tuple(ByHeart(kind, samples, steps, scores.values[run]) for run, kind in enumerate(KINDS))
