import numpy as np
import pytest
import torch

from core import Config
from core.choices.activations import activations
from core.config.chosen import phi as phi_of
from core.networks.curves import curve, normal_cdf


@pytest.mark.parametrize("name", activations)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_curve_is_the_activation(name, dtype):
    z = np.linspace(-3, 3, 7, dtype=dtype)[::-1]
    phi = curve(Config(activation=name))
    assert phi.phi(z).dtype == phi.slope(z).dtype == dtype
    assert phi.phi(z).tolist() == phi_of(Config(activation=name))(torch.tensor(z.copy())).tolist()
    assert phi.slope(z).tolist() == phi_of(Config(activation=name)).slope(torch.tensor(z.copy())).tolist()
    assert np.abs(phi.slope(z)).max() <= phi.max_slope


def test_equal_configs_have_equal_curves():
    assert curve(Config(activation="tanh")) == curve(Config(activation="tanh", depth=9))
    assert curve(Config(activation="tanh")) != curve(Config())


def test_the_normal_distribution():
    assert normal_cdf(np.array([-np.inf, 0, 1.959964, np.inf])) == pytest.approx([0, 0.5, 0.975, 1], abs=1e-7)
