import numpy as np
import pytest
import xarray as xr

from core.charts.experiments.searching.coverage import GAP, square_frame
from core.charts.experiments.searching.coverage import distances as drawn
from core.experiments.searching.coverage import (
    BUDGETS,
    KNOBS,
    MATTER,
    STRATEGIES,
    best_share,
    chance_of_best,
    distances,
    grid_distance,
    random_distance,
    square,
    trials_needed,
)

ONE, BUT_ONE, ALL = MATTER


def nearer(found: xr.Dataset) -> dict[str, list[int]]:
    """With how many knobs each strategy ends nearer than the other."""
    return {name: found["knobs"].values[found["nearer"].sel(strategy=name)].tolist() for name in STRATEGIES}


def test_60_random_trials_hit_the_best_twentieth():
    """Row H1."""
    assert chance_of_best(60, 0.05) == pytest.approx(0.9539, abs=5e-5)
    assert chance_of_best(1, 0.05) == pytest.approx(0.05)


@pytest.mark.parametrize("share", [0.01, 0.05, 0.2])
def test_the_trials_that_are_needed_are_the_fewest_that_do(share):
    needed = trials_needed(share)
    assert chance_of_best(needed, share) >= 0.95 > chance_of_best(needed - 1, share)


def test_nine_trials_and_one_knob_that_matters():
    """Row H2: 0.083 and 0.054; but with 3 trials of one knob the grid wins."""
    assert grid_distance(3) == pytest.approx(0.0833, abs=5e-5)
    assert random_distance(9) == pytest.approx(0.0545, abs=5e-5)
    assert random_distance(3) == pytest.approx(0.15)
    assert random_distance(9) < grid_distance(3) < random_distance(3)


@pytest.mark.parametrize("budget", [3, 9, 60])
def test_what_is_simulated_is_what_the_formulas_say(budget):
    found = distances(budget, ONE)
    assert found["measured"].values.shape == found["expected"].values.shape == (len(STRATEGIES), len(KNOBS))
    np.testing.assert_allclose(found["measured"].values, found["expected"].values, rtol=0.08)
    assert len(set(found["expected"].values[1])) == 1  # random search does not mind knobs that do not matter


@pytest.mark.parametrize(("budget", "knobs"), [(9, 2), (16, 2), (16, 4), (27, 3)])
def test_where_all_knobs_matter_a_grid_that_uses_up_its_trials_wins(budget, knobs):
    found = distances(budget, ALL)
    grid, random = found["measured"].values[:, KNOBS.index(knobs)]
    assert grid < 0.9 * random
    assert np.isnan(found["expected"].values).all()


@pytest.mark.parametrize(("budget", "knobs"), [(9, 4), (27, 5), (60, 4)])
def test_a_grid_that_leaves_many_trials_unused_loses(budget, knobs):
    """Of 60 trials of four knobs it uses 16, of 9 a single one."""
    grid, random = distances(budget, ALL)["measured"].values[:, KNOBS.index(knobs)]
    assert random < 0.95 * grid


@pytest.mark.parametrize(("budget", "knobs"), [(16, 4), (32, 5), (64, 6)])
def test_one_knob_that_does_not_matter_is_not_enough_for_random_search(budget, knobs):
    assert knobs in nearer(distances(budget, BUT_ONE))["grid"]


def test_one_knob_alone_is_all_knobs():
    one, most, every = (distances(9, matter)["measured"].values for matter in MATTER)
    np.testing.assert_array_equal(one[:, 0], every[:, 0])
    np.testing.assert_array_equal(most[:, 0], every[:, 0])
    np.testing.assert_array_equal(most[:, 1], one[:, 1])


@pytest.mark.parametrize("budget", BUDGETS)
def test_what_the_lesson_says_holds_for_every_budget(budget):
    """One knob that matters of several: random search. All: a grid that uses up its trials. More knobs: farther."""
    assert nearer(distances(budget, ONE)) == {"grid": [1], "random": list(KNOBS[1:])}
    used_up = [knobs for knobs in KNOBS if round(budget ** (1 / knobs)) ** knobs == budget]
    assert used_up
    assert set(used_up) <= set(nearer(distances(budget, ALL))["grid"])
    for matter in (BUT_ONE, ALL):
        for measured in distances(budget, matter)["measured"].values:
            by_count = [measured[KNOBS.index(knobs)] for knobs in KNOBS if matter == ALL or knobs > 1]
            assert by_count == sorted(by_count)


