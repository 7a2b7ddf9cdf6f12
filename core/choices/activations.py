"""Activation functions: what a hidden unit makes of its pre-activation, a = φ(z).

One decorated function is one activation, with its exact derivative and what is known about it: see
`core.choices.phi.Activation`.
"""

from collections.abc import Callable
from math import inf, pi, sqrt

import torch
from torch import Tensor, nn
from torch.nn import functional

from core.choices.phi import Activation, Bound, Side
from core.registry import Registry

activations: Registry[Activation] = Registry("activation")


def activation(
    derivative: Callable[..., Tensor],
    *,
    max_slope: Bound = 1.0,
    low: Bound = -inf,
    high: Bound = inf,
    zero_centred: bool = False,
    saturates: Side | Callable[..., Side] = "never",
    pieces: int = 1,
    trained: float | None = None,
    torch: Callable[..., nn.Module] | None = None,
) -> Callable[[Callable[..., Tensor]], Activation]:
    """Register the decorated function as an activation with this derivative and these properties."""

    def register(function: Callable[..., Tensor]) -> Activation:
        entry = Activation(function, derivative, max_slope, low, high, zero_centred, saturates, pieces, trained, torch)
        return activations.add(function.__name__, entry, function.__doc__)

    return register


def _positive(z: Tensor) -> Tensor:
    return (z > 0).to(z.dtype)


def _two(z: Tensor, left: float | Tensor) -> Tensor:
    return torch.where(z > 0, torch.ones_like(z), left)


def _inside(z: Tensor, low: float, high: float) -> Tensor:
    return ((z > low) & (z < high)).to(z.dtype)


@activation(_positive, low=0.0, saturates="left", torch=nn.ReLU)
def relu(z: Tensor) -> Tensor:
    """max(0, z): passes positive values on, blocks negative ones and their gradient. A unit never positive is dead."""
    return torch.relu(z)


@activation(
    lambda z, negative_slope: _two(z, negative_slope),
    max_slope=lambda negative_slope: max(1.0, negative_slope),
    low=lambda negative_slope: -inf if negative_slope else 0.0,
    saturates=lambda negative_slope: "never" if negative_slope else "left",
    torch=nn.LeakyReLU,
)
def leaky_relu(z: Tensor, negative_slope: float) -> Tensor:
    """z where positive, a fraction of z elsewhere: a small slope that keeps every unit trainable (Maas et al. 2013)."""
    return functional.leaky_relu(z, negative_slope)


@activation(lambda z, trained_slope: _two(z, trained_slope), trained=0.25, torch=nn.PReLU)
def prelu(z: Tensor, trained_slope: Tensor) -> Tensor:
    """Leaky ReLU whose negative slope is trained, one for each layer, from 0.25 (He et al. 2015)."""
    return torch.where(z > 0, z, trained_slope * z)


RRELU = (1 / 8, 1 / 3)  # the ends of its random slopes; without random numbers it is their middle, 11/48


@activation(lambda z, random: _two(z, sum(RRELU) / 2), torch=nn.RReLU)
def rrelu(z: Tensor, random: Tensor | None) -> Tensor:
    """Leaky ReLU with a random slope for every value in training, 1/8 to 1/3, and 11/48 otherwise (Xu et al. 2015)."""
    negative_slope = sum(RRELU) / 2 if random is None else RRELU[0] + (RRELU[1] - RRELU[0]) * random
    return torch.where(z > 0, z, negative_slope * z)


@activation(
    lambda z, alpha: _two(z, alpha * z.clamp(max=0).exp()),
    max_slope=lambda alpha: max(1.0, alpha),
    low=lambda alpha: -alpha,
    saturates="left",
    torch=nn.ELU,
)
def elu(z: Tensor, alpha: float) -> Tensor:
    """z where positive, α·(exp(z) − 1) elsewhere: negative outputs that level off at −α (Clevert et al. 2016)."""
    return functional.elu(z, alpha)


@activation(
    lambda z, alpha: _two(z, (z.clamp(max=0) / alpha).exp()),
    low=lambda alpha: -alpha,
    saturates="left",
    torch=nn.CELU,
)
def celu(z: Tensor, alpha: float) -> Tensor:
    """z where positive, α·(exp(z/α) − 1) elsewhere: an ELU without a kink, whatever α is (Barron 2017)."""
    return torch.celu(z, alpha)


SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772


@activation(
    lambda z: SELU_SCALE * _two(z, SELU_ALPHA * z.clamp(max=0).exp()),
    max_slope=SELU_SCALE * SELU_ALPHA,
    low=-SELU_SCALE * SELU_ALPHA,
    saturates="left",
    torch=nn.SELU,
)
def selu(z: Tensor) -> Tensor:
    """A scaled ELU that pulls its outputs to mean 0 and variance 1, with LeCun's weights (Klambauer et al. 2017)."""
    return torch.selu(z)


