"""What passes through an activation: moments, measured and by theory."""

import numpy as np
import pytest

from core import Config
from core.experiments.activation_functions.passing import SAMPLES, moments, passing

# Rows A3 and A4, and E σ'² of A4; the mean square of a ReLU is half of its slopes.
KNOWN = {
    "relu": (0.398942, 0.583819, 0.5),
    "tanh": (0, 0.627929, 0.464403),
    "sigmoid": (0.5, 0.208276, 0.044836),
    "identity": (0, 1, 1),
    "step": (0.5, 0.5, 0),
}


@pytest.mark.parametrize(("name", "known"), KNOWN.items())
def test_the_moments_of_what_a_standard_normal_becomes(name, known):
    expected = moments(Config(activation=name), 0.0, 1.0)
    assert (expected["mean"], expected["std"], expected["slope_square"]) == pytest.approx(known, abs=1e-6)


@pytest.mark.parametrize("spread", [0.1, 1.0, 5.0])
@pytest.mark.parametrize("mean", [-2.0, 0.0, 3.0])
@pytest.mark.parametrize("name", ["relu", "leaky_relu", "tanh", "sigmoid", "gelu", "relu6", "selu", "step"])
def test_what_is_measured_is_what_theory_says(name, mean, spread):
    found = passing(Config(activation=name), mean, spread)
    four_errors = 4 / SAMPLES**0.5  # four standard errors of a mean
    outputs, squares = found["activation"], found["slope"] ** 2
    measured, expected = (found[name].to_series() for name in ("measured", "expected"))
    assert measured["mean"] == pytest.approx(expected["mean"], abs=four_errors * float(outputs.std()) + 1e-9)
    most = four_errors * float(squares.std()) + 1e-3
    assert measured["slope_square"] == pytest.approx(expected["slope_square"], abs=most)
    assert measured["std"] == pytest.approx(expected["std"], rel=0.1, abs=1e-3)


def test_the_same_numbers_pass_each_time_and_others_with_another_seed():
    first, again, other = (passing(Config(seed=seed), 1.0, 2.0)["z"].values for seed in (0, 0, 1))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
    assert (first.mean(), first.std()) == pytest.approx((1, 2), abs=0.05)


def test_tanh_passes_on_more_than_relu_where_the_input_is_narrow():
    relu, tanh = Config(activation="relu"), Config(activation="tanh")
    for spread, narrow in ((0.5, True), (1.0, False), (5.0, False)):
        left = [moments(config, 0.0, spread)["slope_square"] for config in (tanh, relu)]
        assert (left[0] > left[1]) == narrow


def test_a_mean_that_is_zero_is_said_to_be_zero():
    assert moments(Config(activation="tanh"), 0.0, 3.0)["mean"] == 0


def test_it_says_the_bounds_of_its_activation():
    found = passing(Config(activation="elu", alpha=2.0), 0.0, 1.0)
    assert (found["low"], found["high"], found["max_slope"]) == (-2, np.inf, 2)
