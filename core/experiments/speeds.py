"""Speeds: how fast each layer learns, at the start and while it is trained, told by the gradient of its biases.

The networks are those of Nielsen, "Neural networks and deep learning" (2015), chapter 5: layers of 30 units, weights of
N(0, 1/fan_in), biases of N(0, 1), sigmoid outputs with cross-entropy, and the first 1000 images of MNIST. The error of
the outputs is δ = a − y, that of a hidden layer δ_l = (δ_{l+1} W_{l+1}) φ'(z_l), and dL/db_l its mean over the images.
"""

from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.array import Array
from core.choices.phi import Phi
from core.config import Config
from core.config.chosen import phi
from core.datasets import datasets
from core.datasets.downloads import data_folder
from core.networks.data import draw_samples

WIDTH, IMAGES = 30, 1000
NETWORKS = 50  # of different random numbers, so that the luck of a single one is seen
RATE, DECAY, STEPS = 0.1, 5.0, 500  # his gradient descent on all images at once; the decay λ is of their sum
QUANTILES = (0.05, 0.5, 0.95)  # nine networks of ten lie between the first and the last


class Images(NamedTuple):
    """Inputs (sample, feature) from 0 to 1, and targets (sample, class): 1 for the class of the image, 0 for others."""

    inputs: Tensor
    targets: Tensor


class Affine(NamedTuple):
    """The weights (…, fan_out, fan_in) and biases (…, 1, fan_out) of a layer."""

    weight: Tensor
    bias: Tensor


def nielsen(depth: int, activation: str = "sigmoid", weight_scale: float = 1.0) -> Config:
    """A network of his, on MNIST where this machine has a copy, else on digits. The Config lacks his random biases and
    sigmoid outputs."""
    download = datasets["mnist"].download
    return Config(
        dataset="mnist" if download is not None and download.here else "digits",
        samples=IMAGES,
        preprocessing="none",
        activation=activation,
        depth=depth,
        width=WIDTH,
        initializer="lecun_normal",
        weight_scale=weight_scale,
        learning_rate=RATE,
        weight_decay=DECAY / IMAGES,
        batch_size=IMAGES,
        steps=STEPS,
    )


@lru_cache(maxsize=64)
def speeds(config: Config) -> xr.Dataset:
    """How fast each hidden layer of NETWORKS untrained networks would learn.

    norm (network, layer): the length of dL/db; typical (quantile, layer): its QUANTILES over the networks; ratio
    (quantile,): those of how much faster the last hidden layer is than the first.

    Of the Config count the data set, activation, depth, width, weight_scale and seed. Raises ValueError where there is
    no hidden layer or the data have no classes, DataUnavailable.
    """
    deltas = errors(_draw(config, NETWORKS), phi(config), images(config.dataset))[0]
    norms = torch.stack([norm(delta) for delta in deltas[:-1]], -1).double().numpy()
    return xr.Dataset(
        {
            "norm": (("network", "layer"), norms),
            "typical": (("quantile", "layer"), _quantiles(norms)),
            "ratio": ("quantile", _quantiles(norms[:, -1] / norms[:, 0])),
        },
        {"quantile": list(QUANTILES), "layer": np.arange(1, config.depth + 1)},
    )


@lru_cache(maxsize=16)
def while_trained(config: Config) -> xr.Dataset:
    """How fast each hidden layer of one network learns before each of STEPS steps on all images, and after the last.

    norm (step, layer): the length of dL/db. It is the first network of `speeds`, and raises as that.

    His steps: W ← (1 − lr λ/n) W − lr dL/dW, b ← b − lr dL/db. Not by `core.training.descend`: the δ measured at each
    step are the gradient, and autograd would do it twice.
    """
    seen, activation, layers = images(config.dataset), phi(config), _first(_draw(config, NETWORKS))
    norms = []
    for _ in range(STEPS + 1):
        deltas, signals = errors(layers, activation, seen)
        norms.append(torch.stack([norm(delta) for delta in deltas[:-1]]))
        layers = _stepped(layers, deltas, signals)
    found = ("step", "layer"), torch.stack(norms).double().numpy()
    return xr.Dataset({"norm": found}, {"step": np.arange(STEPS + 1), "layer": np.arange(1, config.depth + 1)})


def _stepped(layers: list[Affine], deltas: list[Tensor], signals: list[Tensor]) -> list[Affine]:
    """The layers after one of his steps."""
    count = len(signals[0])
    return [
        Affine(
            (1 - RATE * DECAY / count) * layer.weight - RATE * delta.mT @ signal / count,
            layer.bias - RATE * delta.mean(-2, keepdim=True),
        )
        for layer, delta, signal in zip(layers, deltas, signals, strict=True)
    ]


def errors(layers: list[Affine], activation: Phi, seen: Images) -> tuple[list[Tensor], list[Tensor]]:
    """δ (…, sample, unit) of every layer, that of the outputs last, and what goes into each layer."""
    z, signals, signal = [], [], seen.inputs
    for layer in layers:
        signals.append(signal)
        z.append(signal @ layer.weight.mT + layer.bias)
        signal = activation(z[-1])
    deltas = [torch.sigmoid(z[-1]) - seen.targets]
    for place in range(len(layers) - 2, -1, -1):
        deltas.append(deltas[-1] @ layers[place + 1].weight * activation.slope(z[place]))
    return deltas[::-1], signals


def norm(delta: Tensor) -> Tensor:
    """‖dL/db‖ (…), the length of the mean of δ over the samples."""
    length: Tensor = delta.mean(-2).norm(dim=-1)
    return length


def images(name: str) -> Images:
    """The first thousand images of a data set. Raises ValueError where they have no classes, DataUnavailable."""
    return _images(name, data_folder())


@lru_cache(maxsize=2)
def _images(name: str, folder: Path) -> Images:
    samples = draw_samples(Config(dataset=name, samples=IMAGES))
    if not samples.classes:
        raise ValueError(f"the data must have classes, one for each output; {name} has none")
    targets = torch.nn.functional.one_hot(samples.targets[:IMAGES], samples.classes)
    return Images(samples.inputs[:IMAGES] * samples.scale, targets.float())


def _draw(config: Config, networks: int) -> list[Affine]:
    """The layers of untrained networks, along a leading axis. A deeper network begins with the layers of a flat one."""
    if config.depth < 1:
        raise ValueError("a network without a hidden layer has no layers to compare")
    seen = images(config.dataset)
    sizes = [seen.inputs.shape[1], *[config.width] * config.depth, seen.targets.shape[1]]
    made = []
    for place, (fan_in, fan_out) in enumerate(pairwise(sizes)):
        source = config.generator(f"layer {place}")
        weight = torch.randn(networks, fan_out, fan_in, generator=source) * config.weight_scale / fan_in**0.5
        made.append(Affine(weight, torch.randn(networks, 1, fan_out, generator=source)))
    return made


def _first(layers: list[Affine]) -> list[Affine]:
    return [Affine(layer.weight[0], layer.bias[0]) for layer in layers]


def _quantiles(values: Array) -> Array:
    found: Array = torch.quantile(torch.from_numpy(values), torch.tensor(QUANTILES, dtype=torch.float64), 0).numpy()
    return found
