"""Numbers as text, as a reader sees them, and that one place decides it."""

import ast
import math
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.words.numbers import percent, ratio, readable, rough, roughly, short, spelled, spoken, told

ROOT = Path(__file__).parents[2]
NUMBERS = ROOT / "core" / "words" / "numbers.py"
SHOWING = [file for folder in ("core", "ui", "pages") for file in sorted((ROOT / folder).rglob("*.py"))]
BY_HAND = {  # files that may, and why
    "core/charts/anything.py": "the left edge of a bin is its name, with the sign that numbers have in files",
}
DIGITS = re.compile(r"[ge]$")  # forms with so many digits, and powers of ten where they like
TEMPLATE = re.compile(r"\{\d*:[^}]*[ge]\}")  # filled by position: those of `said` name what fills them


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


@pytest.mark.parametrize(
    ("number", "words"),
    [(0.9772, "0.9772"), (1500.0, "1500"), (1e-5, "1e-5"), (2.5e10, "2.5e10"), (1e7, "1e7"), (-0.5, "−0.5"), (0, "0")],
)
def test_numbers_that_were_set_keep_their_digits(number, words):
    assert short(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (490.0, "490"),
        (2.302, "2.30"),
        (999.7, "1,000"),
        (1234.0, "1,230"),
        (2.9e7, "29 million"),
        (1.91e12, "1.91e12"),
        (1.3e-7, "1.3e-7"),
        (0.0, "0"),
        (-5.0, "−5.00"),
        (math.inf, "infinite"),
        (math.nan, "NaN"),
    ],
)
def test_numbers_are_told_in_powers_of_ten_only_where_they_are_tiny_or_huge(number, words):
    assert told(number) == words


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (3.5e-5, "1 : 29,000"),
        (1.0, "1 : 1"),
        (0.97, "1 : 1"),
        (0.4, "1 : 2.5"),
        (61.4, "61 : 1"),
        (99.7, "100 : 1"),
        (9.46e7, "95 million : 1"),
        (1e-20, "1 : 1e20"),
        (5e-324, "1 : 4.5e307"),
        (0.0, "0"),
    ],
)
def test_ratios_are_of_one_number_to_another(number, words):
    assert ratio(number) == words


@pytest.mark.parametrize(
    ("number", "words"), [(1.2345, "1.2"), (61.4, "61"), (28_571.0, "29,000"), (3e13, "3e13"), (3e9, "3 billion")]
)
def test_times_are_told_roughly(number, words):
    assert roughly(number) == words


@pytest.mark.parametrize(("number", "words"), [(1.2e-4, "1e-4"), (0.012, "0.01"), (28.0, "30"), (0.00099, "0.001")])
def test_rough_numbers_are_those_of_an_axis(number, words):
    assert rough(number) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(1.0, "100%"), (0.999, ">99%"), (0.99, "99%"), (0.505, "50%"), (0.01, "1%"), (0.001, "<1%"), (0.0, "0%")],
)
def test_nearly_all_is_not_all_and_hardly_any_not_none(share, words):
    assert percent(share) == words


@pytest.mark.parametrize(("share", "words"), [(0.094, "9.4%"), (1e-4, "<0.1%"), (0.9996, ">99.9%"), (1.0, "100.0%")])
def test_a_share_may_have_more_digits(share, words):
    assert percent(share, 1) == words


def by_hand(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the text of every number that is made text without `core.words.numbers`.

    What is turned back into a number was only rounded.
    """
    rounded = {
        id(part)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "float"
        for part in ast.walk(node)
    }
    for node in ast.walk(tree):
        if id(node) not in rounded and _is_by_hand(node):
            yield node.lineno, ast.unparse(node)


def _is_by_hand(node: ast.AST) -> bool:
    match node:
        case ast.FormattedValue(format_spec=ast.JoinedStr() as form):
            return bool(DIGITS.search(ast.unparse(form).strip("f'\"")))
        case ast.Constant(value=str() as text):
            return bool(TEMPLATE.search(text))
        case ast.Call(func=ast.Attribute(attr="replace"), args=[ast.Constant(value="-"), ast.Constant(value="−")]):
            return True
        case ast.Call(func=ast.Name(id="format"), args=[_, ast.Constant(value=str() as form)]):
            return bool(DIGITS.search(form))
    return False


@pytest.mark.parametrize("file", SHOWING, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_one_place_spells_numbers(file):
    found = list(by_hand(ast.parse(file.read_text("utf-8"))))
    if file == NUMBERS or file.relative_to(ROOT).as_posix() in BY_HAND:
        assert found  # or else it needs no exception
    else:
        assert found == []


@pytest.mark.parametrize(
    "source",
    ['f"{x:g}"', 'f"about {x:,.2g} of it"', '"{:.3g}".format(x)', 'text.replace("-", "−")', 'format(x, ".1e")'],
)
def test_a_number_that_is_spelled_by_hand_is_caught(source):
    assert len(list(by_hand(ast.parse(source)))) == 1


@pytest.mark.parametrize("source", ['said("{rate:g}", rate=x)', 'float(f"{x:.3g}")', 'f"{x:.1%}"', 'f"{x:,.0f}"'])
def test_templates_and_rounding_are_no_text_made_by_hand(source):
    assert list(by_hand(ast.parse(source))) == []
