"""Definitions taken out of their modules."""

import sys
from importlib import import_module

import pytest

from core.networks.plain.source import Definitions

FIRST = """
from math import pi
from typing import Any

from core.array import Array

HALF, WHOLE = 1 / 2, 1.0


def registered(function):
    return function


@registered
def turned(angle: float, *, whole: Any = WHOLE) -> "Array":  # noqa: X
    \"\"\"By an angle.\"\"\"
    scale: float = 2 * pi  # once around
    return _helped(angle * scale) * HALF


def _helped(angle: float) -> float:
    return angle
"""
SECOND = """
def other(angle):
    return _helped(angle)


def _helped(angle):
    return -angle
"""
EXPECTED = """HALF, WHOLE = 1 / 2, 1.0


def _helped(angle):
    return angle


def turned(angle, *, whole = WHOLE):
    \"\"\"By an angle.\"\"\"
    scale = 2 * pi  # once around
    return _helped(angle * scale) * HALF"""


@pytest.fixture
def modules(tmp_path, monkeypatch):
    for name, text in (("first_of_two", FIRST), ("second_of_two", SECOND)):
        (tmp_path / f"{name}.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    yield import_module("first_of_two"), import_module("second_of_two")
    for name in ("first_of_two", "second_of_two"):
        del sys.modules[name]


def test_it_stands_alone_with_what_it_needs_and_nothing_else(modules):
    known = Definitions()
    assert known.add(modules[0].turned, "kind") == "turned"
    assert known.text == EXPECTED
    assert known.imports == {"from math import pi"}


def test_a_name_that_is_taken_is_told_apart_by_the_kind(modules):
    known = Definitions(taken={"turned"})
    assert known.add(modules[0].turned, "kind") == "turned_kind"
    assert "def turned_kind(" in known.text


def test_helpers_of_one_name_are_no_script(modules):
    known = Definitions()
    known.add(modules[0].turned, "kind")
    with pytest.raises(
        ValueError, match="a script would define _helped twice: as in first_of_two and as in second_of_two"
    ):
        known.add(modules[1].other, "kind")
