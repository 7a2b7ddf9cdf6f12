"""Theory against the table of truths, against sums done another way, and against what is measured."""

from dataclasses import replace
from math import acos, exp, inf, isnan, log, log10, pi, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from core import Config, DataUnavailable, record
from core.activations import activations
from core.curves import Curve, curve
from core.datasets import datasets
from core.initializers import draw, initializers
from core.measures import measures
from core.normalizations import normalizations
from core.sheets import read_sheet
from core.tables import keep, table_of
from core.theory import death, formulas, predict
from core.theory.errors import ERRORS, Outputs
from core.theory.formulas import Edge
from core.theory.gauss import Layer, at, inside, places
from core.theory.inputs import Pairs
from core.theory.maxout import layer_of
from core.theory.phase import BIASES, SIGMAS, WEIGHTS, phases, random_phases
from core.theory.variances import DRAWN, variance

LECTURE = Config(
    dataset="gaussian",
    features=500,
    samples=1000,
    probe_size=1000,
    preprocessing="none",
    depth=10,
    width=500,
    steps=0,
)
SHARES = ("zero_fraction", "saturated_fraction", "dead_fraction")
RELU, TANH, SIGMOID, LEAKY, ELU = (
    curve(Config(activation=a)) for a in ("relu", "tanh", "sigmoid", "leaky_relu", "elu")
)

FINE = np.linspace(-12, 12, 400_000)
DENSITY = np.exp(-(FINE**2) / 2) / sqrt(2 * pi)
TRAPEZOID = DENSITY * np.gradient(FINE)  # its weights but for the ends, where the density is nothing


def fine(values: np.ndarray) -> float:
    """E f(Z) by a fine trapezoid."""
    return float(values @ TRAPEZOID)


def of(name: str) -> Curve:
    return curve(Config(activation=name))


def predicted(name: str, **choices) -> np.ndarray:
    return predict(replace(LECTURE, **choices)).variables[name]


# Means over normal pre-activations


@pytest.mark.parametrize("name", activations)
@pytest.mark.parametrize("q", [1e-8, 0.3, 1.0, 500.0, 1e4])
@pytest.mark.parametrize("bias", [0.0, -2.0, 0.7])
def test_means_agree_with_a_fine_trapezoid(name, q, bias):
    """Within what the trapezoid itself errs by where a slope jumps between two of its points."""
    layer, z = Layer(of(name), np.array(q), bias), bias + sqrt(q) * FINE
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
    ends = Layer(of(name), q * np.exp([-step, step])).mean_square
    assert float(Layer(of(name), np.array(q)).growth) == pytest.approx(np.log(ends[1] / ends[0]) / (2 * step), abs=1e-4)


def test_many_layers_are_as_each_alone():
    together = Layer(TANH, np.array([[0.1, 1.0], [4.0, 90.0]]), 0.3)
    for place in np.ndindex(2, 2):
        alone = Layer(TANH, together.q[place], 0.3)
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


# Signal and gradient


def test_a1_to_a3():
    z = np.linspace(-6, 6, 100_001)
    assert SIGMOID.slope(z).max() == pytest.approx(0.25, abs=1e-6)
    assert float(formulas.nested(SIGMOID, 0.0, 100)) == pytest.approx(0.659046, abs=1e-6)
    assert formulas.nested(SIGMOID, np.array([-inf, inf]), 3) == pytest.approx([0.62246, 0.67504], abs=1e-5)
    layer = Layer(RELU, np.array(1.0))
    assert (float(layer.mean), float(layer.std)) == pytest.approx((0.398942, 0.583819), abs=1e-6)
    assert float(layer.mean_square) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("q", [0.01, 1.0, 3.7])
def test_relu_has_closed_forms(q):
    layer = Layer(RELU, np.array(q))
    assert float(layer.mean) == pytest.approx(sqrt(q / (2 * pi)))
    assert float(layer.std) == pytest.approx(sqrt(q * (0.5 - 1 / (2 * pi))))
    assert float(formulas.next_q(RELU, q, 1.3, 0.2)) == pytest.approx(1.3 * q / 2 + 0.2)
    assert float(formulas.next_q(LEAKY, q, 1.3)) == pytest.approx(1.3 * q * (1 + 0.01**2) / 2)


def test_a4():
    assert float(Layer(TANH, np.array(1.0)).std) == pytest.approx(0.627929, abs=1e-6)
    assert float(formulas.chi(TANH, 1.0, 1.0)) == pytest.approx(0.464403, abs=1e-6)
    assert float(formulas.chi(SIGMOID, 1.0, 1.0)) == pytest.approx(0.044836, abs=1e-6)


