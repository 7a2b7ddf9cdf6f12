"""CSV files, and workbooks: from a visitor's file to a sheet, whatever stands above the table and between its values.

The separator is the one by which most of the first lines have equally many values. What stands above, titles and
comments, is no part of the table. Whether its first line names the columns or holds values is seen by what stands
below; where that could be wrong it is asked about, and `read_sheet` is told.
"""

import csv
import os
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import StringIO
from itertools import islice
from typing import Any
from weakref import WeakValueDictionary

import pandas as pd

from core.datasets import words
from core.datasets.columns import DATE_NOTES, MOST_KINDS, number, read, spelling
from core.datasets.letters import text_of
from core.datasets.samples import TableError
from core.datasets.sheets import DIGEST_BYTES, MOST_COLUMNS, Sheet, is_numeric
from core.datasets.words import short
from core.datasets.workbooks import is_workbook, sheet_text
from core.words.said import Sentence

MOST_BYTES, MOST_BYTES_AT_HOME = 10_000_000, 100_000_000
HOSTED = "VITALS_HOSTED"  # set where strangers share the server
NOT_HOSTED = ("", "0")  # what it says where they do not
SEPARATORS = ",;\t|"
MISSING = ["?", "-", "--", "–", "—"]  # besides what pandas takes for missing: nothing, NA, NaN, null, None and the like
MISSING += ["#DIV/0!", "#NAME?", "#NULL!", "#NUM!", "#REF!", "#VALUE!"]  # formulas that failed
COMMENT = re.compile(r"\s*(#|%|//)")
DECLARED = re.compile(r"\"?sep=([!#-/:-@\[-`{-~\t ])\"?\s*?\r?\n", re.IGNORECASE)  # what Excel writes into a first line
LOOKED_AT, FEW_LINES = 100, 3  # lines, to see how the file is made
UNNAMED = re.compile(r"(Unnamed: \d+)?")
LONGEST_CELL = csv.field_size_limit()


def most_bytes() -> int:
    """How large a file may be: at home as large as Kaggle's MNIST, where strangers share the memory less."""
    return MOST_BYTES if os.environ.get(HOSTED, "").strip() not in NOT_HOSTED else MOST_BYTES_AT_HOME


Numbered = tuple[int, list[str]]  # how many lines of the file stand above it, and its values


@dataclass(frozen=True)
class Layout:
    """How a file is laid out: its text from the table's first line on, what separates values, and the names of the
    columns if that line holds names. `above` lines stand over it.

    `names_first` is whether it probably holds names; `sure` is whether that need not be asked.
    """

    text: str
    separator: str
    names: tuple[str, ...]
    above: int
    names_first: bool
    sure: bool
    note: Sentence | None


def layout_of(content: bytes) -> Layout:
    """How the file is laid out. Raises TableError."""
    if len(content) > most_bytes():
        raise TableError(Sentence(words.TOO_LARGE, bytes=len(content), most=most_bytes()))
    is_csv = not is_workbook(content)
    text, note = text_of(content) if is_csv else sheet_text(content, most_bytes())
    try:
        return _laid_out(text, note, SEPARATORS if is_csv else ",")
    except csv.Error as problem:
        raise TableError(_unreadable(text)) from problem


def _unreadable(text: str) -> Sentence:
    return Sentence(words.OPEN_QUOTE) if text.count('"') % 2 else Sentence(words.LONG_CELL, most=LONGEST_CELL)


def _laid_out(text: str, note: Sentence | None, possible: str) -> Layout:
    declared = DECLARED.match(text)
    marks = declared[1] if declared else possible
    skipped = text[: declared.end()].count("\n") if declared else 0
    glances = {mark: list(islice(_lines(text, mark, skipped), LOOKED_AT)) for mark in marks}
    mark = max(marks, key=lambda mark: _evenness(glances[mark]))
    many, width = _evenness(glances[mark])
    if not many:
        raise TableError(Sentence(words.ONE_COLUMN, a_table=Sentence(words.A_TABLE)))
    lines = glances[mark]
    first = _first_of_table(lines, width)
    (above, cells), below = lines[first], [cells for _, cells in lines[first + 1 :]]
    names = _named(cells, below, width)
    names_first, sure = _guess(names, [row for row in below if len(row) == len(names)])
    return Layout(_from_line(text, above), mark, names, above, names_first, sure, note)


