"""Snapshot: one look at a network. A forward and a backward pass of the probe, then every measure of every layer.

Batch norm uses the probe's own statistics, as in training, and dropout is off. The hidden layers have one width, so
their tensors are stacked and each measure of units runs once for all of them.
"""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from core import histograms
from core.data import Data
from core.measures import looks_at_weights, measures
from core.network import Network

Values = dict[str, Tensor]


def probe(network: Network, inputs: Tensor, targets: Tensor) -> tuple[Values, dict[str, list[Tensor]], Values]:
    """What the measures look at: the tensors of units (…, layer, sample, unit), the lists of weights by layer, and the
    loss and accuracy of the probe.

    dL/dz is taken of the mean loss times the number of samples, dL/dW of the mean loss.
    """
    with torch.enable_grad():
        trace = network.trace(inputs, batch_statistics=True)
        losses = nn.functional.cross_entropy(trace.logits, targets, reduction="none")
        weights = list(network.weights)[:-1]
        wanted = [*trace.pre_activations, *weights]
        gradients = torch.autograd.grad(losses.sum(), wanted) if wanted else ()
    depth, samples = len(weights), inputs.shape[-2]
    pre_activation = _stack(trace.pre_activations, samples)
    units = {
        "activation": _stack(trace.activations, samples),
        "slope": network.activation.slope(pre_activation),
        "gradient": _stack(gradients[:depth], samples),
    }
    for name in ("activation", "gradient"):
        units[f"ordered_{name}"] = histograms.sort(units[name].flatten(-2))
    by_layer = {
        "weight": [weight.detach() for weight in weights],
        "weight_gradient": [gradient / samples for gradient in gradients[depth:]],
    }
    return units, by_layer, score(trace.logits.detach(), targets)


def validate(network: Network, data: Data) -> Values:
    """Loss and accuracy on the held-out samples, as the network would be used: batch norm with its running statistics."""
    with torch.no_grad():
        return score(network.trace(data.validation_inputs).logits, data.validation_targets)


def score(logits: Tensor, targets: Tensor) -> Values:
    """Mean cross-entropy in nats, and the share of samples whose largest logit is the right one."""
    return {
        "loss": nn.functional.cross_entropy(logits, targets),
        "accuracy": (logits.argmax(-1) == targets).float().mean(-1),
    }


@torch.no_grad()
def measure(units: Mapping[str, Tensor | float], by_layer: Mapping[str, Sequence[Tensor]]) -> Values:
    """Every registered measure: (layer,) or (layer, axis), by name."""
    values = {}
    for name, entry in measures.items():
        asked = measures.asks_for(name)
        if looks_at_weights(name):
            layers = zip(*(by_layer[tensor] for tensor in sorted(asked)), strict=True)
            rows = [entry(**dict(zip(sorted(asked), layer, strict=True))) for layer in layers]
            values[name] = torch.stack(rows, -1) if rows else torch.empty(0)
        else:
            values[name] = entry(**{tensor: units[tensor] for tensor in asked})
    return values


def _stack(layers: Sequence[Tensor], samples: int) -> Tensor:
    return torch.stack([layer.detach() for layer in layers], -3) if layers else torch.empty(0, samples, 1)
