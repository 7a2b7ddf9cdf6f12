"""Means over normal pre-activations, against sums done another way."""

from math import exp, inf, log, pi, sqrt

import numpy as np
import pytest
from curves_of import DENSITY, FINE, MAXOUT, TANH, fine, of

from core.choices.activations import activations
from core.theory import formulas
from core.theory.gauss import GaussianLayer, at, inside, places
from core.theory.maxout import layer_of

pytestmark = pytest.mark.numerics


@pytest.mark.parametrize("name", activations)
@pytest.mark.parametrize("q", [1e-8, 0.3, 1.0, 500.0, 1e4])
@pytest.mark.parametrize("bias", [0.0, -2.0, 0.7])
def test_means_agree_with_a_fine_trapezoid(name, q, bias):
    """Within what the trapezoid itself errs by where a slope jumps between two of its points."""
    layer, z = GaussianLayer(of(name), np.array(q), bias), bias + sqrt(q) * FINE
    phi, slope = of(name).phi(z), of(name).slope(z)
    assert float(layer.mean) == pytest.approx(fine(phi), rel=1e-3, abs=1e-9)
    assert float(layer.mean_square) == pytest.approx(fine(phi**2), rel=1e-3, abs=1e-9)
    jumps = 2 * DENSITY.max() * (FINE[1] - FINE[0]) / 2 * of(name).max_slope ** 2  # half a step at each of two
    assert float(layer.slope_square) == pytest.approx(fine(slope**2), rel=1e-3, abs=jumps)
    assert float(layer.std) == pytest.approx(sqrt(fine((phi - fine(phi)) ** 2)), rel=1e-3, abs=1e-9)


def test_saturated_integrals_are_right():
    """Where Gauss-Hermite gives 62, 44 and 36."""
    q = formulas.fixed_point(TANH, 500.0)
    assert float(formulas.chi(TANH, q, 500.0)) == pytest.approx(12.11, abs=0.005)


@pytest.mark.parametrize("name", activations)
def test_growth_is_the_logarithmic_derivative(name):
    q, step = 0.8, 1e-4
    ends = GaussianLayer(of(name), q * np.exp([-step, step])).mean_square
    assert float(GaussianLayer(of(name), np.array(q)).growth) == pytest.approx(
        np.log(ends[1] / ends[0]) / (2 * step), abs=1e-4
    )


def test_many_layers_are_as_each_alone():
    together = GaussianLayer(TANH, np.array([[0.1, 1.0], [4.0, 90.0]]), 0.3)
    for place in np.ndindex(2, 2):
        alone = GaussianLayer(TANH, together.q[place], 0.3)
        assert together.mean_square[place] == pytest.approx(float(alone.mean_square))
        np.testing.assert_allclose(together.series(together.phi)[place], alone.series(alone.phi), atol=1e-12)


@pytest.mark.parametrize(
    ("name", "kind", "intervals"),
    [
        ("relu", "zero", [(-inf, 0)]),
        ("relu", "still", [(-inf, 0)]),
        ("leaky_relu", "flat", [(-inf, 0)]),
        ("leaky_relu", "still", []),
        ("elu", "flat", [(-inf, log(0.05))]),
        ("tanh", "flat", [(-inf, -np.arctanh(sqrt(0.95))), (np.arctanh(sqrt(0.95)), inf)]),
        ("identity", "zero", []),
        ("step", "still", [(-inf, inf)]),
    ],
)
def test_where_curves_are_flat(name, kind, intervals):
    found = places(of(name), kind)
    assert found.shape == (len(intervals), 2)
    np.testing.assert_allclose(found, np.array(intervals).reshape(-1, 2), atol=1e-5)


def test_the_share_of_intervals():
    both = np.array([[-inf, -1.0], [1.0, 2.0]])
    assert float(inside(both, np.array(1.0), np.array(0.0))) == pytest.approx(0.158655 + 0.135905, abs=1e-6)


def test_a_series_is_the_mean_of_a_product():
    """E tanh(z)tanh(z') at correlation 0.6, by a sum in two dimensions."""
    z = np.linspace(-8, 8, 801)
    weight = np.exp(-(z**2) / 2) / sqrt(2 * pi) * (z[1] - z[0])
    other = 0.6 * z[:, None] + 0.8 * z
    expected = weight @ (np.tanh(1.5 * z)[:, None] * np.tanh(1.5 * other)) @ weight
    layer = GaussianLayer(TANH, np.array(1.5**2))
    assert at(layer.series(layer.phi), np.array([0.6]))[0] == pytest.approx(expected, abs=1e-5)


def of_draws(values: np.ndarray) -> tuple[float, float]:
    """A mean over draws, and five times its standard error."""
    return pytest.approx(float(values.mean()), abs=5 * float(values.std()) / len(values) ** 0.5)


@pytest.mark.parametrize(("q", "bias", "c"), [(1.0, 0.0, 0.0), (0.3, -0.8, 0.6), (2.5, 0.4, -0.5), (0.7, 1.1, 0.95)])
def test_maxout_agrees_with_draws(q, bias, c):
    first, other = np.random.default_rng(2).normal(size=(2, 400_000, 2))
    z, alike = bias + sqrt(q) * first, bias + sqrt(q) * (c * first + sqrt(1 - c**2) * other)
    a, b, layer = z.max(1), alike.max(1), layer_of(MAXOUT, np.array(q), bias)
    assert float(layer.mean) == of_draws(a)
    assert float(layer.mean_square) == of_draws(a**2)
    assert float(layer.std) == pytest.approx(a.std(), rel=0.01)
    assert at(layer.products, np.array([c]))[0] == of_draws(a * b)
    assert at(layer.square_products, np.array([c]))[0] == of_draws(a**2 * b**2)
    assert at(layer.gates, np.array([c]))[0] == pytest.approx((z.argmax(1) == alike.argmax(1)).mean(), abs=0.01)
    assert layer.square_products.sum() == of_draws(a**4)
    wider = layer_of(MAXOUT, np.array(q * exp(1e-4)), bias)
    assert float(layer.growth) == pytest.approx(log(float(wider.mean_square / layer.mean_square)) / 1e-4, rel=1e-3)
    assert float(layer.shift) == pytest.approx(float(wider.mean - layer.mean) / 1e-4, rel=1e-3)
