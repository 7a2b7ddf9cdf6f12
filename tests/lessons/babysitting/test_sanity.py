from dataclasses import replace

import numpy as np
import pytest
import torch
import xarray as xr

from core import Config, build
from core.charts.experiments.babysitting.sanity import LOSSES, by_heart_words, first_loss_frame
from core.choices.losses import loss_for
from core.experiments.babysitting.sanity import COUNTS, FEW, SCALES, SMALL, by_heart, first_losses, learned, total
from core.networks.data import load
from core.networks.updater import Updater
from core.training import record


def each(found: xr.Dataset, axis: str) -> list[xr.Dataset]:
    """A part for each entry of the axis."""
    return [found.sel({axis: entry}) for entry in found[axis].values]


def test_small_weights_start_at_ln_c():
    """Rows F1 and S1: 2.302585 for ten classes."""
    expected = {found["classes"].item(): found["expected"].item() for found in each(first_losses(), "data")}
    assert expected == pytest.approx({2: 0.693147, 3: 1.098612, 10: 2.302585}, abs=1e-6)
    for found in each(first_losses(), "data"):
        assert found["loss"].values[0] == pytest.approx(found["expected"].item(), abs=1e-4)
        assert found["loss"].values[-1] > 3 * found["expected"]


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_weights_of_zero_start_exactly_at_ln_c(activation):
    config = replace(SMALL, dataset="digits", initializer="zeros", activation=activation, steps=0)
    assert float(record(config).data["loss"].sel(split="train")[0]) == pytest.approx(np.log(10), abs=1e-6)


def test_the_first_loss_is_that_of_the_network_when_it_is_recorded():
    digits = first_losses().sel(data="digits")
    config = replace(SMALL, dataset="digits", weight_scale=SCALES[-1], probe_size=SMALL.samples)
    assert digits["loss"].values[-1] == pytest.approx(
        float(record(config).data["loss"].sel(split="train")[0]), rel=1e-5
    )


def test_the_l2_term_is_the_one_whose_gradient_weight_decay_adds():
    config = Config(depth=1, width=8, samples=50, weight_decay=0.3, learning_rate=0.1)
    data, network = load(config), build(config)
    parameters = list(network.parameters())
    loss = loss_for("auto", 10)(network.outputs(data.inputs), data.targets)
    gradients = torch.autograd.grad(loss, parameters, retain_graph=True)
    half_squares = sum(parameter.square().sum() for parameter in parameters) / 2
    total = torch.autograd.grad(loss + 0.3 * half_squares, parameters)
    expected = [parameter.detach() - 0.1 * gradient for parameter, gradient in zip(parameters, total, strict=True)]
    Updater(config, parameters).step(gradients)
    for parameter, wanted in zip(parameters, expected, strict=True):
        torch.testing.assert_close(parameter.detach(), wanted)


def test_regularization_raises_the_first_loss():
    found = first_losses()
    np.testing.assert_array_equal(total(found, 0.0), found["loss"])
    assert (total(found, 0.1) > found["loss"]).all()
    np.testing.assert_allclose(total(found, 0.1) - found["loss"], 0.1 * found["half_squares"])
    digits = replace(SMALL, dataset="digits")
    squares = sum(float(weight.detach().square().sum()) for weight in build(digits).weights)
    at_one = found["half_squares"].sel(data="digits", scale=1.0).item()
    assert at_one == pytest.approx(squares / 2, rel=1e-5)
    assert at_one == pytest.approx(64 + 10, rel=0.1)  # He's variance of 2/fan_in: the numbers of units, in expectation


def test_twenty_samples_are_learned_by_heart_and_noise_as_well():
    digits, noise = each(by_heart(20), "kind")
    assert digits["accuracy"].values[0] < 0.5 > noise["accuracy"].values[0]
    assert digits["accuracy"].values[-1] == noise["accuracy"].values[-1] == 1


def test_many_samples_of_noise_are_not():
    digits, noise = each(by_heart(800), "kind")
    assert digits["accuracy"].values[-1] > 0.8 > 0.4 > noise["accuracy"].values[-1]


@pytest.mark.parametrize("samples", COUNTS)
def test_words_say_when_all_are_right_or_that_they_never_were(samples):
    told = by_heart_words(by_heart(samples))
    for found in each(by_heart(samples), "kind"):
        words, steps = told[found["kind"].item()], found["step"].values
        accuracy, step = found["accuracy"].values, found["learned"].item()
        if accuracy[-1] == 1:
            assert words == f"all {samples} are right from step {step:.0f} on"
            assert (accuracy[steps >= step] == 1).all()
            assert accuracy[steps < step][-1] < 1
        else:
            assert np.isnan(step)
            right = int(words.split()[0])
            assert right / samples == pytest.approx(accuracy[-1], abs=1e-6)
            assert words == f"{right} of {samples} are right after 40 steps, too few steps for so many"


def test_what_was_right_from_the_start_is_learned_at_step_0():
    assert learned(np.array([0, 1]), np.ones(2)) == 0
    assert learned(np.array([0, 1, 2]), np.array([1, 0.5, 1])) == 2


def test_what_is_learned_by_heart_is_what_a_network_alone_learns():
    _, noise = each(by_heart(20), "kind")
    alone = record(replace(FEW, dataset="gaussian", samples=20, probe_size=20))
    np.testing.assert_allclose(noise["accuracy"].values, alone.data["accuracy"].sel(split="train"))
    assert noise["step"].values.tolist() == list(alone.steps)


@pytest.mark.parametrize("decay", [0.0, 1.0])
def test_all_first_losses_are_on_the_axis(decay):
    found = first_losses()
    frame = first_loss_frame(found, decay)
    lines = frame.query("mark == 'line'")
    assert len(lines) == found.sizes["data"] * len(SCALES)
    assert lines["total"].between(*LOSSES).all()
    assert frame.query("mark == 'rule'")["total"].tolist() == pytest.approx(found["expected"].values.tolist())
