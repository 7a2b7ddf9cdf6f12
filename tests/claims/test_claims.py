"""Every claim of the lectures is checked: a verdict that changes breaks the build."""

from dataclasses import replace
from importlib import import_module
from math import inf, nan
from pathlib import Path
from threading import Event

import numpy as np
import pytest
from drawn import assert_drawn_from

from benchmarks.claims import main
from core.charts.claims import FITS, LINE, LINE_HEIGHT, claim_frame, height, is_log
from core.charts.claims import claim as picture
from core.claims import Claim, Finding, Subject, Verdict, check, checking, checks, claims, recall
from core.claims.claim import at_least, at_most, claim, near, runner, trainer
from core.claims.lectures import LECTURES, RELU, SOURCES
from core.config import Config
from core.datasets import DataUnavailable
from core.experiments.after_death import death
from core.experiments.initialization import trained
from core.experiments.zigzag import signs
from core.training import record

ROOT = Path(__file__).parents[2]
QUICK = [name for name, entry in claims.items() if not entry.long]
MOST_WORDS = 30  # of a sentence


@pytest.fixture
def kept():
    """How many results are kept of functions that the claims call: none at first."""
    modules = [import_module(entry.function.__module__) for entry in claims.values()]
    caching = {value for module in modules for value in vars(module).values() if hasattr(value, "cache_info")}
    assert {signs, death, trained} <= caching
    for function in (*caching, record):
        function.cache_clear()
    return lambda: len(record.cache) + sum(function.cache_info().currsize for function in caching)


@pytest.mark.numerics
@pytest.mark.parametrize("name", QUICK)
def test_a_claim_has_the_verdict_that_is_expected_and_can_be_drawn(name, kept):
    finding = check(name).finding
    assert finding is not None
    assert kept() == 0  # a check that is made again computes again
    assert claims[name].expects(finding), finding.table().to_string()
    assert not any(np.isnan(case.found) for case in finding.cases)
    drawn = claim_frame(finding).query("mark == 'found'")
    assert len(drawn) == len(finding.cases)
    assert np.isfinite(drawn["shown"]).all()


@pytest.mark.parametrize("name", [name for name in claims if name not in QUICK])
def test_a_long_claim_can_begin(name, local_data):
    """Its first steps, on all of its data. To the end it is trained in benchmarks/claims.py: that takes minutes."""

    class BegunError(Exception):
        pass

    steps = iter(range(10))

    def enough() -> bool:
        if next(steps, None) is None:
            raise BegunError
        return False

    try:
        with pytest.raises(BegunError):
            claims[name](run=runner(enough))
    except DataUnavailable as missing:
        pytest.skip(f"this claim is about MNIST, which is not here: {missing}")


def test_there_are_claims_of_every_lecture_and_subject():
    assert len(claims) >= 50
    said = [place.lecture for entry in claims.values() for place in entry.said]
    assert set(said) == set(SOURCES)
    assert min(said.count(lecture) for lecture in LECTURES) >= 5
    assert {entry.subject for entry in claims.values()} == set(Subject)
    assert {entry.expected for entry in claims.values()} >= set(Verdict)


def test_a_claim_is_one_short_sentence_of_its_own():
    sentences = [entry.sentence for entry in claims.values()]
    assert len(set(sentences)) == len(sentences)
    for sentence in sentences:
        assert sentence[0].isupper()
        assert sentence.endswith(".")
        assert len(sentence.split()) <= MOST_WORDS


@pytest.mark.parametrize("name", claims)
def test_a_claim_says_where_it_stands_and_what_was_done(name):
    entry = claims[name]
    assert entry.said
    assert all(place.where for place in entry.said)
    assert not entry.quantity[0].islower()
    assert not entry.quantity.endswith(".")
    for words in (entry.why, claims.help(name)):
        assert words.endswith(".")
        assert len(words.split()) <= 70