def test_a5_the_gain_of_he_is_that_of_torch():
    assert formulas.gain(RELU) == pytest.approx(torch.nn.init.calculate_gain("relu"))
    assert formulas.gain(LEAKY) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.01))


@pytest.mark.parametrize(("phi", "gain"), [(TANH, 1.5925), (ELU, 1.2452), (RELU, 1.4142)])
def test_a6(phi, gain):
    assert formulas.gain(phi) == pytest.approx(gain, abs=1e-3)
    assert float(Layer(phi, np.array(1.0)).mean_square) * formulas.gain(phi) ** 2 == pytest.approx(1)


def test_c1_the_edge_of_chaos():
    edge = formulas.edge_of_chaos(TANH, 0.05)
    assert edge == pytest.approx(Edge(1.760955, 0.57005), abs=1e-4)
    assert formulas.fixed_point(TANH, edge.weight_variance, 0.05) == pytest.approx(edge.q, rel=1e-4)
    assert float(formulas.chi(TANH, edge.q, edge.weight_variance)) == pytest.approx(1)


def test_edges_that_are_known():
    assert formulas.edge_of_chaos(TANH) == Edge(pytest.approx(1), 0)
    assert formulas.edge_of_chaos(RELU).weight_variance == pytest.approx(2)
    assert isnan(formulas.edge_of_chaos(RELU).q)
    assert formulas.edge_of_chaos(RELU, 0.1) == (pytest.approx(2), inf)
    assert formulas.edge_of_chaos(LEAKY).weight_variance == pytest.approx(2 / (1 + 0.01**2))
    assert formulas.edge_of_chaos(of("step")) is None
    bent = curve(Config(activation="elu", alpha=0.3))  # slope 0.3 | 1 at 0
    assert formulas.edge_of_chaos(bent) == (pytest.approx(2 / (1 + 0.3**2)), 0)


@pytest.mark.parametrize("bias", [0.3, -0.5, 1.0])
def test_a_constant_bias_is_a_mean(bias):
    """At the edge q is fixed and χ is 1, both with z ~ N(bias, q); the sum is done by another method."""
    weight_variance, q = formulas.edge_of_chaos(TANH, bias=bias)
    z = bias + sqrt(q) * FINE
    assert weight_variance * fine(np.tanh(z) ** 2) == pytest.approx(q, rel=1e-5)
    assert weight_variance * fine(np.cosh(z) ** -4) == pytest.approx(1, rel=1e-5)


def test_c2_the_ordered_phase():
    q = formulas.fixed_point(TANH, 1.0, 0.05)
    chi = float(formulas.chi(TANH, q, 1.0))
    assert (q, chi, float(formulas.depth_scale(chi))) == pytest.approx((0.1936, 0.7590, 3.63), rel=0.01)


def test_depth_scales():
    assert formulas.depth_scale(np.array([exp(-0.5), exp(0.25), 1.0, 0.0])).tolist() == pytest.approx([2, -4, inf, 0])
    second = TANH.phi(FINE) * -2 * TANH.slope(FINE)  # tanh'' = −2 tanh tanh'
    expected = 1.5 * fine(TANH.slope(FINE) ** 2 + second * TANH.phi(FINE))
    assert float(formulas.q_slope(TANH, 1.0, 1.5)) == pytest.approx(expected, rel=1e-5)


def test_fixed_points_of_relu():
    """q' = σ_w² q/2 + σ_b²."""
    assert formulas.fixed_point(RELU, 1.0, 0.3) == pytest.approx(0.6)
    assert formulas.fixed_point(RELU, 2.0, start=0.7) == 0.7
    assert formulas.fixed_point(RELU, 1.9) == 0
    assert formulas.fixed_point(RELU, 2.1) == inf


def test_c3_the_cosine_map():
    values = [0.0]
    for _ in range(10):
        values.append(float(formulas.relu_correlation(values[-1])))
    assert [values[1], values[2], values[10]] == pytest.approx([0.3183, 0.4937, 0.8715], abs=1e-4)


@pytest.mark.parametrize("correlation", [-0.9, 0.0, 0.3, 0.9, 1.0])
def test_correlations_follow_the_closed_form(correlation):
    found = formulas.next_correlation(RELU, correlation, 1.7, 2.0)
    assert float(found) == pytest.approx(float(formulas.relu_correlation(correlation)), abs=2e-4)
    assert float(formulas.next_correlation(of("identity"), correlation, 1.0, 1.0)) == pytest.approx(correlation)


