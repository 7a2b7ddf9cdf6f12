import numpy as np
import pytest
from drawn import assert_drawn_from

from core import Config, record
from core.charts.experiments.vanishing import backward_frame, backward_spec, nest_frame, nest_spec
from core.experiments.vanishing import BOUND, backward, nest

SIGMOID = Config(
    activation="sigmoid", initializer="lecun_normal", dataset="gaussian", features=300, samples=100, width=300, depth=10
)


def test_a_layer_of_sigmoids_multiplies_the_gradient_by_more_than_its_bound_says():
    """1/4.24 for weights of N(0, 1/n), and 1/1.58 at σ_w = 4, where the bound of one slope is 1/4."""
    small, large = backward([SIGMOID, Config(**{**SIGMOID.to_dict(), "weight_scale": 4.0})])
    assert small.factor == pytest.approx(1 / 4.24, rel=0.05)
    assert large.factor == pytest.approx(1 / 1.58, rel=0.05)
    assert BOUND == 0.25


def test_what_is_left_of_a_gradient_is_a_part_of_that_of_the_last_layer():
    (network,) = backward([SIGMOID])
    gradient = record(SIGMOID.at_start()).data["gradient_rms"][0].values
    np.testing.assert_allclose(network.measured, gradient / gradient[-1], rtol=1e-6)
    assert network.measured[-1] == network.expected[-1] == 1
    np.testing.assert_allclose(np.log(network.measured), np.log(network.expected), atol=0.6)


def test_without_a_theory_nothing_is_expected():
    (network,) = backward([Config(**{**SIGMOID.to_dict(), "initializer": "positive"})])
    assert np.isnan(network.expected).all()
    assert np.isfinite(network.measured).all()


def test_a_single_layer_has_no_way_back():
    with pytest.raises(ValueError, match="a gradient needs at least two hidden layers to go back through; depth is 1"):
        backward([Config(depth=1)])


def test_nested_sigmoids_leave_an_interval_and_not_one_number():
    """Row A2: three of them answer from 0.62246 to 0.67504; the fixed point is 0.659046 (row A1)."""
    found = nest(SIGMOID, 6)
    assert (found.low[0], found.high[0]) == (0, 1)
    assert (found.low[2], found.high[2]) == pytest.approx((0.62246, 0.67504), abs=1e-5)
    assert found.fixed_point == pytest.approx(0.659046, abs=1e-6)
    assert (np.diff(found.high - found.low) < 0).all()


def test_the_frames_hold_what_was_found():
    networks = backward([SIGMOID, Config(**{**SIGMOID.to_dict(), "activation": "relu"})])
    frame = backward_frame(networks)
    for network in networks:
        drawn = frame.query(f"mark == 'line' and activation == '{network.activation}'")
        np.testing.assert_allclose(drawn["value"], network.measured, rtol=1e-6)
        np.testing.assert_allclose(drawn["expected"], network.expected, rtol=1e-6)
    assert frame.query("mark == 'bound'")["value"].tolist() == pytest.approx([0.25**n for n in range(9, -1, -1)])
    deep = backward_frame(backward([Config(**{**SIGMOID.to_dict(), "activation": "relu", "depth": 30})]))
    floor = deep.query("mark == 'corner'")["shown"].min()
    quarters = deep.query("mark == 'bound'")
    assert 0 < len(quarters) < 30  # it ends where it leaves the axis, and is not drawn along its edge
    assert (quarters["shown"] == quarters["value"]).all()
    assert (quarters["shown"] >= floor).all()
    bars = nest_frame(nest(SIGMOID, 4)).query("mark == 'bar'")
    assert bars["times"].tolist() == [1, 2, 3, 4]
    assert (bars["low"] < bars["high"]).all()


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    drawn = {
        "backward": (backward_spec(("sigmoid",), dark=dark), backward_frame(backward([SIGMOID]))),
        "nest": (nest_spec(dark=dark), nest_frame(nest(SIGMOID, 3))),
    }
    for spec, frame in drawn.values():
        assert_drawn_from(spec, frame)


def test_where_no_gradient_passes_nothing_is_left():
    (network,) = backward([Config(**{**SIGMOID.to_dict(), "activation": "step"})])
    assert not network.measured.any()
    assert np.isnan(network.factor)
