"""How much of a network learns when the forward pass leaves its last layers out, as that of the deep notebook did."""

from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise
from math import log, nan

import torch
import xarray as xr
from torch import nn

from core.config import Config
from core.networks.data import load

LAYERS, UNITS, IMAGES = 5, 512, 100  # of the deep notebook, and digits in the batch on which it is looked at
SOURCE = Config(dataset="digits", preprocessing="none", samples=IMAGES)


@lru_cache(maxsize=LAYERS)
def forward(used: int) -> xr.Dataset:
    """One forward and backward pass through the first `used` layers. Raises ValueError where there are not as many.

    gradient (layer,): the norm of dL/dW; NaN where autograd gives none. outputs: how many the pass ends with. loss:
    before training, in nats; guess: that of guessing among all outputs, ln n. parameters: in all layers; learning:
    those that get a gradient.
    """
    if not 1 <= used <= LAYERS:
        raise ValueError(f"a forward pass uses from 1 to {LAYERS} layers; got {used!r}")
    data = load(SOURCE)
    layers = _layers([data.inputs.shape[1], *[UNITS] * (LAYERS - 1), data.classes])
    between = [module for layer in layers[:used] for module in (layer, nn.ReLU())][:-1]
    outputs = nn.Sequential(*between)(data.inputs)
    loss = nn.functional.cross_entropy(outputs, data.targets)
    loss.backward()  # type: ignore[no-untyped-call]  # torch has no types here
    found = {"outputs": outputs.shape[1], "loss": loss.item(), "guess": log(outputs.shape[1])}
    return xr.Dataset({**_learning(layers), **found}, {"layer": [*range(1, LAYERS + 1)]})


def _layers(sizes: Sequence[int]) -> list[nn.Linear]:
    """Layers from each size to the next, with Xavier's weights and biases of 0."""
    # Made without numbers, as torch would draw them from the generator of the whole process.
    layers = [nn.utils.skip_init(nn.Linear, *ends) for ends in pairwise(sizes)]  # type: ignore[no-untyped-call]
    generator = SOURCE.generator("weights")
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
    return layers


def _learning(layers: Sequence[nn.Linear]) -> dict[str, tuple[str, list[float]] | int]:
    """What the backward pass has given to the layers."""
    gradients: list[torch.Tensor | None] = [layer.weight.grad for layer in layers]
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    return {
        "gradient": ("layer", [nan if gradient is None else float(gradient.norm()) for gradient in gradients]),
        "parameters": sum(parameter.numel() for parameter in parameters),
        "learning": sum(parameter.numel() for parameter in parameters if parameter.grad is not None),
    }
