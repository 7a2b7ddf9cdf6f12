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

OTHER_FILE = "This is {kind}, not a CSV file; {advice}."
PNG, JPEG, GIF = "a PNG picture", "a JPEG picture", "a GIF picture"
PDF, GZIP = "a PDF document", "a gzip archive"
ZIP, OLD_EXCEL = "a ZIP archive, or a document in one", "an old Excel workbook or Word document"
PARQUET = "a Parquet file"
WEB_PAGE, XML, JSON, BINARY_DATA = "a web page", "XML", "JSON", "binary data"
A_CSV = "a CSV file is text, with commas, semicolons or tabs between the values"
SAVE_IN_EXCEL = "open it in Excel, choose File, Save As and Excel Workbook (.xlsx), and upload what that saves"
SAVE_WITH_PANDAS = "save it as CSV, for example with pandas, and upload that"
BROKEN_TEXT = "The file begins like text in UTF-16 or UTF-32, but is damaged further on."
OLDER = "Its letters are read as {encoding}."
KOREAN, SHIFT_JIS, EUC_JP = "Korean (CP949)", "Japanese (Shift-JIS)", "Japanese (EUC)"
CHINESE, BIG5 = "Chinese (GB 18030)", "Chinese (Big5)"
CYRILLIC, WESTERN = "Cyrillic (Windows-1251)", "Western European (Windows-1252)"
EMPTY = "The file is empty."
TOO_LARGE = "The file is too large: it has {bytes:,} bytes; at most {most:,} are read."
OPEN_QUOTE = "The file cannot be read as a table: is a quotation mark left open?"
LONG_CELL = "The file has a value of more than {most:,} letters, which is no value to learn from."

TOO_LARGE_WORKBOOK = "The workbook is too large: it unpacks to {bytes:,} bytes; at most {most:,} are read."
TOO_MUCH_STYLE = "The workbook has {bytes:,} bytes of styles and the like; at most {most:,} are read. Save it as CSV."
TOO_MANY_CELLS = "The sheet has more than {most:,} cells; save it as CSV, which is read much faster."
DAMAGED_WORKBOOK = "The workbook cannot be read: it is damaged, or locked by a password."
ONE_SHEET = "Of the workbook only the sheet {sheet} is read."

ABOVE_ONE = "The line above the table is left out."
ABOVE = "The {lines:,} lines above the table are left out."
COUNTING = "A column without a name that counts the rows is left out."
COMMA = "Numbers are read with a decimal comma."
DAYS = "Dates are counted in days."
DAYS_FIRST = "Dates are read with the day first, and counted in days."
MONTHS_FIRST = "Dates are read with the month first, and counted in days."

A_TABLE = "a table needs a target and at least one feature"
TOO_MANY_COLUMNS = "The file has {columns:,} columns; at most {most:,} are allowed."
ONE_COLUMN = "The file has one column; {a_table}, with a comma between them."
ONE_COLUMN_WITH_VALUES = "Only the column {column} holds values; {a_table}."
RAGGED = "Line {line:,} has {values:,} values, but there are {columns:,} columns."
RAGGED_ONE = "Line {line:,} has {values:,} value, but there are {columns:,} columns."
NO_ROWS = "The file has a line of names and no rows below it."
NO_FEATURES = "No column can be learned from: each holds one text alone, or more than {most} different ones."

NO_SUCH_TARGET = "The target must be one of the columns of the file; got {target}."
NO_FEATURE = "A feature must be a column of numbers or of few texts other than the target; got {feature}."
NO_OTHER_FEATURES = "Besides the target {target} no column holds numbers or a few different texts."
TOO_FEW_ROWS = "At least {fewest} rows without a gap are needed; here are {rows}, and {dropped:,} with one."
TOO_LARGE_NUMBERS = "The column {column} has values that are infinite or beyond ±{largest:g}."
TOO_MANY_INPUTS = "With their gaps marked, the features become {inputs:,} columns; at most {most:,} are allowed."
GAP = "{column} is missing"
NO_ROOM_EVER = "The table takes {bytes:,} bytes; this server keeps at most {most:,}. Choose fewer features, or digits."
NO_ROOM = "Others' tables fill the memory of this server; try again in an hour, or choose digits."
SMALL = "So few rows tell little: with another seed, the scores may be quite different."
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
    if table.filled:
        one, several = "{filled:,} row with gaps filled in", "{filled:,} rows with gaps filled in"
        yield said(one if table.filled == 1 else several, filled=table.filled)
    if table.left_out:
        yield said("{left_out:,} more rows left out, at random", left_out=table.left_out)