def test_a_series_is_the_mean_of_a_product():
    """E tanh(z)tanh(z') at correlation 0.6, by a sum in two dimensions."""
    z = np.linspace(-8, 8, 801)
    weight = np.exp(-(z**2) / 2) / sqrt(2 * pi) * (z[1] - z[0])
    other = 0.6 * z[:, None] + 0.8 * z
    expected = weight @ (np.tanh(1.5 * z)[:, None] * np.tanh(1.5 * other)) @ weight
    layer = Layer(TANH, np.array(1.5**2))
    assert at(layer.series(layer.phi), np.array([0.6]))[0] == pytest.approx(expected, abs=1e-5)


@pytest.mark.parametrize("weight_variance", [0.5, 2.0, 3.0])
def test_e1_log_slopes_of_relu(weight_variance):
    assert formulas.log_slopes(RELU, 1.0, weight_variance) == pytest.approx((-log10(weight_variance / 2), 0), abs=1e-9)


def test_formula_3():
    assert formulas.weight_gradient_norm(2.0, 3.0) == 6


def test_formula_7():
    assert float(formulas.fluctuation(RELU, 2.0)) == pytest.approx(5)
    assert formulas.finite_width_ratio([10, 20]) == pytest.approx(1.5 * 1.25)
    assert formulas.finite_width_log_std([50, 50, 100]) == pytest.approx(sqrt(5 * 0.05))


def test_formula_11():
    assert formulas.batch_norm_growth(RELU) == pytest.approx(pi / (pi - 1))
    assert formulas.batch_norm_growth(of("identity")) == pytest.approx(1)


@pytest.mark.parametrize("classes", [2, 3, 10])
@pytest.mark.parametrize("q", [0.0, 0.3, 4.0, 200.0])
def test_the_error_of_a_softmax_of_random_logits(classes, q):
    logits = np.random.default_rng(0).normal(0, sqrt(q), (100_000, classes))
    p = np.exp(logits - logits.max(1, keepdims=True))
    p /= p.sum(1, keepdims=True)
    expected = 1 - 2 / classes + (p**2).sum(1).mean()
    assert formulas.squared_error(classes, q) == pytest.approx(expected, rel=5e-3)  # of the noise of the draws
    assert formulas.squared_error(classes, 0.0) == pytest.approx(1 - 1 / classes, rel=1e-9)


def of_draws(values: np.ndarray) -> tuple[float, float]:
    """A mean over draws, and five times its standard error."""
    return pytest.approx(float(values.mean()), abs=5 * float(values.std()) / len(values) ** 0.5)


MAXOUT = of("maxout")


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


