"""Snapshot: one look at a network of the app. A forward and a backward pass of the probe, and what is seen of it.

Batch norm uses the probe's own statistics, as in training, and dropout is off. The hidden layers have one width, so
their slopes and gradients are found of all at once, and each layer has its part of that.
"""

from collections.abc import Mapping, Sequence, Set
from typing import Any

import torch
from torch import Tensor

from core.choices.losses import Loss, total
from core.measuring.look import EVERYTHING, Layer, Look, Values
from core.networks.data import Data
from core.networks.network import Network

AT_UNITS = {"gradient", "ordered_gradient"}
NO_UPDATES: Mapping[Tensor, Tensor] = {}


def look_at(
    network: Network,
    loss: Loss,
    inputs: Tensor,
    targets: Tensor,
    wanted: Set[str] = EVERYTHING,
    updates: Mapping[Tensor, Tensor] = NO_UPDATES,
) -> tuple[Look, Values]:
    """What the measures look at, and the scores of the probe. `updates` are the last ones, by parameter.

    Slopes and gradients that are not `wanted` by name are left out.
    """
    weights = network.weights[:-1]
    depth = len(weights)
    with torch.set_grad_enabled(not wanted.isdisjoint(AT_UNITS | {"weight_gradient"})):
        trace = network.trace(inputs, batch_statistics=True)
        lost = loss(trace.outputs, targets)
        parts = [*trace.pre_activations, *weights]
        gradients = torch.autograd.grad(total(lost), parts) if parts and lost.requires_grad else ()
    seen: dict[str, Sequence[Any]] = {
        "activation": _stack(trace.activations).unbind(-3) if depth else (),  # so that the pass itself can be forgotten
        "weight": [weight.detach() for weight in weights],
        "weight_gradient": gradients[depth:],
        "update": [updates.get(weight) for weight in weights],
    }
    if depth and "slope" in wanted:
        seen["slope"] = network.slope(_stack(trace.pre_activations)).unbind(-3)
        seen["max_slope"] = _by_layer(network.max_slope, depth)
    if gradients and not wanted.isdisjoint(AT_UNITS):
        seen["gradient"] = _stack(gradients[:depth]).mul_(inputs.shape[-2]).unbind(-3)
    layers = [
        Layer(f"hidden_{place + 1}", **{name: column[place] for name, column in seen.items() if column})
        for place in range(depth)
    ]
    return Look(tuple(layers), tuple(inputs.shape[:-2])), scores(loss, trace.outputs.detach(), targets, lost.detach())


def scores(loss: Loss, outputs: Tensor, targets: Tensor, lost: Tensor) -> Values:
    """The loss, and where the targets are classes the accuracy."""
    if targets.is_floating_point():
        return {"loss": lost}
    return {"loss": lost, "accuracy": loss.accuracy(outputs, targets)}


def validate(network: Network, loss: Loss, data: Data) -> Values:
    """The scores of the held-out samples, as the network would be used: batch norm by its running statistics."""
    with torch.no_grad():
        outputs, targets = network.outputs(data.validation_inputs), data.validation_targets
        return scores(loss, outputs, targets, loss(outputs, targets))


def _stack(layers: Sequence[Tensor]) -> Tensor:
    """The layers as one (…, layer, sample, unit)."""
    return torch.stack([layer.detach() for layer in layers], -3)


def _by_layer(max_slope: float | Tensor, depth: int) -> Sequence[float | Tensor]:
    """max |φ'| of each layer, given as a number or as (…, layer or 1, 1, 1)."""
    if not isinstance(max_slope, Tensor):
        return [max_slope] * depth
    return max_slope.expand(*max_slope.shape[:-3], depth, 1, 1).unbind(-3)
