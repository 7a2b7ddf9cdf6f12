import numpy as np
import pytest
import torch

from core.charts.experiments.born_dead import large_network, probes, tiny_networks
from core.experiments.born_dead import DEEPEST, INPUTS, LARGE, NETWORKS, PROBES, SIZES, TRIED, looks, silent, stillborn
from core.theory.death import looks_dead


def test_three_in_four_networks_of_ten_layers_of_three_units_are_born_dead():
    """Row D4."""
    born = stillborn(3)
    assert born["expected"].sel(depth=10).item() == pytest.approx(0.7369, abs=1e-4)
    assert born["dead"].sel(inputs=1, depth=10).item() == pytest.approx(0.7369, abs=0.02)  # three standard deviations


@pytest.mark.parametrize("width", [1, 2, 5, 8])
def test_networks_are_born_dead_as_often_as_theory_says_of_one_input_and_less_on_several(width):
    born = stillborn(width)
    one, every, expected = born["dead"].sel(inputs=1), born["dead"].sel(inputs=INPUTS), born["expected"]
    deviation = np.sqrt(expected * (1 - expected) / NETWORKS)
    assert (np.abs(one - expected) <= 4 * deviation + 1e-9).all()
    assert (every <= one).all()
    assert (np.diff(one) >= 0).all()  # no network comes back to life
    assert one["depth"].values.tolist() == list(range(1, DEEPEST + 1))


def test_a_layer_without_units_is_refused():
    with pytest.raises(ValueError, match="a layer needs at least one unit; got a width of 0"):
        stillborn(0)


def test_depth_alone_leaves_a_tenth_of_the_units_dead():
    """Row B8, whose tolerance is for the mean of six seeds; this is one network."""
    row = [0, 0, 0.001, 0.006, 0.015, 0.029, 0.044, 0.060, 0.077, 0.093]
    shares = silent(1.0)
    np.testing.assert_allclose(shares["expected"].sel(probe=1000), row, atol=0.02)
    np.testing.assert_allclose(shares["measured"].sel(probe=1000), row, atol=0.035)


@pytest.mark.parametrize("scale", [0.1, 0.5, 4.0, 10.0])
def test_the_scale_of_the_weights_moves_the_signal_and_no_dead_unit(scale):
    scaled, plain = silent(scale), silent(1.0)
    # rounding may move one unit
    np.testing.assert_allclose(scaled["measured"], plain["measured"], atol=1.5 / LARGE.width)
    np.testing.assert_allclose(scaled["expected"], plain["expected"], atol=1e-6)
    assert scaled["signal"].item() == pytest.approx(plain["signal"].item() * scale**LARGE.depth, rel=1e-3)


def test_small_probes_see_more_dead_units():
    shares = silent(1.0)
    assert (shares["measured"].diff("probe") <= 0).all()
    np.testing.assert_allclose(shares["measured"], shares["expected"], atol=0.07)
    assert shares["probe"].values.tolist() == list(PROBES)


@pytest.mark.parametrize("active", [0.001, 0.02, 0.5])
def test_a_probe_takes_a_living_unit_for_dead_as_often_as_theory_says(active):
    seen = looks(active)
    deviation = np.sqrt(seen["expected"] * (1 - seen["expected"]) / TRIED)
    assert (np.abs(seen["measured"] - seen["expected"]) <= 4 * deviation + 1e-9).all()
    needed = seen["needed"].item()
    assert looks_dead(active, needed) <= 0.05 < looks_dead(active, needed - 1)


@pytest.mark.parametrize("active", [0.0, 1.0])
def test_a_unit_that_is_never_or_always_on_is_refused(active):
    with pytest.raises(
        ValueError, match=f"the share of samples a unit is on for must be between 0 and 1; got {active}"
    ):
        looks(active)


def test_the_same_in_plain_torch():
    """What the page says of one input, by another way."""
    generator = torch.Generator().manual_seed(7)
    signal = torch.rand(4000, 1, 4, generator=generator)
    for _ in range(6):
        signal = torch.relu(signal @ torch.randn(4000, 4, 4, generator=generator))
    expected = stillborn(4)["expected"].sel(depth=6).item()
    assert (signal == 0).all(-1).double().mean().item() == pytest.approx(expected, abs=0.03)


def test_frames_hold_what_was_measured():
    born, large, seen = stillborn(3), silent(1.0), looks(0.1)
    frame = tiny_networks.frame_of(born, 7)
    dots = frame.query("mark == 'dot'")
    for name, inputs in (("one input", 1), (f"{INPUTS} inputs", INPUTS)):
        np.testing.assert_allclose(dots[dots["series"] == name]["share"], born["dead"].sel(inputs=inputs), rtol=1e-6)
    assert frame.query("mark == 'now'")["at"].tolist() == [7]
    dots = large_network.frame_of(large).query("mark == 'dot'")
    for name, probe in (("n = 10", 10), ("n = 100", 100), ("n = 1,000", 1000)):
        np.testing.assert_allclose(dots[dots["series"] == name]["share"], large["measured"].sel(probe=probe), rtol=1e-6)
    dots = probes.frame_of(seen, 64).query("mark == 'dot'")
    np.testing.assert_allclose(dots["share"], seen["measured"], rtol=1e-6)
    assert dots["at"].tolist() == list(SIZES)
