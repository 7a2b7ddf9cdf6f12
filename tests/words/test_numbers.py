"""Numbers as text, as a reader sees them."""

import pytest

from core.words.numbers import spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [(55.50, "55.5"), (1000.0, "1,000"), (23_449.0, "23,400"), (2.98e7, "29.8 million"), (4.2e11, "420 billion")],
)
def test_large_numbers_are_told_without_powers_of_ten(number, words):
    assert spoken(number) == words
