"""Tables: the visitor's own data, read from a CSV file and kept under a hash of their content.

A Config is a small value that fits into a link, so it names a table by a hash: of the file, the target and the
features. Equal files and choices have equal hashes, and mean the same data anywhere. What a hash stands for is kept in
this process alone, in a store of bounded size that forgets first what was not used for longest.
"""

import csv
import json
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from io import StringIO
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import torch
from cachetools import LRUCache
from torch import Tensor

from core.samples import DataUnavailable

MOST_BYTES = 10_000_000
MOST_COLUMNS = 4096  # as many as a data set that is made to measure can have features
MOST_ROWS = 60_000  # as many as can be trained on
FEWEST_ROWS = 10
MOST_CLASSES = 100
FEW_NUMBERS = 20  # whole numbers with no more different values than this name classes, not amounts
LARGEST = 1e15  # the squares of 60,000 such numbers have a finite sum in float32
SEPARATORS = ",;\t"
MISSING = ["?"]  # besides what pandas takes for missing: nothing, NA, NaN, null, None and the like
DIGEST_BYTES = 16
STORE_BYTES = 200_000_000
LONGEST_NAME = 40  # characters of a column's name that a sentence repeats


class TableError(ValueError):
    """A file, or what is to be made of it, that is no table to learn from. The message says why in one sentence."""


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a file holds: its columns, without those that are empty, and the hash of its content."""

    digest: str
    frame: pd.DataFrame = field(repr=False)

    @property
    def names(self) -> list[str]:
        """All columns."""
        return list(self.frame.columns)

    @cached_property
    def numeric(self) -> list[str]:
        """The columns that hold numbers: those that can be features."""
        return [name for name in self.names if _is_numeric(self.frame[name])]

    @cached_property
    def likely_target(self) -> str:
        """The last column that could be a target, where tables usually have it."""
        likely = [n for n in self.names if _is_numeric(self.frame[n]) or self.frame[n].nunique() <= MOST_CLASSES]
        return likely[-1]  # there is always a column of numbers

    def features(self, target: str, chosen: Collection[str] = ()) -> list[str]:
        """The chosen columns in the order of the file, or all that can be features of this target."""
        return [name for name in self.numeric if name != target and (not chosen or name in chosen)]

    def left_out(self, target: str) -> list[str]:
        """The columns that hold something else than numbers, and so are no features of this target."""
        return [name for name in self.names if name not in self.numeric and name != target]

    def digest_of(self, target: str, chosen: Collection[str] = ()) -> str:
        """The hash of the table that these choices make of the file."""
        choices = json.dumps([self.digest, target, self.features(target, chosen)])
        return blake2b(choices.encode(), digest_size=DIGEST_BYTES).hexdigest()


@dataclass(frozen=True, eq=False)
class Table:
    """A table to learn from. inputs: (sample, feature) float64. targets: (sample,) class numbers; or, where `classes`
    is empty, a regression, (sample, 1) float64. `dropped` rows missed a value; `left_out` were too many.
    """

    digest: str
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    inputs: Tensor = field(repr=False)
    targets: Tensor = field(repr=False)
    dropped: int
    left_out: int

    @property
    def nbytes(self) -> int:
        """Memory that the numbers take."""
        return self.inputs.nbytes + self.targets.nbytes

    @property
    def summary(self) -> str:
        """What was understood, in one line."""
        task = f"{len(self.classes)} classes" if self.classes else "a regression"
        words = [
            _count(len(self.inputs), "row"),
            _count(len(self.features), "feature"),
            f"{task} of {_short(self.target)}",
            f"{_count(self.dropped, 'row')} dropped for missing values" if self.dropped else "",
            f"{self.left_out:,} more rows left out, at random" if self.left_out else "",
        ]
        return ", ".join(filter(None, words)) + "."


def read_sheet(content: bytes) -> Sheet:
    """The columns of a CSV file. Raises TableError."""
    if len(content) > MOST_BYTES:
        raise TableError(f"The file is too large: it has {len(content):,} bytes; at most {MOST_BYTES:,} are read.")
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
        raise TableError("The file cannot be read as a table: is a quotation mark left open?") from problem
    frame = frame.dropna(axis=1, how="all")
    frame = frame.astype({name: "float" for name in frame if _is_true_or_false(frame[name])})
    sheet = Sheet(blake2b(content, digest_size=DIGEST_BYTES).hexdigest(), frame)
    if not sheet.numeric:
        raise TableError("No column of the file holds numbers alone; features must be numbers, with a decimal point.")
    if len(sheet.names) < 2:
        raise TableError(f"Only the column {_short(sheet.names[0])} holds values; {A_TABLE}.")
    return sheet


A_TABLE = "a table needs a target and at least one feature"


def _text(content: bytes) -> str:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise TableError("The file is not text in UTF-8; save it as CSV in UTF-8.") from problem
    if "\0" in text:
        raise TableError("The file is not text: it holds zero bytes; save it as CSV in UTF-8.")
    if not text.strip():
        raise TableError("The file is empty.")
    return text


def _lines(text: str, separator: str) -> Any:
    return csv.reader(StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)


def _first_line(text: str, separator: str) -> list[str]:
    """The values of the first line; a separator between quotation marks is none."""
    found: list[str] = next(filter(None, _lines(text, separator)), [])
    return found


def _is_true_or_false(values: pd.Series) -> bool:
    """Whether a column says True and False, and perhaps nothing here and there."""
    return all(isinstance(value, bool | np.bool_) for value in values.dropna().unique())


def _header(text: str, separator: str) -> list[str]:
    """The names of the columns, once it is certain that every line has one value for each. Raises TableError."""
    lines = _lines(text, separator)
    first = next(filter(None, lines))  # blank lines are no lines
    if len(first) > MOST_COLUMNS:
        raise TableError(f"The file has {len(first):,} columns; at most {MOST_COLUMNS:,} are allowed.")
    names = [name.strip() or f"column {place}" for place, name in enumerate(first, start=1)]
    if len(names) < 2:
        raise TableError(f"The file has one column; {A_TABLE}, with a comma between them.")
    if all(map(_spells_number, names)):
        raise TableError("The first line holds only numbers; it must name the columns.")
    name, times = Counter(names).most_common(1)[0]
    if times > 1:
        raise TableError(f"The name {_short(name)} stands over {times} columns; each needs a name of its own.")
    rows = 0
    for line in lines:
        if line and len(line) != len(names):
            raise TableError(
                f"Line {lines.line_num:,} has {_count(len(line), 'value')}, but there are {len(names):,} columns."
            )
        rows += bool(line)
    if not rows:
        raise TableError("The file has a line of names and no rows below it.")
    return names


def table_of(sheet: Sheet, target: str, chosen: Collection[str] = ()) -> Table:
    """The table that predicts the column `target` from the chosen columns, or from all that hold numbers.

    Rows in which one of these values is missing are dropped. Raises TableError.
    """
    if target not in sheet.names:
        raise TableError(f"The target must be one of the columns of the file; got {_short(target)}.")
    features = sheet.features(target, chosen)
    if wrong := [name for name in chosen if name not in features]:
        raise TableError(f"A feature must be a column of numbers other than the target; got {_short(wrong[0])}.")
    if not features:
        raise TableError(f"Besides the target {_short(target)} no column holds numbers; features must be numbers.")
    whole = sheet.frame[[*features, target]].dropna()
    dropped = len(sheet.frame) - len(whole)
    if len(whole) < FEWEST_ROWS:
        raise TableError(
            f"At least {FEWEST_ROWS} rows must have all values; here {len(whole)} have, and {dropped:,} miss some."
        )
    peaks = whole.select_dtypes("number").astype(float).abs().max()
    if not (peaks <= LARGEST).all():
        raise TableError(
            f"The column {_short(str(peaks.idxmax()))} has values that are infinite or beyond ±{LARGEST:g}."
        )
    used = whole if len(whole) <= MOST_ROWS else whole.iloc[_drawn(len(whole), sheet.digest)]
    targets, classes = _targets(used[target])
    inputs = torch.from_numpy(used[features].to_numpy(np.float64, copy=True))
    digest, left_out = sheet.digest_of(target, chosen), len(whole) - len(used)
    return Table(digest, tuple(features), target, classes, inputs, targets, dropped, left_out)


def _drawn(count: int, digest: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The rows that are used of too many, drawn by the content: those of a sorted or a periodic file would mislead."""
    generator = torch.Generator().manual_seed(int(digest[:15], 16))
    return torch.randperm(count, generator=generator)[:MOST_ROWS].sort().values.numpy()


