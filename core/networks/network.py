"""The network: fully connected layers, z = W·a + b, a = φ(z), with every layer in reach.

`build(config)` gives an nn.Module like any other. Its definition holds for one network and for many at once: parameters
may carry a leading axis of networks (weights (…, fan_out, fan_in)), and inputs then carry it too. `build_many` gives
such a module. Layers 1 .. depth are hidden; the last linear layer makes the outputs.

The samples decide on the numbers of inputs and outputs, and some initializers look at them: whoever has them hands
them to `build`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Generator, Tensor, nn

from core.choices.activations import activations
from core.choices.initializers import draw, initializers
from core.choices.losses import loss_for
from core.choices.normalizations import is_after, normalizations
from core.choices.phi import Mixed, Phi
from core.config import Config
from core.config.chosen import phi
from core.networks.data import Data, load

INITIAL_BATCH = 256  # training samples that an initializer may look at


@dataclass(frozen=True)
class Trace:
    """One forward pass with every hidden layer kept, input side first.

    pre_activations: what goes into φ, and activations: what comes out, each (…, sample, unit).
    outputs: (…, sample, output).
    """

    pre_activations: list[Tensor]
    activations: list[Tensor]
    outputs: Tensor


@dataclass(frozen=True)
class Chance:
    """The random numbers of a training step: sources for dropout and for random activations, one for each network."""

    dropout: Sequence[Generator]
    activation: Sequence[Generator]


class Network(nn.Module):
    """Hidden layers of one width and a linear output, made by `build`.

    `weights[i]` and `biases[i]` belong to layer i + 1; the last pair makes the outputs. `phi` is the activation,
    `trained_slopes` are the numbers (…, 1) that it asks for in each hidden layer, or none.
    """

    def __init__(
        self,
        weights: list[Tensor],
        biases: list[Tensor],
        *,
        phi: Phi | Mixed,
        pieces: int = 1,
        trained: float | None = None,
        normalization: str = "none",
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.weights = [nn.Parameter(weight) for weight in weights]
        self.biases = [nn.Parameter(bias) for bias in biases]
        self.phi, self.pieces, self.dropout = phi, pieces, dropout
        hidden = biases[:-1]
        lead = biases[-1].shape[:-1]
        slopes = [] if trained is None else [torch.full((*lead, 1), trained) for _ in hidden]
        self.trained_slopes = [nn.Parameter(slope) for slope in slopes]
        make = normalizations[normalization]
        units = [torch.Size([*lead, bias.shape[-1] // (pieces if is_after(normalization) else 1)]) for bias in hidden]
        self.norms = [norm for shape in units if (norm := make(shape)) is not None]
        named = {"weight": self.weights, "bias": self.biases, "trained_slope": self.trained_slopes}
        for name, parameters in named.items():
            for layer, parameter in enumerate(parameters, start=1):
                self.register_parameter(f"{name}_{layer}", parameter)
        for layer, norm in enumerate(self.norms, start=1):
            self.add_module(f"norm_{layer}", norm)

    def forward(self, inputs: Tensor) -> Tensor:
        """The outputs (…, sample, output) of inputs (…, sample, feature). Batch norm follows train() and eval()."""
        return self.outputs(inputs, batch_statistics=self.training, track=self.training)

    def outputs(self, inputs: Tensor, *, batch_statistics: bool = False, track: bool = False) -> Tensor:
        """The outputs alone: no layer is kept, so memory does not grow with depth. Nothing is random."""
        signal = inputs
        for layer in range(len(self.weights) - 1):
            _, signal = self.layer(layer, signal, batch_statistics, track, None)
        return affine(signal, self.weights[-1], self.biases[-1])

    def trace(
        self,
        inputs: Tensor,
        *,
        batch_statistics: bool = False,
        track: bool = False,
        chance: Chance | None = None,
    ) -> Trace:
        """A forward pass that keeps every layer. Nothing is random unless there is a `chance`."""
        pre_activations, activations, signal = [], [], inputs
        for layer in range(len(self.weights) - 1):
            z, signal = self.layer(layer, signal, batch_statistics, track, chance)
            pre_activations.append(z)
            activations.append(signal)
            if self.dropout and chance is not None:
                signal = drop(signal, self.dropout, chance.dropout)
        return Trace(pre_activations, activations, affine(signal, self.weights[-1], self.biases[-1]))

    def slope(self, pre_activation: Tensor) -> Tensor:
        """φ'(z) of the pre-activations (…, layer, sample, unit) of all hidden layers."""
        return self.phi.slope(pre_activation, self._trained_slope)

    @property
    def max_slope(self) -> float | Tensor:
        """max |φ'| over all z; where slopes are trained (…, layer, 1, 1), and where networks differ (run, 1, 1, 1)."""
        return self.phi.max_slope if self._trained_slope is None else self._trained_slope.abs().clamp(min=1.0)

    @property
    def _trained_slope(self) -> Tensor | None:
        """The trained slopes (…, layer, 1, 1), if there are any."""
        slopes = [slope.detach() for slope in self.trained_slopes]
        return torch.stack(slopes, -2).unsqueeze(-1) if slopes else None

    def layer(
        self, layer: int, signal: Tensor, batch_statistics: bool, track: bool = False, chance: Chance | None = None
    ) -> tuple[Tensor, Tensor]:
        """Pre-activation and activation of the hidden layer at this position."""
        z = affine(signal, self.weights[layer], self.biases[layer])
        norm = self.norms[layer] if self.norms else None
        if norm is not None and not norm.after:
            z = norm(z, batch_statistics=batch_statistics, track=track)
        if self.pieces > 1:
            z = largest(z, self.pieces)
        trained_slope = self.trained_slopes[layer].unsqueeze(-1) if self.trained_slopes else None
        random = uniform(z, chance.activation) if chance is not None and "random" in self.phi.extras else None
        activation = self.phi(z, trained_slope, random)
        if norm is not None and norm.after:
            activation = norm(activation, batch_statistics=batch_statistics, track=track)
        return z, activation


