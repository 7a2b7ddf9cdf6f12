"""Tables: files as visitors upload them, good and bad."""

from pathlib import Path

from core.datasets.csv_file import read_sheet
from core.datasets.uploads import Table, table_of

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
    "not UTF-8": ("a,b\nä,1".encode("latin-1"), "The file is not text in UTF-8; save it as CSV in UTF-8."),
    "a picture": (
        b"\x89PNG\r\n\x1a\n\x00\x00",
        "This is a PNG picture, not a CSV file; "
        "a CSV file is text in UTF-8, with commas, semicolons or tabs between the values.",
    ),
    "UTF-16": (
        "a,b\n1,2".encode("utf-16"),
        "This is text in UTF-16, not a CSV file; "
        "a CSV file is text in UTF-8, with commas, semicolons or tabs between the values.",
    ),
    "zero bytes": (
        b"a,b\n1,\x00",
        "This is binary data, not a CSV file; "
        "a CSV file is text in UTF-8, with commas, semicolons or tabs between the values.",
    ),
    "a pickle": (
        b"\x80\x04K\x01.",
        "This is binary data, not a CSV file; "
        "a CSV file is text in UTF-8, with commas, semicolons or tabs between the values.",
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
        "No column of the file holds numbers alone; features must be numbers, with a decimal point.",
    ),
    "no value at all": (
        csv("a,b", *[","] * 12),
        "No column of the file holds numbers alone; features must be numbers, with a decimal point.",
    ),
    "header only": (csv("a,b", "", ""), "The file has a line of names and no rows below it."),
    "no header": (csv("1,2", "3,4"), "The first line holds only numbers; it must name the columns."),
    "too large": (
        b"a,b\n" + b"1,2\n" * 2_500_000,
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
    "duplicate names": (
        csv("a,b, a ", "1,2,3"),
        "The name 'a' stands over 2 columns; each needs a name of its own.",
    ),
}
BAD_CHOICES = {
    "too few rows": (
        csv("a,c", *["1,2", "2,1"] * 4, "3,", "4,1"),
        ("c", ()),
        "At least 10 rows without a gap are needed; here are 9, and 1 with one.",
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
        csv("a,c", *(f"x,{i % 2}" for i in range(12))),
        ("c", ()),
        "Besides the target 'c' no column holds numbers, with a decimal point.",
    ),
    "a target that is not there": (
        numbers(12),
        ("z", ()),
        "The target must be one of the columns of the file; got 'z'.",
    ),
    "a feature of text": (
        numbers(12),
        ("b", ("c",)),
        "A feature must be a column of numbers other than the target; got 'c'.",
    ),
    "the target as a feature": (
        numbers(12),
        ("b", ("a", "b")),
        "A feature must be a column of numbers other than the target; got 'b'.",
    ),
    "a long name": (
        csv(f"a,{'x' * 100}", *(f"{i},7" for i in range(12))),
        ("x" * 100, ()),
        f"The target '{'x' * 40}…' has one value in all rows; there is nothing to learn.",
    ),
}