def test_the_numbers_alone_decide():
    good, bad = near("a", 1.0, 1.0, 0.1), near("b", 2.0, 1.0, 0.1)
    assert Finding((good,)).verdict == Verdict.HOLDS
    assert Finding((good, bad)).verdict == Verdict.HOLDS_IF
    assert Finding((bad,)).verdict == Verdict.DOES_NOT_HOLD
    assert Finding((good, bad)).condition == "As predicted: a. Not as predicted: b."


@pytest.mark.parametrize(
    ("case", "fits", "words"),
    [
        (near("", 0.25, 0.25, 0), True, "0.25"),
        (near("", 0.26, 0.25, 0.02), True, "0.23 to 0.27"),
        (near("", 0.28, 0.25, 0.02), False, "0.23 to 0.27"),
        (near("", -0.1, 0, 0.1), True, "0 ± 0.1"),
        (at_most("", 1.0, 1.0), True, "at most 1"),
        (at_most("", inf, 1.0), False, "at most 1"),
        (at_least("", 0.5, 1.0), False, "at least 1"),
        (at_least("", inf, 1.0), True, "at least 1"),
        (at_most("", nan, 1.0), False, "at most 1"),
        (at_least("", nan, 1.0), False, "at least 1"),
    ],
)
def test_a_case_is_as_predicted_between_its_ends(case, fits, words):
    assert case.as_predicted == fits
    assert case.predicted == words


def test_a_finding_in_numbers_and_words():
    finding = Finding((near("a", 0.5, 0.5, 0.1), at_least("b", 3, 10)))
    assert finding.found == "0.5 to 3"
    assert finding.predicted == "0.4 to 0.6; at least 10"
    assert finding.table().to_numpy().tolist() == [["a", "0.4 to 0.6", "0.5", "yes"], ["b", "at least 10", "3", "no"]]
    assert Finding((at_most("a", nan, 1),)).found == "NaN"
    assert Finding((at_most("a", -1, 1), at_most("b", 1, 1))).found == "−1 to 1"
    assert Finding((at_most("a", 2, 1), at_most("b", inf, 1))).found == "2 to ∞"


def test_an_experiment_without_cases_decides_nothing():
    with pytest.raises(ValueError, match="an experiment needs at least one case; got none"):
        Finding(())


def test_every_case_has_a_name_of_its_own():
    with pytest.raises(ValueError, match="every case of an experiment needs a name of its own; got a, b, a"):
        Finding((near("a", 1, 1, 0), near("b", 1, 1, 0), near("a", 2, 1, 0)))


def made(expected: Verdict | set[str] | None) -> Claim:
    """A claim that is in no list."""
    register = claim("It is so.", RELU.at("here"), subject=Subject.CODE, quantity="Value", why="So.", expected=expected)

    def some_claim():
        """Nothing is done."""

    try:
        return register(some_claim)
    finally:
        claims._entries.pop("some_claim", None)


def test_a_condition_that_turns_around_is_not_the_expected_one():
    def found(*fits: str) -> Finding:
        return Finding(tuple(near(name, name in fits, 1, 0) for name in "abc"))

    conditional = made({"a", "b"})
    assert conditional.expected == Verdict.HOLDS_IF
    assert conditional.expects(found("a", "b"))
    for fits in ("", "a", "c", "ac", "abc"):
        assert not conditional.expects(found(*fits))
    assert not made({"a", "b", "c"}).expects(found("a", "b", "c"))
    assert made(Verdict.HOLDS).expects(found("a", "b", "c"))
    assert not made(Verdict.HOLDS).expects(found("a"))
    assert made(Verdict.DOES_NOT_HOLD).expects(found())
    assert not made(Verdict.DOES_NOT_HOLD).expects(found("a"))


def test_where_the_machine_decides_the_tests_ask_for_no_verdict():
    assert made(None).expects(Finding((near("a", 1, 1, 0),)))
    assert made(None).expects(Finding((near("a", 2, 1, 0),)))
    open_ones = [entry for entry in claims.values() if entry.expected is None]
    assert open_ones
    assert all("prices" in entry.function.__code__.co_names for entry in open_ones)  # only of times that are measured