@pytest.mark.parametrize("budget", BUDGETS)
@pytest.mark.parametrize("matter", MATTER)
def test_words_say_who_ends_nearer(budget, matter):
    found = distances(budget, matter)
    grid, random = found["measured"].values
    for knobs, one, other in zip(KNOBS, grid, random, strict=True):
        assert (knobs in nearer(found)["grid"]) == (one < 0.98 * other)
        assert (knobs in nearer(found)["random"]) == (other < 0.98 * one)
    assert "Nearer to the optimum: grid with 1" in drawn.sentence_of(found)


def test_numbers_of_knobs_are_listed():
    assert drawn.sentence_of(distances(9, ONE)).endswith(
        "Nearer to the optimum: grid with 1 knob, random with 2, 3, 4, 5 and 6 knobs."
    )
    assert drawn.sentence_of(distances(16, BUT_ONE)).endswith(
        "Nearer to the optimum: grid with 1 and 4 knobs, random with 2, 3, 5 and 6 knobs."
    )


def test_how_many_matter_is_one_of_the_choices():
    with pytest.raises(ValueError, match="matter must be one of one, but_one, all; got 'none'"):
        distances(9, "none")


def test_a_square_is_tried_in_three_values_or_in_nine():
    tried = square(9, 0, 0.05)
    assert tuple(tried["strategy"].values) == STRATEGIES
    assert tried["values"].values.tolist() == [3, 9]
    assert tried["nearest"].sum("trial").values.tolist() == [3, 1]
    away = np.abs(tried["point"].sel(knob="matters") - tried["optimum"])
    np.testing.assert_allclose(tried["distance"], away.min("trial"))


def test_a_grid_leaves_the_trials_out_that_it_has_no_use_for():
    tried = square(3, 0, 0.05)
    assert np.isfinite(tried["point"]).all("knob").sum("trial").values.tolist() == [1, 3]
    assert tried["nearest"].sel(strategy="grid").values.tolist() == [True, False, False]


def test_the_draw_decides_on_the_points_and_the_optimum():
    first, again, other = (square(9, draw, 0.05).sel(strategy="random") for draw in (0, 0, 1))
    np.testing.assert_array_equal(first["point"], again["point"])
    assert first["optimum"] == again["optimum"] != other["optimum"]
    assert not np.array_equal(first["point"], other["point"])


@pytest.mark.parametrize(("optimum", "best"), [(0.5, (0.4, 0.6)), (0.05, (0.0, 0.2)), (0.97, (0.8, 1.0))])
def test_the_best_share_lies_around_the_optimum_and_inside_the_square(optimum, best):
    assert best_share(optimum, 0.2) == pytest.approx(best)


def test_random_trials_hit_the_best_share_as_often_as_the_formula_says():
    hits = []
    for draw in range(2000):
        random = square(9, draw, 0.05)
        values = random["point"].sel(strategy="random", knob="matters").values
        hits.append(((random["low"].item() <= values) & (values <= random["high"].item())).any())
    chance = chance_of_best(9, 0.05)
    assert np.mean(hits) == pytest.approx(chance, abs=4 * np.sqrt(chance * (1 - chance) / len(hits)))


def test_the_squares_stand_side_by_side():
    tried = square(9, 3, 0.05)
    frame = square_frame(tried)
    points = frame[frame["mark"].isin(["trial", "nearest"])]
    assert len(points) == 18
    grid, random = tried["point"].sel(knob="matters").values
    np.testing.assert_allclose(points["x"][:9], grid, atol=1e-6)
    np.testing.assert_allclose(points["x"][9:], GAP + random, atol=1e-6)
    assert frame.query("mark == 'words'")["words"].tolist() == ["grid: 3 values", "random: 9 values"]
    assert (frame["mark"] == "value").sum() == 3 + 9
    bands = frame.query("mark == 'best'")
    np.testing.assert_allclose(bands["right"] - bands["x"], 0.05, atol=1e-6)
    assert (bands["x"].to_numpy() <= frame.query("mark == 'optimum'")["x"].to_numpy()).all()
    assert square_frame(square(3, 0, 0.05)).query("mark == 'words'")["words"].tolist()[0] == "grid: 1 value"
