"""Numbers as text, as a reader sees them."""

import math

import pytest

from core.words.numbers import readable, spelled, spoken


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.0123, "0.0123"), (2.3, "2.30"), (1.3e-07, "1.30e-07"), (math.nan, "NaN"), (-math.inf, "infinite")],
)
def test_numbers_are_readable_with_three_digits(number, words):
    assert readable(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.0, "0"),
        (-0.0, "−0"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
        (math.inf, "∞"),
        (-1.7581, "−1.76"),
        (0.25, "0.25"),
    ],
)
def test_numbers_are_spelled_with_their_signs(number, words):
    assert spelled(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [(55.50, "55.5"), (1000.0, "1,000"), (23_449.0, "23,400"), (2.98e7, "29.8 million"), (4.2e11, "420 billion")],
)
def test_large_numbers_are_told_without_powers_of_ten(number, words):
    assert spoken(number) == words
