"""Tables: files as visitors upload them, good and bad."""

from pathlib import Path

from core.datasets.csv_file import read_sheet
from core.datasets.samples import Table
from core.datasets.uploads import table_of

AUTO_MPG = Path(__file__).parents[2] / "shared" / "data" / "auto-mpg.csv"


def csv(*lines: str, end: str = "\n") -> bytes:
    return end.join(lines).encode()


def numbers(count: int, head: str = "a,b,c") -> bytes:
    """A file of three columns: 0, 1, 2, …; their halves; and a, b, a, b, …"""
    return csv(head, *(f"{i},{i / 2},{'ab'[i % 2]}" for i in range(count)))


def table(content: bytes, target: str = "c", chosen: tuple[str, ...] = ()) -> Table:
    """The table of a file."""
    return table_of(read_sheet(content), target, chosen)


BAD_FILES = {
    "empty": (b"", "The file is empty."),
    "blank": (b" \n\r\n\t\n", "The file is empty."),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "This is a PNG picture, not a CSV file; "
        "a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "broken UTF-16": (
        "a,b\n1,2".encode("utf-16")[:-1],
        "The file begins like text in UTF-16 or UTF-32, but is damaged further on.",
    ),
    "JSON": (
        b'\n[{"a": 1, "b": 2},\n {"a": 2, "b": 3}]',
        "This is JSON, not a CSV file; a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "XML": (
        b'<?xml version="1.0"?>\n<rows><row a="1"/></rows>',
        "This is XML, not a CSV file; a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "a web page": (
        b"\r\n<!DOCTYPE html>\n<html><body>404</body></html>",
        "This is a web page, not a CSV file; a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "an archive": (
        b"PK\x03\x04\x14\x00",
        "This is a ZIP archive, or a document in one, not a CSV file; "
        "a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "an old Excel workbook": (
        b"\xd0\xcf\x11\xe0\xa1",
        "This is an old Excel workbook or Word document, not a CSV file; "
        "open it in Excel, choose File, Save As and Excel Workbook (.xlsx), and upload what that saves.",
    ),
    "Parquet": (
        b"PAR1\x15\x04",
        "This is a Parquet file, not a CSV file; save it as CSV, for example with pandas, and upload that.",
    ),
    "a huge cell": (
        csv("a,b", "1,2", f"1,{'x' * 200_000}"),
        "The file has a value of more than 131,072 letters, which is no value to learn from.",
    ),
    "zero bytes": (
        b"a,b\n1,\x00",
        "This is binary data, not a CSV file; a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "a pickle": (
        b"\x80\x04K\x01.",
        "This is binary data, not a CSV file; a CSV file is text, with commas, semicolons or tabs between the values.",
    ),
    "one column": (
        csv("a", "1", "2"),
        "The file has one column; a table needs a target and at least one feature, with a comma between them.",
    ),
    "one column with values": (
        csv("a,b", *["1,"] * 12),
        "Only the column 'a' holds values; a table needs a target and at least one feature.",
    ),
    "no numeric column": (
        csv("a,b", *["x,y"] * 12),
        "No column can be learned from: each holds one text alone, or more than 20 different ones.",
    ),
    "no value at all": (
        csv("a,b", *[","] * 12),
        "No column can be learned from: each holds one text alone, or more than 20 different ones.",
    ),
    "header only": (csv("a,b", "", ""), "The file has a line of names and no rows below it."),
    "too large": (
        b"a,b\n" + b"1,2\n" * 2_500_000,  # for a server that strangers share
        "The file is too large: it has 10,000,004 bytes; at most 10,000,000 are read.",
    ),
    "too many columns": (
        csv(",".join(f"c{i}" for i in range(4097)), ",".join(["1"] * 4097)),
        "The file has 4,097 columns; at most 4,096 are allowed.",
    ),
    "a long line": (csv("a,b", "1,2", "1,2,3"), "Line 3 has 3 values, but there are 2 columns."),
    "a short line": (csv("a,b", "1,2", "1", "1,2"), "Line 3 has 1 value, but there are 2 columns."),
    "an open quotation mark": (
        csv("a,b", "1,2", '1,"2', "3,4", *["5,6"] * 30_000),
        "The file cannot be read as a table: is a quotation mark left open?",
    ),
    "a quotation mark open to the end": (
        csv("a,b", "1,2", '1,"2'),
        "The file cannot be read as a table: is a quotation mark left open?",
    ),
}
BAD_CHOICES = {
    "too few rows": (
        csv("a,c", "1,2", "2,1", "3,", "4,1"),
        ("c", ()),
        "At least 4 rows without a gap are needed; here are 3, and 1 with one.",
    ),
    "a constant target": (
        csv("a,c", *(f"{i},7" for i in range(12))),
        ("c", ()),
        "The target 'c' has one value in all rows; there is nothing to learn.",
    ),
    "too many classes": (
        csv("a,c", *(f"{i},t{i}" for i in range(1101))),
        ("c", ()),
        "The target 'c' has 1,101 different texts; at most 100 classes are allowed.",
    ),
    "an infinite feature": (
        csv("a,c", *(f"{i},{i % 2}" for i in range(12)), "-inf,1"),
        ("c", ()),
        "The column 'a' has values that are infinite or beyond ±1e+15.",
    ),
    "an infinite target": (
        csv("a,c", *(f"{i},{i % 2}" for i in range(12)), "1,1e999"),
        ("c", ()),
        "The column 'c' has values that are infinite or beyond ±1e+15.",
    ),
    "a huge feature": (
        csv("a,c", *(f"{i},{i % 2}" for i in range(12)), "-9223372036854775808,1"),
        ("c", ()),
        "The column 'a' has values that are infinite or beyond ±1e+15.",
    ),
    "no feature": (
        csv("a,c", *(f"x{i},{i % 2}" for i in range(30))),
        ("c", ()),
        "Besides the target 'c' no column holds numbers or a few different texts.",
    ),
    "a target that is not there": (
        numbers(12),
        ("z", ()),
        "The target must be one of the columns of the file; got 'z'.",
    ),
    "a feature of many texts": (
        csv("a,b,c", *(f"{i},{i / 2},n{i}" for i in range(30))),
        ("b", ("c",)),
        "A feature must be a column of numbers or of few texts other than the target; got 'c'.",
    ),
    "the target as a feature": (
        numbers(12),
        ("b", ("a", "b")),
        "A feature must be a column of numbers or of few texts other than the target; got 'b'.",
    ),
    "a long name": (
        csv(f"a,{'x' * 100}", *(f"{i},7" for i in range(12))),
        ("x" * 100, ()),
        f"The target '{'x' * 40}…' has one value in all rows; there is nothing to learn.",
    ),
}
