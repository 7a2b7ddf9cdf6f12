"""Landscapes: losses of two weights, the paths of torch's own optimizers over them, and how far a step may go.

All optimizers start at one point, and where gradients are noisy they meet the same noise.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Tensor

from core.array import Array
from core.config import Config
from core.training import by, descend

CONFIG = Config()  # what decides on all that is random
STEPS = 120
LEARNING_RATES = (0.005, 0.01, 0.02, 0.05, 0.09, 0.11, 0.15, 0.18, 0.2)  # to walk with; 0.1 · STEEP is just too much
FAR = 1e3  # from the goal, where a path ends: it has diverged
REACHED = 1e-2  # of the loss at the start
LAST = 40  # steps at the end over which the loss is averaged
FLAT, STEEP = 1.0, 20.0  # curvatures of the valleys
OUT, FLAT_WAY, STEEP_WAY, ANY_WAY = DIRECTIONS = ("out", "flat", "steep", "any")  # the first, out of a saddle
TURN = np.pi / 4  # of the turned valley, at which its two directions mix most

Point = tuple[float, float]
Surface = Callable[[Tensor], Tensor]  # of weights (…, 2), one number (…) for each pair


@dataclass(frozen=True)
class Landscape:
    """A loss of two weights that is 0 at its goals, which are its lowest points; `curvatures` are those at a goal.

    `falls` is the curvature at the origin if the loss falls from there, else 0. `noise` is the standard deviation of
    what is added to each entry of a gradient, as batches do.
    """

    loss: Surface
    start: Point
    goals: tuple[Point, ...]
    curvatures: Point
    falls: float = 0.0
    noise: float = 0.0

    @property
    def directions(self) -> dict[str, float]:
        """The curvatures that a path meets, by the names of their directions."""
        flat, steep = self.curvatures
        at_goal = {FLAT_WAY: flat, STEEP_WAY: steep} if flat < steep else {ANY_WAY: flat}
        return {OUT: self.falls, **at_goal} if self.falls else at_goal


def _bowl(flat: float, steep: float, turn: float = 0.0) -> Surface:
    """Half of λx² + λ'y² with the axes turned by an angle."""
    cos, sin = float(np.cos(turn)), float(np.sin(turn))

    def loss(weights: Tensor) -> Tensor:
        x, y = weights.unbind(-1)
        along, across = cos * x + sin * y, cos * y - sin * x
        return flat * along.square() / 2 + steep * across.square() / 2

    return loss


def _saddle(weights: Tensor) -> Tensor:
    """(x² − 1)²/4 + 2y²: level at the origin, from where it falls to both sides."""
    x, y = weights.unbind(-1)
    return (x.square() - 1).square() / 4 + 2 * y.square()


LANDSCAPES = {
    "valley": Landscape(_bowl(FLAT, STEEP), (-1.8, 0.6), ((0, 0),), (FLAT, STEEP)),
    "turned_valley": Landscape(_bowl(FLAT, STEEP, TURN), (-1.7, -0.8), ((0, 0),), (FLAT, STEEP)),
    "saddle": Landscape(_saddle, (0.001, 1.0), ((-1, 0), (1, 0)), (2.0, 4.0), falls=-1.0),
    "noisy_bowl": Landscape(_bowl(2.0, 2.0), (-1.6, 0.9), ((0, 0),), (2.0, 2.0), noise=2.0),
}
OPTIMIZERS: dict[str, Callable[..., torch.optim.Optimizer]] = {  # by their names in core.choices.optimizers
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": torch.optim.SGD,
    "adagrad": torch.optim.Adagrad,
    "rmsprop": torch.optim.RMSprop,
    "adam": torch.optim.Adam,
    "adamax": torch.optim.Adamax,
    "nadam": torch.optim.NAdam,
    "rprop": torch.optim.Rprop,
}
COMPARED = ("sgd", "momentum", "nesterov", "adagrad", "rmsprop", "adam")  # as many as can be told apart
EVEN = ("sgd", "momentum", "nesterov")  # a curvature and the learning rate alone decide on their steps