def _targets(values: pd.Series) -> tuple[Tensor, tuple[str, ...]]:
    """Class numbers with the names of the classes, or the numbers of a regression with none."""
    codes, kinds = pd.factorize(values, sort=True)
    if len(kinds) == 1:
        raise TableError(f"The target {_short(str(values.name))} has one value in all rows; there is nothing to learn.")
    if _is_numeric(values):
        if len(kinds) > FEW_NUMBERS or (values % 1 != 0).any():
            return torch.from_numpy(values.to_numpy(np.float64, copy=True))[:, None], ()
        kinds = kinds.astype(int)  # in a column that misses values, whole numbers have become 1.0, 2.0, …
    if len(kinds) > MOST_CLASSES:
        raise TableError(
            f"The target {_short(str(values.name))} has {len(kinds):,} different texts; "
            f"at most {MOST_CLASSES} classes are allowed."
        )
    return torch.from_numpy(codes.astype(np.int64)), tuple(map(str, kinds))


def keep(table: Table) -> str:
    """Let `recall` find the table, as long as there is room for it. Returns its hash."""
    with _lock:
        _known[table.digest] = table
    return table.digest


def recall(digest: str) -> Table:
    """The table of this hash. Raises DataUnavailable where the process does not know it, or no longer."""
    if not digest:
        raise DataUnavailable("No table has been uploaded yet; upload one, or choose digits.")
    with _lock:
        table = _known.get(digest)
    if table is None:
        raise DataUnavailable("The uploaded table is no longer here; upload it again, or choose digits.")
    return table


def forget() -> None:
    """Forget all tables."""
    with _lock:
        _known.clear()


_known: "LRUCache[str, Table]" = LRUCache(STORE_BYTES, getsizeof=lambda table: table.nbytes)
_lock = Lock()


def _is_numeric(values: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(values)


def _spells_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def _short(name: str) -> str:
    return repr(name if len(name) <= LONGEST_NAME else f"{name[:LONGEST_NAME]}…")
