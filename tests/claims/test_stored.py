"""Stored verdicts: there is one of every claim as it is now, and nothing else is taken for one."""

import json
from dataclasses import replace

import pytest

from core.claims import check, claims, recall, stored, stored_verdict
from core.claims.claim import at_least
from core.claims.stored import FILE, store

MOST_BYTES = 60_000
REMAKE = "run python -m core.claims"


def another(xs: list[float]):
    """Another experiment."""
    yield at_least("another", sum(xs), 1)


@pytest.fixture
def kept(few, tmp_path, monkeypatch):
    """A file in which two claims of a few have a verdict."""
    file = tmp_path / "some.json"
    assert [name for name, _ in store(few[:2], file)] == list(few[:2])
    monkeypatch.setattr(stored, "FILE", file)
    return file


def test_of_every_claim_a_verdict_is_stored_as_the_tests_ask_for_it():
    assert [name for name in claims if stored_verdict(name) is None] == [], REMAKE
    assert [name for name, entry in claims.items() if not entry.expects(stored_verdict(name).finding)] == [], REMAKE
    assert json.loads(FILE.read_text("utf-8")).keys() == claims.keys(), REMAKE
    assert FILE.stat().st_size < MOST_BYTES


def test_a_stored_verdict_says_when_and_where_it_was_found():
    for name in claims:
        assert stored_verdict(name).made.processor
        assert "torch" in stored_verdict(name).made.libraries
    assert recall("xavier_on_mnist") is None  # none of them was checked


def test_what_is_stored_is_what_was_found(kept, few):
    for name in few[:2]:
        assert stored_verdict(name).finding == recall(name).finding
        assert stored_verdict(name).seconds == pytest.approx(recall(name).seconds, abs=0.001)
    assert stored_verdict(few[2]) is None


def test_only_what_is_missing_is_checked_and_what_is_no_claim_is_dropped(kept, few, no_claims_data):
    before = kept.read_text("utf-8").splitlines()
    assert [name for name, _ in store(few[1:], kept)] == list(few[2:])  # of which the last has no data
    assert json.loads(kept.read_text("utf-8")).keys() == set(few[1:3])
    assert before[2].rstrip(",") in [line.rstrip(",") for line in kept.read_text("utf-8").splitlines()]


@pytest.mark.parametrize(
    "changed",
    [
        {"sentence": "Another sentence."},
        {"quantity": "Another number"},
        {"expected": None},
        {"holds_for": frozenset({1})},
        {"function": another},
        {"function": sum},
    ],
    ids=["sentence", "quantity", "expected", "holds for", "another experiment", "one without a source"],
)
def test_a_claim_that_has_changed_has_no_verdict(kept, monkeypatch, changed):
    monkeypatch.setitem(claims._entries, "xor_alone", replace(claims["xor_alone"], **changed))
    assert stored_verdict("xor_alone") is None


def test_other_reasons_keep_the_verdict(kept, monkeypatch):
    monkeypatch.setitem(claims._entries, "xor_alone", replace(claims["xor_alone"], why="Said in other words."))
    assert stored_verdict("xor_alone") is not None


@pytest.mark.parametrize(
    "change",
    [
        {"of": "0000"},
        {"cases": []},
        {"cases": [["a", 1, 0]]},
        {"cases": [["a", "much", 0, 1, {}]]},
        {"cases": [["{what}", 1, 0, 1, {}]]},
        {"cases": [["{0}", 1, 0, 1, {}]]},
        {"cases": [[3, 1, 0, 1, {}]]},
        {"cases": [["a", 1, 0, 1, {}], ["a", 2, 0, 1, {}]]},
        {"made": None},
        {"seconds": "long"},
    ],
    ids=str,
)
def test_a_broken_entry_is_as_good_as_none(kept, few, change):
    entries = json.loads(kept.read_text("utf-8"))
    entries[few[0]] |= change
    kept.write_text(json.dumps(entries), "utf-8")
    stored._read.cache_clear()
    assert stored_verdict(few[0]) is None
    assert stored_verdict(few[1]) is not None


@pytest.mark.parametrize("content", ["", "[]", '{"xor_alone": 3}'])
def test_a_foreign_file_has_no_verdicts(kept, content):
    kept.write_text(content, "utf-8")
    stored._read.cache_clear()
    assert stored_verdict("xor_alone") is None
    assert check("xor_alone").made is None