def heights(landscape: str, x: Array, y: Array) -> Array:
    """The loss of one of LANDSCAPES at the weights (x, y), of any one shape."""
    loss: Array = LANDSCAPES[landscape].loss(torch.from_numpy(np.stack([x, y], -1))).numpy()
    return loss


def paths(landscape: str, optimizers: tuple[str, ...], learning_rate: float, momentum: float) -> xr.Dataset:
    """The paths over one of LANDSCAPES of some of OPTIMIZERS; `momentum` is that of momentum and nesterov.

    weights (optimizer, step, weight) from the start on, and the loss (optimizer, step). diverged (optimizer,): whether
    a path comes too far away; it ends with that step, NaN follows, and `last` (optimizer,) is the step at which it
    ends. steps (optimizer,): the first at which the loss is REACHED, of that at the start; infinite where there is
    none. at_end (optimizer,): the mean loss of the LAST steps, of that at the start; infinite where it diverged.

    Raises ValueError for names that there are not.
    """
    if landscape not in LANDSCAPES:
        raise ValueError(f"landscape must be one of {', '.join(LANDSCAPES)}; got {landscape!r}")
    for optimizer in optimizers:
        if optimizer not in OPTIMIZERS:
            raise ValueError(f"optimizer must be one of {', '.join(OPTIMIZERS)}; got {optimizer!r}")
    walked = _walk(landscape, optimizers, learning_rate, momentum) if optimizers else NOBODY
    far = ~(walked.abs() <= FAR).all(-1)  # (step, optimizer); NaN is far, too
    diverged = far.any(0).numpy()
    last = np.where(diverged, far.numpy().argmax(0), STEPS)
    walks = np.arange(STEPS + 1) <= last[:, None]
    weights = np.where(walks[..., None], walked.transpose(0, 1).numpy(), np.nan)
    loss = np.where(walks, LANDSCAPES[landscape].loss(walked).T.numpy(), np.nan)
    return _judged(weights, loss, last, diverged).assign_coords(optimizer=list(optimizers))


def _judged(weights: Array, loss: Array, last: Array, diverged: Array) -> xr.Dataset:
    """See `paths`."""
    reached = loss <= REACHED * loss[:, :1]
    means = np.array([one[-LAST:].mean() / one[0] for one in loss])
    return xr.Dataset(
        {
            "weights": (("optimizer", "step", "weight"), weights),
            "loss": (("optimizer", "step"), loss),
            "last": ("optimizer", last),
            "diverged": ("optimizer", diverged),
            "steps": ("optimizer", np.where(reached.any(1), reached.argmax(1), np.inf)),
            "at_end": ("optimizer", np.where(diverged, np.inf, means)),
        },
        {"step": np.arange(STEPS + 1)},
    )


def path_of(walked: xr.Dataset, optimizer: str) -> xr.Dataset:
    """One of the `paths`, up to the step at which it ends."""
    path = walked.sel(optimizer=optimizer)
    return path.isel(step=slice(path["last"].item() + 1))


NOBODY = torch.empty(STEPS + 1, 0, 2, dtype=torch.float64)  # what `_walk` makes of no optimizers


@lru_cache(maxsize=64)
def _walk(landscape: str, optimizers: tuple[str, ...], learning_rate: float, momentum: float) -> Tensor:
    """The weights (step, optimizer, 2) before each step and after the last."""
    place = LANDSCAPES[landscape]
    weights = [torch.tensor(place.start, dtype=torch.float64, requires_grad=True) for _ in optimizers]
    moves = [by(_stepper(*each, learning_rate, momentum)) for each in zip(optimizers, weights, strict=True)]
    noises = iter(_noise(place.noise))

    def move(gradients: Sequence[Tensor]) -> None:
        noise = next(noises)
        for each, gradient in zip(moves, gradients, strict=True):
            each([gradient + noise])

    steps = descend(lambda: place.loss(torch.stack(weights)), weights, move, STEPS)
    return torch.stack([torch.stack(weights).detach() for _ in steps])


