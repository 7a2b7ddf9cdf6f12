"""The table of truths for a single sample: gradients at z and at W, layer by layer."""

from math import sqrt

import numpy as np
import pytest
import xarray as xr
from lecture import WIDTH, start

pytestmark = pytest.mark.numerics


@pytest.fixture(scope="module")
def one_sample() -> list[xr.Dataset]:
    """He-normal ReLU networks, each looked at through a single sample."""
    return [start(probe_size=1, samples=4, depth=20, seed=seed) for seed in range(32)]


def log_slope(runs: list[xr.Dataset], name: str) -> float:
    """The slope of log₁₀ of the square over the layers, mean of the runs; without layer 1, which has other inputs."""
    profiles = [2 * np.log10(run[name].values[1:]) for run in runs]
    return float(np.mean([np.polyfit(np.arange(len(p)), p, 1)[0] for p in profiles]))


def test_e1_gradients_at_z_vanish_with_the_variance_while_those_at_w_stay_flat(one_sample):
    """−log₁₀(σ_w²/2) a layer for dL/dz², 0 for dL/dW². Within 0.005 in expectation; 640 layers leave 0.002 of noise."""
    assert log_slope(one_sample, "gradient_rms") == pytest.approx(0, abs=0.005)
    assert log_slope(one_sample, "weight_gradient_norm") == pytest.approx(0, abs=0.005)


@pytest.mark.parametrize("scale", [0.5, 2, 0.7])
def test_e1_at_any_scale(one_sample, scale):
    """The scale adds −log₁₀(scale²) to the slope of dL/dz² in each network, and nothing to that of dL/dW²."""
    scaled = [start(probe_size=1, samples=4, depth=20, seed=seed, weight_scale=scale) for seed in range(2)]
    for name, steeper in (("gradient_rms", -np.log10(scale**2)), ("weight_gradient_norm", 0)):
        assert log_slope(scaled, name) - log_slope(one_sample[:2], name) == pytest.approx(steeper, abs=0.005)


def test_formula_3_the_weight_gradient_of_one_sample(one_sample):
    """‖dL/dW_l‖ = ‖dL/dz_l‖·‖a_(l−1)‖."""
    run = one_sample[0]
    dz = run["gradient_rms"] * sqrt(WIDTH)
    a = np.sqrt(WIDTH * (run["activation_mean"] ** 2 + run["activation_std"] ** 2))
    np.testing.assert_allclose(run["weight_gradient_norm"][1:], dz[1:].values * a[:-1].values, rtol=1e-5)
