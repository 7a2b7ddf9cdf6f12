"""The visitor's file: what is read from it, what is refused, whatever the bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tables import BAD_FILES, csv, numbers, table

from core.datasets.csv_file import read_sheet
from core.datasets.samples import TableError
from core.datasets.sheets import Sheet
from core.datasets.uploads import table_of


@pytest.mark.parametrize(
    "content",
    [
        csv("a,b,c", *["1,2,x", "2,1,y"] * 6, end="\r\n"),
        csv("a,b,c", *["1,2,x", "2,1,y"] * 6, end="\r"),
        csv("a;b;c", *["1;2;x", "2;1;y"] * 6),
        csv("a\tb\tc", *["1\t2\tx", "2\t1\ty"] * 6),
        csv("", " a, b , c", "", *["1, 2, x", "2, 1,y"] * 6, "", ""),
        csv('"a","b","c"', *['"1","2","x"', "2,1,y"] * 6),
        b"\xef\xbb\xbf" + csv("a,b,c", *["1,2,x", "2,1,y"] * 6),
        csv("a,b,c,", *["1,2,x,", "2,1,y,"] * 6),
    ],
    ids=["Windows", "old Macintosh", "semicolons", "tabs", "spaces", "quotes", "byte order mark", "empty column"],
)
def test_ways_to_write_the_same_table(content):
    found = table(content)
    assert found.features == ("a", "b")
    assert found.inputs.tolist() == [[1, 2], [2, 1]] * 6
    assert found.classes == ("x", "y")


def test_a_name_that_is_missing_is_made_up():
    assert read_sheet(csv(",a,b", *["0,1,2"] * 12)).names == ["column 1", "a", "b"]


def test_a_separator_or_a_line_end_in_quotes_is_no_separator():
    sheet = read_sheet(csv('"a,1",b', *['1,"x\ny"'] * 12))
    assert sheet.names == ["a,1", "b"]
    assert set(sheet.frame["b"]) == {"x\ny"}


def test_columns_by_what_they_hold():
    lines = [f"n{i},{i},{i / 7},{i % 2 == 0},,2024-01-{i + 1:02},{'xyz'[i % 3]},same" for i in range(24)]
    sheet = read_sheet(csv("name,whole,real,flag,empty,day,kind,one", *lines))
    assert sheet.names == ["name", "whole", "real", "flag", "day", "kind", "one"]
    assert sheet.numeric == ["whole", "real", "flag", "day"]
    assert sheet.usable == ["whole", "real", "flag", "day", "kind"]
    assert sheet.features("real") == ["whole", "flag", "day", "kind"]
    assert sheet.features("name", ["flag", "whole"]) == ["whole", "flag"]
    assert sheet.left_out("real") == ["name", "one"]


def test_the_likely_target_is_the_last_column_that_can_be_one():
    assert read_sheet(numbers(12)).likely_target == "c"
    unique = csv("a,b,name", *(f"{i},{i % 2},n{i}" for i in range(150)))
    assert read_sheet(unique).likely_target == "b"


def test_dates_are_not_likely_to_be_predicted():
    rows = [f"{i},{i % 2},2024-01-{i + 1:02}" for i in range(24)]
    assert read_sheet(csv("a,b,day", *rows)).likely_target == "b"
    assert read_sheet(csv("day,year", *(f"{row.rpartition(',')[2]},2024-02-{i + 1:02}" for i, row in enumerate(rows))))


ROWS = [f"{i % 2},{i / 7},{'uvw'[i % 3]}" for i in range(30)]


@pytest.mark.parametrize(
    ("head", "rows", "target"),
    [
        ("Class,b,c", ROWS, "Class"),
        ("a,class_label,c", ROWS, "class_label"),
        ("a,classic,c", ROWS, "c"),
        ("species,target,c", ROWS, "target"),
        ("y,b,c", ROWS, "y"),
        ("x,y,c", ROWS, "c"),
        ("a,b,label", [f"{i},{i / 7},same" for i in range(30)], "b"),
        ("a,b,label", [f"{i},{i / 7},n{i}" for i in range(30)], "b"),
        ("label,b", [f"{i % 2},t" for i in range(30)], "b"),
        ("x,y", [f"{i},{i / 7}" for i in range(30)], "y"),
    ],
)
def test_the_likely_target_is_one_that_is_called_so_and_can_be_one(head, rows, target):
    assert read_sheet(csv(head, *rows)).likely_target == target


def test_a_column_of_very_long_numbers_is_one_of_numbers():
    sheet = read_sheet(csv("a,b,c,d", *(f"{10**400 + i},{10**25 + i},1_{i},{i % 2}" for i in range(12))))
    assert sheet.numeric == ["a", "b", "d"]
    assert sheet.frame["b"].tolist() == [float(10**25 + i) for i in range(12)]


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence(kind, monkeypatch):
    monkeypatch.setenv("VITALS_HOSTED", "1")
    content, words = BAD_FILES[kind]
    with pytest.raises(TableError) as refused:
        read_sheet(content)
    assert str(refused.value) == words


def test_nothing_in_a_file_is_evaluated():
    evil = "__import__('os').abort()"
    found = table(csv("a,c", *[f'1,"{evil}"', "2,=1+1"] * 6))
    assert found.classes == ("=1+1", evil)


def test_a_sheet_has_always_a_column_of_numbers():
    sheet = read_sheet(csv("name,x", *(f"n{i},{i}" for i in range(150))))
    assert isinstance(sheet, Sheet)
    assert sheet.likely_target == "x"


@given(st.one_of(st.binary(), st.text(st.sampled_from('ab12.,;"\n\r \té?-e')).map(str.encode)))
def test_whatever_the_bytes_there_is_a_table_or_a_sentence(content):
    found, words = None, ""
    try:
        sheet = read_sheet(content)
        found = table_of(sheet, sheet.likely_target)
    except TableError as problem:
        words = str(problem)
    assert found is None or found.inputs.isfinite().all()
    assert found is not None or words.endswith((".", "?"))
    assert len(words) < 200


@pytest.mark.parametrize("separator", [",", ";"])
def test_separators_between_quotation_marks_are_none(separator):
    header = separator.join(['"a; b, c; d, e; f"', '"x, y; z"', "kind"])
    lines = [header, *(separator.join([str(i), str(2 * i), "uv"[i % 2]]) for i in range(12))]
    assert read_sheet("\n".join(lines).encode()).names == ["a; b, c; d, e; f", "x, y; z", "kind"]
