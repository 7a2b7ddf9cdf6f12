"""What is said of data: why they cannot be had, and of a visitor's file why it is no table, or what it holds."""

from collections.abc import Iterator

from core.datasets.samples import Table
from core.words.said import said

DAMAGED = (
    "{name} is damaged: {folder} holds files that cannot be read. "
    "Remove that folder to download it again, or choose digits."
)
NOT_HERE = (
    "{name} is not in {folder} and cannot be downloaded here. Choose digits, "
    "or name a folder that holds {inside} in the environment variable VITALS_DATA."
)
CUT_OFF = "{file} ends too early"
NO_END = "{address} takes too long, or does not end"
OTHER_SUM = "what came from {address} is not what it should be"
NO_TABLE_YET = "No table has been uploaded yet; upload one, or choose digits."
TABLE_IS_GONE = "The uploaded table is no longer here; upload it again, or choose digits."

OTHER_FILE = "This is {kind}, not a CSV file; {a_csv}."
BINARY_DATA = "binary data"
A_CSV = "a CSV file is text in UTF-8, with commas, semicolons or tabs between the values"
NO_UTF_8 = "The file is not text in UTF-8; save it as CSV in UTF-8."
EMPTY = "The file is empty."
TOO_LARGE = "The file is too large: it has {bytes:,} bytes; at most {most:,} are read."
OPEN_QUOTE = "The file cannot be read as a table: is a quotation mark left open?"

A_TABLE = "a table needs a target and at least one feature"
TOO_MANY_COLUMNS = "The file has {columns:,} columns; at most {most:,} are allowed."
ONE_COLUMN = "The file has one column; {a_table}, with a comma between them."
ONE_COLUMN_WITH_VALUES = "Only the column {column} holds values; {a_table}."
NO_NAMES = "The first line holds only numbers; it must name the columns."
SAME_NAME = "The name {name} stands over {times} columns; each needs a name of its own."
RAGGED = "Line {line:,} has {values:,} values, but there are {columns:,} columns."
RAGGED_ONE = "Line {line:,} has {values:,} value, but there are {columns:,} columns."
NO_ROWS = "The file has a line of names and no rows below it."
NO_NUMBERS = "No column of the file holds numbers alone; features must be numbers, with a decimal point."

NO_SUCH_TARGET = "The target must be one of the columns of the file; got {target}."
NO_FEATURE = "A feature must be a column of numbers other than the target; got {feature}."
NO_OTHER_NUMBERS = "Besides the target {target} no column holds numbers, with a decimal point."
TOO_FEW_ROWS = "At least {fewest} rows without a gap are needed; here are {rows}, and {dropped:,} with one."
TOO_LARGE_NUMBERS = "The column {column} has values that are infinite or beyond ±{largest:g}."
ONE_VALUE = "The target {target} has one value in all rows; there is nothing to learn."
TOO_MANY_CLASSES = "The target {target} has {kinds:,} different texts; at most {most} classes are allowed."

LONGEST_NAME = 40  # characters of a column's name that a sentence repeats


def clipped(name: str) -> str:
    """A name, cut where it is long."""
    return name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…"


def short(name: str) -> str:
    """A name, cut where it is long, in quotation marks."""
    return repr(clipped(name))


def title(table: Table) -> str:
    """The names of file and target."""
    file = clipped(table.file) or said("a table")
    return said("{file} with target {target}", file=file, target=short(table.target))


def summary(table: Table) -> str:
    """What was understood, in one line."""
    return ", ".join(filter(None, [clipped(table.file), *_counts(table)])) + "."


def _counts(table: Table) -> Iterator[str]:
    rows, features, classes = len(table.inputs), len(table.features), len(table.classes)
    yield said("{rows:,} row" if rows == 1 else "{rows:,} rows", rows=rows)
    yield said("{features:,} feature" if features == 1 else "{features:,} features", features=features)
    task = "{classes} classes of {target}" if classes else "a regression of {target}"
    yield said(task, classes=classes, target=short(table.target))
    if table.dropped:
        one, several = "{dropped:,} row dropped for missing values", "{dropped:,} rows dropped for missing values"
        yield said(one if table.dropped == 1 else several, dropped=table.dropped)
    if table.left_out:
        yield said("{left_out:,} more rows left out, at random", left_out=table.left_out)
