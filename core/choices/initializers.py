"""Initializers: what the weights of a layer are before training.

One decorated function is one initializer. It returns the weight (fan_out, fan_in) before `weight_scale`, drawn with the
generator it is given. One that also draws the bias returns the pair (weight, bias); all others start at zero bias. One
that asks for `inputs` is given what enters the layer (sample, fan_in) on some training samples. Where weights are
independent, of one variance around 0, or enough like it, the decorator is told that variance: all that theory asks.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

import torch
from torch import Generator, Tensor, nn

from core.registry import Registry

MARTENS_INPUTS = 15
RAI_SPREAD = 0.600747  # so that the mean square of the outputs stays the same through ReLU layers

Drawn = Tensor | tuple[Tensor, Tensor]  # a weight, or a weight and a bias
VarianceOf = Callable[[int, int], float | tuple[float, float]]  # (fan_out, fan_in) -> that of a weight, or of both
Made = TypeVar("Made", bound=Callable[..., Drawn])


@dataclass(frozen=True)
class Initializer:
    """A function that draws a layer, with the variance of what it draws; None where theory has no use for it."""

    function: Callable[..., Drawn]
    variance: VarianceOf | None

    def __call__(self, *asked: Any) -> Drawn:
        """The weight, or the weight and the bias."""
        return self.function(*asked)


initializers: Registry[Initializer] = Registry("initializer")


def initializer(variance: VarianceOf | None = None) -> Callable[[Made], Made]:
    """Register the decorated function as an initializer of this variance. The function itself stays as it is."""

    def register(function: Made) -> Made:
        initializers.add(function.__name__, Initializer(function, variance), function.__doc__)
        return function

    return register


def draw(
    name: str, fan_out: int, fan_in: int, generator: Generator, inputs: Tensor | None = None
) -> tuple[Tensor, Tensor]:
    """The weight (fan_out, fan_in) and the bias (fan_out,) that the initializer `name` draws."""
    looked = (inputs,) if "inputs" in initializers.asks_for(name) else ()
    drawn = initializers[name](fan_out, fan_in, generator, *looked)
    return drawn if isinstance(drawn, tuple) else (drawn, torch.zeros(fan_out))


@initializer(lambda fan_out, fan_in: 2 / fan_in)
def he_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 2/fan_in): keeps the size of the signal through ReLU layers (He et al. 2015)."""
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in), nonlinearity="relu", generator=generator)


@initializer(lambda fan_out, fan_in: 2 / fan_in)
def he_uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±√(6/fan_in)): uniform, with the variance of He (He et al. 2015)."""
    return nn.init.kaiming_uniform_(torch.empty(fan_out, fan_in), nonlinearity="relu", generator=generator)


@initializer(lambda fan_out, fan_in: 2 / (fan_in + fan_out))
def xavier_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 2/(fan_in + fan_out)): a compromise between the forward and the backward signal (Glorot & Bengio 2010)."""
    return nn.init.xavier_normal_(torch.empty(fan_out, fan_in), generator=generator)


@initializer(lambda fan_out, fan_in: 2 / (fan_in + fan_out))
def xavier_uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±√(6/(fan_in + fan_out))): uniform, with the variance of Xavier (Glorot & Bengio 2010)."""
    return nn.init.xavier_uniform_(torch.empty(fan_out, fan_in), generator=generator)


@initializer(lambda fan_out, fan_in: 1 / fan_in)
def lecun_normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 1/fan_in): divides by √fan_in, which keeps the size of a linear signal (LeCun et al. 1998)."""
    return nn.init.kaiming_normal_(torch.empty(fan_out, fan_in), nonlinearity="linear", generator=generator)


@initializer(lambda fan_out, fan_in: 1 / fan_in)
def lecun_uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±√(3/fan_in)): uniform, with the variance of LeCun (LeCun et al. 1998)."""
    return nn.init.kaiming_uniform_(torch.empty(fan_out, fan_in), nonlinearity="linear", generator=generator)


@initializer(lambda fan_out, fan_in: 1 / max(fan_out, fan_in))  # one pass is as through independent ones
def orthogonal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Rows or columns at right angles: a linear layer turns the signal and does not stretch it (Saxe et al. 2014)."""
    return nn.init.orthogonal_(torch.empty(fan_out, fan_in), generator=generator)


@initializer()
def lsuv(fan_out: int, fan_in: int, generator: Generator, inputs: Tensor) -> Tensor:
    """Orthogonal, then divided by the spread of W·x on data, which becomes 1 (Mishkin & Matas 2016)."""
    weight = orthogonal(fan_out, fan_in, generator)
    deviation = (inputs @ weight.T).std(correction=0)
    return weight / deviation if deviation > 0 else weight


@initializer()
def sparse(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Each unit listens to 15 of its inputs, chosen at random, with weights from N(0, 1) (Martens 2010)."""
    order = torch.rand(fan_out, fan_in, generator=generator).argsort(-1)
    return torch.randn(fan_out, fan_in, generator=generator) * (order < MARTENS_INPUTS)


@initializer()
def rai(fan_out: int, fan_in: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """Normal, but for one weight or bias of each unit from Beta(2, 1): fewer are born dead (Lu et al. 2019)."""
    both = torch.randn(fan_out, fan_in + 1, generator=generator) * RAI_SPREAD / fan_in**0.5
    one = torch.randint(fan_in + 1, (fan_out, 1), generator=generator)
    both.scatter_(1, one, torch.rand(fan_out, 1, generator=generator).sqrt())  # the root of U(0, 1) is Beta(2, 1)
    return both[:, :-1].contiguous(), both[:, -1].contiguous()


@initializer()
def positive(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """|N(0, 0.02²)|: no weight is negative. All units then nearly agree, and the signal grows from layer to layer."""
    return nn.init.normal_(torch.empty(fan_out, fan_in), std=0.02, generator=generator).abs_()


@initializer(lambda fan_out, fan_in: 0.05**2 / 3)
def uniform(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """U(±0.05): small random numbers, whatever the size of the layer, as Keras draws them."""
    return torch.empty(fan_out, fan_in).uniform_(-0.05, 0.05, generator=generator)


@initializer(lambda fan_out, fan_in: 1e-4)
def normal(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """N(0, 0.01²): small random numbers, whatever the size of the layer. Weight scale 100 makes it N(0, 1)."""
    return nn.init.normal_(torch.empty(fan_out, fan_in), std=0.01, generator=generator)


@initializer(lambda fan_out, fan_in: (1 / (3 * fan_in), 1 / (3 * fan_in)))
def pytorch_default(fan_out: int, fan_in: int, generator: Generator) -> tuple[Tensor, Tensor]:
    """U(±1/√fan_in) for weights and biases: what nn.Linear does on its own. A third of LeCun's variance."""
    bound = fan_in**-0.5
    weight = torch.empty(fan_out, fan_in).uniform_(-bound, bound, generator=generator)
    return weight, torch.empty(fan_out).uniform_(-bound, bound, generator=generator)


@initializer()
def constant(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Every weight is 0.1, so all units of a layer are copies of one another, and stay so for ever."""
    return torch.full((fan_out, fan_in), 0.1)


@initializer()
def zeros(fan_out: int, fan_in: int, generator: Generator) -> Tensor:
    """Every weight is 0: with ReLU or tanh no gradient reaches any weight."""
    return torch.zeros(fan_out, fan_in)
