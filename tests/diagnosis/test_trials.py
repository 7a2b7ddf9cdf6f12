"""Remedies and their trials: what is proposed makes the run learn, and the best comes first."""

from dataclasses import replace
from itertools import pairwise
from threading import Event

import pytest

from core import Config, record
from core.diagnosis import diagnose, prescribe
from core.diagnosis.cures.proposals import MOST_ALONE, alone
from core.diagnosis.cures.remedies import remedies
from core.diagnosis.cures.trials import FINALISTS, SEEDS, prescribing, ranked
from core.sweeps.chunks import forget

SMALL = Config(dataset="blobs", width=16, depth=3, steps=120, snapshots=10)
SICK = {
    "bias": replace(SMALL, bias_init=-20.0),
    "rate": replace(SMALL, learning_rate=1000.0),
    "weights": replace(SMALL, initializer="zeros"),
    "decay": replace(SMALL, weight_decay=3.0),
}


@pytest.mark.parametrize("name", remedies)
def test_a_remedy_gives_fields_of_a_config_that_are_allowed(name):
    for config in (SMALL, *SICK.values(), Config(activation="sigmoid", optimizer="momentum", momentum=0.999)):
        assert isinstance(replace(config, **remedies[name](config)), Config)


@pytest.mark.parametrize("name", SICK)
def test_the_best_trial_learns(name):
    trials = prescribe(record(SICK[name]))
    best = trials[0]
    assert (best.learned, best.left) == (1.0, ())
    assert best.config == replace(SICK[name], **best.changes)
    assert diagnose(record(best.config)).verdict == "alive"


def test_trials_are_ordered_by_what_happened():
    trials = prescribe(record(SICK["rate"]))
    assert 1 < len(trials) <= MOST_ALONE
    assert all(better.learned >= worse.learned for better, worse in pairwise(trials))
    assert len({trial.config for trial in trials}) == len(trials)


def test_what_only_silences_an_alarm_loses_to_what_learns():
    trial, *_ = prescribe(record(SICK["decay"]))
    silent = replace(trial, learned=0.0, score=0.0, left=())
    learns = replace(trial, learned=0.5, score=0.6, left=("oscillating",), changes={"depth": 2, "width": 8})
    as_well, less = replace(trial, score=trial.score - 0.01), replace(trial, changes={"depth": 2, "width": 8})
    assert ranked([silent, learns, less, as_well, trial], {trial.config}) == (as_well, trial, less, learns, silent)


def test_what_is_known_comes_in_bit_by_bit():
    known = list(prescribing(record(SICK["bias"])))
    assert [len(each.done) for each in known] == sorted(len(each.done) for each in known)
    assert [each.progress.done for each in known] == sorted({each.progress.done for each in known})
    assert list(known[-1].done) == prescribe(record(SICK["bias"]))
    assert known[-1].progress.done == known[-1].progress.total


def test_the_best_are_tried_from_more_seeds_and_all_are_held_against_what_was():
    recording = record(SICK["rate"])
    (*_, last) = prescribing(recording)
    more = [trial for trial in last.done if trial.seeds > 1]
    assert last.done[0] in more
    assert {trial.seeds for trial in more} == {SEEDS}
    assert len(more) <= FINALISTS
    assert all(trial.learned in (0, 1) for trial in last.done if trial.seeds == 1)
    assert all(trial.recording.config.seed == SMALL.seed for trial in last.done)
    assert last.before is recording


def test_what_was_not_trained_yet_is_trained_beside_its_trials_and_then_seen_to_have_a_second_fault():
    sick = replace(SICK["rate"], bias_init=-20.0)
    (*_, last) = prescribing(replace(record(replace(sick, steps=0)), config=sick))
    best = last.done[0]
    assert {"learning_rate", "bias_init"} <= best.changes.keys()
    assert best.learned == 1
    assert last.before.config.bias_init == -20
    assert last.before.config.steps == best.recording.config.steps == SMALL.steps


def test_where_no_remedy_mends_it_alone_pairs_are_tried():
    assert {len(trial.remedies) for trial in prescribe(record(SICK["rate"]))} == {1}
    best, *others = prescribe(record(replace(SICK["decay"], bias_init=-20.0)))
    assert len(best.remedies) == 2
    assert best.learned == 1
    assert {len(trial.remedies) for trial in others} == {1, 2}


def test_nothing_is_proposed_to_the_healthy():
    assert alone(SMALL, diagnose(record(SMALL))) == []
    assert prescribe(record(SMALL)) == []


def test_trials_can_be_stopped():
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(prescribing(record(replace(SICK["rate"], seed=7)), stop))


def test_a_network_without_a_config_cannot_be_tried():
    with pytest.raises(ValueError, match="this needs a Config; the recording of Network has none"):
        prescribe(replace(record(SICK["rate"]), config=None))


def test_equal_recordings_give_equal_trials():
    trials = prescribe(record(SICK["rate"]))
    forget()
    assert trials == prescribe(record(SICK["rate"]))
