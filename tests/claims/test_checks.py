"""Checks: experiments made one after another, remembered, stopped, and in the benchmark to their end."""

from dataclasses import replace
from threading import Event

import pytest

from benchmarks.claims import main
from core.claims import check, checking, checks, claims, recall
from core.claims.claim import near


def test_what_was_found_is_remembered(few):
    assert recall("xor_alone") is None
    found = check("xor_alone")
    assert recall("xor_alone") is found
    assert check("xor_alone") is not found


def test_checks_tell_how_far_they_are(few):
    told = list(checking(few[:3], Event()))
    assert [step.progress.done for step in told] == [1, 2, 3]
    assert all(recall(name) for name in few[:3])
    known = recall("xor_alone")
    list(checking(few[:3], Event(), again=False))
    assert recall("xor_alone") is known
    list(checking(few[:3], Event()))
    assert recall("xor_alone") is not known


def test_the_time_left_is_told_from_what_the_checks_took_the_last_time(few, monkeypatch):
    guessed = [step.progress.share for step in checking(few[:3], Event())]
    assert guessed[0] < guessed[1] < guessed[2] == 1
    for name, seconds in zip(few[:3], (1, 6, 3), strict=True):
        monkeypatch.setitem(checks._known, name, replace(recall(name), seconds=seconds))
    assert [step.progress.share for step in checking(few[:3], Event())] == pytest.approx([0.1, 0.7, 1])


def test_checks_can_be_stopped(few):
    stop = Event()
    going = checking(few[:3], stop)
    next(going)
    stop.set()
    with pytest.raises(InterruptedError, match="the checks were stopped"):
        next(going)
    assert recall("xor_alone") is not None
    assert recall("a_quarter_a_layer") is None


def test_a_claim_whose_data_cannot_be_had_says_so(few, no_claims_data):
    checked = check("xavier_on_mnist")
    assert checked.finding is None
    assert checked.problem == "MNIST is not in the usual folder"


def test_an_experiment_that_fails_says_so_and_stops_no_other(few, monkeypatch):
    broken = replace(claims["a_quarter_a_layer"], function=lambda train: 1 / 0)
    monkeypatch.setitem(claims._entries, "a_quarter_a_layer", broken)
    told = list(checking(("xor_alone", "a_quarter_a_layer", "name_of_relu"), Event()))
    assert [step.progress.done for step in told] == [1, 2, 3]
    failed = recall("a_quarter_a_layer")
    assert failed.finding is None
    assert failed.problem == "Its experiment failed with ZeroDivisionError: division by zero"
    assert recall("name_of_relu").finding is not None


def test_an_experiment_that_is_stopped_has_found_nothing(few, monkeypatch):
    def stopped(**_: object) -> None:
        raise InterruptedError("the sweep was stopped")

    monkeypatch.setitem(claims._entries, "xor_alone", replace(claims["xor_alone"], function=stopped))
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        check("xor_alone")
    assert recall("xor_alone") is None


@pytest.mark.parametrize(("accuracy", "status", "words"), [(0.98, 0, "holds: 0.98"), (0.5, 1, "does not hold: 0.5")])
def test_a_long_claim_with_another_verdict_fails_the_benchmark(few, monkeypatch, capsys, accuracy, status, words):
    trained = replace(claims["xavier_on_mnist"], function=lambda run: [near("trained", accuracy, 0.98, 0.01)])
    monkeypatch.setitem(claims._entries, "xavier_on_mnist", trained)
    assert main() == status
    printed = capsys.readouterr().out
    assert words in printed
    assert ("| xavier_on_mnist" in printed) == (status == 1)


def test_a_long_claim_without_its_data_fails_the_benchmark(few, no_claims_data, capsys):
    assert main() == 1
    assert "MNIST is not in the usual folder" in capsys.readouterr().out