def affine(inputs: Tensor, weight: Tensor, bias: Tensor) -> Tensor:
    """W·a + b for inputs (…, sample, fan_in), weight (…, fan_out, fan_in) and bias (…, fan_out)."""
    if weight.dim() == 2:
        return nn.functional.linear(inputs, weight, bias)
    return torch.baddbmm(bias.unsqueeze(-2), inputs, weight.mT)


def largest(z: Tensor, pieces: int) -> Tensor:
    """Of the linear functions (…, piece · unit) of each unit the largest (…, unit)."""
    found: Tensor = z.view(*z.shape[:-1], pieces, -1).max(-2).values
    return found


def uniform(like: Tensor, generators: Sequence[Generator]) -> Tensor:
    """Numbers from U(0, 1) of the shape (…, sample, unit) of `like`, each network's from its own source, on the CPU."""
    drawn = [torch.rand(like.shape[-2:], generator=each) for each in generators]
    return torch.stack(drawn).view(like.shape).to(like.device)


def drop(signal: Tensor, share: float, generators: Sequence[Generator]) -> Tensor:
    """Set a random share of the entries to zero and enlarge the rest, so that the mean stays (inverted dropout)."""
    masks = [torch.empty(signal.shape[-2:]).bernoulli_(1 - share, generator=each) for each in generators]
    keep = torch.stack(masks).view(signal.shape).to(signal.device)
    return signal * keep / (1 - share)


def build(config: Config, data: Data | None = None) -> Network:
    """The untrained network of a Config: the one that is measured and trained.

    `data` are the samples of the Config; without them they are loaded, which raises DataUnavailable.
    """
    weights, biases = _parameters(config, load(config) if data is None else data)
    return _network(config, weights, biases, phi(config))


def blank(config: Config, features: int, outputs: int) -> Network:
    """The network of a Config before anything is drawn: all weights are 0. For whoever has its `state_dict`."""
    fans = _fans(config, features, outputs)
    weights = [torch.zeros(fan_out, fan_in) for fan_in, fan_out in fans]
    return _network(config, weights, [torch.zeros(fan_out) for _, fan_out in fans], phi(config))


def build_many(configs: Sequence[Config], data: Sequence[Data] | None = None) -> Network:
    """The untrained networks of Configs of one shape and their data, each as `build` makes it, along a leading axis."""
    by_config = list(map(load, configs)) if data is None else data
    every = [_parameters(config, samples) for config, samples in zip(configs, by_config, strict=True)]
    weights, biases = ([torch.stack(layer) for layer in zip(*kind, strict=True)] for kind in zip(*every, strict=True))
    return _network(configs[0], weights, biases, Mixed.of([phi(config) for config in configs]))


def _network(config: Config, weights: list[Tensor], biases: list[Tensor], phi: Phi | Mixed) -> Network:
    entry = activations[config.activation]
    return Network(
        weights,
        biases,
        phi=phi,
        pieces=entry.pieces,
        trained=entry.trained,
        normalization=config.normalization,
        dropout=config.dropout,
    )


def parameter_count(config: Config, data: Data | None = None) -> int:
    """How many numbers training moves, those of a maxout's second function included. `data` as for `build`."""
    entry = activations[config.activation]
    fans = _fans_for(config, load(config) if data is None else data)
    linear = sum((fan_in + 1) * fan_out for fan_in, fan_out in fans)
    normalized = config.width * (1 if is_after(config.normalization) else entry.pieces)
    of_norms = 0 if config.normalization == "none" else 2 * normalized * config.depth
    return linear + of_norms + (config.depth if entry.trained is not None else 0)


def _fans_for(config: Config, data: Data) -> list[tuple[int, int]]:
    """(fan_in, fan_out) of every linear layer, for these samples."""
    outputs = loss_for(config.loss_function, data.classes).count(data.classes, data.targets)
    return _fans(config, data.inputs.shape[1], outputs)


def _fans(config: Config, features: int, outputs: int) -> list[tuple[int, int]]:
    """(fan_in, fan_out) of every linear layer; a hidden one has as many outputs as its units have pieces, together."""
    pieces = activations[config.activation].pieces
    into = [features, *[config.width] * config.depth]
    return list(zip(into, [*[config.width * pieces] * config.depth, outputs], strict=True))


def _parameters(config: Config, data: Data) -> tuple[list[Tensor], list[Tensor]]:
    """The weights and the biases of every layer before training."""
    generator = config.generator("weights")
    looks = "inputs" in initializers.asks_for(config.initializer)
    signal = data.inputs[:INITIAL_BATCH] if looks else None
    weights, biases = [], []
    for layer, (fan_in, fan_out) in enumerate(_fans_for(config, data)):
        hidden = layer < config.depth
        weight, bias = draw(config.initializer, fan_out, fan_in, generator, signal)
        weights.append(weight * config.weight_scale)
        biases.append(bias + config.bias_init if hidden else bias)
        if signal is not None and hidden:
            signal = _passed(config, affine(signal, weights[-1], biases[-1]))
    return weights, biases


def _passed(config: Config, z: Tensor) -> Tensor:
    """What a hidden layer makes of its linear functions, for an initializer that looks at it."""
    activation = phi(config)
    signal = activation(largest(z, activation.activation.pieces))
    if not is_after(config.normalization):
        return signal
    norm = normalizations[config.normalization](torch.Size([config.width]))
    assert norm is not None
    normalized: Tensor = norm(signal, batch_statistics=True, track=False)
    return normalized.detach()
