"""Optimizers: how a gradient becomes a step of the parameters.

One decorated function is one optimizer: a pure rule for one tensor (…, entry) with all parameters of a network in its
last axis, so that one network and many at once (with leading axes) are trained by the same definition. It asks by the
names of its parameters for what it needs: `gradient`, `parameter`, `state` (a dictionary of its own, empty at first,
that it may fill), `count` (this is the count-th step, from 1), and fields of the Config: numbers, or columns with one
for each network. It returns what is to be added to the parameter, and may do so in the gradient's own memory, which
nobody needs afterwards.

Weight decay is added to the gradient before the rule sees it, as torch.optim does, unless the rule asks for
`weight_decay` itself. The rules agree with torch.optim's, whose defaults are used for all that is no field of the
Config.
"""

from collections.abc import Callable
from itertools import pairwise
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from core.registry import Registry

OptimizerState = dict[str, Any]
Optimizer = Callable[..., Tensor]
Setting = float | Tensor  # a number, or a column (…, 1) with one for each network
Pair = tuple[Tensor, Tensor, Tensor]

RPROP_GROWTH, RPROP_CUT = 1.2, 0.5  # of a step whose gradient kept, or changed, its sign
RPROP_STEPS = 1e-6, 50.0  # the smallest and the largest
# Below these torch.optim.LBFGS does nothing: the largest entry of the gradient, the curvature, the descent.
FLAT_GRADIENT, FLAT_CURVATURE, FLAT_DESCENT = 1e-7, 1e-10, 1e-9

optimizers: Registry[Optimizer] = Registry("optimizer")


def optimizer(function: Optimizer) -> Optimizer:
    """Register the decorated function as an optimizer."""
    return optimizers.add(function.__name__, function, function.__doc__)


@optimizer
def sgd(gradient: Tensor, learning_rate: Setting) -> Tensor:
    """Plain gradient descent on batches: step = −learning rate · gradient."""
    return gradient.mul_(-learning_rate)


@optimizer
def momentum(gradient: Tensor, state: OptimizerState, learning_rate: Setting, momentum: Setting) -> Tensor:
    """Gradient descent that keeps moving: each step adds the gradient to a share of the last one (heavy ball)."""
    velocity = _kept(state, "velocity", gradient).mul_(momentum).add_(gradient)
    return torch.mul(velocity, -learning_rate, out=gradient)


@optimizer
def nesterov(gradient: Tensor, state: OptimizerState, learning_rate: Setting, momentum: Setting) -> Tensor:
    """Momentum that looks ahead: it steps as if the next share of the last step were taken already (Nesterov 1983)."""
    velocity = _kept(state, "velocity", gradient).mul_(momentum).add_(gradient)
    return gradient.add_(velocity * momentum).mul_(-learning_rate)


@optimizer
def adagrad(gradient: Tensor, state: OptimizerState, learning_rate: Setting) -> Tensor:
    """Divides the gradient by the root of the sum of all its squares so far, weight by weight (Duchi et al. 2011).
    The sum only grows, so the steps only shrink.
    """
    total = _kept(state, "total", gradient).addcmul_(gradient, gradient)
    return gradient.div_(total.sqrt().add_(1e-10)).mul_(-learning_rate)


@optimizer
def rmsprop(gradient: Tensor, state: OptimizerState, learning_rate: Setting) -> Tensor:
    """Divides the gradient by its running size, weight by weight: Adagrad that forgets (Hinton 2012; α 0.99).
    The running size starts at 0, so the first steps are up to 10 learning rates long.
    """
    square = _kept(state, "square", gradient).mul_(0.99).addcmul_(gradient, gradient, value=1 - 0.99)
    return gradient.div_(square.sqrt().add_(1e-8)).mul_(-learning_rate)


@optimizer
def adadelta(gradient: Tensor, state: OptimizerState, learning_rate: Setting) -> Tensor:
    """RMSprop whose steps are as long as its own last ones: made for a learning rate of 1 (Zeiler 2012; ρ 0.9)."""
    square = _kept(state, "square", gradient).mul_(0.9).addcmul_(gradient, gradient, value=1 - 0.9)
    steps = _kept(state, "steps", gradient)
    gradient.div_(square.add(1e-6).sqrt_()).mul_(steps.add(1e-6).sqrt_())
    steps.mul_(0.9).addcmul_(gradient, gradient, value=1 - 0.9)
    return gradient.mul_(-learning_rate)


