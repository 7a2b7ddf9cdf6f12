"""Signal and gradient: each formula against the table of truths and known closed forms."""

from math import exp, inf, isnan, log10, pi, sqrt

import numpy as np
import pytest
import torch
from curves_of import ELU, FINE, LEAKY, MAXOUT, RELU, SIGMOID, TANH, fine, of

from core import Config
from core.networks.curves import curve
from core.theory import formulas, predict
from core.theory.formulas import Edge
from core.theory.gauss import GaussianLayer
from core.theory.phase import BIASES, phases

pytestmark = pytest.mark.numerics


def test_a1_to_a3():
    z = np.linspace(-6, 6, 100_001)
    assert SIGMOID.slope(z).max() == pytest.approx(0.25, abs=1e-6)
    assert float(formulas.nested(SIGMOID, 0.0, 100)) == pytest.approx(0.659046, abs=1e-6)
    assert formulas.nested(SIGMOID, np.array([-inf, inf]), 3) == pytest.approx([0.62246, 0.67504], abs=1e-5)
    layer = GaussianLayer(RELU, np.array(1.0))
    assert (float(layer.mean), float(layer.std)) == pytest.approx((0.398942, 0.583819), abs=1e-6)
    assert float(layer.mean_square) == pytest.approx(0.5, abs=1e-6)


@pytest.mark.parametrize("q", [0.01, 1.0, 3.7])
def test_relu_has_closed_forms(q):
    layer = GaussianLayer(RELU, np.array(q))
    assert float(layer.mean) == pytest.approx(sqrt(q / (2 * pi)))
    assert float(layer.std) == pytest.approx(sqrt(q * (0.5 - 1 / (2 * pi))))
    assert float(formulas.next_q(RELU, q, 1.3, 0.2)) == pytest.approx(1.3 * q / 2 + 0.2)
    assert float(formulas.next_q(LEAKY, q, 1.3)) == pytest.approx(1.3 * q * (1 + 0.01**2) / 2)


def test_a4():
    assert float(GaussianLayer(TANH, np.array(1.0)).std) == pytest.approx(0.627929, abs=1e-6)
    assert float(formulas.chi(TANH, 1.0, 1.0)) == pytest.approx(0.464403, abs=1e-6)
    assert float(formulas.chi(SIGMOID, 1.0, 1.0)) == pytest.approx(0.044836, abs=1e-6)


def test_a5_the_gain_of_he_is_that_of_torch():
    assert formulas.gain(RELU) == pytest.approx(torch.nn.init.calculate_gain("relu"))
    assert formulas.gain(LEAKY) == pytest.approx(torch.nn.init.calculate_gain("leaky_relu", 0.01))


@pytest.mark.parametrize(("phi", "gain"), [(TANH, 1.5925), (ELU, 1.2452), (RELU, 1.4142)])
def test_a6(phi, gain):
    assert formulas.gain(phi) == pytest.approx(gain, abs=1e-3)
    assert float(GaussianLayer(phi, np.array(1.0)).mean_square) * formulas.gain(phi) ** 2 == pytest.approx(1)


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


@pytest.mark.parametrize("weight_variance", [0.5, 2.0, 3.0])
def test_e1_log_slopes_of_relu(weight_variance):
    assert formulas.log_slopes(RELU, 1.0, weight_variance) == pytest.approx((-log10(weight_variance / 2), 0), abs=1e-9)


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


def test_maxout_at_the_edge_of_chaos():
    """Without a bias the variance of z stays as it is at σ_w² = 1, where gradients do, too."""
    assert formulas.edge_of_chaos(MAXOUT).weight_variance == pytest.approx(1)
    assert float(formulas.next_q(MAXOUT, 1.7, 1.0)) == pytest.approx(1.7)
    assert phases(MAXOUT).edge[len(BIASES) // 2] == pytest.approx(1)
    numbers = predict(Config(activation="maxout", initializer="he_normal")).numbers
    assert numbers["critical_weight_scale"] == pytest.approx(sqrt(0.5))
