"""Snapshot: one look at a network. A forward and a backward pass of the probe, then every measure of every layer.

Batch norm uses the probe's own statistics, as in training, and dropout is off. The hidden layers have one width, so
their tensors are stacked and each measure of units runs once for all of them.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from core import histograms
from core.data import Data
from core.measures import measures
from core.network import Network

Values = dict[str, Tensor]


def probe(network: Network, inputs: Tensor, targets: Tensor) -> tuple[dict[str, Any], Values]:
    """What the measures look at, with units stacked as (…, layer, sample, unit), and the probe's loss and accuracy.

    dL/dz is taken of the mean loss times the number of samples, dL/dW of the mean loss.
    """
    with torch.enable_grad():
        trace = network.trace(inputs, batch_statistics=True)
        loss = nn.functional.cross_entropy(trace.logits, targets)
        weights = network.weights[:-1]
        wanted = [*trace.pre_activations, *weights]
        gradients = torch.autograd.grad(loss, wanted) if wanted else ()
    depth, samples = len(weights), inputs.shape[-2]
    pre_activation = _stack(trace.pre_activations, samples)
    activation, gradient = _stack(trace.activations, samples), _stack(gradients[:depth], samples).mul_(samples)
    seen = {
        "activation": activation,
        "slope": network.activation.slope(pre_activation),
        "max_slope": network.activation.max_slope,
        "gradient": gradient,
        "ordered_activation": histograms.sort(activation.flatten(-2)),
        "ordered_gradient": histograms.sort(gradient.flatten(-2)),
        "weight": [weight.detach() for weight in weights],
        "weight_gradient": gradients[depth:],
    }
    return seen, {"loss": loss.detach(), "accuracy": accuracy(trace.logits, targets)}


def validate(network: Network, data: Data) -> Values:
    """Loss and accuracy on the held-out samples, as the network would be used: batch norm by its running statistics."""
    with torch.no_grad():
        logits, targets = network.logits(data.validation_inputs), data.validation_targets
        return {"loss": nn.functional.cross_entropy(logits, targets), "accuracy": accuracy(logits, targets)}


def accuracy(logits: Tensor, targets: Tensor) -> Tensor:
    """Share of samples whose largest logit is the right one; NaN where a logit is NaN."""
    share = (logits.argmax(-1) == targets).float().mean(-1)
    return torch.where(logits.isnan().any(-1).any(-1), torch.nan, share)


@torch.no_grad()
def measure(seen: Mapping[str, Any]) -> Values:
    """Every registered measure of what was seen: (layer,) or (layer, axis), by name."""
    values: Values = {}
    for name, entry in measures.items():
        values[name] = entry(
            **{asked: values[asked] if asked in values else seen[asked] for asked in measures.asks_for(name)}
        )
    return values


def _stack(layers: Sequence[Tensor], samples: int) -> Tensor:
    return torch.stack([layer.detach() for layer in layers], -3) if layers else torch.empty(0, samples, 1)
