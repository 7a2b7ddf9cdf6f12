"""What a claim is: its cases, the verdict that follows from them, and what it trains with."""

from math import inf, nan

import pytest

from core.claims import Claim, Evidence, Subject, Verdict, check, claims, words
from core.claims.claim import at_least, at_most, claim, near, runner, trainer
from core.claims.lectures import RELU
from core.config import Config
from core.training import record


def test_the_numbers_alone_decide():
    good, bad = near("a", 1.0, 1.0, 0.1), near("b", 2.0, 1.0, 0.1)
    assert Evidence((good,)).verdict == Verdict.HOLDS
    assert Evidence((good, bad)).verdict == Verdict.HOLDS_IF
    assert Evidence((bad,)).verdict == Verdict.DOES_NOT_HOLD
    assert words.condition(Evidence((good, bad))) == "As predicted: a. Not as predicted: b."


@pytest.mark.parametrize(
    ("case", "fits", "told"),
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
def test_a_case_is_as_predicted_between_its_ends(case, fits, told):
    assert case.as_predicted == fits
    assert words.predicted_of(case) == told


def test_a_finding_in_numbers_and_words():
    finding = Evidence((near("a", 0.5, 0.5, 0.1), at_least("b", 3, 10)))
    assert words.found(finding) == "0.5 to 3"
    assert words.predicted(finding) == "0.4 to 0.6; at least 10"
    assert words.table(finding).to_numpy().tolist() == [
        ["a", "0.4 to 0.6", "0.5", "yes"],
        ["b", "at least 10", "3", "no"],
    ]
    assert words.found(Evidence((at_most("a", nan, 1),))) == "NaN"
    assert words.found(Evidence((at_most("a", -1, 1), at_most("b", 1, 1)))) == "−1 to 1"
    assert words.found(Evidence((at_most("a", 2, 1), at_most("b", inf, 1)))) == "2 to ∞"


def test_an_experiment_without_cases_decides_nothing():
    with pytest.raises(ValueError, match="an experiment needs at least one case; got none"):
        Evidence(())


def test_every_case_has_a_name_of_its_own():
    with pytest.raises(ValueError, match="every case of an experiment needs a name of its own; got a, b, a"):
        Evidence((near("a", 1, 1, 0), near("b", 1, 1, 0), near("a", 2, 1, 0)))


def made(expected: Verdict | set | None) -> Claim:
    """A claim that is in no list."""
    register = claim("It is so.", RELU.at("here"), subject=Subject.CODE, quantity="Value", why="So.", expected=expected)

    def some_claim():
        """Nothing is done."""

    try:
        return register(some_claim)
    finally:
        claims._entries.pop("some_claim", None)


def test_a_condition_that_turns_around_is_not_the_expected_one():
    def found(*fits: str) -> Evidence:
        return Evidence(tuple(near(name, name in fits, 1, 0) for name in "abc"))

    conditional = made({1, 2})
    assert conditional.expected == Verdict.HOLDS_IF
    assert conditional.expects(found("a", "b"))
    for fits in ("", "a", "c", "ac", "abc"):
        assert not conditional.expects(found(*fits))
    assert not made({1, 2, 3}).expects(found("a", "b", "c"))
    assert made(Verdict.HOLDS).expects(found("a", "b", "c"))
    assert not made(Verdict.HOLDS).expects(found("a"))
    assert made(Verdict.DOES_NOT_HOLD).expects(found())
    assert not made(Verdict.DOES_NOT_HOLD).expects(found("a"))


def test_where_the_machine_decides_the_tests_ask_for_no_verdict():
    assert made(None).expects(Evidence((near("a", 1, 1, 0),)))
    assert made(None).expects(Evidence((near("a", 2, 1, 0),)))
    open_ones = [entry for entry in claims.values() if entry.expected is None]
    assert open_ones
    assert all("prices" in entry.function.__code__.co_names for entry in open_ones)  # only of times that are measured


@pytest.mark.parametrize(("expected", "told"), [(Verdict.HOLDS_IF, "Verdict.HOLDS_IF"), (set(), r"set\(\)")])
def test_a_condition_without_names_is_refused(expected, told):
    with pytest.raises(
        ValueError, match=f"a claim that holds under a condition tells the cases that fit; got .*{told}"
    ):
        made(expected)


@pytest.mark.parametrize("case", ["batch of 1", 0, 1.0, True])
def test_a_case_that_fits_is_told_by_its_number(case):
    words = f"the cases that fit are told by their whole numbers, from 1; got {case!r}"
    with pytest.raises(ValueError, match=f"^{words}$"):
        made({2, case})


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


def test_a_new_claim_is_one_function(few):
    @claim("It is so.", RELU.at("here"), subject=Subject.CODE, quantity="Value", why="Because.")
    def it_is_so():
        """Nothing is done."""
        yield near("one", 1, 1, 0)

    try:
        assert check("it_is_so").finding.verdict == Verdict.HOLDS
    finally:
        del claims._entries["it_is_so"]
