"""Workbooks of Excel: read as the CSV files that Excel would make of them, and refused where they are made to hurt."""

from datetime import datetime
from io import BytesIO
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import pytest
from openpyxl import Workbook

from core.datasets import workbooks
from core.datasets.csv_file import read_sheet
from core.datasets.samples import TableError
from core.datasets.uploads import table_of

HEAD = ["size", "day", "kind", "on"]
ROWS = [[i + 0.5, datetime(1970, 1, i + 2, 12 * (i % 2)), "xy"[i % 2], i % 3 == 0] for i in range(12)]


def book(*sheets: list[list[Any]]) -> bytes:
    made = Workbook()
    assert made.active is not None
    made.remove(made.active)
    for number, rows in enumerate(sheets, start=1):
        sheet = made.create_sheet(f"Sheet {number}")
        for row in rows:
            sheet.append(row)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def changed(content: bytes, part: str, text: str) -> bytes:
    """The workbook with one of its parts replaced."""
    written = BytesIO()
    with ZipFile(BytesIO(content)) as old, ZipFile(written, "w", ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, text if name == part else old.read(name))
    return written.getvalue()


def test_a_workbook_is_a_table():
    sheet = read_sheet(book([HEAD, *ROWS]))
    assert sheet.names == HEAD
    assert sheet.frame["size"].tolist() == [row[0] for row in ROWS]
    assert sheet.frame["day"].tolist()[:3] == [1, 2.5, 3]
    assert table_of(sheet, "kind").inputs.shape == (12, 3)


def test_titles_gaps_and_semicolons_are_no_trouble():
    sheet = read_sheet(book([["Our shop"], [], HEAD, *ROWS, [13.5, None, "a;b;c, d", None]]))
    assert sheet.names == HEAD
    assert sheet.frame["kind"].tolist()[-1] == "a;b;c, d"
    assert sheet.notes[0] == "The line above the table is left out."


def test_the_first_sheet_that_holds_something_is_read_and_named():
    sheet = read_sheet(book([[]], [HEAD, *ROWS], [["other"], [1]]))
    assert sheet.names == HEAD
    assert "Of the workbook only the sheet 'Sheet 2' is read." in sheet.notes


SHEET = "xl/worksheets/sheet1.xml"
OPEN = (
    '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><dimension ref="A1:XFD1048576"/>'
    "<sheetData>"
)
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE w [<!ENTITY a "ha">'
    + "".join(f'<!ENTITY {new} "{f"&{old};" * 20}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True))
    + f'<!ENTITY z "&i;&i;">]>{OPEN}<row><c t="str"><v>&z;</v></c></row></sheetData></worksheet>'
)
FAR = f'{OPEN}<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>'
OTHER_HEART = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/media/a.png" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)

BAD = {
    "empty": (book([[]]), "The file is empty."),
    "damaged": (
        changed(book([HEAD, *ROWS]), SHEET, "<worksheet><she"),
        "The workbook cannot be read: it is damaged, or locked by a password.",
    ),
    "entities that multiply": (
        changed(book([HEAD, *ROWS]), SHEET, LAUGHS),
        "The workbook cannot be read: it is damaged, or locked by a password.",
    ),
    "one cell far right": (
        changed(book([HEAD, *ROWS]), SHEET, FAR.replace("1048576", "1")),
        "The file has 16,384 columns; at most 4,096 are allowed.",
    ),
    "one cell far down": (
        changed(book([HEAD, *ROWS]), SHEET, FAR.replace("1048576", "999999999999")),
        "The sheet has more than 600,000 cells; save it as CSV, which is read much faster.",
    ),
    "one that unpacks to much": (
        changed(book([HEAD, *ROWS]), SHEET, " " * 30_000_001),
        "The workbook is too large: it unpacks to 30,0",
    ),
    "one of many styles": (
        changed(book([HEAD, *ROWS]), "xl/styles.xml", "<font/>" * 300_000),
        "The workbook has 2,1",
    ),
    "one that says another part is the workbook": (
        changed(book([HEAD, *ROWS]), "[Content_Types].xml", OTHER_HEART),
        "The workbook cannot be read: it is damaged, or locked by a password.",
    ),
}


@pytest.mark.parametrize("kind", BAD)
def test_a_bad_workbook_is_refused_in_one_sentence(kind, monkeypatch):
    monkeypatch.setenv("VITALS_HOSTED", "1")
    content, words = BAD[kind]
    with pytest.raises(TableError) as refused:
        read_sheet(content)
    assert str(refused.value).startswith(words)


def test_cells_are_counted(monkeypatch):
    monkeypatch.setattr(workbooks, "MOST_CELLS", 20)
    words = r"The sheet has more than 20 cells; save it as CSV, which is read much faster\."
    with pytest.raises(TableError, match=words):
        read_sheet(book([HEAD, *ROWS]))
