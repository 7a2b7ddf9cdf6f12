"""Shapes: the ways in which people's files come, each read as what it means."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import pytest
from tables import csv

from core.datasets.csv_file import layout_of, read_sheet
from core.datasets.samples import TableError
from core.datasets.uploads import table_of

ROWS = [(i, i / 2 + 0.25, "xyz"[i % 3]) for i in range(12)]
NOTHING = "a,b,c"


class Shape(NamedTuple):
    """A file; the columns that it has; what some hold in its first rows; and what is said of how it was read."""

    content: bytes
    names: list[str]
    values: Mapping[str, Sequence[float | str]]
    notes: Sequence[str] = ()


def written(separator: str = ",", head: str = NOTHING, decimal: str = ".", end: str = "\n", quote: str = "") -> str:
    """The rows, as a program writes them."""
    lines = [[str(i), str(half).replace(".", decimal), kind] for i, half, kind in ROWS]
    return end.join([head, *(separator.join(f"{quote}{cell}{quote}" for cell in line) for line in lines)]) + end


def with_first(*lines: str, below: str | None = None) -> bytes:
    return "\n".join([*lines, below or written()]).encode()


def column(head: str, *values: str, separator: str = ",") -> bytes:
    """A file of one column of interest beside one that counts by threes."""
    repeated = [values[i % len(values)] for i in range(12)]
    return csv(f"n{separator}{head}", *(f"{3 * i}{separator}{value}" for i, value in enumerate(repeated)))


ABC, FIRST = ["a", "b", "c"], {"a": [0, 1], "b": [0.25, 0.75], "c": ["x", "y"]}
KOREAN, JAPANESE = "이름,나이,도시\n", "名前,年齢,都市\n"
SHAPES = {
    "plain": Shape(written().encode(), ABC, FIRST),
    "pipes": Shape(written("|", "a|b|c").encode(), ABC, FIRST),
    "Windows": Shape(written(end="\r\n").encode(), ABC, FIRST),
    "mixed line ends": Shape(written(end="\r\n").encode().replace(b"\r\n", b"\n", 4), ABC, FIRST),
    "all in quotes": Shape(written(quote='"', head='"a","b","c"').encode(), ABC, FIRST),
    "a byte order mark": Shape(written().encode("utf-8-sig"), ABC, FIRST),
    "UTF-16 with a mark": Shape(written().encode("utf-16"), ABC, FIRST),
    "UTF-16 without": Shape(written().encode("utf-16-le"), ABC, FIRST),
    "UTF-16, the other way": Shape(written().encode("utf-16-be"), ABC, FIRST),
    "UTF-32 with a mark": Shape(written().encode("utf-32"), ABC, FIRST),
    "UTF-32 without": Shape(written().encode("utf-32-be"), ABC, FIRST),
    "a title": Shape(with_first("Sales of our shop"), ABC, FIRST, ["The line above the table is left out."]),
    "a title from Excel": Shape(
        with_first("Sales,,", ",,", "for 2024,,"), ABC, FIRST, ["The 3 lines above the table are left out."]
    ),
    "comments": Shape(
        with_first("# made by hand, in 2024", "# with, two, commas"),
        ABC,
        FIRST,
        ["The 2 lines above the table are left out."],
    ),
    "names in a comment": Shape(written(head="# a,b,c").encode(), ABC, FIRST),
    "sep=": Shape(
        with_first("sep=;", below=written(";", "a;b;c")),
        ABC,
        FIRST,
        [
            "The line above the table is left out.",
        ],
    ),
    "sep= with a mark of its own": Shape(
        with_first("sep=:", below=written(":", "a:b:c")), ABC, FIRST, ["The line above the table is left out."]
    ),
    "a decimal comma": Shape(
        written(";", "a;b;c", decimal=",").encode(), ABC, FIRST, ["Numbers are read with a decimal comma."]
    ),
    "a decimal comma in quotes": Shape(
        written(",", decimal=",", quote='"').encode(), ABC, FIRST, ["Numbers are read with a decimal comma."]
    ),
    "points between thousands": Shape(
        column("p", "1.234", "12,5", "1.234.567,5", separator=";"),
        ["n", "p"],
        {"p": [1234, 12.5, 1234567.5]},
        ["Numbers are read with a decimal comma."],
    ),
    "points between thousands beside a comma": Shape(
        csv("p;q", *["1.234;0,5", "2.500;1,5"] * 6),
        ["p", "q"],
        {"p": [1234, 2500], "q": [0.5, 1.5]},
        ["Numbers are read with a decimal comma."],
    ),
    "commas between thousands": Shape(
        column("p", '"1,234"', "12.5", '"1,234,567"'), ["n", "p"], {"p": [1234, 12.5, 1234567]}
    ),
    "spaces between thousands": Shape(column("p", "1 234", "12", "1 234 567"), ["n", "p"], {"p": [1234, 12, 1234567]}),
    "spaces after classes": Shape(
        column("kind", "cat ", "cat", " dog", "dog  "), ["n", "kind"], {"kind": ["cat", "cat", "dog", "dog"]}
    ),
    "an index of pandas": Shape(
        written(head=",b,c").encode(), ["b", "c"], {}, ["A column without a name that counts the rows is left out."]
    ),
    "an index saved twice": Shape(
        written(head="Unnamed: 0,b,c").encode(),
        ["b", "c"],
        {},
        ["A column without a name that counts the rows is left out."],
    ),
    "names of rows as R writes them": Shape(
        written(head='"b","c"').encode(), ["b", "c"], {}, ["A column without a name that counts the rows is left out."]
    ),
    "separators at the end of lines": Shape(
        written(end=",\n", head="a,b,c").replace("c,\n", "c\n").encode(), ABC, FIRST
    ),
    "no names": Shape(
        "".join(written().partition("\n")[2:]).encode(),
        ["column 1", "column 2", "column 3"],
        {"column 1": [0, 1], "column 3": ["x", "y"]},
    ),
    "days": Shape(
        column("d", "1970-01-02", "1970-02-01 12:00"), ["n", "d"], {"d": [1, 31.5]}, ["Dates are counted in days."]
    ),
    "days with the month first": Shape(
        column("d", "1/2/1970", "1/3/1970"),
        ["n", "d"],
        {"d": [1, 2]},
        ["Dates are read with the month first, and counted in days."],
    ),
    "days with the day first": Shape(
        column("d", "1/2/1970", "31/1/1970"),
        ["n", "d"],
        {"d": [31, 30]},
        ["Dates are read with the day first, and counted in days."],
    ),
    "days in letters": Shape(
        column("d", '"Jan 2, 1970"', '"Feb 1, 1970"'), ["n", "d"], {"d": [1, 31]}, ["Dates are counted in days."]
    ),
    "Korean": Shape(
        (KOREAN + "김철수,20,서울\n박영희,30,부산\n" * 6).encode("cp949"),
        ["이름", "나이", "도시"],
        {"도시": ["서울", "부산"]},
        ["Its letters are read as Korean (CP949)."],
    ),
    "Japanese": Shape(
        (JAPANESE + "田中,20,東京\n鈴木,30,大阪\n" * 6).encode("shift-jis"),
        ["名前", "年齢", "都市"],
        {"都市": ["東京", "大阪"]},
        ["Its letters are read as Japanese (Shift-JIS)."],
    ),
    "French": Shape(
        ("prénom,âge,ville\n" + "Zoé,20,Orléans\nJosé,30,Nîmes\n" * 6).encode("latin-1"),
        ["prénom", "âge", "ville"],
        {"ville": ["Orléans", "Nîmes"]},
        ["Its letters are read as Western European (Windows-1252)."],
    ),
    "a degree and a euro": Shape(
        csv("°C,price", *["20,1", "21,2"] * 6).decode().replace("price", "€").encode("cp1252"),
        ["°C", "€"],
        {},
        ["Its letters are read as Western European (Windows-1252)."],
    ),
    "bytes that are letters nowhere": Shape(
        csv("a,b", *["1,2", "2,1"] * 6).replace(b"a", b"\x81\x8d"),
        ["\x81\x8d", "b"],
        {},
        ["Its letters are read as Western European (Windows-1252)."],
    ),
    "formulas": Shape(column("f", "=1+1", "@SUM(A1)"), ["n", "f"], {"f": ["=1+1", "@SUM(A1)"]}),
    "names that stand there twice": Shape(
        csv("a,b,a,a,a (2)", *["1,2,3,4,5", "2,1,4,3,6"] * 6), ["a", "b", "a (3)", "a (4)", "a (2)"], {"a (3)": [3, 4]}
    ),
    "two columns without a name": Shape(csv("t,u,,", *["x,v,,", "y,w,,"] * 6), ["t", "u"], {"t": ["x", "y"]}),
    "money": Shape(column("p", '"$1,200"', "$15.50", "-$3"), ["n", "p"], {"p": [1200, 15.5, -3]}),
    "money behind": Shape(
        column("p", "1.200 €", "15,50 €", separator=";"),
        ["n", "p"],
        {"p": [1200, 15.5]},
        ["Numbers are read with a decimal comma."],
    ),
    "percent": Shape(column("p", "12%", "3.5 %"), ["n", "p"], {"p": [12, 3.5]}),
    "money of two kinds": Shape(column("p", "$12", "€13"), ["n", "p"], {"p": ["$12", "€13"]}),
    "quotes in quotes": Shape(column("q", '"a ""b"""', '"c, d"'), ["n", "q"], {"q": ['a "b"', "c, d"]}),
    "blank lines and lines of spaces": Shape(written().replace("\n", "\n\n  \n", 3).encode(), ABC, FIRST),
    "dashes for what is missing": Shape(column("m", "1.5", "-", "2.5", "?"), ["n", "m"], {"m": [1.5]}),
}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_shape_is_read_as_what_it_means(kind):
    shape = SHAPES[kind]
    sheet = read_sheet(shape.content)
    assert sheet.names == shape.names
    for name, values in shape.values.items():
        assert sheet.frame[name].tolist()[: len(values)] == values
    assert list(sheet.notes) == list(shape.notes)
    assert len(sheet.frame) == 12
    assert table_of(sheet, sheet.likely_target).inputs.shape[0] >= 6