def _stepper(optimizer: str, weights: Tensor, learning_rate: float, momentum: float) -> torch.optim.Optimizer:
    return OPTIMIZERS[optimizer]([weights], lr=learning_rate, **settings(optimizer, momentum))


def settings(optimizer: str, momentum: float) -> dict[str, Any]:
    """What torch is told of an optimizer besides its learning rate; the `momentum` is that of momentum and nesterov."""
    told = {"momentum": {"momentum": momentum}, "nesterov": {"momentum": momentum, "nesterov": momentum > 0}}
    return told.get(optimizer, {})


@lru_cache(maxsize=4)
def _noise(size: float) -> Tensor:
    """What is added to the gradient of each step (step, 2)."""
    return size * torch.randn(STEPS, 2, dtype=torch.float64, generator=CONFIG.generator("noise"))


GRADIENTS = (0.3, 0.003)  # whose first steps are compared
FIRST_RATE = 0.01


@lru_cache(maxsize=1)
def first_steps() -> xr.DataArray:
    """How far each of OPTIMIZERS moves a weight in its first step (optimizer, gradient), in learning rates."""
    moved = [[_first_step(name, gradient) for gradient in GRADIENTS] for name in OPTIMIZERS]
    return xr.DataArray(moved, {"optimizer": list(OPTIMIZERS), "gradient": list(GRADIENTS)}, ("optimizer", "gradient"))


def _first_step(optimizer: str, gradient: float) -> float:
    weight = torch.zeros(1, dtype=torch.float64, requires_grad=True)
    weight.grad = torch.full_like(weight, gradient)
    _stepper(optimizer, weight, FIRST_RATE, momentum=0.9).step()
    return abs(weight.item()) / FIRST_RATE


PRODUCTS = np.linspace(-0.2, 4.1, 44)  # of learning rate and curvature at which the factor of a step is measured
LONG = 160  # steps of which the second half is measured


def step_factor(product: Array, momentum: float = 0.0, *, nesterov: bool = False) -> Array:
    """What a step multiplies the distance from the goal by, in the long run, where λ times the learning rate is
    `product`: the larger root of z² − (1 + μ − ηλ)z + μ by size (Polyak 1964), or with Nesterov's momentum of
    z² − (1 + μ)(1 − ηλ)z + μ(1 − ηλ). Below 1 between 0 and `largest_product`."""
    middle = (1 + momentum) * (1 - product) if nesterov else 1 + momentum - product
    last = momentum * (1 - product) if nesterov else np.full_like(product, momentum)
    discriminant = middle**2 - 4 * last
    real = (np.abs(middle) + np.sqrt(np.maximum(discriminant, 0))) / 2
    return np.where(discriminant < 0, np.sqrt(np.abs(last)), real)


def largest_product(momentum: float = 0.0, *, nesterov: bool = False) -> float:
    """The product of learning rate and curvature from which on descent diverges."""
    return 2 * (1 + momentum) / (1 + 2 * momentum if nesterov else 1)


@lru_cache(maxsize=32)
def measured_factor(momentum: float = 0.0, *, nesterov: bool = False) -> Array:
    """`step_factor` at PRODUCTS, of torch's SGD on as many parabolas. What is below 0.01 may be 0."""
    curvature = torch.from_numpy(PRODUCTS)
    weights = torch.ones_like(curvature).requires_grad_()
    move = by(torch.optim.SGD([weights], lr=1.0, momentum=momentum, nesterov=nesterov))
    steps = descend(lambda: curvature * weights.square() / 2, [weights], move, LONG)
    walked = torch.stack([weights.detach().clone() for _ in steps])
    sizes = torch.hypot(walked[1:], walked[:-1])  # with momentum, two successive weights swing around a mean size
    half, end = sizes[LONG // 2 - 1], sizes[-1]
    factor: Array = torch.where(half > 0, end / half, 0.0).pow(2 / LONG).numpy()
    return factor
