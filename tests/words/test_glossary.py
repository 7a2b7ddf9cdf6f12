import pytest

from core import Config, record
from core.charts import charts
from core.words.glossary import TERMS, explained, mentioned

MOST_WORDS = 25


@pytest.mark.parametrize("term", TERMS, ids=lambda term: term.name)
def test_a_term_is_explained_in_one_sentence(term):
    assert term.sentence[0].isupper()
    assert term.sentence.endswith(".")
    assert ". " not in term.sentence
    assert len(term.sentence.split()) <= MOST_WORDS
    assert mentioned(term.name) == (term,)


def test_no_term_is_explained_twice():
    assert len({term.name.lower() for term in TERMS}) == len(TERMS)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("The vanishing gradient", ["vanishing gradient"]),
        ("Left of it gradients vanish.", ["vanishing gradient"]),
        ("Dead units of the probe", ["dead unit", "probe"]),
        ("He said so. She did not.", []),
        (
            "Unlike He's, Xavier’s rule counts fan-in and fan-out.",
            ["He initialization", "Xavier initialization", "fan-in", "fan-out"],
        ),
        ("A batch, then batch norm, then batches", ["batch", "batch norm"]),
        ("activations behind one activation function", ["activation", "activation function"]),
        ("The unity of a community", []),
        ("RMS of dL/dz, χ and σ_w", ["root mean square", "gradient", "χ", "σ_w"]),
        ("", []),
    ],
)
def test_terms_are_found_however_they_are_written(text, names):
    assert [term.name for term in mentioned(text)] == names


def test_a_text_without_terms_has_no_help():
    assert explained("It rains.") is None


def test_each_term_is_explained_once():
    assert explained("The loss of one seed, and the loss of another") == (
        "**loss**: The number that training makes small: how far the answers are from what is wanted.\n\n"
        "**seed**: The number that random numbers start from; the same seed gives the same run."
    )


def test_most_charts_have_a_word_to_explain():
    recording = record(Config(steps=0, depth=1, width=4, samples=50))
    words = [f"{chart.title} {chart.sentence_of(recording)}" for chart in charts.values()]
    assert sum(explained(text) is not None for text in words) > len(charts) / 2
