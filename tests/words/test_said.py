"""Sentences: English to whoever reads them as text, and said in the reader's language where somebody speaks."""

import pickle
from concurrent.futures import ProcessPoolExecutor

import pytest

from core.words import said as door
from core.words.said import Sentence, counted, said, why

GERMAN = {"a {kind} file": "eine {kind}-Datei", "This is {what}, of {size:,} bytes.": "{size:,} Bytes, {what}."}
REFUSED = Sentence("This is {what}, of {size:,} bytes.", what=Sentence("a {kind} file", kind="CSV"), size=1234)


@pytest.fixture
def german(monkeypatch):
    monkeypatch.setattr(door, "_language", lambda template: GERMAN.get(template, template))


def test_a_sentence_is_english_text():
    assert REFUSED == "This is a CSV file, of 1,234 bytes."
    assert (type(str(REFUSED)), type(said(REFUSED))) == (str, str)
    assert Sentence("{braces} stay where nothing fills them") == "{braces} stay where nothing fills them"


def test_a_sentence_is_said_with_all_that_fills_it(german):
    assert said(REFUSED) == "1,234 Bytes, eine CSV-Datei."
    assert said("Refused: {reason}", reason=REFUSED) == "Refused: 1,234 Bytes, eine CSV-Datei."
    assert str(REFUSED) == "This is a CSV file, of 1,234 bytes."


def test_an_error_says_its_sentence(german):
    error = ValueError(REFUSED)
    assert str(error) == str(REFUSED)
    assert said(why(error)) == said(REFUSED)
    assert said(why(ValueError("{of others}"))) == str(why(ValueError("{of others}"))) == "{of others}"
    assert (why(ZeroDivisionError()), why(KeyError("name"))) == ("", "'name'")


def _refuse():
    raise ValueError(REFUSED)


def test_a_sentence_travels_to_other_processes(german):
    assert said(pickle.loads(pickle.dumps(REFUSED))) == said(REFUSED)
    with ProcessPoolExecutor(1) as executor:
        assert said(why(executor.submit(_refuse).exception())) == said(REFUSED)


@pytest.mark.parametrize(("count", "words"), [(0, "0 units"), (1, "1 unit"), (2, "2 units"), (1.5, "1.5 units")])
def test_a_count_of_one_is_told_in_words_of_its_own(count, words):
    assert counted(count, "1 unit", "{count} units", count=count) == words
