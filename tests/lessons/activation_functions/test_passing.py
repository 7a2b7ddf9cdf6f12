import numpy as np
import pytest

from core import Config
from core.experiments.activation_functions.passing import SAMPLES, passing

# Rows A3 and A4, and E σ'² of A4; the mean square of a ReLU is half of its slopes.
KNOWN = {
    "relu": (0.398942, 0.583819, 0.5),
    "tanh": (0, 0.627929, 0.464403),
    "sigmoid": (0.5, 0.208276, 0.044836),
    "identity": (0, 1, 1),
    "step": (0.5, 0.5, 0),
}


@pytest.mark.parametrize(("name", "moments"), KNOWN.items())
def test_the_moments_of_what_a_standard_normal_becomes(name, moments):
    expected = passing(Config(activation=name), 0.0, 1.0).expected
    assert (expected.mean, expected.std, expected.slope_square) == pytest.approx(moments, abs=1e-6)


@pytest.mark.parametrize("spread", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("mean", [-2.0, 0.0, 3.0])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "relu6", "selu", "step"])
def test_what_is_measured_is_what_theory_says(name, mean, spread):
    found = passing(Config(activation=name), mean, spread)
    four_errors = 4 / SAMPLES**0.5  # four standard errors of a mean
    outputs, squares = found.activations, found.slopes**2
    assert found.measured.mean == pytest.approx(found.expected.mean, abs=four_errors * outputs.std() + 1e-9)
    assert found.measured.slope_square == pytest.approx(
        found.expected.slope_square, abs=four_errors * squares.std() + 1e-3
    )
    assert found.measured.std == pytest.approx(found.expected.std, rel=0.1, abs=1e-3)


def test_the_same_numbers_pass_each_time_and_others_with_another_seed():
    first, again, other = (passing(Config(seed=seed), 1.0, 2.0).z for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first.mean(), first.std()) == pytest.approx((1, 2), abs=0.05)


def test_tanh_passes_on_more_than_relu_where_the_input_is_narrow():
    relu, tanh = Config(activation="relu"), Config(activation="tanh")
    for spread, narrow in ((0.5, True), (1.0, False), (5.0, False)):
        left = [passing(config, 0.0, spread).expected.slope_square for config in (tanh, relu)]
        assert (left[0] > left[1]) == narrow


def test_a_mean_that_is_zero_is_said_to_be_zero():
    assert passing(Config(activation="tanh"), 0.0, 3.0).expected.mean == 0


def test_it_says_the_bounds_of_its_activation():
    found = passing(Config(activation="elu", alpha=2.0), 0.0, 1.0)
    assert (found.low, found.high, found.max_slope) == (-2, np.inf, 2)
