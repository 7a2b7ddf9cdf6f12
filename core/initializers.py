"""Initializers: what the weights of a layer are before training.

One decorated function is one initializer. It returns the weight (fan_out, fan_in) before `weight_scale`, drawn with the
generator it is given. One that also draws the bias returns the pair (weight, bias); all others start at zero bias.
"""

from collections.abc import Callable

import torch
from torch import Generator, Tensor, nn

from core.registry import Registry

Initializer = Callable[[int, int, Generator], Tensor | tuple[Tensor, Tensor]]

initializers: Registry[Initializer] = Registry("initializer")


def initializer(function: Initializer) -> Initializer:
    """Register the decorated function as an initializer."""
    return initializers.add(function.__name__, function, function.__doc__)


def draw(name: str, fan_out: int, fan_in: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """The weight (fan_out, fan_in) and the bias (fan_out,) that the initializer `name` draws."""
    drawn = initializers[name](fan_out, fan_in, generator)
    return drawn if isinstance(drawn, tuple) else (drawn, torch.zeros(fan_out))


@initializer
def he_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 2/fan_in): keeps the size of the signal through ReLU layers (He et al. 2015)."""
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in), nonlinearity="relu", generator=generator)


@initializer
def he_uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±√(6/fan_in)): uniform, with the variance of He (He et al. 2015)."""
    return nn.init.kaiming_uniform_(torch.empty(fan_out, fan_in), nonlinearity="relu", generator=generator)


@initializer
def xavier_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 2/(fan_in + fan_out)): a compromise between the forward and the backward signal (Glorot & Bengio 2010)."""
    return nn.init.xavier_normal_(torch.empty(fan_out, fan_in), generator=generator)


@initializer
def xavier_uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±√(6/(fan_in + fan_out))): uniform, with the variance of Xavier (Glorot & Bengio 2010)."""
    return nn.init.xavier_uniform_(torch.empty(fan_out, fan_in), generator=generator)


@initializer
def lecun_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 1/fan_in): divides by √fan_in, which keeps the size of a linear signal (LeCun et al. 1998)."""
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in), nonlinearity="linear", generator=generator)


@initializer
def normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 0.01²): small random numbers, whatever the size of the layer. Weight scale 100 makes it N(0, 1)."""
    return nn.init.normal_(torch.empty(fan_out, fan_in), std=0.01, generator=generator)


@initializer
def pytorch_default(fan_out: int, fan_in: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """U(±1/√fan_in) for weights and biases: what nn.Linear does on its own. A third of LeCun's variance."""
    bound = fan_in**-0.5
    weight = torch.empty(fan_out, fan_in).uniform_(-bound, bound, generator=generator)
    return weight, torch.empty(fan_out).uniform_(-bound, bound, generator=generator)


@initializer
def constant(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Every weight is 0.1, so all units of a layer are copies of one another, and stay so for ever."""
    return torch.full((fan_out, fan_in), 0.1)


@initializer
def zeros(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Every weight is 0: with ReLU or tanh no gradient reaches any weight."""
    return torch.zeros(fan_out, fan_in)