@activation(
    lambda z: (1 + torch.erf(z / sqrt(2))) / 2 + z * torch.exp(-z.square() / 2) / sqrt(2 * pi),
    max_slope=1.1289041451851551,
    low=-0.1699712074799037,
    saturates="left",
    torch=nn.GELU,
)
def gelu(z: Tensor) -> Tensor:
    """z times the chance that a normal number is below it: a ReLU with a soft knee (Hendrycks & Gimpel 2016)."""
    return functional.gelu(z)


@activation(
    lambda z: torch.sigmoid(z) * (1 + z * torch.sigmoid(-z)),
    max_slope=1.0998393201288672,
    low=-0.27846454276107385,
    saturates="left",
    torch=nn.SiLU,
)
def silu(z: Tensor) -> Tensor:
    """z · sigmoid(z), also called Swish: a ReLU with a soft knee that dips below zero (Ramachandran et al. 2017)."""
    return functional.silu(z)


def _mish_slope(z: Tensor) -> Tensor:
    gate = torch.tanh(functional.softplus(z))
    return gate + z * torch.sigmoid(z) * (1 - gate.square())


@activation(_mish_slope, max_slope=1.088498161251728, low=-0.30884341301725053, saturates="left", torch=nn.Mish)
def mish(z: Tensor) -> Tensor:
    """z · tanh(softplus(z)): smooth, and much like SiLU (Misra 2019)."""
    return functional.mish(z)


@activation(torch.sigmoid, low=0.0, saturates="left", torch=nn.Softplus)
def softplus(z: Tensor) -> Tensor:
    """log(1 + exp(z)): a smooth ReLU that is never exactly zero. Its slope is the sigmoid (Dugas et al. 2001)."""
    return functional.softplus(z)


@activation(lambda z: _inside(z, 0, 6), low=0.0, high=6.0, saturates="both", torch=nn.ReLU6)
def relu6(z: Tensor) -> Tensor:
    """A ReLU cut off at 6: flat, so without a gradient, on both sides (Krizhevsky 2010)."""
    return functional.relu6(z)


@activation(
    lambda z: 1 - torch.tanh(z).square(), low=-1.0, high=1.0, zero_centred=True, saturates="both", torch=nn.Tanh
)
def tanh(z: Tensor) -> Tensor:
    """An S-curve from −1 to 1, centred on zero. Flat, so saturated, where |z| is large."""
    return torch.tanh(z)


@activation(lambda z: _inside(z, -1, 1), low=-1.0, high=1.0, zero_centred=True, saturates="both", torch=nn.Hardtanh)
def hard_tanh(z: Tensor) -> Tensor:
    """z cut off at −1 and 1: a tanh of three straight lines."""
    return functional.hardtanh(z)


@activation(lambda z: (1 + z.abs()) ** -2, low=-1.0, high=1.0, zero_centred=True, saturates="both", torch=nn.Softsign)
def softsign(z: Tensor) -> Tensor:
    """z / (1 + |z|): an S-curve like tanh that levels off more slowly (Glorot & Bengio 2010)."""
    return functional.softsign(z)


@activation(
    lambda z: torch.sigmoid(z) * torch.sigmoid(-z),
    max_slope=0.25,
    low=0.0,
    high=1.0,
    saturates="both",
    torch=nn.Sigmoid,
)
def sigmoid(z: Tensor) -> Tensor:
    """1 / (1 + exp(−z)): an S-curve from 0 to 1. Its slope is at most 1/4, and its output is never negative."""
    return torch.sigmoid(z)


@activation(
    lambda z: (z.abs() <= 3).to(z.dtype) / 6, max_slope=1 / 6, low=0.0, high=1.0, saturates="both", torch=nn.Hardsigmoid
)
def hard_sigmoid(z: Tensor) -> Tensor:
    """z/6 + 1/2 cut off at 0 and 1: a sigmoid of three straight lines."""
    return (z / 6 + 0.5).clamp(0, 1)


@activation(torch.ones_like, zero_centred=True, torch=nn.Identity)
def identity(z: Tensor) -> Tensor:
    """z itself: no activation function. Any number of such layers is one linear layer."""
    return z


@activation(torch.ones_like, zero_centred=True, pieces=2)
def maxout(z: Tensor) -> Tensor:
    """Every unit has two linear functions, and twice the weights, and gives the larger one (Goodfellow et al. 2013).

    What is shown as z is that larger one, on which φ is the identity; so its slope is 1, and no unit can be dead.
    """
    return z


@activation(torch.zeros_like, max_slope=0.0, low=0.0, high=1.0, saturates="both")
def step(z: Tensor) -> Tensor:
    """1 where z is positive, else 0: the perceptron's threshold. Its slope is 0 everywhere: nothing below can learn."""
    return torch.where(z > 0, 1.0, 0.0 * torch.relu(z))  # unlike a bare comparison, it passes NaN on
