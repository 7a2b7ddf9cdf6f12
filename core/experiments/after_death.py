"""What still moves a ReLU unit that is dead: what optimizers remember, weight decay, and the layers before it.

All steps are made by torch.optim. A unit is dead after the first step that leaves it off for all points.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import torch
import xarray as xr
from torch import Tensor
from torch.nn import Parameter
from torch.nn.functional import cross_entropy

from core.array import Array
from core.config import Config
from core.experiments.dead_relu import cloud
from core.networks import build
from core.networks.data import load
from core.networks.network import Network
from core.training import by, descend

MOMENTUM, DECAY = 0.9, 0.05
BETAS, EPSILON = (0.9, 0.999), 1e-8  # of Adam, as torch has them
MIDDLE, UNITS = (2.4, 1.8), 100  # of the cloud; of so many units that is watched which is on for most points, not all
LONGEST, WATCHED = 200, 60  # steps within which the unit has to die, and those that are watched from then on
TWO_LAYERS = Config(
    dataset="moons",
    samples=100,
    batch_size=100,
    probe_size=100,
    preprocessing="none",
    depth=2,
    width=32,
    activation="relu",
    initializer="he_normal",
    bias_init=0.0,
    steps=100,
)

Drift = Callable[[Array, Array, float, Array], Array]


@dataclass(frozen=True)
class StepRule:
    """An optimizer of torch, made for parameters and a learning rate, and how far it carries a unit that is dead.

    `title` is what it is called. `drift` is given the gradients (step, parameter) until the death, the parameters at
    it, the learning rate, and the steps (later,) since. It gives what the parameters have moved by (later, parameter).
    `settings` are the fields of a Config that trains like that.
    """

    title: str
    make: Callable[[list[Parameter], float], torch.optim.Optimizer]
    drift: Drift
    settings: Mapping[str, Any]


def no_drift(gradients: Array, parameters: Array, learning_rate: float, since: Array) -> Array:
    """0: without a gradient, plain gradient descent moves nothing."""
    return np.zeros((len(since), len(parameters)))


def momentum_drift(gradients: Array, parameters: Array, learning_rate: float, since: Array) -> Array:
    """−lr · v · μ(1 − μᵏ)/(1 − μ) for the velocity v at death: in the end lr · μ/(1 − μ) · v."""
    velocity = _faded(gradients, MOMENTUM)
    moved: Array = -learning_rate * MOMENTUM * (1 - MOMENTUM ** since[:, None]) / (1 - MOMENTUM) * velocity
    return moved


def adam_drift(gradients: Array, parameters: Array, learning_rate: float, since: Array) -> Array:
    """The steps of Adam (Kingma & Ba 2015) on gradients of 0, from its two means at death: they fade at two speeds.

    In the end 5 learning rates where the first step has killed, and 9 after a long life under one gradient.
    """
    (first, second), died = BETAS, len(gradients)
    mean, square = (1 - first) * _faded(gradients, first), (1 - second) * _faded(gradients**2, second)
    later = np.arange(1, since.max(initial=0) + 1)[:, None]
    means = mean * first**later / (1 - first ** (died + later))
    squares = square * second**later / (1 - second ** (died + later))
    steps = -learning_rate * means / (np.sqrt(squares) + EPSILON)
    moved: Array = np.vstack([np.zeros_like(mean), np.cumsum(steps, 0)])[since]
    return moved


def decay_drift(gradients: Array, parameters: Array, learning_rate: float, since: Array) -> Array:
    """θ((1 − lr · λ)ᵏ − 1): weight decay shrinks all parameters alike, so no z changes its sign."""
    moved: Array = parameters * ((1 - learning_rate * DECAY) ** since[:, None] - 1)
    return moved


def _faded(gradients: Array, share: float) -> Array:
    """The sum of gradients (step, parameter), each as often times `share` as steps have come after it."""
    total: Array = share ** np.arange(len(gradients))[::-1] @ gradients
    return total


RULES = {
    "sgd": StepRule("SGD", torch.optim.SGD, no_drift, {"optimizer": "sgd"}),
    "momentum": StepRule(
        "momentum",
        lambda parameters, rate: torch.optim.SGD(parameters, rate, momentum=MOMENTUM),
        momentum_drift,
        {"optimizer": "momentum", "momentum": MOMENTUM},
    ),
    "adam": StepRule("Adam", torch.optim.Adam, adam_drift, {"optimizer": "adam"}),
    "weight_decay": StepRule(
        "weight decay",
        lambda parameters, rate: torch.optim.SGD(parameters, rate, weight_decay=DECAY),
        decay_drift,
        {"optimizer": "sgd", "weight_decay": DECAY},
    ),
}


@lru_cache(maxsize=64)
def death(rule: str, learning_rate: float) -> xr.Dataset:
    """The life of a unit that the mean of its activations, as the loss, kills under one of RULES, and what came after.

    on (step,): the share of points that it is on for after each step, from 0 on; died: the step after which it is dead.
    moved (since,): how far the parameter that moves most has come after 0, 1, … WATCHED more steps, in learning rates;
    expected (since,): the same by the rule's formula. Raises ValueError where it does not die.
    """
    points, start = _patient()
    parameters = Parameter(start.clone())
    move = by(RULES[rule].make([parameters], learning_rate))
    steps = descend(lambda: torch.relu(points @ parameters).mean(), [parameters], move, LONGEST + WATCHED)
    path, gradients = zip(*((parameters.detach().clone(), step.gradients[0]) for step in steps), strict=True)
    died = next((step for step, place in enumerate(path) if not (points @ place > 0).any()), LONGEST + 1)
    if died > LONGEST:
        raise ValueError(f"{rule} with a learning rate of {learning_rate!r} kills no unit in {LONGEST} steps")
    way = torch.stack(path[: died + WATCHED + 1]).numpy()  # (step, parameter)
    before, since = torch.stack(gradients[:died]).numpy(), np.arange(WATCHED + 1)
    expected = RULES[rule].drift(before, way[died], learning_rate, since)
    on = (way @ points.numpy().T > 0).mean(1)
    return xr.Dataset(
        {
            "on": ("step", on),
            "died": died,
            "moved": ("since", _farthest(way[died:] - way[died], learning_rate)),
            "expected": ("since", _farthest(expected, learning_rate)),
        },
        {"rule": rule, "step": np.arange(len(on)), "since": since},
    )


def deaths(learning_rate: float) -> xr.Dataset:
    """A `death` by each `rule`. A unit is watched up to its own last step: from there on it is `on` for NaN."""
    return xr.concat([death(rule, learning_rate) for rule in RULES], "rule", join="outer")


def _farthest(moved: Array, learning_rate: float) -> Array:
    farthest: Array = np.abs(moved).max(1) / learning_rate
    return farthest


@lru_cache(maxsize=1)
def _patient() -> tuple[Tensor, Tensor]:
    """The points (sample, 3), with a column of ones for the bias, and the weights and bias (3,) of the unit."""
    units = cloud(MIDDLE, 0.0, UNITS)
    points, shares = units["points"].values, (units["z"].values > 0).mean(0)
    unit = np.where(shares < 1, shares, 0).argmax()
    with_ones = np.column_stack([points, np.ones(len(points))])
    return torch.tensor(with_ones), torch.tensor([*units["weights"].values[unit], units["bias"].item()])


@lru_cache(maxsize=64)
def returns(rule: str, learning_rate: float, config: Config = TWO_LAYERS) -> xr.Dataset:
    """A network that is trained on all its samples at each step, which are also those that units are judged on.

    What `returns_of` says, after each step from 0 on.
    """
    data, network = load(config), build(config)
    parameters = list(network.parameters())
    move = by(RULES[rule].make(parameters, learning_rate))
    steps = descend(lambda: cross_entropy(network(data.inputs), data.targets), parameters, move, config.steps)
    return returns_of(np.stack([_dead(network, data.inputs) for _ in steps]))


def returns_of(dead: Array) -> xr.Dataset:
    """Which units are dead (step, layer, unit), how many that is, the count (step, layer), and how many that were dead
    are not any more, returned (step, layer); none at step 0."""
    count = dead.sum(-1)
    back = (dead[:-1] & ~dead[1:]).sum(-1)
    returned = np.vstack([np.zeros_like(count[:1]), back])
    steps, layers, _ = dead.shape
    return xr.Dataset(
        {
            "dead": (("step", "layer", "unit"), dead),
            "count": (("step", "layer"), count),
            "returned": (("step", "layer"), returned),
        },
        {"step": np.arange(steps), "layer": np.arange(1, layers + 1)},
    )


@torch.no_grad()
def _dead(network: Network, inputs: Tensor) -> Array:
    dead: Array = torch.stack([(z <= 0).all(0) for z in network.trace(inputs).pre_activations]).numpy()
    return dead