def _lines(text: str, separator: str, skipped: int = 0) -> Iterator[Numbered]:
    """The lines that are not blank, without so many at the beginning."""
    reader = csv.reader(StringIO(_from_line(text, skipped), newline=""), delimiter=separator, skipinitialspace=True)
    above = skipped
    for cells in reader:
        if any(cells) or len(cells) > 1:
            yield above, cells
        above = skipped + reader.line_num


def _from_line(text: str, count: int) -> str:
    """The text without its first lines."""
    stream = StringIO(text, newline="")
    for _ in range(count):
        stream.readline()
    return stream.read() if count else text


def _evenness(lines: list[Numbered]) -> tuple[int, int]:
    """How many lines have the same number of values, if that is not 1, and that number."""
    widths = Counter(len(cells) for _, cells in lines if len(cells) > 1)
    return max(((many, width) for width, many in widths.items()), default=(0, 0))


def _first_of_table(lines: list[Numbered], width: int) -> int:
    """The place of the table's first line: what stands above are comments, and titles, which fill less of a line."""
    for place, (_, cells) in enumerate(lines):
        following = lines[place + 1][1] if place + 1 < len(lines) else []
        if COMMENT.match(cells[0]):
            names_it = len(cells) == len(following) == width and not any(map(_spells_number, cells))
            if names_it and any(map(_spells_number, following)) and not COMMENT.match(following[0]):
                return place
            continue
        filled = sum(bool(cell.strip()) for cell in cells)
        few = width // 2 if len(cells) < width else int(width > 2)
        if filled > few or any(map(_spells_number, cells)):
            return place
    return 0


def _named(first: list[str], below: list[list[str]], width: int) -> tuple[str, ...]:
    """The names of the columns. Lines with one value more than the first begin with a name of their own, as R writes
    them, or end with a separator."""
    names = [COMMENT.sub("", first[0], 1), *first[1:]]
    if len(first) == width - 1 and below and all(len(cells) == width for cells in below):
        names = [*names, ""] if not any(cells[-1] for cells in below) else ["", *names]
    return tuple(name.strip() for name in names)


def _guess(names: Sequence[str], below: list[list[str]]) -> tuple[bool, bool]:
    """Whether the first line holds names, and whether that is sure: a text over numbers is a name, a number probably a
    value, and texts that all come again below are values."""
    columns = list(zip(*below, strict=True)) or [()] * len(names)
    over_numbers = [bool(column) and 2 * sum(map(_spells_number, column)) > len(column) for column in columns]
    spelled = [_spells_number(name) for name in names]
    if any(name and over and not number for name, over, number in zip(names, over_numbers, spelled, strict=True)):
        return True, True
    again = len(below) > FEW_LINES and all(name in column for name, column in zip(names, columns, strict=True))
    texts = list(filter(None, names))
    values = any(spelled) or again or len(set(texts)) < len(texts)
    return not values, not values


def _spells_number(text: str) -> bool:
    try:
        number(text.strip().replace(",", "."))
    except ValueError:
        return False
    return True


def read_sheet(content: bytes, file: str = "", names_first: bool | None = None) -> Sheet:
    """The columns of a CSV file of this name. Whether its first line holds names is said, or guessed.

    Raises TableError. Equal files that are in use at the same time are one copy.
    """
    layout = layout_of(content)
    named = layout.names_first if names_first is None else names_first
    digest = blake2b(content, digest_size=DIGEST_BYTES, key=b"" if named else b"values").hexdigest()
    known = _in_use.get((digest, file))
    if known is None:
        known = _in_use[digest, file] = _sheet(layout, named, digest, file)
    return known


_in_use: WeakValueDictionary[tuple[str, str], Sheet] = WeakValueDictionary()


