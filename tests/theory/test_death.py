"""Dead units in closed form, against the table of truths and against draws."""

from math import acos, inf, pi, sqrt

import numpy as np
import pytest

from core.theory import death, formulas

pytestmark = pytest.mark.numerics


def test_dead_units_in_closed_form():
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
