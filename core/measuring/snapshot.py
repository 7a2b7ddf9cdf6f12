"""Snapshot: one look at a network. A forward and a backward pass of the probe, then every measure of every layer.

Batch norm uses the probe's own statistics, as in training, and dropout is off. The hidden layers have one width, so
their tensors are stacked and each measure of units runs once for all of them.
"""

from collections.abc import Callable, Mapping, Sequence, Set
from typing import Any

import torch
from torch import Tensor

from core.choices.losses import Loss
from core.measuring import histograms
from core.measuring.measures import closure, measures
from core.networks.data import Data
from core.networks.network import Network

Values = dict[str, Tensor]

EVERYTHING = closure(measures)
GRADIENTS = {"gradient", "ordered_gradient", "weight_gradient"}


def probe(
    network: Network, loss: Loss, inputs: Tensor, targets: Tensor, wanted: Set[str] = EVERYTHING
) -> tuple[dict[str, Any], Values]:
    """What the measures look at, with units stacked as (…, layer, sample, unit), and the scores of the probe.

    dL/dz is taken of the mean loss times the number of samples, dL/dW of the mean loss. What is not `wanted` by name is
    left out.
    """
    depth, samples = len(network.weights) - 1, inputs.shape[-2]
    weights = network.weights[:-1]
    with torch.set_grad_enabled(not wanted.isdisjoint(GRADIENTS)):
        trace = network.trace(inputs, batch_statistics=True)
        lost = loss(trace.outputs, targets)
        parts = [*trace.pre_activations, *weights]
        gradients = torch.autograd.grad(lost.sum(), parts) if parts and lost.requires_grad else ()
    pre_activation = _stack(trace.pre_activations, inputs)
    activation, gradient = _stack(trace.activations, inputs), _stack(gradients[:depth], inputs).mul_(samples)
    looks: dict[str, Callable[[], Any]] = {
        "activation": lambda: activation,
        "slope": lambda: network.slope(pre_activation),
        "max_slope": lambda: network.max_slope,
        "gradient": lambda: gradient,
        "ordered_activation": lambda: histograms.sort(activation.flatten(-2)),
        "ordered_gradient": lambda: histograms.sort(gradient.flatten(-2)),
        "weight": lambda: [weight.detach() for weight in weights],
        "weight_gradient": lambda: gradients[depth:],
    }
    seen = {name: look() for name, look in looks.items() if name in wanted}
    return seen, scores(loss, trace.outputs.detach(), targets, lost.detach())


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


@torch.no_grad()
def measure(seen: Mapping[str, Any], wanted: Set[str] = EVERYTHING) -> Values:
    """The wanted measures of what was seen: (…, layer) or (…, layer, axis), by name."""
    values: Values = {}
    for name, entry in measures.items():
        if name not in wanted:
            continue
        values[name] = entry(
            **{asked: values[asked] if asked in values else seen[asked] for asked in measures.asks_for(name)}
        )
    return values


def _stack(layers: Sequence[Tensor], inputs: Tensor) -> Tensor:
    """The layers (…, layer, sample, unit); without any, of as many samples and networks as the inputs have."""
    if not layers:
        return inputs.new_empty(*inputs.shape[:-2], 0, inputs.shape[-2], 1)
    return torch.stack([layer.detach() for layer in layers], -3)