@pytest.mark.parametrize(
    ("head", "rows", "expected"),
    [
        ("a,b,c", written().splitlines()[1:], (True, True)),
        ("name,2023,2024", [f"n{i},{i},{i}" for i in range(9)], (False, False)),
        ("name,sales,2024", [f"n{i},{i},{i}" for i in range(9)], (True, True)),
        ("1,2,3", ["4,5,6"] * 4, (False, False)),
        ("p,x,s", ["p,x,s", "e,x,y", "e,b,s", "p,b,y"], (False, False)),
        ("colour,size,shape", ["p,x,s", "e,x,y", "e,b,s", "p,b,y"], (True, True)),
        ("p,x,p", ["p,x,s", "e,x,y", "e,b,s"], (False, False)),
        ("5.1,3.5,setosa", ["4.9,3.0,setosa", "7.0,3.2,versicolor"] * 4, (False, False)),
    ],
)
def test_whether_the_first_line_holds_names_is_guessed_and_whether_to_ask(head, rows, expected):
    layout = layout_of(csv(head, *rows))
    assert (layout.names_first, layout.sure) == expected


def test_what_is_said_of_the_first_line_counts():
    content = csv("name,2023,2024", *(f"n{i},{i},{i + 0.5}" for i in range(9)))
    named, guessed = read_sheet(content, names_first=True), read_sheet(content)
    assert named.names == ["name", "2023", "2024"]
    assert (len(named.frame), len(guessed.frame)) == (9, 10)
    assert named.digest_of("2024") != guessed.digest_of("2024")
    assert guessed.digest_of("column 3") == read_sheet(content, names_first=False).digest_of("column 3")


