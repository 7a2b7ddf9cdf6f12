"""The gradient of each loss at the start, against draws."""

from math import sqrt

import numpy as np
import pytest

from core import Config
from core.theory import predict
from core.theory.errors import ERRORS, Outputs
from core.theory.inputs import Pairs
from core.theory.words import remarks

pytestmark = pytest.mark.numerics


@pytest.mark.parametrize(
    ("loss", "count", "targets"),
    [
        ("mse", 1, [[0.7], [-1.2]]),
        ("mse", 3, [[0, 1, 0], [0, 1, 0]]),
        ("mse", 4, [[0, 1, 0, 0], [1, 0, 0, 0]]),
        ("binary_cross_entropy", 1, [[1, 0], [1, 0]]),
        ("binary_cross_entropy", 1, [[1, 0], [0, 1]]),
        ("cross_entropy", 5, [[0, 1, 0, 0, 0], [0, 1, 0, 0, 0]]),
        ("cross_entropy", 5, [[0, 1, 0, 0, 0], [1, 0, 0, 0, 0]]),
    ],
)
@pytest.mark.parametrize(("q", "c"), [(0.4, 0.8), (3.0, -0.3)])
def test_the_gradient_of_a_loss_agrees_with_draws(loss, count, targets, q, c):
    """Of two samples. Cross-entropy's products are interpolated, and its covariances drawn from few."""
    y = np.array(targets, float)
    first, other = sqrt(q) * np.random.default_rng(3).normal(size=(2, 200_000, count))
    both = np.stack([first, c * first + sqrt(1 - c**2) * other])
    if loss == "mse":
        delta = 2 * (both - y[:, None]) / count
    elif loss == "binary_cross_entropy":
        delta = 1 / (1 + np.exp(-both)) - y[:, None, :1]
    else:
        delta = np.exp(both) / np.exp(both).sum(-1, keepdims=True) - y[:, None]
    squares, products = (delta**2).sum(-1), (delta[0] * delta[1]).sum(-1)
    pairs = Pairs(np.ones(1), np.ones(1), np.array([(y[0] * y[1]).sum()]), np.ones(1))
    probe = type("Probe", (), {"outputs": count, "answers": (y**2).sum(1), "pairs": pairs})
    found = ERRORS[loss](Outputs(np.full(2, q), np.array([c * q])), probe)
    rough = loss == "cross_entropy"
    assert found.squares == pytest.approx(squares.mean(1), rel=0.01)
    assert found.products == pytest.approx(products.mean(), abs=0.05 if rough else 0.02 * squares.mean())
    spread = squares.var(1).mean()
    assert found.variance == pytest.approx(spread, rel=0.3 if rough or (loss == "mse" and count == 1) else 0.03)
    covariance = float(np.cov(squares)[0, 1])
    assert found.covariances[0] == pytest.approx(covariance, abs=(0.2 if rough else 0.03) * spread)


def test_of_a_loss_without_a_theory_the_forward_half_is_known(monkeypatch):
    monkeypatch.delitem(ERRORS, "mse")
    half = predict(Config(loss_function="mse", seed=71))
    whole = predict(Config(seed=71))
    assert set(whole.variables) - set(half.variables) == {"gradient_rms", "weight_gradient_norm"}
    assert set(half.bands) == {"activation_mean", "activation_std"}
    assert remarks(half)[0] == "Of the gradient of mse it says nothing."
    for name, values in half.variables.items():
        assert values == pytest.approx(whole.variables[name]), name
    assert half.numbers == whole.numbers
