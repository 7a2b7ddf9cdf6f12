"""The table of truths before training: closed forms of mean-field theory against recordings, at stated tolerances.

The ids (A1, B4, ...) name the rows of the project's table of truths. Formulas are implemented, not rows copied. Means
over z ~ N(0, 1) are fine trapezoids: Gauss-Hermite fails for saturated activations.
"""

from dataclasses import replace
from functools import lru_cache
from math import erf, log, pi, sqrt

import numpy as np
import pytest
import torch
import xarray as xr
from curves_of import FINE as Z
from curves_of import fine as mean
from lecture import DEPTH, LECTURE, WIDTH, start

from core import Config, build, record
from core.choices.activations import activations
from core.config.chosen import phi as phi_of
from core.networks.data import load

pytestmark = pytest.mark.numerics

LAYERS = np.arange(1, DEPTH + 1)
SEEDS = range(6)


def phi(activation: str, z: np.ndarray) -> np.ndarray:
    return phi_of(Config(activation=activation))(torch.from_numpy(z)).numpy()


def slope(activation: str, z: np.ndarray) -> np.ndarray:
    return phi_of(Config(activation=activation)).slope(torch.from_numpy(z)).numpy()


@lru_cache(maxsize=1024)
def moments(activation: str, q: float) -> tuple[float, float]:
    """E φ(√q Z) and E φ(√q Z)²."""
    values = phi(activation, sqrt(q) * Z)
    return mean(values), mean(values**2)


def spreads(activation: str, variance: float, bias_variance: float = 0.0, depth: int = DEPTH) -> list[float]:
    """q = E z² of each layer for inputs of variance 1: q' = σ_w² E[φ(√q Z)²] + σ_b²."""
    found = [variance + bias_variance]
    while len(found) < depth:
        found.append(variance * moments(activation, found[-1])[1] + bias_variance)
    return found


def stds(activation: str, variance: float) -> np.ndarray:
    """The std of the activations of each layer."""
    layers = [moments(activation, q) for q in spreads(activation, variance)]
    return np.array([sqrt(square - mean**2) for mean, square in layers])


def chi(activation: str, variance: float, q: float) -> float:
    """The factor by which E(dL/dz)² grows from a layer to the one before it."""
    return variance * mean(slope(activation, sqrt(q) * Z) ** 2)


def factor(profile: xr.DataArray) -> float:
    """The mean factor from each layer to the one before it, of a quantity that grows towards the input."""
    return float((profile[0] / profile[-1]) ** (1 / (len(profile) - 1)))


@pytest.fixture(scope="module")
def he_seeds() -> list[xr.Dataset]:
    return [start(seed=seed) for seed in SEEDS]


@pytest.fixture(scope="module")
def small_tanh() -> xr.Dataset:
    return start(activation="tanh", initializer="normal")


@pytest.fixture(scope="module")
def large_tanh() -> xr.Dataset:
    return start(activation="tanh", initializer="normal", weight_scale=100)


def test_a1_the_steepest_slope_of_the_sigmoid():
    assert float(slope("sigmoid", Z).max()) == pytest.approx(1 / 4, abs=1e-6)


def test_a1_the_fixed_point_of_the_sigmoid():
    """Layers of one unit with W = 1 and zero bias nest σ; where they settle, x = σ(x)."""
    fixed = 0.5
    for _ in range(100):
        fixed = 1 / (1 + np.exp(-fixed))
    assert fixed == pytest.approx(0.659046, abs=1e-6)
    nested = {"activation": "sigmoid", "initializer": "constant", "weight_scale": 10, "width": 1, "depth": 30}
    recording = start(**nested, dataset="moons", samples=50)
    assert recording["activation_mean"][-1].item() == pytest.approx(fixed, abs=1e-6)
    assert recording["activation_std"][-1].item() == pytest.approx(0, abs=1e-6)


def test_a3_relu_of_a_standard_normal():
    values = phi("relu", Z)
    assert mean(values) == pytest.approx(1 / sqrt(2 * pi), abs=1e-6)
    assert mean(values**2) == pytest.approx(1 / 2, abs=1e-6)
    assert sqrt(mean(values**2) - mean(values) ** 2) == pytest.approx(0.583819, abs=1e-6)


def test_b1_small_weights_let_tanh_layers_collapse(small_tanh):
    """W = 0.01·N(0, 1): σ_w² = 0.05. Within 0.6 % in layer 1 and 3 % in layer 5, growing evenly between."""
    expected = stds("tanh", WIDTH * 0.01**2)
    assert expected[:5] == pytest.approx([0.2131, 0.0476, 0.0106, 0.00238, 0.00053], rel=0.01)
    for layer in range(5):
        assert small_tanh["activation_std"][layer].item() == pytest.approx(expected[layer], rel=0.006 * (layer + 1))


