import pytest
import torch
from torch import Generator, Tensor

from core.choices.preprocessing import preprocessings

pytestmark = pytest.mark.numerics

each = pytest.mark.parametrize("name", preprocessings)

TRAINING = torch.tensor([[1.0, 5.0, 0.1], [3.0, 5.0, 0.1], [5.0, 8.0, 0.1]])


@each
def test_what_is_fitted_on_training_inputs_is_used_unchanged_on_the_rest(name):
    others = 3 + 2 * torch.randn(6, 3, generator=Generator().manual_seed(0))
    transform = preprocessings[name](TRAINING)
    one_by_one = torch.cat([transform(one) for one in others.split(1)])
    torch.testing.assert_close(transform(others), one_by_one, rtol=1e-6, atol=1e-6)


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


def test_unit_range():
    done = preprocessings["unit_range"](TRAINING)
    assert done(TRAINING).tolist() == [[0, 0, 0], [0.5, 0, 0], [1, 1, 0]]
    assert done(torch.tensor([[7.0, 2.0, 0.1]])).tolist() == [[1.5, -1, 0]]


def covariance(inputs: Tensor) -> Tensor:
    centred = inputs.double() - inputs.double().mean(0)
    return centred.T @ centred / len(inputs)


def mixed(count: int, spread: tuple[float, ...]) -> Tensor:
    """Samples far from the origin whose features are correlated; `spread` is along the hidden axes."""
    generator, features = Generator().manual_seed(3), len(spread)
    turn, _ = torch.linalg.qr(torch.randn(features, features, generator=generator))
    return 5 + (torch.randn(count, features, generator=generator) * torch.tensor(spread)) @ turn


def test_decorrelate_turns_a_line_onto_the_first_axis():
    inputs = torch.tensor([[1.0, 1.0], [2.0, 2.0], [3.0, 3.0]])
    done = preprocessings["decorrelate"](inputs)
    torch.testing.assert_close(done(inputs), torch.tensor([[-(2**0.5), 0], [0, 0], [2**0.5, 0]]))
    torch.testing.assert_close(done(torch.tensor([[5.0, 5.0]])), torch.tensor([[3 * 2**0.5, 0.0]]))


def test_decorrelate_leaves_distances_and_no_correlation():
    inputs = mixed(500, (1.0, 2.0, 4.0))
    done = preprocessings["decorrelate"](inputs)(inputs)
    torch.testing.assert_close(torch.pdist(done), torch.pdist(inputs), rtol=1e-4, atol=1e-4)
    found = covariance(done)
    torch.testing.assert_close(found, found.diag().diag(), rtol=0, atol=1e-5)
    assert found.diag().tolist() == sorted(found.diag().tolist(), reverse=True)


@pytest.mark.parametrize("spread", [(1.0, 2.0, 4.0), (1e-3, 1.0, 1e3)], ids=str)
def test_whiten_makes_the_covariance_the_identity(spread):
    inputs = mixed(500, spread)
    done = preprocessings["whiten"](inputs)(inputs)
    torch.testing.assert_close(covariance(done), torch.eye(3).double(), rtol=0, atol=1e-4)
    torch.testing.assert_close(done.mean(0), torch.zeros(3), rtol=0, atol=1e-4)


def test_whiten_uses_the_mean_and_the_axes_of_the_training_samples_on_others():
    inputs = mixed(500, (1.0, 2.0, 4.0))
    kept, others = inputs[:300], 2 * inputs[300:]
    centre, found = kept.double().mean(0), covariance(kept)
    done = preprocessings["whiten"](kept)(others).double()
    # (x − m)ᵀ C⁻¹ (x − m) is the squared length of a whitened x, whatever the axes
    lengths = ((others.double() - centre) @ found.inverse() * (others.double() - centre)).sum(1)
    torch.testing.assert_close(done.square().sum(1), lengths, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("count", [5, 200], ids=["fewer samples than features", "more"])
def test_directions_in_which_nothing_varies_become_0(count):
    """Of 8 features one is constant, one a copy and one a sum of others: 5 directions, or one less than samples."""
    free = torch.randn(count, 5, generator=Generator().manual_seed(1))
    inputs = torch.cat([free, torch.full((count, 1), 0.1), free[:, :1], free[:, 1:2] + free[:, 2:3]], 1)
    done = preprocessings["whiten"](inputs)(inputs)
    rank = min(5, count - 1)
    identity = torch.zeros(8, 8, dtype=torch.float64)
    identity[:rank, :rank] = torch.eye(rank)
    torch.testing.assert_close(covariance(done), identity, rtol=0, atol=1e-5)
    assert not done[:, rank:].any()
    assert preprocessings["whiten"](inputs)(1000 * inputs).isfinite().all()


@pytest.mark.parametrize("name", ["decorrelate", "whiten"])
def test_fewer_samples_than_features_have_the_same_components(name):
    """Each sample three times: as many as make a triangle of all features, and the same components."""
    inputs = mixed(6, (1.0, 2.0, 4.0, 3.0, 5.0, 7.0, 6.0, 8.0))
    few = preprocessings[name](inputs)(inputs)[:, :5]
    many = preprocessings[name](inputs.repeat(3, 1))(inputs)[:, :5]
    torch.testing.assert_close(few, many, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("name", ["standardize", "center", "unit_range", "decorrelate", "whiten"])
def test_a_feature_that_never_varies_becomes_exactly_0(name):
    inputs = torch.tensor([0.1, 1 / 3, 123.456, 1e-20, 0.0]).expand(1400, 5)
    assert not preprocessings[name](inputs)(inputs).any()
