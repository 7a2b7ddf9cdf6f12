import copy
from inspect import signature

import pytest
import torch
from torch import nn

from core import Config, build
from core.ensemble import Ensemble
from core.optimizers import optimizers
from core.training import batch_gradient
from core.updater import Updater

each = pytest.mark.parametrize("name", optimizers)

COUNTERPARTS = {option.lower(): option for option in dir(torch.optim)} | {"momentum": "SGD"}
ARGUMENTS = {"learning_rate": "lr"}  # where torch.optim has another word than the Config


def counterpart(config: Config, parameters: list[nn.Parameter]) -> torch.optim.Optimizer:
    """The optimizer of torch.optim that does the same, found by its name."""
    kind = getattr(torch.optim, COUNTERPARTS[config.optimizer])
    asked = optimizers.asks_for(config.optimizer) & config.fields().keys()
    arguments = {ARGUMENTS.get(field, field): getattr(config, field) for field in asked}
    assert arguments.keys() <= signature(kind).parameters.keys()
    return kind(parameters, weight_decay=config.weight_decay, **arguments)


@each
@pytest.mark.parametrize("weight_decay", [0, 0.01])
def test_50_steps_agree_with_torch(name, weight_decay):
    config = Config(
        optimizer=name,
        weight_decay=weight_decay,
        learning_rate=0.02,
        activation="tanh",
        depth=2,
        width=16,
        samples=200,
        batch_size=32,
    )
    ensemble = Ensemble(config)
    ours, theirs = ensemble.network, copy.deepcopy(ensemble.network)
    parameters, updater = list(ours.parameters()), Updater(config, list(ours.parameters()))
    optimizer = counterpart(config, list(theirs.parameters()))
    for _ in range(50):
        inputs, targets = ensemble.batch()
        _, gradients = batch_gradient(ensemble, parameters, inputs, targets)
        updater.step(gradients)
        optimizer.zero_grad()
        nn.functional.cross_entropy(theirs(inputs), targets).backward()
        optimizer.step()
    for mine, reference in zip(parameters, theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, reference, rtol=1e-4, atol=1e-5)  # float32, 50 steps of rounding
    assert not torch.equal(parameters[0], build(config).weights[0])


@each
def test_many_networks_are_trained_by_the_same_rule(name):
    """A tensor with leading axes moves as each of its slices does."""
    gradients = torch.randn(3, 4, 5, dtype=torch.float64, generator=torch.Generator().manual_seed(0))  # (step, …)
    settings = {"learning_rate": 0.1, "momentum": 0.9}
    together, alone = {}, [{} for _ in range(4)]
    for count, gradient in enumerate(gradients, start=1):
        offers = {**settings, "gradient": gradient.clone(), "state": together, "count": count}
        update = optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
        for row, state in enumerate(alone):
            offers |= {"gradient": gradient[row].clone(), "state": state}
            own = optimizers[name](**{asked: offers[asked] for asked in optimizers.asks_for(name)})
            torch.testing.assert_close(update[row], own)


@pytest.mark.parametrize(("name", "size"), [("sgd", 0.3), ("momentum", 0.3), ("adam", 1.0)])
def test_the_first_step_o1(name, size):
    """truth.md O1: with the gradient 0.3, SGD moves by 0.3·lr and Adam by lr."""
    parameter = nn.Parameter(torch.tensor([[1.0]]))
    updater = Updater(Config(optimizer=name, learning_rate=0.01), [parameter])
    updater.step((torch.tensor([[0.3]]),))
    assert parameter.item() == pytest.approx(1 - 0.01 * size, abs=1e-7)
    assert updater.last[parameter].item() == pytest.approx(-0.01 * size, abs=1e-7)


def test_there_is_no_update_before_the_first_step():
    assert Updater(Config(), [nn.Parameter(torch.ones(1))]).last == {}
