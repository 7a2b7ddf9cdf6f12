"""Optimizers: how a gradient becomes a step of the parameters.

One decorated function is one optimizer: a pure rule for one tensor of any shape, so that one network and many at once
(with leading axes) are trained by the same definition. It asks by the names of its parameters for what it needs:
`gradient`, `state` (a dictionary of its own, empty at first, that it may fill), `count` (this is the count-th step,
from 1), and fields of the Config: numbers, or columns with one for each network. It returns what is to be added to the
parameter, and may do so in the gradient's own memory, which nobody needs afterwards.

Weight decay is added to the gradient before the rule sees it, as torch.optim does. The rules agree with torch.optim's.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from core.registry import Registry

State = dict[str, Tensor]
Optimizer = Callable[..., Tensor]

optimizers: Registry[Optimizer] = Registry("optimizer")


def optimizer(function: Optimizer) -> Optimizer:
    """Register the decorated function as an optimizer."""
    return optimizers.add(function.__name__, function, function.__doc__)


@optimizer
def sgd(gradient: Tensor, learning_rate: float) -> Tensor:
    """Plain gradient descent on batches: step = −learning rate · gradient."""
    return gradient.mul_(-learning_rate)


@optimizer
def momentum(gradient: Tensor, state: State, learning_rate: float, momentum: float) -> Tensor:
    """Gradient descent that keeps moving: each step adds the gradient to a share of the last one (heavy ball)."""
    if not state:
        state["velocity"] = torch.zeros_like(gradient)
    return state["velocity"].mul_(momentum).add_(gradient) * -learning_rate


@optimizer
def adam(gradient: Tensor, state: State, count: int, learning_rate: float) -> Tensor:
    """Divides a running mean of the gradient by its running size, weight by weight (Kingma & Ba 2015; β 0.9, 0.999)."""
    if not state:
        state.update(mean=torch.zeros_like(gradient), square=torch.zeros_like(gradient))
    mean = state["mean"].lerp_(gradient, 1 - 0.9)
    square = state["square"].mul_(0.999).addcmul_(gradient, gradient, value=1 - 0.999)
    size = (square / (1 - 0.999**count)).sqrt_().add_(1e-8)
    return (mean / size).mul_(-learning_rate / (1 - 0.9**count))
