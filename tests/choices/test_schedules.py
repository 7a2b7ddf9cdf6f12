from dataclasses import replace
from itertools import product

import numpy as np
import pytest
import torch
from torch import nn

from core import Config, train
from core.choices.optimizers import optimizers
from core.choices.schedules import schedules
from core.networks.updater import Updater

each = pytest.mark.parametrize("name", schedules)


@pytest.mark.parametrize(
    ("name", "factors"),  # of the learning rate of every fifth of 40 steps
    [
        ("constant", [1, 1, 1, 1, 1, 1, 1, 1]),
        ("step", [1, 1, 1, 1, 0.1, 0.1, 0.01, 0.01]),
        ("linear", [1, 7 / 8, 6 / 8, 5 / 8, 4 / 8, 3 / 8, 2 / 8, 1 / 8]),
        ("cosine", [(1 + np.cos(np.pi * part / 8)) / 2 for part in range(8)]),
        ("warm_up", [1 / 4, 1, 1, 1, 1, 1, 1, 1]),
        ("warm_up_cosine", [1 / 4, *((1 + np.cos(np.pi * (step - 4) / 36)) / 2 for step in range(5, 40, 5))]),
    ],
)
def test_known_factors(name, factors):
    assert [schedules[name](step, 40) for step in range(0, 40, 5)] == pytest.approx(factors)


def test_the_warm_up_is_a_straight_line_over_a_tenth_of_the_steps():
    for name in ("warm_up", "warm_up_cosine"):
        factors = [schedules[name](step, 100) for step in range(11)]
        assert factors == pytest.approx([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1])


@each
@pytest.mark.parametrize("steps", [1, 2, 3, 10, 11, 1000])
def test_a_factor_is_a_share_of_the_learning_rate(name, steps):
    factors = [schedules[name](step, steps) for step in range(steps)]
    assert all(0 < factor <= 1 for factor in factors)
    assert steps > 1 or factors == [1] or name == "step"


@each
def test_an_updater_follows_it_alone_and_among_all_others(name):
    """With the gradient 1, the updates of SGD are the learning rates."""
    steps, rates = 20, (0.5, 0.03)
    configs = [Config(schedule=other, learning_rate=rate, steps=steps) for other, rate in product(schedules, rates)]
    place = list(schedules).index(name) * len(rates) + 1
    many, one = nn.Parameter(torch.zeros(len(configs), 2, 3)), nn.Parameter(torch.zeros(2, 3))
    together, alone = Updater(configs, [many]), Updater(configs[place], [one])
    for step in range(steps):
        together.step((torch.ones(many.shape),))
        alone.step((torch.ones(one.shape),))
        assert torch.equal(together.last[many][place], alone.last[one])
        assert alone.last[one].unique().tolist() == pytest.approx([-0.03 * schedules[name](step, steps)])


@pytest.mark.parametrize("optimizer", optimizers)
@each
def test_every_optimizer_follows_every_schedule(name, optimizer):
    """Five steps, gentle and wild: each run ends finished or diverged, with numbers that say which."""
    config = Config(optimizer=optimizer, schedule=name, depth=2, width=4, samples=40, batch_size=10, steps=5)
    for rate, clip in [(0.01, 0.0), (0.01, 0.5), (1e9, 0.0), (1e9, 0.5)]:
        *_, recording = train(replace(config, learning_rate=rate, clip_norm=clip, weight_decay=0.01))
        losses = recording.data["loss"].sel(split="train")
        assert recording.end.reason == ("finished" if np.isfinite(losses).all() else "diverged")
        assert recording.end.reason == "finished" or rate > 1
