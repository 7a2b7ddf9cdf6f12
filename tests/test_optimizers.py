from collections.abc import Sequence
from dataclasses import replace
from inspect import signature
from math import sqrt

import pytest
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, MultiStepLR, SequentialLR

from core import Config, build
from core.ensemble import Ensemble
from core.optimizers import optimizers
from core.training import batch_gradient
from core.updater import Updater

each = pytest.mark.parametrize("name", optimizers)

COUNTERPARTS = {option.lower(): option for option in dir(torch.optim)} | {"momentum": "SGD", "nesterov": "SGD"}
ARGUMENTS = {"learning_rate": "lr", "history": "history_size"}  # where torch.optim has another word than the Config
FURTHER = {"nesterov": {"nesterov": True}, "lbfgs": {"max_iter": 1}}
SCHEDULERS = {
    "constant": lambda optimizer, steps: LambdaLR(optimizer, lambda step: 1.0),
    "step": lambda optimizer, steps: MultiStepLR(optimizer, [steps // 2, 3 * steps // 4]),
    "linear": lambda optimizer, steps: LinearLR(optimizer, 1.0, 0.0, steps),
    "cosine": lambda optimizer, steps: CosineAnnealingLR(optimizer, steps),
    "warm_up": lambda optimizer, steps: LinearLR(optimizer, 10 / steps, 1.0, steps // 10 - 1),
    "warm_up_cosine": lambda optimizer, steps: SequentialLR(
        optimizer,
        [LinearLR(optimizer, 10 / steps, 1.0, steps // 10 - 1), CosineAnnealingLR(optimizer, steps - steps // 10)],
        [steps // 10],
    ),
}

STEPS = 20
PLAIN = Config(learning_rate=0.02, activation="tanh", depth=2, width=16, samples=200, batch_size=32, steps=STEPS)
VARIANTS = [
    PLAIN,
    replace(PLAIN, seed=1, weight_decay=0.1, schedule="cosine", learning_rate=0.1),
    replace(PLAIN, seed=1, clip_norm=0.3, schedule="step", momentum=0.5),
    replace(PLAIN, seed=2, clip_norm=0.3, weight_decay=0.1, learning_rate=0.3),
    replace(PLAIN, seed=3, clip_norm=5.0, weight_decay=0.01, schedule="warm_up", weight_scale=2.0),
]


def packed(tensor: Tensor) -> Tensor:
    """A copy whose entries lie in the order of its axes, as torch.optim.LBFGS wants them."""
    return tensor.clone(memory_format=torch.contiguous_format)


class Theirs:
    """A copy of our network that torch trains: clipped, decayed and scheduled by torch, in a loop as users write it."""

    def __init__(self, config: Config, parameters: list[Tensor]) -> None:
        self.config, self.parameters = config, [nn.Parameter(packed(parameter)) for parameter in parameters]
        kind = getattr(torch.optim, COUNTERPARTS[config.optimizer])
        asked = optimizers.asks_for(config.optimizer) & config.fields().keys()
        arguments = {ARGUMENTS.get(field, field): getattr(config, field) for field in asked}
        self.decays = "weight_decay" in signature(kind).parameters
        if self.decays:
            arguments["weight_decay"] = config.weight_decay
        arguments |= FURTHER.get(config.optimizer, {})
        assert arguments.keys() <= signature(kind).parameters.keys()
        self.optimizer = kind(self.parameters, **arguments)
        self.scheduler = SCHEDULERS[config.schedule](self.optimizer, config.steps)

    def step(self, gradients: list[Tensor]) -> None:
        for parameter, gradient in zip(self.parameters, gradients, strict=True):
            parameter.grad = packed(gradient)
        if self.config.clip_norm:
            nn.utils.clip_grad_norm_(self.parameters, self.config.clip_norm)
        for parameter in self.parameters:
            parameter.grad += 0 if self.decays else self.config.weight_decay * parameter.detach()
        self.optimizer.step(lambda: 0.0)
        self.scheduler.step()


def train_both(configs: Config | Sequence[Config], steps: int) -> tuple[list[nn.Parameter], list[Theirs]]:
    """Our parameters, and those of torch for each run: as many steps in double precision, from the same gradients."""
    ensemble = Ensemble(configs)
    ensemble.network.double()
    parameters = list(ensemble.network.parameters())
    runs = [...] if ensemble.alone else range(len(ensemble.configs))
    theirs = [
        Theirs(config, [p.detach()[run] for p in parameters])
        for run, config in zip(runs, ensemble.configs, strict=True)
    ]
    updater = Updater(configs, parameters)
    for _ in range(steps):
        inputs, targets = ensemble.batch()
        _, gradients = batch_gradient(ensemble, parameters, inputs.double(), targets)
        for run, other in zip(runs, theirs, strict=True):
            other.step([gradient[run] for gradient in gradients])
        updater.step(gradients)
    return parameters, theirs


def assert_same_moves(start: list[Tensor], mine: list[Tensor], theirs: list[Tensor]) -> None:
    """Both moved, to the same place: to a millionth of the largest move."""
    farthest = max(float((after - before).abs().max()) for before, after in zip(start, theirs, strict=True))
    assert farthest > 1e-5
    for ours, reference in zip(mine, theirs, strict=True):
        torch.testing.assert_close(ours, reference, rtol=0, atol=1e-6 * farthest)


@each
@pytest.mark.parametrize("config", VARIANTS, ids=range(len(VARIANTS)))
def test_20_steps_agree_with_torch(name, config):
    config = replace(config, optimizer=name)
    parameters, (theirs,) = train_both(config, STEPS)
    assert_same_moves(list(build(config).double().parameters()), parameters, theirs.parameters)


@each
def test_20_steps_of_many_at_once_agree_with_torch(name):
    configs = [replace(config, optimizer=name) for config in VARIANTS]
    parameters, theirs = train_both(configs, STEPS)
    for run, (config, other) in enumerate(zip(configs, theirs, strict=True)):
        mine = [parameter[run] for parameter in parameters]
        assert_same_moves(list(build(config).double().parameters()), mine, other.parameters)


@each
def test_many_networks_are_trained_by_the_same_rule(name):
    """A tensor with leading axes moves as each of its slices does."""
    gradients = torch.randn(3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))  # (step, …)
    settings = {"learning_rate": 0.1, "momentum": 0.9, "weight_decay": 0.01, "history": 2}
    parameter = torch.randn(4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(1))
    together, alone = {}, [{} for _ in range(4)]
    for count, gradient in enumerate(gradients, start=1):
        offers = {**settings, "gradient": gradient.clone(), "parameter": parameter, "state": together, "count": count}
        update = optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
        for row, state in enumerate(alone):
            offers |= {"gradient": gradient[row].clone(), "parameter": parameter[row], "state": state}
            own = optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
            torch.testing.assert_close(update[row], own)


FIRST_STEPS = {  # of a gradient of 0.3, in learning rates
    "sgd": 0.3,
    "momentum": 0.3,
    "nesterov": 0.3 * 1.9,
    "adagrad": 1.0,
    "rmsprop": 10.0,
    "adadelta": 0.3 * sqrt(1e-6 / (0.1 * 0.3**2 + 1e-6)),
    "adam": 1.0,
    "adamw": 1.0,
    "adamax": 1.0,
    "nadam": 1.056,
    "radam": 0.3,
    "rprop": 1.0,
    "lbfgs": 0.3,
}


@each
def test_the_first_step_o1(name):
    """truth.md O1, and closed forms of those that it leaves out."""
    parameter = nn.Parameter(torch.tensor([[1.0]]))
    updater = Updater(Config(optimizer=name, learning_rate=0.01), [parameter])
    updater.step((torch.tensor([[0.3]]),))
    assert updater.last[parameter].item() == pytest.approx(-0.01 * FIRST_STEPS[name], rel=1e-3)  # 1.056 is rounded
    assert parameter.item() == pytest.approx(1 - 0.01 * FIRST_STEPS[name], abs=1e-5)


def test_there_is_no_update_before_the_first_step():
    assert Updater(Config(), [nn.Parameter(torch.ones(1))]).last == {}
