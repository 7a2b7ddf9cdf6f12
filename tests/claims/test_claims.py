"""Every claim of the lectures is checked: a verdict that changes breaks the build."""

from importlib import import_module

import numpy as np
import pytest

from core.charts.claims import claim_frame
from core.claims import Evidence, Subject, Verdict, check, claims, stored_verdict, words
from core.claims.claim import runner
from core.claims.lectures import LECTURES, SOURCES
from core.datasets import DataUnavailable
from core.experiments.after_death import death
from core.experiments.initialization import trained
from core.experiments.zigzag import signs
from core.training import recorded

QUICK = [name for name, entry in claims.items() if not entry.long]
MOST_WORDS = 30  # of a sentence


@pytest.fixture
def kept():
    """How many results are kept of functions that the claims call: none at first."""
    modules = [import_module(entry.function.__module__) for entry in claims.values()]
    caching = {value for module in modules for value in vars(module).values() if hasattr(value, "cache_info")}
    assert {signs, death, trained} <= caching
    for function in caching:
        function.cache_clear()
    recorded.clear()
    return lambda: len(recorded) + sum(function.cache_info().currsize for function in caching)


def is_stored(name: str, finding: Evidence) -> bool:
    """Whether what is stored of a claim is what was found, where it is not for the machine to decide. A new claim is
    none that is stored."""
    kept = stored_verdict(name)
    if kept is None or claims[name].expected is None:
        return True
    asked = [[words.name_of(case) for case in each.cases] for each in (kept.finding, finding)]
    return (kept.finding.verdict, kept.finding.holds_for, asked[0]) == (finding.verdict, finding.holds_for, asked[1])


@pytest.mark.numerics
@pytest.mark.parametrize("name", QUICK)
def test_a_claim_has_the_verdict_that_is_expected_and_can_be_drawn(name, kept):
    finding = check(name).finding
    assert finding is not None
    assert kept() == 0  # a check that is made again computes again
    assert claims[name].expects(finding), words.table(finding).to_string()
    assert is_stored(name, finding), "another finding is stored than comes out: run python -m core.claims"
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
    for told in (entry.why, claims.help(name)):
        assert told.endswith(".")
        assert len(told.split()) <= 70
