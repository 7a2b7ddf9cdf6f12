"""Sheets: what a CSV file holds, read, checked and described, before it is said what is to be learned from it."""

import csv
import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from io import StringIO
from json import dumps
from typing import Any

import pandas as pd

from core.datasets import words
from core.datasets.words import short
from core.words.said import Sentence

MOST_BYTES = 10_000_000
MOST_COLUMNS = 4096  # as many as a data set that is made to measure can have features
MOST_CLASSES = 100
FEW_NUMBERS = 20  # whole numbers with no more different values than this name classes, not amounts
SEPARATORS = ",;\t"
MISSING = ["?"]  # besides what pandas takes for missing: nothing, NA, NaN, null, None and the like
DIGEST_BYTES = 16
TARGETS = ("target", "label", "class", "y", "outcome", "species", "variety", "diagnosis", "survived", "quality", "mpg")
OTHER_FILES = {  # by their first bytes
    b"\x89PNG": "a PNG picture",
    b"\xff\xd8\xff": "a JPEG picture",
    b"GIF8": "a GIF picture",
    b"%PDF": "a PDF document",
    b"PK\x03\x04": "an Excel workbook or a ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook or Word document",
    b"\x1f\x8b": "a gzip archive",
    b"PAR1": "a Parquet file",
    b"\xff\xfe": "text in UTF-16",
    b"\xfe\xff": "text in UTF-16",
    b"<!DOCTYPE": "a web page",
    b"<html": "a web page",
    b'{"': "JSON",
}
BINARY = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")  # bytes that no text has, in whichever encoding


class TableError(ValueError):
    """A file, or what is to be made of it, that is no table to learn from. The message says why in one sentence."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a file holds: its columns, without those that are empty, the hash of its content, and its name."""

    digest: str
    frame: pd.DataFrame = field(repr=False)
    file: str = ""

    @property
    def names(self) -> list[str]:
        """All columns."""
        return list(self.frame.columns)

    @cached_property
    def numeric(self) -> list[str]:
        """The columns that hold numbers: those that can be features."""
        return [name for name in self.names if is_numeric(self.frame[name])]

    @cached_property
    def likely_target(self) -> str:
        """What is probably to be predicted: the column that is called so, else the last, where tables usually have it.

        It is one that can be predicted, if there is any.
        """
        usable = [name for name in self.names if self.features(name) and _is_worth_predicting(self.frame[name])]
        return max(usable, key=self._name_rank, default=self.names[-1])

    def _name_rank(self, name: str) -> tuple[int, int, int]:
        """How much a column's name, and then its place, speak for its being the target."""
        plain = name.strip().casefold()
        is_coordinate = plain == "y" and len(self.names) > 2 and "x" in map(str.casefold, self.names)
        called = -TARGETS.index(plain) if plain in TARGETS and not is_coordinate else -len(TARGETS)
        mentions = any(word in TARGETS for word in re.findall(r"[^\W\d_]{2,}", plain))
        return called, mentions, self.names.index(name)

    def features(self, target: str, chosen: Collection[str] = ()) -> list[str]:
        """The chosen columns in the order of the file, or all that can be features of this target."""
        return [name for name in self.numeric if name != target and (not chosen or name in chosen)]

    def left_out(self, target: str) -> list[str]:
        """The columns that hold something else than numbers, and so are no features of this target."""
        return [name for name in self.names if name not in self.numeric and name != target]

    def digest_of(self, target: str, chosen: Collection[str] = ()) -> str:
        """The hash of the table that these choices make of the file."""
        choices = dumps([self.digest, target, self.features(target, chosen)])
        return blake2b(choices.encode(), digest_size=DIGEST_BYTES).hexdigest()