def test_b2_and_their_gradients_vanish(small_tanh):
    """Where the activations are small, χ = σ_w² = 0.05 a layer. Within 3 %."""
    squares = small_tanh["gradient_rms"][1:] ** 2
    assert factor(squares) == pytest.approx(chi("tanh", WIDTH * 0.01**2, q=1e-6), rel=0.03)
    assert factor(squares) == pytest.approx(0.05, rel=0.03)


def test_b3_large_weights_saturate_tanh(large_tanh):
    """W = N(0, 1): σ_w² = 500. The std within 5e-4; the share of |a| > 0.99 within 0.003, of all but layer 1."""
    expected = stds("tanh", WIDTH)
    np.testing.assert_allclose(large_tanh["activation_std"], expected, atol=5e-4)
    assert expected[-1] == pytest.approx(0.9817, abs=1e-4)
    q = spreads("tanh", WIDTH)[-1]
    beyond = 1 - erf(np.arctanh(0.99) / sqrt(2 * q))
    assert beyond == pytest.approx(0.904, abs=0.001)
    config = replace(LECTURE, activation="tanh", initializer="normal", weight_scale=100)
    with torch.no_grad():
        activation = build(config).trace(load(config).probe_inputs).activations[-1]
    assert float((activation.abs() > 0.99).float().mean()) == pytest.approx(beyond, abs=0.003)


def test_b3_the_saturated_share_counts_slopes_below_5_percent(large_tanh):
    """1 − a² < 0.05 where |z| > artanh √0.95."""
    q = spreads("tanh", WIDTH)[-1]
    expected = 1 - erf(np.arctanh(sqrt(0.95)) / sqrt(2 * q))
    assert large_tanh["saturated_fraction"][-1].item() == pytest.approx(expected, abs=0.003)


def test_b4_and_their_gradients_explode_while_most_entries_are_exactly_0(large_tanh):
    """√χ = 3.48 a layer towards the input, within 3 %; the median entry of dL/dz is 0 in float32."""
    expected = sqrt(chi("tanh", WIDTH, spreads("tanh", WIDTH)[-1]))
    assert expected == pytest.approx(3.48, abs=0.005)
    assert factor(large_tanh["gradient_rms"]) == pytest.approx(expected, rel=0.03)
    counts = large_tanh["gradient_histogram"]
    zeros = counts.isel(bin=record(LECTURE).bin("zero")) / counts.sum("bin")
    assert (zeros > 0.5).all()


def test_b5_dividing_by_the_root_of_fan_in_keeps_tanh_alive():
    """W = N(0, 1)/√fan_in: σ_w² = 1. Within 0.002 in layer 1 to 0.005 in layer 10."""
    expected = stds("tanh", 1)
    assert expected[[0, 1, 2, 3, 4, 9]] == pytest.approx([0.6279, 0.4863, 0.4082, 0.3576, 0.3216, 0.2285], abs=1e-4)
    found = start(activation="tanh", initializer="lecun_normal")["activation_std"]
    assert (abs(found - expected) < np.linspace(0.002, 0.005, DEPTH)).all()


def test_b6_but_relu_shrinks():
    """σ_w² = 1: mean √(1/2π), std √(1/2 − 1/2π), then 1/√2 a layer. Within 1 % in layer 1 and 25 % in layer 10."""
    found = start(initializer="lecun_normal")
    assert_a_random_walk_around(found["activation_mean"], sqrt(1 / (2 * pi)) * 2 ** (-(LAYERS - 1) / 2))
    assert_a_random_walk_around(found["activation_std"], sqrt(1 / 2 - 1 / (2 * pi)) * 2 ** (-(LAYERS - 1) / 2))


def test_b7_and_he_keeps_it(he_seeds):
    """σ_w² = 2: mean √(2/2π) and std √(1 − 1/π) at every layer. Within 1 % in layer 1 and 25 % in layer 10, one run."""
    assert stds("relu", 2) == pytest.approx([sqrt(1 - 1 / pi)] * DEPTH, rel=1e-6)
    assert_a_random_walk_around(he_seeds[0]["activation_mean"], np.full(DEPTH, sqrt(1 / pi)))
    assert_a_random_walk_around(he_seeds[0]["activation_std"], np.full(DEPTH, sqrt(1 - 1 / pi)))


def assert_a_random_walk_around(found: xr.DataArray, expected: np.ndarray) -> None:
    """Relative errors within 1 % in layer 1 and 25 % in layer 10; between them as the root of the layers walked."""
    assert (abs(found / expected - 1) < 0.01 + 0.24 * np.sqrt((LAYERS - 1) / (DEPTH - 1))).all()


