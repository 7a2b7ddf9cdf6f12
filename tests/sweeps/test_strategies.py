"""Strategies of search: where they look, and what is known of them."""

import inspect
from math import nan, sqrt

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from searched import RATE, SCALE, TINY, bowl

from core.sweeps.search import FINE_WIDTH, search, strategies

SIGMAS = 4  # how many standard errors a simulated mean may be off


def rounds(name, budget, dimensions, seed=0, score=lambda points: np.zeros(len(points))):
    """The rounds of points of a strategy that is told these scores."""
    strategy = strategies[name](budget, dimensions, torch.Generator().manual_seed(seed))
    made = [next(strategy)]
    try:
        while True:
            made.append(strategy.send(score(made[-1])))
    except StopIteration:
        return made


def points(name, budget, dimensions, seed=0, **told):
    return np.concatenate(rounds(name, budget, dimensions, seed, **told))


def assert_mean(samples, expected):
    """The mean of independent samples is the expected one, but for chance."""
    assert np.mean(samples) == pytest.approx(expected, abs=SIGMAS * np.std(samples) / sqrt(len(samples)))


def distance_to_optimum(values):
    """The mean distance of the nearest value to an optimum that is uniform in [0, 1]: the integral, gap by gap."""
    first, *_, last = ordered = np.sort(values)
    return (np.diff(ordered) ** 2).sum() / 4 + (first**2 + (1 - last) ** 2) / 2


def random_distance(trials):
    """Its expectation for random values: a gap has mean square 2/((n+1)(n+2)); n−1 are inner ones, 2 outer ones."""
    return (trials + 3) / (2 * (trials + 1) * (trials + 2))


def test_60_random_trials_hit_the_best_twentieth():
    expected = 1 - 0.95**60
    assert expected == pytest.approx(0.9539, abs=5e-5)
    hits = [((points("random", 60, 2, seed) < [0.25, 0.2]).all(1)).any() for seed in range(3000)]  # 0.25 · 0.2 = 5 %
    assert_mean(hits, expected)


def test_random_beats_a_grid_where_one_knob_of_two_matters():
    assert distance_to_optimum(points("grid", 9, 2)[:, 0]) == pytest.approx(1 / 12)
    assert random_distance(9) == pytest.approx(0.0545, abs=5e-5)
    found = [distance_to_optimum(points("random", 9, 2, seed)[:, 0]) for seed in range(3000)]
    assert_mean(found, random_distance(9))


def test_a_grid_beats_random_where_all_knobs_matter():
    assert distance_to_optimum(points("grid", 3, 1)[:, 0]) == pytest.approx(1 / 12)
    assert random_distance(3) == pytest.approx(0.15)
    found = [distance_to_optimum(points("random", 3, 1, seed)[:, 0]) for seed in range(3000)]
    assert_mean(found, random_distance(3))


def test_the_distance_to_the_optimum_is_the_one_that_is_simulated():
    generator = np.random.default_rng(0)
    values, optima = generator.random(5), generator.random(20_000)
    assert_mean(abs(optima[:, None] - values).min(1), distance_to_optimum(values))


def told(answer):
    """A score that does not look at its points."""
    return lambda points: np.full(len(points), answer)


@given(
    name=st.sampled_from(list(strategies)),
    budget=st.integers(1, 300),
    dimensions=st.integers(1, 6),
    answer=st.sampled_from([0.0, nan, np.inf]),
)
def test_the_points_are_in_the_cube_and_within_the_budget(name, budget, dimensions, answer):
    made = points(name, budget, dimensions, score=told(answer))
    assert made.shape[1] == dimensions
    assert 1 <= len(made) <= budget
    assert ((made >= 0) & (made <= 1)).all()