def _sheet(layout: Layout, named: bool, digest: str, file: str) -> Sheet:
    try:
        names = _checked(layout, named)
        frame = _frame(layout, named, names)
        frame, told = _understood(frame, lambda: _frame(layout, named, names, dtype=str), layout.separator)
    except (csv.Error, pd.errors.ParserError) as problem:
        raise TableError(_unreadable(layout.text)) from problem
    counting = [name for name, given in zip(names, layout.names, strict=True) if named and _counts(given, frame[name])]
    frame = frame.drop(columns=counting).dropna(axis=1, how="all")
    dates = frozenset(name for name, note in told.items() if note in DATE_NOTES)
    sheet = Sheet(digest, frame, file, tuple(_notes(layout, told, bool(counting))), dates)
    if not sheet.usable:
        raise TableError(Sentence(words.NO_FEATURES, most=MOST_KINDS))
    if len(sheet.names) < 2:
        column, a_table = short(sheet.names[0]), Sentence(words.A_TABLE)
        raise TableError(Sentence(words.ONE_COLUMN_WITH_VALUES, column=column, a_table=a_table))
    return sheet


def _notes(layout: Layout, told: Mapping[str, str], is_counted: bool) -> Iterator[Sentence]:
    if layout.note:
        yield layout.note
    if layout.above:
        yield Sentence(words.ABOVE if layout.above > 1 else words.ABOVE_ONE, lines=layout.above)
    yield from map(Sentence, dict.fromkeys(told.values()))
    if is_counted:
        yield Sentence(words.COUNTING)


def _counts(given: str, values: pd.Series) -> bool:
    """Whether a column without a name counts the rows."""
    if not UNNAMED.fullmatch(given) or len(values) < 2 or not pd.api.types.is_integer_dtype(values):
        return False
    return bool((values.diff().iloc[1:] == 1).all())


def _frame(layout: Layout, named: bool, names: list[str], **settings: Any) -> pd.DataFrame:
    frame: pd.DataFrame = pd.read_csv(
        StringIO(layout.text),
        sep=layout.separator,
        header=0 if named else None,
        names=names,
        index_col=False,
        skipinitialspace=True,
        na_values=MISSING,
        low_memory=False,  # one kind of value a column, however long it is
        **settings,
    )
    return frame


def _understood(
    frame: pd.DataFrame, as_texts: Callable[[], pd.DataFrame], separator: str
) -> tuple[pd.DataFrame, dict[str, str]]:
    """The columns with all numbers and dates as numbers, and what is to be said of how some of them were read."""
    clean = {str(name): values if is_numeric(values) else _clean(values) for name, values in frame.items()}
    how = spelling(clean, separator)
    if how.comma:  # 1.234 is then no fraction
        texts = as_texts()
        clean |= {name: texts[name] for name, values in clean.items() if pd.api.types.is_float_dtype(values)}
    found = {name: (values, None) if is_numeric(values) else read(values, how) for name, values in clean.items()}
    told = {name: note for name, (_, note) in found.items() if note}
    return pd.DataFrame({name: values for name, (values, _) in found.items()}), told


def _clean(values: pd.Series) -> pd.Series:
    """Texts without spaces around them, and missing where nothing else is left."""
    if not pd.api.types.is_string_dtype(values):
        return values
    stripped = values.str.strip()
    return stripped.mask(stripped.isin(["", *MISSING]))


def _told_apart(names: list[str]) -> list[str]:
    """Names of which each is another: from the second time on a name is numbered."""
    taken, times, apart = set(names), Counter[str](), []
    for name in names:
        times[name] += 1
        unique = name
        while times[name] > 1 and unique in taken:
            unique = f"{name} ({times[name]})"
            times[name] += unique in taken
        taken.add(unique)
        apart.append(unique)
    return apart


def _checked(layout: Layout, named: bool) -> list[str]:
    """The names of the columns, once it is certain that every line has one value for each. Raises TableError."""
    count = len(layout.names)
    if count > MOST_COLUMNS:
        raise TableError(Sentence(words.TOO_MANY_COLUMNS, columns=count, most=MOST_COLUMNS))
    given = layout.names if named else ("",) * count
    names = _told_apart([name or f"column {place}" for place, name in enumerate(given, start=1)])
    rows = 0
    for above, cells in islice(_lines(layout.text, layout.separator), int(named), None):
        if len(cells) != count:
            ragged = words.RAGGED_ONE if len(cells) == 1 else words.RAGGED
            line = layout.above + above + 1
            raise TableError(Sentence(ragged, line=line, values=len(cells), columns=count))
        rows += 1
    if not rows:
        raise TableError(Sentence(words.NO_ROWS))
    return names
