"""Order and chaos: the maps of phases against the formulas."""

from math import sqrt

import numpy as np
import pytest
from curves_of import FINE, RELU, TANH, fine, of

from core.theory import formulas
from core.theory.phase import BIASES, SIGMAS, WEIGHTS, phases, random_phases

pytestmark = pytest.mark.numerics


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
