"""The vanishing gradient: what is left of it in each layer, what theory says of it, and nested sigmoids."""

from dataclasses import replace

import numpy as np
import pytest
import xarray as xr

from core import Config, record
from core.charts.experiments.vanishing import nested, way_back
from core.experiments.vanishing import BOUND, backward, nest

SIGMOID = Config(
    activation="sigmoid", initializer="lecun_normal", dataset="gaussian", features=300, samples=100, width=300, depth=10
)


def alone(config: Config) -> xr.Dataset:
    """How the gradient goes back through one network."""
    return backward([config]).isel(network=0)


def test_a_layer_of_sigmoids_multiplies_the_gradient_by_more_than_its_bound_says():
    """1/4.24 for weights of N(0, 1/n), and 1/1.58 at σ_w = 4, where the bound of one slope is 1/4."""
    networks = backward(replace(SIGMOID, weight_scale=scale) for scale in (1.0, 4.0))
    assert networks["factor"].values == pytest.approx([1 / 4.24, 1 / 1.58], rel=0.05)
    assert BOUND == 0.25


def test_what_is_left_of_a_gradient_is_a_part_of_that_of_the_last_layer():
    network = alone(SIGMOID)
    gradient = record(SIGMOID.at_start()).data["gradient_rms"][0].values
    np.testing.assert_allclose(network["measured"], gradient / gradient[-1], rtol=1e-6)
    last = network.sel(layer=SIGMOID.depth)
    assert last["measured"] == last["expected"] == 1
    np.testing.assert_allclose(np.log(network["measured"]), np.log(network["expected"]), atol=0.6)


def test_without_a_theory_nothing_is_expected():
    network = alone(replace(SIGMOID, initializer="positive"))
    assert np.isnan(network["expected"]).all()
    assert np.isfinite(network["measured"]).all()


def test_a_single_layer_has_no_way_back():
    with pytest.raises(ValueError, match="a gradient needs at least two hidden layers to go back through; depth is 1"):
        backward([Config(depth=1)])


def test_where_no_gradient_passes_nothing_is_left():
    network = alone(replace(SIGMOID, activation="step"))
    assert not network["measured"].any()
    assert np.isnan(network["factor"])


def test_nested_sigmoids_leave_an_interval_and_not_one_number():
    """Row A2: three of them answer from 0.62246 to 0.67504; the fixed point is 0.659046 (row A1)."""
    found = nest(SIGMOID, 6)
    once, thrice = found.sel(times=1), found.sel(times=3)
    assert (once["low"].item(), once["high"].item()) == (0, 1)
    assert (thrice["low"].item(), thrice["high"].item()) == pytest.approx((0.62246, 0.67504), abs=1e-5)
    assert found["fixed_point"].item() == pytest.approx(0.659046, abs=1e-6)
    assert ((found["high"] - found["low"]).diff("times") < 0).all()


def test_the_way_back_is_drawn_as_it_was_found():
    networks = backward(replace(SIGMOID, activation=name) for name in ("sigmoid", "relu"))
    frame = way_back.frame_of(networks)
    for name, network in networks.groupby("activation"):
        drawn = frame.query(f"mark == 'line' and activation == '{name}'")
        np.testing.assert_allclose(drawn["value"], network["measured"].squeeze(), rtol=1e-6)
        np.testing.assert_allclose(drawn["expected"], network["expected"].squeeze(), rtol=1e-6)
    assert frame.query("mark == 'bound'")["value"].tolist() == pytest.approx([0.25**n for n in range(9, -1, -1)])


def test_the_bound_ends_where_it_leaves_the_axis():
    deep = way_back.frame_of(backward([replace(SIGMOID, activation="relu", depth=30)]))
    floor = deep.query("mark == 'corner'")["shown"].min()
    quarters = deep.query("mark == 'bound'")
    assert 0 < len(quarters) < 30  # and is not drawn along its edge
    assert (quarters["shown"] == quarters["value"]).all()
    assert (quarters["shown"] >= floor).all()


def test_there_is_a_bar_for_each_number_of_times():
    bars = nested.frame_of(nest(SIGMOID, 4)).query("mark == 'bar'")
    assert bars["times"].tolist() == [1, 2, 3, 4]
    assert (bars["low"] < bars["high"]).all()