def test_maxout_at_the_edge_of_chaos():
    """Without a bias the variance of z stays as it is at σ_w² = 1, where gradients do, too."""
    assert formulas.edge_of_chaos(MAXOUT).weight_variance == pytest.approx(1)
    assert float(formulas.next_q(MAXOUT, 1.7, 1.0)) == pytest.approx(1.7)
    assert phases(MAXOUT).edge[len(BIASES) // 2] == pytest.approx(1)
    numbers = predict(Config(activation="maxout", initializer="he_normal")).numbers
    assert numbers["critical_weight_scale"] == pytest.approx(sqrt(0.5))


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


# Dead units


def test_dead_units_in_closed_form():
    assert death.dead_independent(10) == 2**-10
    assert death.dead_pair(pi / 3) == pytest.approx(1 / 3)
    assert death.dead_shifted(100, 3) == pytest.approx(0.2040, abs=1e-4)
    assert [death.dead_cloud(angle) for angle in (0.0, pi / 2, pi, 5.0)] == pytest.approx([0.5, 0.25, 0, 0])
    assert death.active_share(0.01 / sqrt(2)) == pytest.approx(0.5028, abs=1e-4)


def test_equally_correlated_samples_agree_with_what_is_known():
    assert death.dead_correlated(8, 0.0) == pytest.approx(2**-8, rel=1e-4)
    assert death.dead_correlated(8, 1.0) == 0.5
    assert death.dead_correlated(2, 0.5) == pytest.approx(death.dead_pair(acos(0.5)), rel=1e-5)
    assert death.dead_correlated(1, 0.3, bias=1.0) == pytest.approx(1 - death.active_share(1.0), rel=1e-5)
    draws = np.random.default_rng(0).normal(size=(200_000, 6))
    z = sqrt(0.4) * draws[:, :1] + sqrt(0.6) * draws[:, 1:] + 0.3
    assert death.dead_correlated(5, 0.4, bias=0.3) == pytest.approx((z <= 0).all(1).mean(), abs=0.002)


def test_b8_by_the_cosine_map():
    found, correlation = [], 0.0
    for _ in range(10):
        found.append(death.dead_correlated(1000, correlation))
        correlation = float(formulas.relu_correlation(correlation))
    assert found == pytest.approx([0, 0, 0.001, 0.006, 0.015, 0.029, 0.044, 0.060, 0.077, 0.093], abs=5e-4)


@pytest.mark.parametrize("bias", [0.0, 0.4, -0.4])
def test_dead_units_in_the_plane(bias):
    angle = np.linspace(0.2, 0.2 + pi / 3, 40)
    points = np.stack([np.cos(angle), np.sin(angle)], 1)
    weights = np.random.default_rng(1).normal(0, 0.7, (2, 100_000))
    expected = (points @ weights + bias <= 0).all(0).mean()
    assert death.dead_in_plane(points, bias, 0.7) == pytest.approx(expected, abs=0.005)
    assert death.dead_in_plane(np.repeat(points, 60, 0), bias, 0.7) == death.dead_in_plane(points, bias, 0.7)
    if bias == 0:
        assert death.dead_in_plane(points) == pytest.approx(death.dead_cloud(pi / 3), abs=0.002)


def test_d4_born_dead():
    assert death.born_dead(3, 10) == pytest.approx(0.7369, abs=1e-4)
    assert death.born_dead(64, 5) == pytest.approx(5 * 2**-64)
    assert death.born_dead(4, 0) == 0
    assert death.born_dead(4, 2, silent=1.0) == 1


def test_formula_10():
    assert death.looks_dead(0.01, 100) == pytest.approx(0.99**100)
    assert death.probe_needed(0.01) == 299
    assert death.looks_dead(0.01, 299) <= 0.05 < death.looks_dead(0.01, 298)
    assert death.probe_needed(1.0) == 1


def test_k1_the_killing_learning_rate():
    z, pull = np.array([1.0, -2.0, 3.0]), np.array([0.5, 0.1, 2.0])
    rate = death.killing_learning_rate(z, pull)
    assert rate == 2
    assert (z - 1.01 * rate * pull <= 0).all()
    assert (z - 0.99 * rate * pull > 0).any()
    assert death.killing_learning_rate(np.array([1.0, 1.0]), np.array([1.0, -1.0])) == inf
    assert death.killing_learning_rate(np.array([1.0, 1.0]), np.array([1.0, 0.0])) == inf
    assert death.killing_learning_rate(np.array([1.0, -1.0]), np.array([0.1, -1.0])) == inf  # it revives the other
    assert death.killing_learning_rate(np.array([-1.0]), np.array([1.0])) == 0


# What initializers draw


@pytest.mark.parametrize("name", DRAWN)
def test_the_variances_are_those_that_are_drawn(name):
    config = Config(initializer=name, weight_scale=1.5)
    weight, bias = draw(name, 300, 500, config.generator("test"))
    expected = variance(config, 300, 500)
    assert float((1.5 * weight).square().mean()) == pytest.approx(expected.weight, rel=0.02)
    assert expected.weights == 500 * expected.weight
    assert float(bias.square().mean()) == pytest.approx(expected.bias, rel=0.2)


# Predictions


def test_b1_b2_b5_b6_b9_predicted():
    """The lecture's rows, for inputs whose mean square is within 0.3 % of 1."""
    small = predicted("activation_std", activation="tanh", initializer="normal")
    assert small[:5] == pytest.approx([0.2131, 0.0476, 0.0106, 0.00238, 0.00053], rel=0.01)
    gradients = predicted("gradient_rms", activation="tanh", initializer="normal") ** 2
    assert (gradients[:-1] / gradients[1:])[5:-1] == pytest.approx(0.05, rel=0.03)
    even = predicted("activation_std", activation="tanh", initializer="lecun_normal")
    assert even[[0, 1, 2, 3, 4, 9]] == pytest.approx([0.6279, 0.4863, 0.4082, 0.3576, 0.3216, 0.2285], abs=2e-3)
    mean, std = (predicted(f"activation_{name}", initializer="lecun_normal") for name in ("mean", "std"))
    assert (mean[0], std[0]) == pytest.approx((0.3989, 0.5838), rel=0.003)
    assert mean[1:] / mean[:-1] == pytest.approx(sqrt(0.5))
    shrinking = predicted("activation_std", initializer="normal", weight_scale=2.0)
    assert shrinking[1:] / shrinking[:-1] == pytest.approx(0.3162, abs=1e-4)


def test_b3_b4_predicted():
    large = {"activation": "tanh", "initializer": "normal", "weight_scale": 100.0}
    assert predicted("activation_std", **large) == pytest.approx(0.9817, abs=5e-4)
    assert sqrt(predicted("chi", **large)[-1]) == pytest.approx(3.48, rel=0.005)
    gradient = predicted("gradient_rms", **large)
    assert gradient[1:-2] / gradient[2:-1] == pytest.approx(3.48, rel=0.005)


def test_b7_b8_predicted():
    assert predicted("activation_mean") == pytest.approx(0.5642, rel=0.003)
    assert predicted("activation_std") == pytest.approx(0.8256, rel=0.003)
    published = [0, 0, 0.001, 0.006, 0.015, 0.029, 0.044, 0.060, 0.077, 0.093]
    assert predicted("dead_fraction") == pytest.approx(published, abs=0.02)
    assert predicted("dead_fraction", weight_scale=8.0) == pytest.approx(predicted("dead_fraction"), abs=1e-3)


def test_c4_predicted():
    deep = predict(replace(LECTURE, initializer="pytorch_default", depth=30))
    assert deep.variables["chi"] == pytest.approx(1 / 6)
    assert deep.numbers["q_star"] / 2 == pytest.approx(0.2 / 500)
    assert deep.variables["q"][-1] == pytest.approx(deep.numbers["q_star"], rel=1e-6)


def test_d1_predicted():
    with_bias, without = (1 - predicted("zero_fraction", bias_init=bias)[0] for bias in (0.01, 0.0))
    assert (with_bias, without) == pytest.approx((0.5028, 0.5), abs=2e-4)


def test_numbers_of_a_deep_network():
    numbers = predict(Config(activation="tanh", weight_scale=2.0, initializer="lecun_normal")).numbers
    assert numbers["weight_variance"] == pytest.approx(4)
    assert numbers["critical_weight_scale"] == pytest.approx(1)
    assert numbers["xi_c"] == pytest.approx(-1 / log(numbers["chi"]))
    relu = predict(Config(weight_scale=1.5)).numbers
    assert relu["gradient_slope"] == pytest.approx(-log10(1.5**2))
    assert relu["weight_gradient_slope"] == pytest.approx(0)
    assert predict(replace(LECTURE, width=3)).numbers["born_dead"] == pytest.approx(0.7369, abs=1e-4)


def test_batch_norm_makes_gradients_grow():
    theory = predict(replace(LECTURE, normalization="batch_norm"))
    gradient = theory.variables["gradient_rms"] ** 2
    assert (gradient[:-1] / gradient[1:])[1:] == pytest.approx(pi / (pi - 1), rel=0.1)
    assert gradient[0] / gradient[1] == pytest.approx(pi / (pi - 1), rel=0.01)
    assert theory.numbers["chi"] == theory.variables["chi"][-1]
    assert "q_star" not in theory.numbers


MEASURED = {  # what is measured may differ by this factor, mean of three seeds
    "lecture": (replace(LECTURE, depth=5), 1.15),
    "tanh": (replace(LECTURE, depth=5, activation="tanh", initializer="lecun_normal", weight_scale=1.5), 1.05),
    "a constant bias": (replace(LECTURE, depth=5, activation="tanh", bias_init=0.6), 1.05),
    "a bias below zero": (replace(LECTURE, depth=4, bias_init=-0.3), 1.15),
    "sigmoid": (replace(LECTURE, depth=4, activation="sigmoid"), 1.05),
    "sigmoid, large logits": (replace(LECTURE, depth=4, activation="sigmoid", weight_scale=3.0), 1.15),
    "elu": (replace(LECTURE, depth=5, activation="elu"), 1.1),
    "large logits": (replace(LECTURE, depth=4, weight_scale=3.0), 1.15),
    "batch norm": (replace(LECTURE, depth=5, normalization="batch_norm"), 1.05),
    "digits": (Config(width=256, steps=0), 1.25),
    "digits as they are": (Config(width=256, steps=0, preprocessing="none"), 1.25),
    "digits with batch norm": (Config(width=256, steps=0, normalization="batch_norm"), 1.1),
    "torch's biases": (Config(width=256, steps=0, initializer="pytorch_default"), 1.25),
    "orthogonal": (replace(LECTURE, depth=4, width=300, initializer="orthogonal", activation="elu"), 1.1),
    "orthogonal, few inputs": (
        replace(LECTURE, depth=3, features=60, initializer="orthogonal", activation="gelu"),
        1.1,
    ),
    "maxout": (replace(LECTURE, depth=4, width=300, activation="maxout", initializer="xavier_normal"), 1.1),
    "maxout with a bias": (replace(LECTURE, depth=4, width=300, activation="maxout", bias_init=0.5), 1.1),
    "maxout on digits": (Config(width=200, steps=0, activation="maxout", initializer="pytorch_default"), 1.2),
    "maxout with batch norm": (Config(width=200, steps=0, activation="maxout", normalization="batch_norm"), 1.2),
    "layer norm": (replace(LECTURE, depth=4, normalization="layer_norm", bias_init=-0.7), 1.1),
    "layer norm, tanh": (replace(LECTURE, depth=4, normalization="layer_norm", activation="tanh"), 1.05),
    "layer norm on digits": (Config(width=200, steps=0, normalization="layer_norm", activation="silu"), 1.15),
    "squared error": (replace(LECTURE, depth=3, activation="tanh", loss_function="mse", weight_scale=1.2), 1.05),
    "squared error, small outputs": (
        Config(width=256, steps=0, loss_function="mse", initializer="pytorch_default"),
        1.1,
    ),
    "one output": (
        Config(width=256, steps=0, dataset="moons", loss_function="binary_cross_entropy", activation="softsign"),
        1.25,
    ),
    "step": (replace(LECTURE, depth=3, activation="step", bias_init=0.4), 1.05),
    "the plane": (Config(width=256, steps=0, dataset="moons", activation="tanh"), 1.25),
}


@pytest.mark.parametrize("case", MEASURED)
def test_what_is_measured_is_near_what_is_predicted(case):
    config, factor = MEASURED[case]
    configs = [replace(config, seed=seed) for seed in range(3)]
    found = [record(config).data.isel(step=0) for config in configs]
    expected = [predict(config).variables for config in configs]
    for name in ("activation_std", "gradient_rms"):
        if not expected[0][name].any():
            assert not any(run[name].any() for run in found), name
            continue
        ratio = np.mean([np.log(run[name] / theory[name]) for run, theory in zip(found, expected, strict=True)], axis=0)
        assert np.abs(ratio).max() < log(factor), name
    for name in SHARES:
        gap = np.mean([run[name] - theory[name] for run, theory in zip(found, expected, strict=True)], axis=0)
        assert np.abs(gap).max() < 0.06, name
    mean = np.mean(
        [run["activation_mean"] - e["activation_mean"] for run, e in zip(found, expected, strict=True)], axis=0
    )
    assert (np.abs(mean) < 0.1 * expected[0]["activation_std"] + 0.01).all()


def test_squared_errors_of_many_outputs_in_narrow_layers_are_said_to_be_off():
    """60 networks of the default have 1.6 times the gradient in layer 1 that theory expects."""
    narrow = predict(Config(steps=0, loss_function="mse"))
    assert any("gradients are larger than theory says" in remark for remark in narrow.remarks)
    assert "gradient_rms" not in narrow.bands
    for config in (Config(steps=0), Config(steps=0, loss_function="mse", width=512)):
        assert "gradient_rms" in predict(config).bands
        assert not any("Squared errors" in remark for remark in predict(config).remarks)


@pytest.mark.parametrize(
    "config",
    [
        Config(steps=0),
        Config(steps=0, activation="tanh"),
        replace(LECTURE, probe_size=1, samples=4, width=100),
        Config(steps=0, activation="maxout"),
        Config(steps=0, activation="relu", initializer="orthogonal"),
        Config(steps=0, activation="elu", normalization="layer_norm"),
        Config(steps=0, activation="tanh", loss_function="mse", width=256),
        Config(steps=0, dataset="circles", loss_function="binary_cross_entropy"),
    ],
    ids=["digits", "tanh", "one sample", "maxout", "orthogonal", "layer norm", "squared error", "one output"],
)
def test_most_networks_lie_in_the_bands(config):
    """Of 20 networks, whose layers are not independent, at least 75 % of layers: measured are 79 to 100 %."""
    inside = {name: [] for name in predict(config).bands}
    for seed in range(20):
        run, bands = record(replace(config, seed=seed)), predict(replace(config, seed=seed)).bands
        for name, (low, high) in bands.items():
            values = run.variables[name].values[0]
            inside[name] += ((low <= values) & (values <= high)).tolist()
    assert {name: np.mean(hits) > 0.75 for name, hits in inside.items()} == dict.fromkeys(inside, True)


def test_the_band_of_one_sample_is_formula_7():
    config = replace(LECTURE, probe_size=1, width=100)
    low, high = predict(config).bands["activation_std"]
    layers = np.arange(1, config.depth + 1)
    expected = [formulas.finite_width_log_std([100] * layer) for layer in layers]
    assert np.log(high / low) / 2 == pytest.approx(expected, rel=1e-6)


def test_a_prediction_has_the_variables_and_the_axis_of_a_recording():
    data = predict(Config()).data
    recorded = record(Config(steps=0)).data.isel(step=0)
    assert data["layer"].values.tolist() == recorded["layer"].values.tolist()
    both = set(data) & set(recorded)
    assert both == {*SHARES, "activation_mean", "activation_std", "gradient_rms", "weight_gradient_norm"}
    assert both <= set(measures)
    assert data["activation_std"].dims == recorded["activation_std"].dims == ("layer",)
    assert (data["activation_std_low"] < data["activation_std"]).all()
    assert data.attrs["chi"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"depth": 0}, "There is no hidden layer."),
        ({"initializer": "constant"}, "constant draws no independent weights of one variance around 0."),
        ({"initializer": "zeros"}, "zeros draws no independent weights of one variance around 0."),
        ({"weight_scale": 0.0}, "Every weight is 0, or too small for float32 numbers."),
        ({"weight_scale": 8.4e-282, "bias_init": 1.0}, "Every weight is 0, or too small for float32 numbers."),
        ({"initializer": "sparse"}, "sparse draws no independent weights of one variance around 0."),
        ({"normalization": "batch_norm_after"}, "Of batch_norm_after no simple formula is known"),
        ({"normalization": "batch_norm", "probe_size": 15}, "Batch norm of fewer than 16 samples makes no normal"),
        ({"weight_scale": 1e6, "depth": 30}, "The signal leaves the range of float32 numbers."),
        ({"weight_scale": 1e-6, "depth": 30}, "The signal leaves the range of float32 numbers."),
    ],
)
def test_what_has_no_theory_says_why(choices, reason):
    theory = predict(Config(**choices))
    assert theory.reason.startswith(reason)
    assert [len(part) for part in (theory.variables, theory.bands, theory.numbers)] == [0, 0, 0]
    assert theory.data.attrs["reason"] == theory.reason