@pytest.mark.parametrize(("expected", "words"), [(Verdict.HOLDS_IF, "Verdict.HOLDS_IF"), (set(), r"set\(\)")])
def test_a_condition_without_names_is_refused(expected, words):
    with pytest.raises(
        ValueError, match=f"a claim that holds under a condition names the cases that fit; got .*{words}"
    ):
        made(expected)


def test_an_experiment_is_the_same_each_time():
    for name in ("random_beats_grid", "linear_classes"):
        assert check(name).finding == check(name).finding


def test_training_for_a_claim_is_never_taken_from_a_cache(monkeypatch):
    made = []
    monkeypatch.setattr("core.claims.claim.work_off", lambda configs, *rest, **_: made.append(configs))
    train = trainer()
    for _ in range(2):
        train([Config(steps=1)], "dead_fraction")
    assert len(made) == 2


def test_a_network_that_is_trained_alone_is_that_of_the_lab_and_can_be_stopped():
    config = Config(samples=100, steps=5, depth=1, width=4)
    assert runner()(config).data.equals(record(config).data)
    with pytest.raises(InterruptedError, match="the run was stopped"):
        runner(lambda: True)(config)


# --- remembering


def test_what_was_found_is_remembered(few):
    assert recall("xor_alone") is None
    found = check("xor_alone")
    assert recall("xor_alone") is found
    assert check("xor_alone") is not found


def test_checks_tell_how_far_they_are(few):
    told = list(checking(few[:3], Event()))
    assert [step.progress.done for step in told] == [1, 2, 3]
    assert [step.latest for step in told] == list(few[:3])
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
    assert [step.latest for step in told] == ["xor_alone", "a_quarter_a_layer", "name_of_relu"]
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


def test_a_new_claim_is_one_function(few):
    @claim("It is so.", RELU.at("here"), subject=Subject.CODE, quantity="Value", why="Because.")
    def it_is_so():
        """Nothing is done."""
        yield near("one", 1, 1, 0)

    try:
        assert check("it_is_so").finding.verdict == Verdict.HOLDS
    finally:
        del claims._entries["it_is_so"]


# --- the benchmark, which trains the long claims to their end


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


# --- the chart

LINEAR = Finding((near("a", 0.5, 0.5, 0.1), at_least("b", 3, 1)))
WIDE = Finding((at_most("a", 0.0, 0.1), near("b", 1e-5, 1e-4, 1e-6), at_least("c", 1e3, 10)))
ODD = Finding((near("a", inf, 1, 0), near("b", nan, 1, 0)))
ONE = Finding((near("a", 1, 1, 0),))


@pytest.mark.parametrize("finding", [LINEAR, WIDE, ODD, ONE], ids=["linear", "wide", "odd", "one"])
def test_the_chart_shows_every_case_within_its_axis(finding):
    frame = claim_frame(finding)
    found = frame[frame["mark"] == "found"]
    np.testing.assert_array_equal(found["found"], np.float32([case.found for case in finding.cases]))
    assert [FITS.index(word) == 0 for word in found["fits"]] == [case.as_predicted for case in finding.cases]
    low, high = frame[frame["mark"] == "corner"]["shown"]
    assert low < high
    assert found["shown"].between(low, high).all()
    bands = frame[frame["mark"] == "band"]
    assert bands["low"].between(low, high).all()
    assert bands["high"].between(low, high).all()
    assert is_log(finding) == (finding is WIDE)
    for dark in (False, True):
        assert_drawn_from(picture.spec("Quantity", finding, dark=dark), frame)


def test_a_long_title_is_broken_into_lines_that_have_their_room():
    words = "Steps to a thousandth of the loss, over those with centred inputs"
    (lines,) = {tuple(layer["encoding"]["x"]["title"]) for layer in picture.spec(words, ONE, dark=False)["layer"]}
    assert " ".join(lines) == words
    assert max(map(len, lines)) <= LINE
    assert height(words, ONE) == height("Steps", ONE) + LINE_HEIGHT