@optimizer
def adam(gradient: Tensor, state: OptimizerState, count: int, learning_rate: Setting) -> Tensor:
    """Divides a running mean of the gradient by its running size, weight by weight (Kingma & Ba 2015; β 0.9, 0.999)."""
    mean, square = _moments(state, gradient)
    size = (square / (1 - 0.999**count)).sqrt_().add_(1e-8)
    return torch.div(mean, size, out=gradient).mul_(-learning_rate / (1 - 0.9**count))


@optimizer
def adamw(
    gradient: Tensor,
    parameter: Tensor,
    state: OptimizerState,
    count: int,
    learning_rate: Setting,
    weight_decay: Setting,
) -> Tensor:
    """Adam whose weight decay shrinks the weights themselves, past the gradient (Loshchilov & Hutter 2019)."""
    return adam(gradient, state, count, learning_rate).sub_(parameter * (learning_rate * weight_decay))


@optimizer
def adamax(gradient: Tensor, state: OptimizerState, count: int, learning_rate: Setting) -> Tensor:
    """Adam that divides by the largest recent gradient instead of its root mean square (Kingma & Ba 2015)."""
    mean, largest = _kept(state, "mean", gradient).lerp_(gradient, 1 - 0.9), _kept(state, "largest", gradient)
    torch.maximum(largest.mul_(0.999), gradient.abs_().add_(1e-8), out=largest)
    return torch.div(mean, largest, out=gradient).mul_(-learning_rate / (1 - 0.9**count))


@optimizer
def nadam(gradient: Tensor, state: OptimizerState, count: int, learning_rate: Setting) -> Tensor:
    """Adam that looks ahead as Nesterov does; its momentum grows slowly from 0.45 to 0.9 (Dozat 2016)."""
    mean, square = _moments(state, gradient)
    share, coming = (0.9 * (1 - 0.5 * 0.96 ** (0.004 * n)) for n in (count, count + 1))
    state["shares"] = state.get("shares", 1.0) * share
    size = (square / (1 - 0.999**count)).sqrt_().add_(1e-8)
    gradient.mul_((1 - share) / (1 - state["shares"])).add_(mean, alpha=coming / (1 - state["shares"] * coming))
    return gradient.div_(size).mul_(-learning_rate)


@optimizer
def radam(gradient: Tensor, state: OptimizerState, count: int, learning_rate: Setting) -> Tensor:
    """Adam that does not divide by the gradient's size in its first 5 steps, and then with care (Liu et al. 2020)."""
    mean, square = _moments(state, gradient)
    most = 2 / (1 - 0.999) - 1
    length = most - 2 * count * 0.999**count / (1 - 0.999**count)  # of the running mean that `square` is as good as
    gradient.copy_(mean)
    if length > 5:
        care = sqrt((length - 4) * (length - 2) * most / ((most - 4) * (most - 2) * length))
        gradient.div_(square.sqrt().add_(1e-8)).mul_(care * sqrt(1 - 0.999**count))
    return gradient.mul_(-learning_rate / (1 - 0.9**count))


@optimizer
def rprop(gradient: Tensor, state: OptimizerState, learning_rate: Setting) -> Tensor:
    """Only the sign of the gradient counts: each weight has a step of its own, that grows by 1.2 while the sign stays
    and halves when it turns (Riedmiller & Braun 1993). The learning rate is the first step, no more, so a schedule has
    no say after it. Made for batches of all samples.

    Steps stay between 1e-6 and 50.
    """
    if not state:
        state["size"] = torch.ones_like(gradient).mul_(learning_rate)
    size, previous = state["size"], _kept(state, "previous", gradient)
    turn = previous.mul_(
        gradient
    ).sign_()  # 1 where the sign stayed, −1 where it turned; masks would be 10 times slower
    growth = turn.clamp(min=0).mul_(RPROP_GROWTH - 1).add_(turn.clamp_(max=0), alpha=1 - RPROP_CUT).add_(1)
    size.mul_(growth).clamp_(*RPROP_STEPS)
    sign = gradient.mul_(turn.add_(1)).sign()
    previous.copy_(gradient)
    return gradient.mul_(0).add_(sign).mul_(size).neg_()  # times 0: the sign of NaN is 0, which alone would hide it


