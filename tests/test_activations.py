import math

import pytest
import torch

from core.activations import activations

each = pytest.mark.parametrize("name", activations)

AWAY_FROM_KINKS = torch.arange(-59, 60, 2, dtype=torch.float64) / 10  # -5.9, -5.7 … 5.9: all kinks are at 0
FINE = torch.linspace(-20, 20, 400_001, dtype=torch.float64)
FAR = torch.tensor([-1e6, 1e6], dtype=torch.float64)


@each
def test_slope_is_the_derivative(name):
    phi, h = activations[name], 1e-6
    difference = (phi(AWAY_FROM_KINKS + h) - phi(AWAY_FROM_KINKS - h)) / (2 * h)
    torch.testing.assert_close(phi.slope(AWAY_FROM_KINKS), difference, atol=1e-9, rtol=1e-9)


@each
def test_max_slope_is_the_steepest_slope(name):
    assert float(activations[name].slope(FINE).abs().max()) == pytest.approx(activations[name].max_slope, abs=1e-12)


@each
def test_low_and_high_are_the_range(name):
    phi = activations[name]
    for bound, reached in ((phi.low, phi(FAR).min()), (phi.high, phi(FAR).max())):
        assert float(reached) == pytest.approx(bound, abs=1e-12) or (math.isinf(bound) and bound * float(reached) > 1e3)
    values = phi(FINE)
    assert phi.low <= float(values.min())
    assert float(values.max()) <= phi.high


@each
def test_it_is_elementwise_and_leaves_its_argument_alone(name):
    z = FINE[::1000].clone()
    together, before = activations[name](z.view(-1, 1)), z.clone()
    one_by_one = torch.stack([activations[name](one) for one in z])
    torch.testing.assert_close(together.flatten(), one_by_one, rtol=1e-14, atol=0)
    assert torch.equal(z, before)


@each
def test_nan_comes_out_as_nan(name):
    assert activations[name](torch.tensor([0.5, math.nan])).isnan().tolist() == [False, True]


@each
def test_slope_needs_no_gradient_of_its_caller_and_asks_for_none(name):
    z = torch.tensor([0.5, -0.5])
    with torch.no_grad():
        slope = activations[name].slope(z)
    assert not slope.requires_grad
    assert not z.requires_grad


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", [0, 0, 2]),
        ("leaky_relu", [-0.02, 0, 2]),
        ("elu", [math.exp(-2) - 1, 0, 2]),
        ("tanh", [-math.tanh(2), 0, math.tanh(2)]),
        ("sigmoid", [1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-2))]),
        ("identity", [-2, 0, 2]),
        ("step", [0, 0, 1]),
    ],
)
def test_known_values(name, expected):
    z = torch.tensor([-2, 0, 2], dtype=torch.float64)
    assert activations[name](z).tolist() == pytest.approx(expected, abs=1e-15)


def test_relu_blocks_the_gradient_at_zero_and_below():
    assert activations["relu"].slope(torch.tensor([-1.0, -0.0, 0.0, 1e-30])).tolist() == [0, 0, 0, 1]
