from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from inspect import signature
from math import sqrt

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.optim.lr_scheduler import CosineAnnealingLR, LambdaLR, LinearLR, MultiStepLR, SequentialLR

from core import Config, build, record
from core.choices.optimizers import optimizers
from core.networks.ensemble import Ensemble
from core.networks.updater import Updater
from core.training import descend

pytestmark = pytest.mark.numerics

COUNTERPARTS = {option.lower(): option for option in dir(torch.optim)} | {"momentum": "SGD", "nesterov": "SGD"}

each = pytest.mark.parametrize("name", optimizers)
each_of_torch = pytest.mark.parametrize("name", [name for name in optimizers if name in COUNTERPARTS])

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
    for step in descend(partial(losses_in_doubles, ensemble), parameters, updater.step, steps):
        if step.number < steps:
            for run, other in zip(runs, theirs, strict=True):
                other.step([gradient[run] for gradient in step.gradients])
    return parameters, theirs


def losses_in_doubles(ensemble: Ensemble) -> Tensor:
    inputs, targets = ensemble.batch()
    return ensemble.loss(ensemble.batch_outputs(inputs.double()), targets)


def assert_same_moves(start: list[Tensor], mine: list[Tensor], theirs: list[Tensor]) -> None:
    """Both moved, to the same place: to a millionth of the largest move."""
    farthest = max((after - before).abs().max().item() for before, after in zip(start, theirs, strict=True))
    assert farthest > 1e-5
    for ours, reference in zip(mine, theirs, strict=True):
        torch.testing.assert_close(ours, reference, rtol=0, atol=1e-6 * farthest)


@each_of_torch
@pytest.mark.parametrize("config", VARIANTS, ids=range(len(VARIANTS)))
def test_20_steps_agree_with_torch(name, config):
    config = replace(config, optimizer=name)
    parameters, (theirs,) = train_both(config, STEPS)
    assert_same_moves(list(build(config).double().parameters()), parameters, theirs.parameters)


@each_of_torch
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
            alone_update = optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
            torch.testing.assert_close(update[row], alone_update)


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
def test_every_optimizer_goes_down_at_first(name):
    """Against the gradient, and farther where the learning rate is larger."""
    moved = []
    for rate in (0.01, 0.02):
        parameter = nn.Parameter(torch.tensor([[1.0, 1.0]]))
        Updater(Config(optimizer=name, learning_rate=rate), [parameter]).step((torch.tensor([[0.3, -0.3]]),))
        moved.append((parameter.detach() - 1).flatten())
    assert moved[0][0] < 0 < moved[0][1]
    torch.testing.assert_close(moved[1], 2 * moved[0], rtol=1e-3, atol=1e-6)


def test_those_whose_first_step_is_known_are_held_against_torch():
    assert FIRST_STEPS.keys() <= COUNTERPARTS.keys() & optimizers.keys()


@pytest.mark.parametrize("name", FIRST_STEPS)
def test_the_first_step_o1(name):
    """truth.md O1, and closed forms of those that it leaves out."""
    parameter = nn.Parameter(torch.tensor([[1.0]]))
    updater = Updater(Config(optimizer=name, learning_rate=0.01), [parameter])
    updater.step((torch.tensor([[0.3]]),))
    assert updater.last[parameter].item() == pytest.approx(-0.01 * FIRST_STEPS[name], rel=1e-3)  # 1.056 is rounded
    assert parameter.item() == pytest.approx(1 - 0.01 * FIRST_STEPS[name], abs=1e-5)


@pytest.mark.parametrize("name", [name for name, size in FIRST_STEPS.items() if size in (1.0, 1.056, 10.0)])
def test_the_first_step_o1_of_every_weight_in_a_recording(name):
    """Where the size of the gradient does not matter, all weights move by the same."""
    config = Config(optimizer=name, learning_rate=0.001, activation="tanh", depth=2, width=16, steps=1)
    data = record(replace(config, dataset="gaussian", features=16)).data.sel(step=1)
    size = data["update_ratio"] * data["weight_norm"] / 16  # the root mean square over 16 · 16 weights
    np.testing.assert_allclose(size, 0.001 * FIRST_STEPS[name], rtol=1e-3)


