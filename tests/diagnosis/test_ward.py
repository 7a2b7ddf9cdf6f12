"""The ward: who is admitted is ill and can be saved, and what was turned is among what can be turned back."""

from dataclasses import replace
from threading import Event

import pytest

from core import Config, diagnose, record
from core.config.fields import Number
from core.diagnosis.patients.healthy import healthy_network
from core.diagnosis.patients.sick import sick_network
from core.diagnosis.patients.ward import (
    KNOBS,
    MOST_UNITS,
    MOVES,
    NUMBERS,
    OPTIONS,
    SNAPSHOTS,
    Bed,
    Move,
    admitting,
    knobs,
    learns,
    options,
    training,
    values,
)

SEEDS = range(300)
LARGE_WEIGHTS, TWO_FAULTS = 31, 12


@pytest.fixture(scope="module")
def admission():
    *_, last = admitting(LARGE_WEIGHTS)
    return last


def test_without_tables_none_is_drawn():
    datasets = {healthy_network(seed).dataset for seed in SEEDS} | {sick_network(seed).config.dataset for seed in SEEDS}
    assert "upload" not in datasets
    assert len(datasets) >= 8


def test_what_faults_turn_can_be_turned_back():
    patients = [sick_network(seed) for seed in SEEDS]
    assert {name for patient in patients for name in patient.cause} == KNOBS.keys()
    assert {len(patient.cause) for patient in patients} == {1, MOVES}
    for patient in patients:
        assert patient.cause <= set(knobs(patient.config))


def test_a_number_asks_the_same_question_everywhere():
    places = set()
    for seed in SEEDS:
        patient = sick_network(seed)
        offered = options(seed, patient)
        assert offered == options(seed, sick_network(seed))
        assert len(offered) == len(set(offered)) == OPTIONS
        assert patient.cause <= set(offered)
        assert all(patient.config.matters(name) for name in offered)
        places |= {offered.index(name) for name in patient.cause}
    assert places == set(range(OPTIONS))


def test_a_knob_can_be_turned_to_what_it_is_and_to_what_is_not_much_work():
    for seed in range(40):
        config = sick_network(seed).config
        for name in knobs(config):
            offered = values(config, name)
            assert getattr(config, name) in offered
            assert 4 <= len(offered) <= 50
            for value in offered:
                turned = replace(config, **{name: value})
                assert turned.depth * turned.width <= max(MOST_UNITS, config.depth * config.width)


def test_the_values_of_a_knob_are_allowed():
    for name, offered in KNOBS.items():
        field = Config.fields()[name]
        assert bool(offered) == isinstance(field, Number)
        assert list(offered) == sorted({field.check(value) for value in offered})


def test_who_is_admitted_is_ill_and_is_saved_by_undoing_what_was_turned(admission):
    patient = admission.patient
    assert admission.number == LARGE_WEIGHTS
    assert patient.cause == {"weight_scale"}
    assert diagnose(admission.recording).verdict in ("sick", "dead")
    assert patient.config.snapshots == SNAPSHOTS
    assert admission.recording.config == patient.config
    assert learns(record(patient.base))


def test_who_learns_all_the_same_is_not_admitted():
    first = 2  # of whom the next is ill
    assert learns(record(replace(sick_network(first).config, snapshots=2)))
    seen = list(admitting(first))
    assert [seen[0].number, seen[-1].number] == [first, first + 1]
    assert [each.recording is not None for each in seen] == [False] * (len(seen) - 1) + [True]


def test_after_the_last_number_comes_the_first():
    assert next(admitting(NUMBERS)).number == 0


@pytest.mark.parametrize("work", [admitting(LARGE_WEIGHTS, Event()), training(Config(steps=60), Event())])
def test_work_can_be_stopped(work):
    stop = work.gi_frame.f_locals["stop"]
    next(work)
    stop.set()
    with pytest.raises(InterruptedError):
        list(work)


def test_training_tells_how_far_it_is():
    seen = list(training(Config(steps=60, snapshots=10, samples=100, width=8, depth=1)))
    assert [each.progress.done for each in seen] == [each.recording.end.step for each in seen]
    assert seen[-1].progress.share == 1
    (*_, diverged) = training(Config(steps=60, learning_rate=1e9))
    assert (diverged.progress.share, learns(diverged.recording)) == (1, False)


def test_a_bed_tells_whether_a_patient_is_saved(admission):
    lying = Bed(LARGE_WEIGHTS, LARGE_WEIGHTS, admission)
    assert (lying.saved, lying.over, lying.is_right) == (False, False, False)
    assert lying.after(0) == (admission.patient.config, admission.recording)
    lying.named = "weight_scale"
    assert lying.is_right
    in_vain = replace(admission.patient.config, seed=1)
    lying.moves.append(Move("seed", in_vain, admission.recording))
    assert (lying.saved, lying.over) == (False, False)
    undone = replace(admission.patient.base, snapshots=SNAPSHOTS)
    lying.moves.append(Move("weight_scale", undone, record(undone)))
    assert (lying.saved, lying.over) == (True, True)
    assert lying.after(1) == (in_vain, admission.recording)


def test_a_patient_is_lost_after_two_moves_in_vain(admission):
    lying = Bed(LARGE_WEIGHTS, LARGE_WEIGHTS, admission, moves=[Move("seed", Config(), admission.recording)] * MOVES)
    assert (lying.saved, lying.over) == (False, True)