@pytest.mark.parametrize("name", strategies)
def test_the_seed_decides(name):
    first, again, other = (points(name, 20, 3, seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first, again)
    assert (name == "grid") == np.array_equal(first, other)


@pytest.mark.parametrize("name", strategies)
def test_no_other_source_of_random_numbers_is_used(name):
    torch.manual_seed(0)
    first = points(name, 20, 2)
    state = torch.random.get_rng_state()
    torch.manual_seed(1)
    np.testing.assert_array_equal(first, points(name, 20, 2))
    torch.manual_seed(0)
    assert torch.equal(state, torch.random.get_rng_state())


@pytest.mark.parametrize("name", strategies)
def test_every_strategy_has_help_and_searches(name):
    assert len(strategies.help(name)) > 40
    assert inspect.isgeneratorfunction(strategies[name].function)
    *_, trials = search(TINY, [RATE, SCALE], name, 16, score=bowl())
    assert (trials.strategy, trials.knobs, len(trials.configs)) == (name, (RATE, SCALE), 16)
    assert trials.points.shape == (16, 2)
    np.testing.assert_allclose(trials.scores, ((trials.points - [0.3, 0.6]) ** 2).sum(1), atol=1e-12)
    assert trials.best == trials.scores.argmin()


@given(side=st.integers(1, 40), dimensions=st.integers(1, 4))
def test_a_grid_is_the_largest_that_the_budget_allows(side, dimensions):
    if side**dimensions <= 2000:
        assert len(points("grid", side**dimensions, dimensions)) == side**dimensions
        assert len(points("grid", (side + 1) ** dimensions - 1, dimensions)) == side**dimensions


def test_a_grid_has_the_centres_of_cells():
    made = points("grid", 10, 2)
    np.testing.assert_allclose(np.unique(made), [1 / 6, 1 / 2, 5 / 6])
    assert len(np.unique(made, axis=0)) == 9


def test_random_points_are_uniform():
    made = points("random", 20_000, 2)
    for column in made.T:
        assert_mean(column, 1 / 2)
        assert_mean(column**2, 1 / 3)
    assert_mean(made.prod(1), 1 / 4)


@given(seed=st.integers(0, 1000), budget=st.integers(2, 60), dimensions=st.integers(1, 4))
def test_the_second_round_is_in_a_box_around_the_best(seed, budget, dimensions):
    def score(coarse):
        return ((coarse - 0.9) ** 2).sum(1)

    coarse, fine = rounds("coarse_to_fine", budget, dimensions, seed, score=score)
    assert (len(coarse), len(fine)) == (budget - budget // 2, budget // 2)
    best = coarse[score(coarse).argmin()]
    assert (abs(fine - best) <= FINE_WIDTH / 2).all()


def test_the_box_is_filled_and_cut_off_at_the_borders():
    coarse, fine = rounds("coarse_to_fine", 4000, 1, score=lambda points: points[:, 0])
    reach = coarse.min() + FINE_WIDTH / 2
    assert_mean(fine, reach / 2)
    assert fine.min() < 0.01 < reach - 0.01 < fine.max()


@pytest.mark.parametrize("answer", [nan, np.inf])
def test_where_no_score_is_finite_the_second_round_looks_everywhere(answer):
    _, fine = rounds("coarse_to_fine", 200, 1, score=told(answer))
    assert fine.min() < 0.05 < 0.95 < fine.max()


def test_a_score_of_nan_is_never_the_best():
    def score(points):
        return np.where(points[:, 0] < 0.5, nan, points[:, 0])

    coarse, fine = rounds("coarse_to_fine", 100, 1, score=score)
    best = coarse[coarse >= 0.5].min()
    assert (abs(fine - best) <= FINE_WIDTH / 2).all()


def test_a_budget_of_one_is_one_round():
    assert [len(made) for made in rounds("coarse_to_fine", 1, 3)] == [1]


@pytest.mark.parametrize("dimensions", [1, 2, 3])
def test_coarse_to_fine_beats_random_on_a_bowl(dimensions):
    optima = np.random.default_rng(0).random((300, dimensions))
    gains = []
    for seed, optimum in enumerate(optima):

        def score(points, optimum=optimum):
            return ((points - optimum) ** 2).sum(1)

        found = {name: score(points(name, 30, dimensions, seed, score=score)) for name in strategies}
        gains.append(sqrt(found["random"].min()) - sqrt(found["coarse_to_fine"].min()))
    assert np.mean(gains) > SIGMAS * np.std(gains) / sqrt(len(gains))
