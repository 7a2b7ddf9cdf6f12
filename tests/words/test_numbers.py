"""Numbers as text: how a reader sees them."""

import math

import pytest

from core.words.numbers import readable, spelled


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
    [(0.0123, "0.0123"), (2.3, "2.30"), (1.3e-07, "1.30e-07"), (math.nan, "NaN"), (-math.inf, "infinite")],
)
def test_numbers_are_readable_with_three_digits(number, words):
    assert readable(number) == words
