"""Searches: the networks that strategies ask for are trained, compared on one budget, and can be stopped."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import FrozenInstanceError, replace
from math import nan
from threading import Event, Timer
from unittest.mock import Mock

import numpy as np
import pytest
from searched import RATE, SCALE, TINY, bowl

from core import record
from core.sweeps.knobs import Knob
from core.sweeps.search import compare, search, strategies, validation_loss


def test_knobs_and_trials_are_frozen():
    with pytest.raises(FrozenInstanceError):
        RATE.low = 0
    with pytest.raises(FrozenInstanceError):
        next(search(TINY, [RATE, SCALE], "random", 2, score=bowl())).scores = 0
    assert Knob("learning_rate", 1e-3, 1) == RATE


def test_every_score_is_the_loss_of_the_network_trained_alone():
    *_, trials = search(TINY, [RATE, SCALE], "coarse_to_fine", 6, seed=2)
    alone = [float(record(config).data["loss"].sel(split="validation")[-1]) for config in trials.configs]
    np.testing.assert_allclose(trials.scores, alone, rtol=1e-4)
    assert {replace(config, learning_rate=1, weight_scale=1) for config in trials.configs} == {
        replace(TINY, learning_rate=1, weight_scale=1)
    }
    assert trials.configs[trials.best].learning_rate == RATE.value(trials.points[trials.best, 0])


def test_runs_of_any_length_have_the_loss_at_their_end():
    configs = [replace(TINY, steps=steps) for steps in (10, 0, 3)] + [replace(TINY, learning_rate=1e7)]
    with ThreadPoolExecutor(1) as executor:
        executor.submit = Mock(wraps=executor.submit)
        scores = validation_loss(configs, executor=executor)
    assert executor.submit.called
    alone = [float(record(config).data["loss"].sel(split="validation")[-1]) for config in configs[:3]]
    np.testing.assert_allclose(scores[:3], alone, rtol=1e-4)
    assert record(configs[3]).end.reason == "diverged"
    assert scores[3] == np.inf


def test_what_is_known_grows_round_by_round():
    first, second = search(TINY, [RATE, SCALE], "coarse_to_fine", 9, score=bowl())
    assert (len(first.configs), len(second.configs)) == (5, 9)
    assert second.configs[:5] == first.configs
    np.testing.assert_array_equal(second.points[:5], first.points)
    np.testing.assert_array_equal(second.scores[:5], first.scores)
    assert second.rounds.tolist() == [1] * 5 + [2] * 4
    assert first.box is None
    low, high = second.box
    np.testing.assert_array_equal(second.box, np.clip([first.points[first.best] + d for d in (-0.25, 0.25)], 0, 1))
    assert ((second.points[5:] >= low) & (second.points[5:] <= high)).all()
    assert second.reached == (first.scores.min(), second.scores[5:].min())


def test_the_seed_of_a_search_decides():
    def tried(seed):
        return next(search(TINY, [RATE, SCALE], "random", 4, seed=seed, score=bowl())).configs

    assert tried(1) == tried(1) != tried(2)


def test_nan_is_worse_than_infinite():
    def scores(*answers):
        return next(search(TINY, [RATE], "grid", len(answers), score=lambda _: answers)).best

    assert scores(nan, np.inf, 3.0, nan, 2.0) == 4
    assert scores(nan, np.inf) == 1
    assert scores(nan, nan) == 0


def test_all_strategies_are_compared_on_one_budget():
    *_, last = known = list(compare(TINY, [RATE, SCALE], 4, seed=3))
    assert [(each.progress.done, each.progress.total) for each in known] == [(4, 12), (8, 12), (10, 12), (12, 12)]
    assert list(known[0].trials) == ["grid"]
    for name in strategies:
        *_, alone = search(TINY, [RATE, SCALE], name, 4, seed=3)
        assert last.trials[name].configs == alone.configs
        np.testing.assert_array_equal(last.trials[name].scores, alone.scores)


def test_a_comparison_sends_its_work_to_the_executor():
    with ThreadPoolExecutor(1) as executor:
        executor.submit = Mock(wraps=executor.submit)
        next(compare(replace(TINY, seed=77), [RATE], 2, executor=executor))
    assert executor.submit.called


def test_a_comparison_can_be_stopped():
    stop = Event()
    known = compare(replace(TINY, steps=100_000, seed=78), [RATE], 2, stop=stop)
    Timer(0.3, stop.set).start()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        next(known)


def test_a_grid_tests_a_third_of_the_values():
    tested = {}
    for name in ("grid", "random"):
        *_, trials = search(TINY, [RATE, SCALE], name, 9, score=bowl())
        frame = trials.marginal(RATE)
        assert list(frame.columns) == ["value", "score"]
        assert frame["value"].is_monotonic_increasing
        assert frame["score"].tolist() == trials.scores[frame.index].tolist()
        assert frame["value"].tolist() == [trials.configs[trial].learning_rate for trial in frame.index]
        tested[name] = frame["value"].nunique()
    assert tested == {"grid": 3, "random": 9}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: Knob("activation", 0, 1), r"a knob must be one of weight_scale, depth, .*; got 'activation'"),
        (lambda: Knob("speed", 0, 1), r"a knob must be one of weight_scale, depth, .*; got 'speed'"),
        (lambda: Knob("noise", -1, 1), "the low end of noise must be a number from 0 to 10; got -1"),
        (lambda: Knob("depth", 1, 2.5), "the high end of depth must be a whole number from 0 to 100; got 2.5"),
        (lambda: Knob("noise", 0, nan), "the high end of noise must be a number from 0 to 10; got nan"),
        (lambda: Knob("noise", 2, 1), "the low end of noise must be below its high end; got 2.0 and 1.0"),
        (lambda: Knob("depth", 2, 2), "the low end of depth must be below its high end; got 2 and 2"),
        (lambda: search(TINY, [], "random", 9), "a search needs at least one knob; got none"),
        (lambda: search(TINY, [RATE, RATE], "random", 9), "different fields; got learning_rate, learning_rate"),
        (
            lambda: search(TINY, [RATE], "guess", 9),
            "strategy must be one of grid, random, coarse_to_fine; got 'guess'",
        ),
        (lambda: search(TINY, [RATE], "random", 0), "budget must be a whole number from 1; got 0"),
        (lambda: search(TINY, [RATE], "random", 2.5), "budget must be a whole number from 1; got 2.5"),
        (lambda: search(TINY, [RATE], "random", True), "budget must be a whole number from 1; got True"),
        (lambda: search(TINY, [RATE], "random", 9, seed=-1), "seed must be a whole number from 0 to 2.*; got -1"),
        (
            lambda: search(TINY, [Knob("depth", 1, 100), Knob("width", 1, 1024)], "random", 9),
            "depth · width · width must be at most 30,000,000; got 100 · 1024 · 1024",
        ),
        (
            lambda: next(search(TINY, [RATE], "grid", 2, score=bowl())).marginal(SCALE),
            "the knob must be one of learning_rate; got 'weight_scale'",
        ),
    ],
)
def test_what_cannot_be_searched_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()
