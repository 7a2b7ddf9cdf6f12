"""The first picture of a fresh server is the lab as it is found today, and says when it was found."""

import numpy as np
import pyarrow as pa
import pytest

from core.work.stored import Origin, read
from ui.start import first
from ui.start.first import FILE, THEMES, found

MOST_BYTES = 150_000
SLIGHT = {"rtol": 1e-3, "atol": 1e-3}  # another processor's sums: a sample or two fall into the next bin


@pytest.mark.numerics
@pytest.mark.parametrize("theme", THEMES)
def test_what_is_stored_is_what_is_found_today(theme, monkeypatch, tmp_path):
    before = first.stored(theme)
    monkeypatch.setattr(first, "FILE", tmp_path / "first.json")
    first.store()
    today = first.stored(theme)
    assert {**before.data, "message": None} == {**today.data, "message": None}, "run python -m ui.start.first"
    assert before.tables.keys() == today.tables.keys()
    for name, table in before.tables.items():
        same(table, today.tables[name])


def same(table: pa.Table, other: pa.Table) -> None:
    """Two tables of the same columns, whose numbers are about the same."""
    assert table.schema == other.schema
    for name in table.column_names:
        one, two = table[name].to_numpy(), other[name].to_numpy()
        if one.dtype.kind == "f":
            np.testing.assert_allclose(one, two, **SLIGHT)
        else:
            assert list(one) == list(two)


def test_it_says_when_and_where_it_was_found():
    origin = Origin.read(read(FILE)["made"])
    for theme in THEMES:
        told = first.stored(theme).data["message"]["text"]
        assert origin.date in told
        assert origin.processor in told


def test_it_is_small_and_shows_what_the_lab_shows_at_first():
    assert FILE.stat().st_size < MOST_BYTES
    assert [chart["name"] for chart in found()["light"]["charts"]] == [*first.stored("light").tables]


def test_a_file_of_another_form_is_as_good_as_none(monkeypatch, tmp_path):
    for text in ("{}", "[]", "", '{"made": 7}'):
        (tmp_path / "first.json").write_text(text)
        monkeypatch.setattr(first, "FILE", tmp_path / "first.json")
        assert first.stored("light") is None
