"""Workbooks: the first sheet of an Excel file that holds something, as the text of a CSV file.

A workbook is a ZIP archive of XML, and each of the two can be small and become large. So what the parts unpack to is
bounded before they are: Python's zipfile gives no more of a part than it declares, and its XML parser stops where
definitions multiply. Rows are read one by one, and their cells are counted; formulas are what Excel last found. Other
parts, such as styles, become objects of openpyxl that take far more than their text: those may only be small.
"""

import csv
from collections.abc import Iterable, Iterator
from datetime import datetime, time
from io import BytesIO, StringIO
from typing import Any
from xml.etree.ElementTree import fromstring
from zipfile import BadZipFile, ZipFile, ZipInfo

from core.datasets import words
from core.datasets.samples import TableError
from core.datasets.sheets import MOST_COLUMNS
from core.datasets.words import short
from core.words.said import Sentence

ZIP = b"PK\x03\x04"
MAIN = ".main+xml"  # how the types of workbooks end
HEART = "xl/workbook.xml"  # the part that every workbook has
MOST_CELLS = 600_000  # each takes ten microseconds; those of a CSV file take one
TYPES = "[Content_Types].xml"  # the part that says what the others are
OBJECTS = (HEART, TYPES, "xl/styles.xml", "xl/theme/", "xl/_rels/", "docProps/")  # parts of which objects are made
MOST_OBJECTS = 1_000_000  # bytes of these together: each takes up to 2 µs and 70 bytes of memory
GROWTH = 3  # how many times as large as the largest file its parts may be together


def is_workbook(content: bytes) -> bool:
    """Whether a file is an Excel workbook, not another archive."""
    if not content.startswith(ZIP):
        return False
    try:
        with ZipFile(BytesIO(content)) as archive:
            return HEART in archive.namelist()
    except (BadZipFile, OSError, ValueError, NotImplementedError):
        return False


def sheet_text(content: bytes, most: int) -> tuple[str, Sentence | None]:
    """A workbook's first sheet that is not empty, as CSV with commas, where files have at most so many bytes; and what
    there is to say of it. Raises TableError."""
    with ZipFile(BytesIO(content)) as archive:
        parts = archive.infolist()
        if (unpacked := _bytes(parts)) > GROWTH * most:
            raise TableError(Sentence(words.TOO_LARGE_WORKBOOK, bytes=unpacked, most=GROWTH * most))
        if (objects := _bytes(part for part in parts if part.filename.startswith(OBJECTS))) > MOST_OBJECTS:
            raise TableError(Sentence(words.TOO_MUCH_STYLE, bytes=objects, most=MOST_OBJECTS))
        try:
            _check_heart(archive)
            return _first_sheet(content)
        except TableError:
            raise
        except Exception as problem:  # a damaged part makes openpyxl raise nearly anything
            raise TableError(Sentence(words.DAMAGED_WORKBOOK)) from problem


def _bytes(parts: Iterable[ZipInfo]) -> int:
    """What these parts unpack to."""
    return sum(part.file_size for part in parts)


def _check_heart(archive: ZipFile) -> None:
    """Raise TableError where another part, maybe a large one, is said to be the workbook."""
    named = {part.get("PartName") for part in fromstring(archive.read(TYPES)) if MAIN in part.get("ContentType", "")}
    if not named <= {f"/{HEART}", None}:
        raise TableError(Sentence(words.DAMAGED_WORKBOOK))


def _first_sheet(content: bytes) -> tuple[str, Sentence | None]:
    from openpyxl import load_workbook  # here, for few need it and it takes a moment

    book = load_workbook(BytesIO(content), read_only=True, data_only=True, keep_links=False)
    for sheet in book.worksheets:
        sheet.reset_dimensions()  # which are claimed, and may be all that a sheet can have
        if text := _text(sheet.iter_rows(values_only=True)):
            others = len(book.worksheets) > 1
            return text, Sentence(words.ONE_SHEET, sheet=short(sheet.title)) if others else None
    raise TableError(Sentence(words.EMPTY))


def _text(rows: Iterator[tuple[Any, ...]]) -> str:
    """Rows of cells as CSV; nothing where none holds anything."""
    lines, cells = [], 0
    for row in rows:
        cells += max(1, len(row))  # those that are empty take their time, too
        if cells > MOST_CELLS:
            raise TableError(Sentence(words.TOO_MANY_CELLS, most=MOST_CELLS))
        values = list(map(_spelled, row))
        while values and not values[-1]:
            values.pop()
        if len(values) > MOST_COLUMNS:
            raise TableError(Sentence(words.TOO_MANY_COLUMNS, columns=len(values), most=MOST_COLUMNS))
        if values:
            lines.append((len(values), _line(values)))
    width = max((count for count, _ in lines), default=0)
    return "".join(f"{line}{',' * (width - count)}\n" for count, line in lines)


def _line(values: list[str]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="").writerow(values)
    return written.getvalue()


def _spelled(value: Any) -> str:
    """A cell as CSV files have it: a day without its midnight."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat(" ", "seconds") if value.time() != time() else value.date().isoformat()
    return str(value)
