import pytest
import torch
from torch import Generator

from core.preprocessing import preprocessings

each = pytest.mark.parametrize("name", preprocessings)

TRAINING = torch.tensor([[1.0, 5.0, 0.1], [3.0, 5.0, 0.1], [5.0, 8.0, 0.1]])


@each
def test_what_is_fitted_on_training_inputs_is_used_unchanged_on_the_rest(name):
    others = 3 + 2 * torch.randn(6, 3, generator=Generator().manual_seed(0))
    transform = preprocessings[name](TRAINING)
    one_by_one = torch.cat([transform(one) for one in others.split(1)])
    torch.testing.assert_close(transform(others), one_by_one, rtol=0, atol=0)


@each
def test_inputs_are_left_as_they_came(name):
    inputs = TRAINING.clone()
    preprocessings[name](inputs)(inputs)
    assert torch.equal(inputs, TRAINING)


@each
def test_two_samples_or_one_are_enough(name):
    assert preprocessings[name](TRAINING[:1])(TRAINING).isfinite().all()


def test_standardize():
    done = preprocessings["standardize"](TRAINING)(TRAINING)
    torch.testing.assert_close(done[:, 0], torch.tensor([-1.0, 0.0, 1.0]) * 1.5**0.5)
    torch.testing.assert_close(done.square().mean(0)[:2], torch.ones(2))


def test_center():
    done = preprocessings["center"](TRAINING)(TRAINING)
    torch.testing.assert_close(done[:, :2], torch.tensor([[-2.0, -1.0], [0.0, -1.0], [2.0, 2.0]]))


def test_none():
    assert torch.equal(preprocessings["none"](TRAINING)(TRAINING), TRAINING)


@pytest.mark.parametrize("name", ["standardize", "center"])
def test_a_feature_that_never_varies_becomes_exactly_0(name):
    inputs = torch.tensor([0.1, 1 / 3, 123.456, 1e-20, 0.0]).expand(1400, 5)
    assert not preprocessings[name](inputs)(inputs).any()