@optimizer
def lbfgs(gradient: Tensor, state: OptimizerState, learning_rate: Setting, history: int) -> Tensor:
    """Learns the curvature from its last steps and jumps to where it expects the minimum (L-BFGS, Nocedal 1980). Made
    for batches of all samples and a learning rate near 1; it does not search along the line.

    A step along which the gradient did not rise tells nothing of the curvature, and is not remembered.
    """
    column = gradient[..., :1]
    if not state:
        state |= {"pairs": [], "scale": torch.ones_like(column), "began": torch.zeros_like(column, dtype=torch.bool)}
        state |= {"gradient": torch.zeros_like(gradient), "step": torch.zeros_like(gradient)}
    # Each network for itself: none is to rest, or to skip a pair, because a neighbour does.
    began, rests = state["began"], gradient.abs().amax(-1, keepdim=True) <= FLAT_GRADIENT
    change = gradient - state["gradient"]
    curvature = _inner(change, state["step"])
    usable = began & ~rests & (curvature > FLAT_CURVATURE)
    state["pairs"] = _remembered(state["pairs"], (change, state["step"], 1 / curvature), usable, history)
    state["scale"] = torch.where(usable, curvature / _inner(change, change), state["scale"])
    direction = _quasi_newton(gradient, state["pairs"], state["scale"])
    first = (1 / gradient.abs().sum(-1, keepdim=True)).clamp(max=1)
    step = direction * (torch.where(began, 1, first) * learning_rate)
    stays = rests | (_inner(gradient, direction) > -FLAT_DESCENT)
    state["gradient"] = _except(rests, gradient.clone(), state["gradient"])
    state["step"] = _except(rests, step, state["step"])
    state["began"] = began | ~rests
    return _except(stays, step, torch.zeros_like(column))


def _remembered(pairs: list[Pair], newest: Pair, usable: Tensor, history: int) -> list[Pair]:
    """The pairs with the newest one at their end, for each network for which it is usable; at most `history`.

    Each list ends with a network's own newest pair. Where a network has fewer than others, the front is filled with 0.
    """
    if not usable.any():
        return pairs
    longer = [*pairs, newest]
    if not usable.all():
        nothing = tuple(torch.zeros_like(entry[..., :1]) for entry in newest)
        longer = [_older(~usable, newer, older) for older, newer in pairwise([nothing, *longer])]
    return longer[-history:]


def _older(skips: Tensor, newer: tuple[Tensor, ...], older: tuple[Tensor, ...]) -> Pair:
    """A pair, but the older one for the networks that skip it."""
    change, step, inverse = (_except(skips, *both) for both in zip(newer, older, strict=True))
    return change, step, inverse


def _except(rows: Tensor, entries: Tensor, instead: Tensor) -> Tensor:
    """The entries (…, entry), but those of `instead` for the networks that the column `rows` names.

    By whole rows, which is 10 times faster than torch.where, and without any work where there are none.
    """
    if not rows.any():
        return entries
    mixed, places = entries.clone(), rows.squeeze(-1)
    mixed[places] = instead[places]
    return mixed


def _quasi_newton(gradient: Tensor, pairs: list[Pair], scale: Tensor) -> Tensor:
    """−(inverse curvature) · gradient, from pairs (change of the gradient, step, 1 / their product): two loops."""
    direction, shares = -gradient, []
    for change, step, inverse in reversed(pairs):
        shares.append(_inner(step, direction) * inverse)
        direction.addcmul_(change, shares[-1], value=-1)
    direction.mul_(scale)
    for (change, step, inverse), share in zip(pairs, reversed(shares), strict=True):
        direction.addcmul_(step, share - _inner(change, direction) * inverse)
    return direction


def _inner(first: Tensor, second: Tensor) -> Tensor:
    """The inner product of each network's entries, as a column."""
    product: Tensor = torch.linalg.vecdot(first, second).unsqueeze(-1)
    return product


def _moments(state: OptimizerState, gradient: Tensor) -> tuple[Tensor, Tensor]:
    """The running means of the gradient and of its square, as Adam has them."""
    mean = _kept(state, "mean", gradient).lerp_(gradient, 1 - 0.9)
    return mean, _kept(state, "square", gradient).mul_(0.999).addcmul_(gradient, gradient, value=1 - 0.999)


def _kept(state: OptimizerState, name: str, gradient: Tensor) -> Tensor:
    """What the state keeps under this name for each entry, 0 at first."""
    if name not in state:
        state[name] = torch.zeros_like(gradient)
    kept: Tensor = state[name]
    return kept
