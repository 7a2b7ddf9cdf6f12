"""What is said where a Config, or one of its fields, refuses a value, and of what suits a task."""

from collections.abc import Sequence
from functools import reduce

from core.words.said import Sentence

NOT_ALLOWED = "{name} must be {allowed}; got {value}"
ONE_OF = "one of {options}"
NUMBER = "a number from {low:g} to {high:g}"
WHOLE_NUMBER = "a whole number from {low:g} to {high:g}"
DIGITS = "{digits} hexadecimal digits, or nothing"
TOO_LARGE = "{what} must be at most {most:,}; got {product} = {got:,}"
TOO_MUCH = (
    "{what} must be smaller: these settings need about {needs:,} MB of memory, and the server has {most:,} MB for them"
    "; got {product} = {got:,}"
)
PIECES = "pieces of {activation}"
TIMES = "{left} · {right}"
CLIPPED = (
    "Guesses of numbers may be far off at first: gradients are clipped at {most:g}, "
    "so that the first steps are not too long."
)


def product(factors: Sequence[str]) -> str:
    """Some factors, as what is multiplied."""
    return reduce(lambda left, right: Sentence(TIMES, left=left, right=right), factors)
