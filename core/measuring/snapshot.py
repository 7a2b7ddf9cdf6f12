"""Snapshot: one look at a network of the app. A forward and a backward pass of the probe, and what is seen of it.

Batch norm uses the probe's own statistics, as in training, and dropout is off. The hidden layers have one width, so
their slopes and gradients are found of all at once, and each layer has its part of that.

A gradient that may be only rounding is found again in double precision: see `core.measuring.rounding`.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from copy import deepcopy
from functools import partial
from typing import Any

import torch
from torch import Tensor

from core.choices.losses import Loss, total
from core.measuring.look import EVERYTHING, Layer, Look, Values
from core.networks.data import Data
from core.networks.network import Network, affine

AT_UNITS = {"gradient", "ordered_gradient", "gradient_in_double"}
DOUBTFUL = 1e-5  # of what a gradient is a sum of: 160 times the rounding of one float32 operation
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
        parts = [*trace.pre_activations, *weights, trace.outputs]
        gradients = torch.autograd.grad(total(lost), parts) if depth and lost.requires_grad else ()
    seen: dict[str, Sequence[Any]] = {
        "activation": _stack(trace.activations).unbind(-3) if depth else (),  # so that the pass itself can be forgotten
        "weight": [weight.detach() for weight in weights],
        "weight_gradient": gradients[depth:-1],
        "update": [updates.get(weight) for weight in weights],
    }
    if depth and "slope" in wanted:
        seen["slope"] = network.slope(_stack(trace.pre_activations)).unbind(-3)
        seen["max_slope"] = _by_layer(network.max_slope, depth)
    if gradients and not wanted.isdisjoint(AT_UNITS):
        found = _stack(gradients[:depth]).mul_(inputs.shape[-2])
        seen["gradient"] = found.unbind(-3)
        if "gradient_in_double" in wanted:
            doubtful = _may_be_rounding(found, gradients[-1] * inputs.shape[-2], network)
            again = partial(_in_double, network, loss, inputs, targets, trace.activations)
            seen["gradient_in_double"] = _checked(found, doubtful, again).unbind(-3)
    layers = [
        Layer(f"hidden_{place + 1}", **{name: column[place] for name, column in seen.items() if column})
        for place in range(depth)
    ]
    return Look(tuple(layers), tuple(inputs.shape[:-2])), scores(loss, trace.outputs.detach(), targets, lost.detach())


def _checked(found: Tensor, doubtful: Tensor, again: Callable[[], Tensor]) -> Tensor:
    """dL/dz (…, layer, sample, unit) as it was found, and found again of the networks (…) where it is doubtful."""
    if not bool(doubtful.any()):
        return found
    return again() if bool(doubtful.all()) else torch.where(doubtful[..., None, None, None], again(), found)


def _may_be_rounding(gradients: Tensor, at_outputs: Tensor, network: Network) -> Tensor:
    """Of each network (…), whether dL/dz of any layer is next to nothing against what it is a sum of.

    Those terms are the next layer's weights times its dL/dz. What a normalization takes away is not seen here, so
    networks that have any are always doubtful.
    """
    if network.norms:
        return torch.ones(gradients.shape[:-3], dtype=torch.bool, device=gradients.device)
    sizes = _norms(gradients)
    behind = torch.cat([sizes[..., 1:], _norms(at_outputs).unsqueeze(-1)], -1)
    weights = torch.stack([_norms(weight.detach()) for weight in network.weights[1:]], -1)
    small = sizes <= DOUBTFUL * weights * behind
    if bool(small.any()):  # also where all is exactly 0, which needs no second look, or so tiny that its squares are
        small = small & (gradients != 0).any(-1).any(-1)
    return small.any(-1)


def _norms(matrices: Tensor) -> Tensor:
    found: Tensor = torch.linalg.vector_norm(matrices, dim=(-2, -1))
    return found


def _in_double(network: Network, loss: Loss, inputs: Tensor, targets: Tensor, activations: Sequence[Tensor]) -> Tensor:
    """dL/dz of every layer, as it is seen, in double precision: of these weights and activations, a layer at a time."""
    twin = deepcopy(network).double().requires_grad_(False)
    targets = targets.double() if targets.is_floating_point() else targets
    found: list[Tensor] = []
    with torch.enable_grad():
        last = activations[-1].detach().double().requires_grad_()
        (gradient,) = torch.autograd.grad(total(loss(affine(last, twin.weights[-1], twin.biases[-1]), targets)), last)
        for place, known in reversed(list(enumerate([inputs, *activations[:-1]]))):
            signal = known.detach().double().requires_grad_()
            z, activation = twin.layer(place, signal, batch_statistics=True)
            at_z, gradient = torch.autograd.grad(activation, (z, signal), gradient)
            found.append(at_z)
    return _stack(found[::-1]).mul_(inputs.shape[-2])


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
