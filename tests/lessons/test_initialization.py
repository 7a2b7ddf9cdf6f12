"""Units that are copies of one another, at the start and after training (rows S1, S2 and P1)."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch

from core import Config, record
from core.charts.experiments.initialization import NAMES, NOTES, agreement, beside_slide, parting
from core.experiments.initialization import DRAWS, RATE, alike, correlation, different, large, small, trained
from core.experiments.published import SLIDES
from core.networks import build
from core.networks.data import load

WIDE = Config(dataset="gaussian", features=200, samples=400, probe_size=200, width=200, depth=4, steps=0)
SMALL = Config(dataset="digits", samples=300, depth=2, width=16)
BOTH = pytest.mark.parametrize("activation", ["tanh", "relu"])


def with_weights(config: Config, initializer: str, activation: str, scale: float = 1.0) -> Config:
    return replace(config, initializer=initializer, activation=activation, weight_scale=scale)


def test_the_correlation_is_the_mean_of_all_pairs():
    signal = torch.randn(50, 6, generator=torch.Generator().manual_seed(1)) @ torch.randn(
        6, 6, generator=torch.Generator().manual_seed(2)
    )
    table = np.corrcoef(signal.double().numpy().T)
    assert correlation(signal) == pytest.approx(table[~np.eye(6, dtype=bool)].mean(), abs=1e-12)
    assert correlation(torch.cat([signal, torch.ones(50, 3)], 1)) == pytest.approx(correlation(signal), abs=1e-12)
    assert np.isnan(correlation(torch.cat([signal[:, :1], torch.zeros(50, 3)], 1)))


def test_units_are_told_apart_by_weights_and_biases():
    weight = torch.tensor([[1.0, 2.0], [2.0, 1.0], [1.0, 2.0], [1.0, 2.0]])
    assert different(weight, torch.zeros(4)) == 2
    assert different(weight, torch.tensor([0.0, 0.0, 0.0, 0.5])) == 3
    assert different(torch.zeros(4, 2), torch.zeros(4)) == 1
    assert different(1e-20 * weight, torch.zeros(4)) == 2


@BOTH
def test_constant_weights_make_copies_that_stay_copies(activation):
    start = alike(with_weights(WIDE, "constant", activation))
    assert (start["different"] == 1).all()
    np.testing.assert_allclose(start["correlation"], 1, atol=1e-6)
    after = trained(with_weights(SMALL, "constant", activation))
    assert (after["different"] == 1).all()
    assert after["rank"] == 1
    assert (after["first"].max("unit") - after["first"].min("unit")).max() < 1e-12
    assert after["moved"] > 1e-3
    assert after["loss"].isel(step=-1) < after["loss"].sel(step=0)  # it does train, as one unit


@BOTH
def test_weights_of_0_never_move(activation):
    start = alike(with_weights(WIDE, "zeros", activation))
    assert (start["different"] == 1).all()
    assert start["correlation"].isnull().all()
    after = trained(with_weights(SMALL, "zeros", activation))
    assert (after["different"] == 1).all()
    assert (after["rank"].item(), after["moved"].item()) == (0, 0)
    assert after["loss"].sel(step=0).item() == pytest.approx(log(10))


def test_positive_weights_make_copies_that_grow():
    """The units differ, but answer the same; at width 500 ReLU's signal grows by 7.98 a layer, 0.02·500·√(2/π)."""
    config = with_weights(replace(WIDE, features=500, width=500), "positive", "relu")
    start = alike(config)
    assert (start["different"] == 500).all()
    assert (start["correlation"].sel(layer=slice(2, None)) > 0.999).all()
    assert (start["negative"] == 0).all()
    mean = record(config).variables["activation_mean"].values[0]
    np.testing.assert_allclose(mean[2:] / mean[1:-1], 7.98, rtol=0.01)
    assert (record(config).variables["dead_fraction"].values == 0).all()


@BOTH
@pytest.mark.parametrize(("initializer", "scale"), [("normal", 2.0), ("normal", 100.0), ("he_normal", 1.0)])
def test_random_weights_make_different_units(initializer, scale, activation):
    start = alike(with_weights(WIDE, initializer, activation, scale))
    assert (start["different"] == 200).all()
    assert (np.abs(start["correlation"]) < 0.05).all()
    np.testing.assert_allclose(start["negative"], 0.5, atol=0.01)  # also of N(0, 0.02²)
    after = trained(with_weights(SMALL, initializer, activation, scale))
    assert (after["different"] == 16).all()
    assert after["rank"] == 16
    assert after["loss"].isel(step=-1) < after["loss"].sel(step=0)


def test_a_step_is_plain_gradient_descent():
    config = with_weights(SMALL, "he_normal", "tanh")
    found, network, data = trained(config), build(config).double(), load(config)
    optimizer = torch.optim.SGD(network.parameters(), lr=RATE)
    for step in range(5):
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(network(data.inputs.double()), data.targets)
        loss.backward()
        np.testing.assert_allclose(found["first"].sel(step=step), network.weights[1][:, 0].detach(), rtol=1e-9)
        assert found["loss"].sel(step=step).item() == pytest.approx(loss.item())
        optimizer.step()
    first = found["first"]
    assert found["moved"] >= np.abs(first.isel(step=-1) - first.sel(step=0)).max()


def test_a_network_without_the_layer_is_refused():
    with pytest.raises(ValueError, match="the units of hidden layer 2 are looked at; depth is 1"):
        trained(replace(SMALL, depth=1))


def test_the_frames_hold_what_was_found():
    start = alike(with_weights(WIDE, "he_normal", "relu"))
    drawn = agreement.frame_of(start).query("mark == 'line'")
    np.testing.assert_allclose(drawn["correlation"], start["correlation"], rtol=1e-5)
    silent = agreement.frame_of(alike(with_weights(WIDE, "zeros", "relu"))).query("mark == 'silent'")
    assert silent["layer"].tolist() == [1, 2, 3, 4]
    after = trained(with_weights(SMALL, "he_normal", "relu"))
    units = parting.frame_of(after)
    last = units.query("mark == 'line' and step == 100")["value"]
    np.testing.assert_allclose(last, after["first"].sel(step=100), rtol=1e-6)
    inside, ends = (units[units["mark"] == mark]["value"] for mark in ("line", "corner"))
    assert ends.min() < inside.min() < inside.max() < ends.max()


def test_what_a_slide_prints_as_0_is_left_out():
    slide, measured = SLIDES[0], record(WIDE).variables["activation_std"]
    ours = replace(measured, values=np.array(slide.numbers)[None] + 1e-9)
    frame = beside_slide.frame_of(ours, slide)
    assert frame.query("mark == 'printed'")["layer"].tolist() == list(range(1, 10))
    assert frame.query("mark == 'line'")["layer"].tolist() == list(range(1, 11))
    assert (beside_slide.frame_of(measured, None)["mark"] != "printed").all()


def test_each_slide_is_of_one_of_the_draws_and_says_something():
    for slide in SLIDES:
        config = large(slide.name, slide.activation)
        assert (config.initializer, config.weight_scale) == (slide.initializer, slide.weight_scale)
        measured = record(config).variables[slide.statistic]
        assert beside_slide.sentence_of(measured, slide) != beside_slide.sentence_of(measured, None)


def test_all_draws_have_a_name_and_notes_are_of_draws():
    assert list(NAMES) == list(DRAWS)
    assert NOTES.keys() < DRAWS.keys()


def test_the_small_network_has_the_same_first_weights():
    config = large("positive", "relu")
    assert (small(config).initializer, small(config).activation) == ("positive", "relu")
    assert small(config).width < config.width