def read_sheet(content: bytes, file: str = "") -> Sheet:
    """The columns of a CSV file of this name. Raises TableError."""
    if len(content) > MOST_BYTES:
        raise TableError(Sentence(words.TOO_LARGE, bytes=len(content), most=MOST_BYTES))
    text = _text(content)
    try:
        separator = max(SEPARATORS, key=lambda mark: len(_first_line(text, mark)))
        names = _header(text, separator)
        frame = pd.read_csv(
            StringIO(text),
            sep=separator,
            header=0,
            names=names,
            index_col=False,
            skipinitialspace=True,
            na_values=MISSING,
            low_memory=False,  # one kind of value a column, however long it is
        )
    except (csv.Error, pd.errors.ParserError) as problem:
        raise TableError(Sentence(words.OPEN_QUOTE)) from problem
    frame = frame.dropna(axis=1, how="all")
    frame = pd.DataFrame({name: values if is_numeric(values) else _numbers(values) for name, values in frame.items()})
    sheet = Sheet(blake2b(content, digest_size=DIGEST_BYTES).hexdigest(), frame, file)
    if not sheet.numeric:
        raise TableError(Sentence(words.NO_NUMBERS))
    if len(sheet.names) < 2:
        raise TableError(
            Sentence(words.ONE_COLUMN_WITH_VALUES, column=short(sheet.names[0]), a_table=Sentence(words.A_TABLE))
        )
    return sheet


def _text(content: bytes) -> str:
    for start, kind in OTHER_FILES.items():
        if content.startswith(start):
            raise TableError(_other_file(kind))
    if BINARY.search(content):
        raise TableError(_other_file(words.BINARY_DATA))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise TableError(Sentence(words.NO_UTF_8)) from problem
    if not text.strip():
        raise TableError(Sentence(words.EMPTY))
    return text


def _other_file(kind: str) -> Sentence:
    return Sentence(words.OTHER_FILE, kind=Sentence(kind), a_csv=Sentence(words.A_CSV))


def _lines(text: str, separator: str) -> Any:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)


def _first_line(text: str, separator: str) -> list[str]:
    """The values of the first line; a separator between quotation marks is none."""
    found: list[str] = next(filter(None, _lines(text, separator)), [])
    return found


def _numbers(values: pd.Series) -> pd.Series:
    """A column that pandas takes for none of numbers, as numbers where it holds nothing else: True and False with gaps,
    or more digits than fit."""
    try:
        return values.map(lambda value: float(value) if isinstance(value, bool) else number(str(value)), "ignore")
    except ValueError:
        return values


def unfit(values: pd.Series) -> Sentence | None:
    """Why a column, of which no value is missing, cannot be predicted; None where it can."""
    target, kinds = short(str(values.name)), values.nunique()
    if kinds == 1:
        return Sentence(words.ONE_VALUE, target=target)
    if kinds > MOST_CLASSES and not is_numeric(values):
        return Sentence(words.TOO_MANY_CLASSES, target=target, kinds=kinds, most=MOST_CLASSES)
    return None


def _is_worth_predicting(values: pd.Series) -> bool:
    """Whether a column can be predicted, and is no list of names or dates of which each comes once."""
    known = values.dropna()
    return not unfit(known) and (is_numeric(known) or known.nunique() < len(known))


def _header(text: str, separator: str) -> list[str]:
    """The names of the columns, once it is certain that every line has one value for each. Raises TableError."""
    lines = _lines(text, separator)
    first = next(filter(None, lines))  # blank lines are no lines
    if len(first) > MOST_COLUMNS:
        raise TableError(Sentence(words.TOO_MANY_COLUMNS, columns=len(first), most=MOST_COLUMNS))
    names = [name.strip() or f"column {place}" for place, name in enumerate(first, start=1)]
    if len(names) < 2:
        raise TableError(Sentence(words.ONE_COLUMN, a_table=Sentence(words.A_TABLE)))
    if all(map(_spells_number, names)):
        raise TableError(Sentence(words.NO_NAMES))
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise TableError(Sentence(words.SAME_NAME, name=short(name), times=times))
    rows = 0
    for line in lines:
        if line and len(line) != len(names):
            ragged = words.RAGGED_ONE if len(line) == 1 else words.RAGGED
            raise TableError(Sentence(ragged, line=lines.line_num, values=len(line), columns=len(names)))
        rows += bool(line)
    if not rows:
        raise TableError(Sentence(words.NO_ROWS))
    return names


def is_numeric(values: pd.Series) -> bool:
    """Whether a column holds numbers."""
    return pd.api.types.is_numeric_dtype(values)


def number(text: str) -> float:
    """The number that a text spells. Raises ValueError. Python allows 1_000, which is rather a name."""
    if "_" in text:
        raise ValueError
    return float(text)


def _spells_number(text: str) -> bool:
    try:
        number(text)
    except ValueError:
        return False
    return True