HOSTILE: dict[str, Callable[[], bytes]] = {
    "many columns": lambda: csv(",".join(f"c{i}" for i in range(4096)), *[",".join(["1.5"] * 4096)] * 12),
    "many columns of texts": lambda: csv(
        ",".join(f"c{i}" for i in range(4096)), *[",".join([f"t{row}"] * 4096) for row in range(12)]
    ),
    "many columns of what is no date": lambda: csv(
        ",".join(f"c{i}" for i in range(4096)), *[",".join([f"99/99/{row + 10}"] * 4096) for row in range(12)]
    ),
    "one name over all": lambda: csv(",".join(["a"] * 4096), *[",".join(["1", "2"] * 2048)] * 12),
    "columns that are nearly called y": lambda: csv(
        ",".join(["x", *("y" + " y" * i for i in range(1000))]), *[",".join(["1"] * 1001), ",".join(["2"] * 1001)] * 6
    ),
    "many rows of texts": lambda: b"a,b\n" + b"x,1\ny,2\n" * 500_000,
    "one row": lambda: b",".join([b"1"] * 4000) + b"\n",
    "quotes": lambda: b"a,b\n" + b'"",""\n' * 300_000,
    "long cells": lambda: csv("a,b", *[f"{'x' * 130_000},{i}" for i in range(60)]),
    "many kinds": lambda: csv("a,b,c", *(f"k{i % 20},j{i % 20},{i}" for i in range(200_000))),
    "only separators": lambda: b"," * 4095 + b"\n" + (b"," * 4095 + b"\n") * 100,
    "brackets": lambda: b"[" * 1_000_000,
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_what_is_made_to_hurt_ends_as_a_table_or_a_sentence(kind):
    """That it ends soon is measured elsewhere; what it makes is bounded."""
    found, words = None, ""
    try:
        sheet = read_sheet(HOSTILE[kind]())
        found = table_of(sheet, sheet.likely_target)
    except TableError as problem:
        words = str(problem)
    assert found is not None or words.endswith((".", "?"))
    assert found is None or (found.nbytes <= 60_000_000 and found.inputs.shape[1] <= 4096)
