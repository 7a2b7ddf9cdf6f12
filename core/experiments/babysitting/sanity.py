"""What to check before a long training: the first loss, and whether a few samples can be learned by heart.

The two checks of cs231n's lecture on training: they cost seconds, and find what would cost a night.
"""

from dataclasses import replace
from functools import lru_cache
from math import log, nan

import numpy as np
import torch
import xarray as xr

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


@lru_cache(maxsize=1)
def first_losses() -> xr.Dataset:
    """The first loss of networks with one hidden layer, for each of DATASETS, whose numbers of classes differ.

    loss (data, scale) at each of SCALES; half_squares (data, scale): half the sum of the squared parameters, which
    weight decay multiplies; classes (data,); expected (data,): ln C, the cross-entropy of whoever gives all C classes
    the same probability, as weights of 0 do.
    """
    found = [_first_loss(replace(SMALL, dataset=name)) for name in DATASETS]
    return xr.concat(found, xr.Variable("data", list(DATASETS)))


def total(found: xr.Dataset, weight_decay: float) -> xr.DataArray:
    """What training makes small (data, scale): the loss and the L2 term, weight_decay · ½Σθ²."""
    return found["loss"] + weight_decay * found["half_squares"]


def _first_loss(config: Config) -> xr.Dataset:
    data = load(config)
    loss = loss_for(config.loss_function, data.classes)
    networks = [build(replace(config, weight_scale=scale)) for scale in SCALES]
    with torch.no_grad():
        losses = [float(loss(network.outputs(data.inputs), data.targets)) for network in networks]
        squares = [sum(float(p.double().square().sum()) for p in network.parameters()) for network in networks]
    return xr.Dataset(
        {
            "loss": ("scale", losses),
            "half_squares": ("scale", np.array(squares) / 2),
            "classes": data.classes,
            "expected": log(data.classes),
        },
        {"scale": list(SCALES)},
    )


def learned(steps: Array, accuracy: Array) -> float:
    """The step from which on all samples are right, by the accuracy (step,); NaN where they are not at the end."""
    wrong = np.flatnonzero(accuracy < 1)
    if len(wrong) and wrong[-1] == len(steps) - 1:
        return nan
    return float(steps[wrong[-1] + 1] if len(wrong) else steps[0])


@lru_cache(maxsize=16)
def by_heart(samples: int) -> xr.Dataset:
    """A network of 64 ReLU units is trained on so many samples of each of KINDS.

    Noise is inputs from N(0, 1) of as many features as the digits have, with labels that have nothing to do with them.

    accuracy (kind, step): the share of the training samples that is right; learned (kind,): see there.
    """
    runs = [replace(FEW, dataset=name, samples=samples, probe_size=samples) for name in ("digits", "gaussian")]
    scores = sweep(runs, variables=())["accuracy"].sel(split="train")  # (run, step)
    steps = scores["step"].values
    found = {
        "accuracy": (("kind", "step"), scores.values),
        "learned": ("kind", [learned(steps, accuracy) for accuracy in scores.values]),
    }
    return xr.Dataset(found, {"kind": list(KINDS), "step": steps}, {"samples": samples})