def moves(name: str, gradient: Callable[[Tensor], Tensor], start: list[list[float]], steps: int, **settings) -> Tensor:
    """Where networks that start here (run, entry) are after each step (step, run, entry), in doubles."""
    place, state, places = torch.tensor(start, dtype=torch.float64), {}, []
    for count in range(1, steps + 1):
        offers = {"gradient": gradient(place), "parameter": place, "state": state, "count": count, **settings}
        place = place + optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
        places.append(place)
    return torch.stack(places)


CURVATURES = torch.tensor([1.0, 10.0, 100.0], dtype=torch.float64)


def test_lbfgs_finds_the_bottom_of_a_bowl():
    """Three directions, of which one is 100 times steeper than another; 10 pairs know all of its curvature."""
    (*_, last) = moves("lbfgs", lambda x: CURVATURES * x, [[1.0, 1.0, 1.0]], 25, learning_rate=1.0, history=10)
    assert last.abs().max() < 1e-6


def test_a_network_that_lbfgs_lets_rest_or_skip_leaves_the_others_alone():
    """One starts at the bottom, one on a hill whose curvature tells nothing of a minimum, two in a bowl."""
    bend = torch.tensor([[1.0], [-1.0], [1.0], [1.0]], dtype=torch.float64)
    start = [[0.0, 0.0, 0.0], [1.0, 1.0, 1.0], [1.0, 1.0, 1.0], [-2.0, 3.0, 0.5]]
    settings = {"learning_rate": 0.5, "history": 3}
    together = moves("lbfgs", lambda x: bend * CURVATURES * x, start, 30, **settings)
    for run in range(4):
        alone = moves("lbfgs", lambda x, run=run: bend[run] * CURVATURES * x, start[run : run + 1], 30, **settings)
        torch.testing.assert_close(together[:, run], alone[:, 0], rtol=1e-9, atol=1e-12)
    assert (together[:, 0] == 0).all()
    assert together[-1, 1].abs().max() > 1.5
    assert together[-1, 2:].abs().max() < 0.1


def test_lbfgs_does_nothing_where_torch_does_nothing():
    """Gradients of noise, so half of the pairs are skipped; some are 0, and some too small to go down with."""
    steps, runs, most = 24, 4, 3
    gradients = torch.randn(steps, runs, 6, dtype=torch.float64, generator=torch.Generator().manual_seed(0))
    gradients[0, 0] = gradients[7, 0] = gradients[8, 0] = 0
    gradients[3, 1] = gradients[11, 2] = 2e-6
    gradients[12, 1] *= 1e-9
    given = iter(gradients)
    together = moves("lbfgs", lambda x: next(given), [[0.0] * 6] * runs, steps, learning_rate=0.5, history=most)
    for run in range(runs):
        parameter = nn.Parameter(torch.zeros(6, dtype=torch.float64))
        theirs = torch.optim.LBFGS([parameter], lr=0.5, max_iter=1, history_size=most)
        for step in range(steps):
            parameter.grad = gradients[step, run].clone()
            theirs.step(lambda: 0.0)
            torch.testing.assert_close(together[step, run], parameter.detach(), rtol=1e-9, atol=1e-9)


def test_lbfgs_remembers_as_many_steps_as_it_is_told():
    paths = [
        moves("lbfgs", lambda x: CURVATURES * x, [[1.0, 1.0, 1.0]], 6, learning_rate=0.5, history=most)
        for most in (1, 2, 5, 10)
    ]
    assert torch.equal(paths[0][:2], paths[1][:2])
    assert not torch.equal(paths[0], paths[1])
    assert torch.equal(paths[2], paths[3])  # in six steps there are only five changes


def test_rprop_grows_and_halves_its_steps_by_the_sign_alone():
    signs = iter([1.0, 200.0, 0.001, -1.0, -1.0, -5.0])
    path = moves("rprop", lambda x: torch.full_like(x, next(signs)), [[0.0]], 6, learning_rate=0.1).flatten()
    steps = torch.diff(path, prepend=torch.zeros(1, dtype=torch.float64))
    assert steps.tolist() == pytest.approx([-0.1, -0.12, -0.144, 0, 0.072, 0.0864])