def test_b8_depth_alone_makes_units_dead(he_seeds):
    """Zero bias, 1000 samples: the mean of 6 seeds within 0.02."""
    found = np.mean([recording["dead_fraction"] for recording in he_seeds], axis=0)
    published = [0, 0, 0.001, 0.006, 0.015, 0.029, 0.044, 0.060, 0.077, 0.093]
    np.testing.assert_allclose(found, published, atol=0.02)


@pytest.mark.parametrize("scale", [2**-4, 2**3])
def test_b8_at_any_scale(he_seeds, scale):
    """A power of two only moves exponents: the very same units are on for the very same samples."""
    found = start(weight_scale=scale)
    assert found["unit_active_fraction"].equals(he_seeds[0]["unit_active_fraction"])
    expected = he_seeds[0]["activation_std"] * scale**LAYERS
    np.testing.assert_allclose(found["activation_std"], expected, rtol=1e-5)


def test_b9_n_0_002_loses_two_thirds_a_layer():
    """σ_w² = 500·0.02² = 0.2: std × √0.1. One run walks √(5/500)/2 = 5 % a layer, so 1.7 % in the mean of 9."""
    found = start(initializer="normal", weight_scale=2)["activation_std"]
    assert 1 / factor(found) == pytest.approx(sqrt(0.1), rel=0.05)


def test_c4_the_default_of_pytorch_loses_gradients_and_forgets_its_input():
    """σ_w² = 1/3 and σ_b² = 1/3N: gradient² × 1/6 a layer, RMS of a → √(0.2/N). Within 5 %, mean of 6 seeds."""
    runs = [start(initializer="pytorch_default", seed=seed) for seed in SEEDS]
    assert spreads("relu", 1 / 3, 1 / (3 * WIDTH), depth=30)[-1] / 2 == pytest.approx(0.2 / WIDTH)
    squares = np.mean([run["activation_mean"] ** 2 + run["activation_std"] ** 2 for run in runs], axis=0)
    assert sqrt(squares[-1]) == pytest.approx(sqrt(0.2 / WIDTH), rel=0.05)
    gradients = np.mean([factor(run["gradient_rms"] ** 2) for run in runs])
    assert gradients == pytest.approx(1 / 6, rel=0.05)


def test_d1_a_bias_of_001_hardly_moves_the_active_share(he_seeds):
    """Φ(0.01/√2) = 0.5028, against 0.5 without. One network's own error cancels in the difference."""
    expected = (1 + erf(0.01 / sqrt(2) / sqrt(2))) / 2
    assert expected == pytest.approx(0.5028, abs=1e-4)
    without, biased = (run["unit_active_fraction"][0].mean().item() for run in (he_seeds[0], start(bias_init=0.01)))
    assert biased == pytest.approx(expected, abs=0.002)
    assert biased - without == pytest.approx(expected - 0.5, abs=3e-4)


@pytest.mark.parametrize("activation", [name for name, entry in activations.items() if entry.pieces == 1])
@pytest.mark.parametrize("variance", [0.8, 2.5])
def test_every_activation_follows_the_forward_and_backward_formulas(activation, variance):
    """One run of width 500: std within 2.5 % in layer 1 to 25 % in layer 10; 10 % for the mean growth of gradients."""
    found = start(activation=activation, initializer="lecun_normal", weight_scale=sqrt(variance))
    error = np.abs(found["activation_std"].values / stds(activation, variance) - 1)
    assert (error < 0.025 * np.arange(1, DEPTH + 1)).all(), error
    factors = [chi(activation, variance, q) for q in spreads(activation, variance)[:-1]]
    if max(factors) > 0:
        assert factor(found["gradient_rms"] ** 2) == pytest.approx(np.prod(factors) ** (1 / len(factors)), rel=0.1)
    else:
        assert not found["gradient_rms"].any()


@pytest.mark.parametrize("activation", activations)
def test_f1_the_loss_before_training_is_that_of_guessing(activation):
    """10 classes, small weights: ln 10 = 2.302585."""
    data = record(Config(activation=activation, weight_scale=1e-8, steps=0)).data
    assert data["loss"].values.ravel() == pytest.approx([log(10)] * 2, abs=1e-6)


def test_the_theory_here_agrees_with_its_own_limits():
    """Guards the guard: linear layers multiply q by σ_w², and He keeps it."""
    assert spreads("identity", 0.5, depth=3) == pytest.approx([0.5, 0.25, 0.125])
    assert spreads("relu", 2, depth=3) == pytest.approx([2, 2, 2])
    assert chi("relu", 2, 1.0) == pytest.approx(1)
