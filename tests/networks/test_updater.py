from math import inf, nan

import pytest
import torch
from torch import nn

from core import Config
from core.choices.optimizers import optimizers
from core.networks.updater import Updater

SGD = {"optimizer": "sgd", "learning_rate": 1.0}


def update(config: Config, gradients: list[list[float]], parameter: float = 0.0) -> torch.Tensor:
    """The last update of parameters that all have one value, after these gradients."""
    moved = nn.Parameter(torch.full((1, len(gradients[0])), parameter))
    updater = Updater(config, [moved])
    for gradient in gradients:
        updater.step((torch.tensor([gradient]),))
    return updater.last[moved].squeeze(0)


def test_there_is_no_update_before_the_first_step():
    assert Updater(Config(), [nn.Parameter(torch.ones(1))]).last == {}


@pytest.mark.parametrize(
    ("limit", "expected"), [(0, [-3, -4]), (10, [-3, -4]), (5.1, [-3, -4]), (1, [-0.6, -0.8]), (0.05, [-0.03, -0.04])]
)
def test_a_gradient_is_shortened_to_the_limit_and_keeps_its_direction(limit, expected):
    assert update(Config(clip_norm=limit, **SGD), [[3.0, 4.0]]).tolist() == pytest.approx(expected, rel=1e-6)


def test_the_norm_is_that_of_all_parameters_together():
    weight, bias = nn.Parameter(torch.zeros(1, 2)), nn.Parameter(torch.zeros(1))
    updater = Updater(Config(clip_norm=1.3, **SGD), [weight, bias])
    updater.step((torch.tensor([[3.0, 4.0]]), torch.tensor([12.0])))
    assert updater.last[weight].tolist()[0] == pytest.approx([-0.3, -0.4])
    assert updater.last[bias].tolist() == pytest.approx([-1.2])


def test_the_limit_is_of_the_gradient_without_weight_decay():
    """3, 4 is clipped to 0.6, 0.8; then a tenth of 10 is added to both."""
    config = Config(clip_norm=1, weight_decay=0.1, **SGD)
    assert update(config, [[3.0, 4.0]], parameter=10.0).tolist() == pytest.approx([-1.6, -1.8])


def test_each_of_many_is_clipped_to_its_own_limit():
    limits = (0.0, 1.0, 2.5, 100.0)
    many = nn.Parameter(torch.zeros(4, 1, 2))
    updater = Updater([Config(clip_norm=limit, **SGD) for limit in limits], [many])
    updater.step((torch.tensor([3.0, 4.0]).expand(4, 1, 2),))
    expected = torch.tensor([[-3.0, -4.0], [-0.6, -0.8], [-1.5, -2.0], [-3.0, -4.0]])
    torch.testing.assert_close(updater.last[many].squeeze(1), expected)


def test_a_gradient_whose_squares_overflow_is_clipped_like_any_other():
    """float32 would find an infinite norm, and the factor 0 would stop the network in silence."""
    assert update(Config(clip_norm=1, **SGD), [[3e30, 4e30]]).tolist() == pytest.approx([-0.6, -0.8])
    assert update(Config(clip_norm=1, **SGD), [[3e-30, 4e-30]]).tolist() == pytest.approx([-3e-30, -4e-30])


@pytest.mark.parametrize("bad", [nan, inf, -inf])
@pytest.mark.parametrize("limit", [0, 1])
@pytest.mark.parametrize("optimizer", optimizers)
def test_no_optimizer_and_no_limit_hides_a_gradient_that_is_not_finite(optimizer, limit, bad):
    config = Config(optimizer=optimizer, clip_norm=limit, learning_rate=0.1)
    for before in ([], [[1.0, 2.0]], [[-1.0, 1.0]]):
        assert not update(config, [*before, [1.0, bad]], parameter=1.0)[1].isfinite()


def test_a_neighbour_whose_gradient_is_not_finite_is_clipped_alone():
    many = nn.Parameter(torch.zeros(3, 1, 2))
    updater = Updater([Config(clip_norm=limit, **SGD) for limit in (1, 1, 0)], [many])
    updater.step((torch.tensor([[[3.0, inf]], [[3.0, 4.0]], [[3.0, inf]]]),))
    assert updater.last[many][1, 0].tolist() == pytest.approx([-0.6, -0.8])
    assert updater.last[many][2, 0].tolist() == [-3.0, -inf]


def test_adamw_decays_past_the_gradient_and_adam_through_it():
    """Without a gradient adamw takes lr·decay of the weight; adam makes a whole step of the decay."""
    settings = {"learning_rate": 0.1, "weight_decay": 0.5}
    assert update(Config(optimizer="adamw", **settings), [[0.0]], parameter=2.0).item() == pytest.approx(-0.1)
    assert update(Config(optimizer="adam", **settings), [[0.0]], parameter=2.0).item() == pytest.approx(-0.1, rel=1e-6)
    assert update(Config(optimizer="adamw", **settings), [[0.0]], parameter=4.0).item() == pytest.approx(-0.2)
    assert update(Config(optimizer="adam", **settings), [[0.0]], parameter=4.0).item() == pytest.approx(-0.1, rel=1e-6)


@pytest.mark.parametrize("optimizer", optimizers)
def test_every_optimizer_asks_for_the_learning_rate(optimizer):
    """Schedules change it, so there must be one to change."""
    assert "learning_rate" in optimizers.asks_for(optimizer)
