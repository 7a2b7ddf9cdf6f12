"""Remedies and their trials: what is proposed makes the run learn, and the best comes first."""

from dataclasses import replace
from itertools import pairwise
from threading import Event

import pytest

from core import Config, record
from core.diagnosis import diagnose, prescribe
from core.diagnosis.remedies import remedies
from core.diagnosis.trials import MOST_TRIALS, SEEDS, prescribing, proposed

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
    assert 1 < len(trials) <= MOST_TRIALS
    assert all(better.learned >= worse.learned for better, worse in pairwise(trials))
    assert len({trial.config for trial in trials}) == len(trials)
    assert trials == prescribe(record(SICK["rate"]))


def test_what_is_known_comes_in_bit_by_bit():
    sizes = [len(known.done) for known in prescribing(record(SICK["bias"]))]
    assert sizes == sorted(sizes)
    assert sizes[-1] == len(prescribe(record(SICK["bias"])))


def test_a_trial_has_its_own_seed_and_three_more_and_all_are_held_against_what_was():
    (*_, last) = prescribing(record(SICK["decay"]))
    assert last.progress.done == last.progress.total == SEEDS * len(last.done) + 1
    assert last.before.config.weight_decay == SICK["decay"].weight_decay
    assert all(trial.recording.config.seed == SMALL.seed for trial in last.done)


def test_nothing_is_proposed_to_the_healthy():
    assert proposed(SMALL, diagnose(record(SMALL))) == []
    assert prescribe(record(SMALL)) == []


def test_trials_can_be_stopped():
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(prescribing(record(replace(SICK["rate"], seed=7)), stop))


def test_a_network_without_a_config_cannot_be_tried():
    with pytest.raises(ValueError, match="this needs a Config; the recording of Network has none"):
        prescribe(replace(record(SICK["rate"]), config=None))
