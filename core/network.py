"""The network: fully connected layers, z = W·a + b, a = φ(z), with every layer in reach.

`build(config)` gives an nn.Module like any other. Its definition holds for one network and for many at once: parameters
may carry a leading axis of networks (weights (…, fan_out, fan_in)), and inputs then carry it too. `build_many(configs)`
gives such a module. Layers 1 .. depth are hidden; the last linear layer makes the logits.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import torch
from torch import Generator, Tensor, nn

from core.activations import Mixed, activations
from core.config import Config
from core.data import load
from core.initializers import draw

NORM_EPSILON = 1e-5  # as in nn.BatchNorm1d
NORM_MOMENTUM = 0.1  # share of the newest batch in the running statistics, as in nn.BatchNorm1d


@dataclass(frozen=True)
class Trace:
    """One forward pass with every hidden layer kept, input side first.

    pre_activations: what goes into φ, and activations: what comes out, each (…, sample, unit).
    logits: (…, sample, class).
    """

    pre_activations: list[Tensor]
    activations: list[Tensor]
    logits: Tensor


class BatchNorm(nn.Module):
    """Batch normalization of (…, sample, unit) over samples, with learned scale and shift (Ioffe & Szegedy 2015)."""

    running_mean: Tensor
    running_var: Tensor

    def __init__(self, *shape: int) -> None:  # (…, unit)
        super().__init__()
        self.scale = nn.Parameter(torch.ones(shape))
        self.shift = nn.Parameter(torch.zeros(shape))
        self.register_buffer("running_mean", torch.zeros(shape))
        self.register_buffer("running_var", torch.ones(shape))

    def forward(self, z: Tensor, *, batch_statistics: bool, track: bool) -> Tensor:
        """Normalise with the statistics of this batch, or with the running ones; `track` updates the running ones."""
        mean, var = self.running_mean, self.running_var
        if batch_statistics:
            var, mean = torch.var_mean(z, dim=-2, correction=0)
        if track:
            self._track(mean.detach(), var.detach(), samples=z.shape[-2])
        gain = self.scale * torch.rsqrt(var + NORM_EPSILON)
        return (z - mean.unsqueeze(-2)) * gain.unsqueeze(-2) + self.shift.unsqueeze(-2)

    def _track(self, mean: Tensor, var: Tensor, samples: int) -> None:
        unbiased = var * (samples / max(1, samples - 1))  # normalised with the biased, kept unbiased: as nn.BatchNorm1d
        self.running_mean.lerp_(mean, NORM_MOMENTUM)
        self.running_var.lerp_(unbiased, NORM_MOMENTUM)


class Network(nn.Module):
    """Hidden layers of one width and a linear output, made by `build`.

    `weights[i]` and `biases[i]` belong to layer i + 1; the last pair makes the logits. `activation` is a name, or one
    name for each entry of the leading axis.
    """

    def __init__(
        self,
        weights: list[Tensor],
        biases: list[Tensor],
        *,
        activation: str | Sequence[str],
        batch_norm: bool,
        dropout: float,
    ) -> None:
        super().__init__()
        self.weights = [nn.Parameter(weight) for weight in weights]
        self.biases = [nn.Parameter(bias) for bias in biases]
        for layer, (weight, bias) in enumerate(zip(self.weights, self.biases, strict=True), start=1):
            self.register_parameter(f"weight_{layer}", weight)
            self.register_parameter(f"bias_{layer}", bias)
        self.activation = activations[activation] if isinstance(activation, str) else Mixed.of(activation)
        self.norms = nn.ModuleList([BatchNorm(*bias.shape) for bias in biases[:-1]] if batch_norm else [])
        self.dropout = dropout

    def forward(self, inputs: Tensor) -> Tensor:
        """The logits (…, sample, class) of inputs (…, sample, feature). Batch norm follows train() and eval()."""
        return self.logits(inputs, batch_statistics=self.training, track=self.training)

    def logits(self, inputs: Tensor, *, batch_statistics: bool = False, track: bool = False) -> Tensor:
        """The logits alone: no layer is kept, so memory does not grow with depth. Dropout is off."""
        signal = inputs
        for layer in range(len(self.weights) - 1):
            _, signal = self._layer(layer, signal, batch_statistics, track)
        return affine(signal, self.weights[-1], self.biases[-1])

    def trace(
        self,
        inputs: Tensor,
        *,
        batch_statistics: bool = False,
        track: bool = False,
        dropout_generator: Generator | Sequence[Generator] | None = None,
    ) -> Trace:
        """A forward pass that keeps every layer. Dropout acts only when it is given random numbers.

        Many networks need a generator each, so that each drops what it drops alone.
        """
        pre_activations, outputs, signal = [], [], inputs
        for layer in range(len(self.weights) - 1):
            z, signal = self._layer(layer, signal, batch_statistics, track)
            pre_activations.append(z)
            outputs.append(signal)
            if self.dropout and dropout_generator is not None:
                signal = drop(signal, self.dropout, dropout_generator)
        return Trace(pre_activations, outputs, affine(signal, self.weights[-1], self.biases[-1]))

    def _layer(self, layer: int, signal: Tensor, batch_statistics: bool, track: bool) -> tuple[Tensor, Tensor]:
        """Pre-activation and activation of the hidden layer at this position."""
        z = affine(signal, self.weights[layer], self.biases[layer])
        if self.norms:
            z = self.norms[layer](z, batch_statistics=batch_statistics, track=track)
        return z, self.activation(z)


def affine(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """W·a + b for inputs (…, sample, fan_in), weight (…, fan_out, fan_in) and bias (…, fan_out)."""
    if weight.dim() == 2:
        return nn.functional.linear(inputs, weight, bias)
    return torch.baddbmm(bias.unsqueeze(-2), inputs, weight.mT)


def drop(signal: Tensor, share: float, generator: Generator | Sequence[Generator]) -> Tensor:
    """Set a random share of the entries to zero and enlarge the rest, so that the mean stays (inverted dropout).

    For a signal (run, sample, unit) there is a generator for each run. The random numbers are drawn on the CPU.
    """
    generators = [generator] if isinstance(generator, Generator) else generator
    masks = [torch.empty(signal.shape[-2:]).bernoulli_(1 - share, generator=each) for each in generators]
    keep = torch.stack(masks).view(signal.shape).to(signal.device)
    return signal * keep / (1 - share)


def build(config: Config) -> Network:
    """The untrained network of a Config: the one that is measured and trained. Raises DataUnavailable."""
    weights, biases = _parameters(config)
    return Network(weights, biases, activation=config.activation, batch_norm=config.batch_norm, dropout=config.dropout)


def build_many(configs: Sequence[Config]) -> Network:
    """The untrained networks of Configs of one shape, each as `build` makes it, along a leading axis."""
    every = [_parameters(config) for config in configs]
    weights, biases = ([torch.stack(layer) for layer in zip(*kind, strict=True)] for kind in zip(*every, strict=True))
    first, names = configs[0], [config.activation for config in configs]
    return Network(weights, biases, activation=names, batch_norm=first.batch_norm, dropout=first.dropout)


def _parameters(config: Config) -> tuple[list[Tensor], list[Tensor]]:
    """The weights and the biases of every layer before training."""
    data = load(config)
    sizes = [data.inputs.shape[1], *[config.width] * config.depth, data.classes]
    generator = config.generator("weights")
    layers = [draw(config.initializer, fan_out, fan_in, generator) for fan_in, fan_out in pairwise(sizes)]
    weights = [weight * config.weight_scale for weight, _ in layers]
    biases = [bias + config.bias_init for _, bias in layers[:-1]] + [layers[-1][1]]
    return weights, biases
