from fractions import Fraction
from math import inf, nan

import numpy as np
import pytest

from core.config.fields import Choice, Field, Number, Text
from core.registry import Registry

WORDS = {"label": "Label", "help": "Help.", "group": "Group"}

REAL = Number(low=-1, high=2.5, slider=(0, 1), **WORDS)
WHOLE = Number(low=0, high=9, slider=(0, 9), whole=True, **WORDS)
PETS = Registry("pet")
PETS.add("dog", lambda: None, "Barks.")
PETS.add("cat", lambda: None, "Purrs.")
CHOICE = Choice(options=PETS, **WORDS)
TEXT = Text(pattern="(?:[0-9a-f]{4})?", words="4 hexadecimal digits, or nothing", **WORDS)


def test_allowed_in_words():
    assert REAL.allowed == "a number from -1 to 2.5"
    assert WHOLE.allowed == "a whole number from 0 to 9"
    assert CHOICE.allowed == "one of dog, cat"
    assert TEXT.allowed == "4 hexadecimal digits, or nothing"


@pytest.mark.parametrize(
    ("field", "value", "checked"),
    [
        (REAL, 1, 1.0),
        (REAL, -1, -1.0),
        (REAL, 2.5, 2.5),
        (REAL, Fraction(1, 2), 0.5),
        (REAL, np.float32(0.5), 0.5),
        (WHOLE, 9, 9),
        (WHOLE, np.int64(3), 3),
        (CHOICE, "cat", "cat"),
        (TEXT, "00ff", "00ff"),
        (TEXT, "", ""),
    ],
)
def test_check_gives_the_value_in_its_proper_type(field, value, checked):
    assert field.check(value) == checked
    assert type(field.check(value)) is type(checked)


def test_minus_zero_is_zero():
    assert str(REAL.check(-0.0)) == "0.0"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        *((REAL, value) for value in (nan, inf, -inf, 2.6, -1.1, 10**400, True, "1", None, [1], 1j)),
        *((WHOLE, value) for value in (-1, 10, 10**400, -(10**400), 1.0, 0.5, False, "1", nan, None)),
        *((CHOICE, value) for value in ("cow", "", "Dog", None, 0, ["dog"])),
        *((TEXT, value) for value in ("00f", "00ff0", "00fg", "00FF", "00ff\n", "٠٠٠٠", None, 0, b"00ff", ["00ff"])),
    ],
    ids=lambda it: repr(it)[:20],
)
def test_check_refuses(field, value):
    with pytest.raises(ValueError, match=r"^$"):
        field.check(value)


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        (REAL, "1", 1.0),
        (REAL, "1e-3", 0.001),
        (REAL, " 0.5 ", 0.5),
        (WHOLE, "7", 7),
        (CHOICE, "dog", "dog"),
        (TEXT, "00ff", "00ff"),
    ],
)
def test_read(field, text, value):
    assert field.read(text) == value
    assert type(field.read(text)) is type(value)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        *((REAL, text) for text in ("", "one", "nan", "inf", "3", "1e999", "9" * 5000, "0x1")),
        *((WHOLE, text) for text in ("", "1.0", "1e0", "-1", "10", "1" * 400, "9" * 5000)),
        *((CHOICE, text) for text in ("", "cow", "dog ")),
        *((TEXT, text) for text in ("00ff ", "zzzz", "0" * 5000)),
    ],
    ids=lambda it: repr(it)[:20],
)
def test_read_refuses(field, text):
    with pytest.raises(ValueError):  # noqa: PT011  # the caller has the words
        field.read(text)


@pytest.mark.parametrize(
    ("field", "value"),
    [(REAL, 0.1 + 0.2), (REAL, 1e-300), (WHOLE, 9), (CHOICE, "cat"), (TEXT, "1234")],
)
def test_what_is_written_can_be_read(field, value):
    assert field.read(field.write(value)) == value


@pytest.mark.parametrize("ask", [lambda f: f.allowed, lambda f: f.check(0), lambda f: f.read("0")])
def test_a_field_of_no_kind_knows_nothing(ask):
    with pytest.raises(NotImplementedError):
        ask(Field(**WORDS))