def test_of_a_loss_without_a_theory_the_forward_half_is_known(monkeypatch):
    monkeypatch.delitem(ERRORS, "mse")
    half = predict(Config(loss_function="mse", seed=71))
    whole = predict(Config(seed=71))
    assert set(whole.variables) - set(half.variables) == {"gradient_rms", "weight_gradient_norm"}
    assert set(half.bands) == {"activation_mean", "activation_std"}
    assert half.remarks[0] == "Of the gradient of mse it says nothing."
    for name, values in half.variables.items():
        assert values == pytest.approx(whole.variables[name]), name
    assert half.numbers == whole.numbers


def test_a_regression_is_predicted_with_the_sizes_of_its_targets():
    """Of networks in which no two samples are alike, so that each gradient is a mean over many."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 60))
    lines = [",".join(f"{value:.4f}" for value in [*row, abs(row[0]) ** 3]) for row in x]
    sheet = read_sheet("\n".join([",".join([*(f"x{i}" for i in range(60)), "y"]), *lines]).encode())
    config = Config(dataset="upload", table=keep(table_of(sheet, "y")), activation="tanh", width=400, depth=4, steps=0)
    for choices in ({"weight_scale": 1.8}, {"weight_scale": 0.5}):
        own = replace(config, **choices)
        found, expected = record(own).variables["gradient_rms"].values[0], predict(own).variables["gradient_rms"]
        assert found == pytest.approx(expected, rel=0.1), choices


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
def test_an_edge_that_no_signal_comes_to_is_not_told(name):
    """At zero bias q = 0 is critical at 1/φ'(0)² = 4, or 1/0.36, but signals leave it long before."""
    assert phases(curve(Config(activation=name))).edge[len(BIASES) // 2] < 1.6
    theory = predict(Config(activation=name, initializer="lecun_normal"))
    assert "critical_weight_scale" not in theory.numbers


def test_after_training_there_is_no_theory():
    assert predict(Config(), step=7).reason == "Theory speaks of the untrained network only, and not of step 7."
    assert predict(Config(steps=9)).variables is predict(Config(steps=0, learning_rate=1.0)).variables


def test_inputs_that_are_all_zero(monkeypatch):
    monkeypatch.setattr(
        "core.theory.prediction.probe_of", lambda config: type("P", (), {"squares": np.zeros(3), "classes": 2})
    )
    assert predict(Config(seed=91)).reason == "All inputs are 0, or batch norm makes 0 of them."


def test_data_that_cannot_be_had(monkeypatch):
    def unavailable(config: Config) -> None:
        raise DataUnavailable("No data today.")

    monkeypatch.setattr("core.theory.prediction.probe_of", unavailable)
    assert predict(Config(seed=92)).reason == "No data today."


@pytest.mark.parametrize("name", initializers)
def test_every_initializer_has_a_theory_or_a_reason(name):
    assert (name in DRAWN) == (not predict(Config(initializer=name)).reason)


def test_what_is_approximate_is_said():
    remarks = predict(Config(dataset="moons", width=4)).remarks
    assert remarks[0] == "Sums of 2 inputs are taken as normally distributed."
    assert remarks[1] == "A layer of 4 units is far from an infinitely wide one."
    assert remarks[2].startswith("Inputs that are alike in part are followed in groups")
    assert predict(LECTURE).remarks == ()


small = st.builds(
    Config,
    activation=st.sampled_from(list(activations)),
    initializer=st.sampled_from(list(initializers)),
    dataset=st.sampled_from([name for name, entry in datasets.items() if entry.features and not entry.download]),
    preprocessing=st.sampled_from(["none", "center", "standardize"]),
    depth=st.integers(0, 20),
    width=st.integers(1, 40),
    weight_scale=st.floats(0, 1e6) | st.floats(0.1, 5),
    bias_init=st.floats(-1e9, 1e9) | st.floats(-2, 2) | st.just(0.0),
    normalization=st.sampled_from(list(normalizations)),
    samples=st.integers(2, 60),
    probe_size=st.integers(1, 60),
    seed=st.integers(0, 99),
    steps=st.just(0),
)


@given(small)
@settings(max_examples=150)
def test_a_prediction_is_finite_or_says_why_it_is_not_there(config):
    theory = predict(config)
    if theory.reason:
        assert theory.reason.endswith(".")
        assert not theory.variables
        return
    for values in [*theory.variables.values(), *(end for band in theory.bands.values() for end in band)]:
        assert values.shape == (config.depth,)
        assert np.isfinite(values).all()
    assert all((low <= high).all() for low, high in theory.bands.values())
    assert all(((theory.variables[name] >= 0) & (theory.variables[name] <= 1)).all() for name in SHARES)
    assert 0 <= theory.numbers["born_dead"] <= 1
    assert not any(isnan(number) for number in theory.numbers.values())


# Order and chaos


def test_the_map_of_phases_agrees_with_the_formulas():
    """Interpolated on a grid whose weights lie 3 % apart: within 2 %."""
    edges = phases(TANH).edge
    for bias in (-1.6, 0.0, 0.8, 2.0):
        (place,) = np.flatnonzero(bias == BIASES)
        assert edges[place] ** 2 == pytest.approx(formulas.edge_of_chaos(TANH, bias=bias).weight_variance, rel=0.02)
    row = phases(TANH, 0.05).chi[len(BIASES) // 2]
    for place in (60, 100, 140):
        q = formulas.fixed_point(TANH, WEIGHTS[place] ** 2, 0.05)
        assert row[place] == pytest.approx(float(formulas.chi(TANH, q, WEIGHTS[place] ** 2)), rel=0.02)


def test_the_plane_of_random_biases_agrees_with_the_formulas():
    """Row C1 is a point of its edge; around another bias the edge is interpolated, within 2 %."""
    for bias, accuracy in ((0.0, 1e-6), (0.5, 0.02)):
        edges = random_phases(TANH, bias).edge
        for place in (0, 3, 10, 20):
            exact = formulas.edge_of_chaos(TANH, SIGMAS[place] ** 2, bias).weight_variance
            assert edges[place] ** 2 == pytest.approx(exact, rel=accuracy), (bias, SIGMAS[place])
    assert random_phases(TANH).edge[0] == phases(TANH).edge[len(BIASES) // 2] == pytest.approx(1)
    assert (random_phases(RELU).chi[0] == phases(RELU).chi[len(BIASES) // 2]).all()


@pytest.mark.parametrize("name", ["relu", "gelu", "relu6"])
def test_where_chi_leaps_the_edge_is_where_q_starts_to_grow(name):
    """From q = σ_w², at biases below zero: there q' = σ_w² E φ², so E φ² = 1."""
    edges, below_zero = phases(of(name)).edge[: len(BIASES) // 2], BIASES[: len(BIASES) // 2]
    for edge, bias in zip(edges, below_zero, strict=True):
        assert fine(of(name).phi(bias + edge * FINE) ** 2) == pytest.approx(1, rel=2e-3)
    assert (np.diff(edges) < 0).all()


def test_edges_of_curves_without_a_scale():
    assert phases(of("identity")).edge == pytest.approx(1, rel=0.01)
    assert phases(RELU).edge[BIASES >= 0] == pytest.approx(sqrt(2), rel=0.01)
    assert np.isnan(phases(of("step")).edge).all()
