"""Tables: the visitor's own data, made of a CSV file and kept under a hash of their content.

A Config is a small value that fits into a link, so it names a table by a hash: of the file, the target, the features
and what is done about gaps. Equal hashes mean equal data anywhere. What a hash stands for is kept in this process
alone, in a store of bounded size.

A table belongs to whoever uploaded it, and equal ones of several owners are one copy. The newest of an owner are theirs
until they have not been used for an hour, and nobody else's table takes their place; the others are forgotten when room
is needed, first what was not used for longest. Each owner sees the name of their own file, and strangers none.
"""

from collections import OrderedDict
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from threading import Lock
from time import monotonic
from typing import Any

import numpy as np
import pandas as pd
import torch
from torch import Tensor

from core.array import Array
from core.datasets import words
from core.datasets.samples import DataUnavailable, Table, TableError
from core.datasets.sheets import DROP, FILL, MOST_COLUMNS, MOST_ROWS, Sheet, is_numeric, unfit
from core.datasets.words import short
from core.memory.budget import room
from core.memory.gate import GATE
from core.words.said import Sentence

FEWEST_ROWS = 4  # of which three are trained on
SMALL_ROWS = 30  # fewer tell little
FEW_NUMBERS = 20  # whole numbers with no more different values than this name classes, not amounts
LARGEST = 1e15  # the squares of 60,000 such numbers have a finite sum in float32
LARGE_BYTES = 50_000_000  # from which on pixels are kept as bytes
PIXEL = 255
STORE_BYTES = min(200_000_000, room() // 3)
OWNED_BYTES = STORE_BYTES // 3  # of which one owner's are safe; a single table always is
OWNED_SECONDS = 3600.0


def table_of(sheet: Sheet, target: str, chosen: Collection[str] = (), missing: str = DROP) -> Table:
    """The table that predicts the column `target` from the chosen columns, or from all that can be features.

    Rows in which the target is missing are dropped, and those in which a feature is; unless gaps are to be filled.
    Raises TableError.
    """
    features = _features(sheet, target, chosen)
    whole = sheet.frame[[*features, target]].dropna(subset=[target] if missing == FILL else None)
    dropped = len(sheet.frame) - len(whole)
    if len(whole) < FEWEST_ROWS:
        raise TableError(Sentence(words.TOO_FEW_ROWS, fewest=FEWEST_ROWS, rows=len(whole), dropped=dropped))
    peaks = whole.select_dtypes("number").astype(float).abs().max()
    if not (peaks.dropna() <= LARGEST).all():
        raise TableError(Sentence(words.TOO_LARGE_NUMBERS, column=short(str(peaks.idxmax())), largest=LARGEST))
    used = whole if len(whole) <= MOST_ROWS else whole.iloc[_drawn(len(whole), sheet.digest)]
    targets, classes = _targets(used[target])
    names, inputs = _inputs(sheet, used[features], missing)
    made = Table(
        sheet.digest_of(target, chosen, missing),
        tuple(names),
        target,
        classes,
        torch.from_numpy(_small(inputs)),
        targets,
        dropped,
        left_out=len(whole) - len(used),
        file=sheet.file,
        filled=int(used[features].isna().any(axis=1).sum()),
    )
    GATE.hold(made.nbytes, made.inputs)  # which all who keep the table share, whatever they call its file
    return made


def _features(sheet: Sheet, target: str, chosen: Collection[str]) -> list[str]:
    if target not in sheet.columns:
        raise TableError(Sentence(words.NO_SUCH_TARGET, target=short(target)))
    features = sheet.features(target, chosen)
    if wrong := [name for name in chosen if name not in features]:
        raise TableError(Sentence(words.NO_FEATURE, feature=short(wrong[0])))
    if not features:
        raise TableError(Sentence(words.NO_OTHER_FEATURES, target=short(target)))
    return features


def _drawn(count: int, digest: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The rows that are used of too many, drawn by the content: those of a sorted or a periodic file would mislead."""
    generator = torch.Generator().manual_seed(int(digest[:15], 16))
    return torch.randperm(count, generator=generator)[:MOST_ROWS].sort().values.numpy()


def _inputs(sheet: Sheet, rows: pd.DataFrame, missing: str) -> tuple[list[str], Array]:
    """The names of the inputs and their numbers (row, input). A gap is filled with the median of the column, whatever
    rows are trained on later, and marked in a column of its own."""
    columns = [sheet.columns[str(name)] for name in rows]
    gaps = {name: values.isna().to_numpy() for name, values in rows.items() if missing == FILL and values.isna().any()}
    count = sum(column.width for column in columns) + len(gaps)
    if count > MOST_COLUMNS:
        raise TableError(Sentence(words.TOO_MANY_INPUTS, inputs=count, most=MOST_COLUMNS))
    inputs: Array = np.empty((len(rows), count))
    names: list[str] = []
    for column in columns:
        numbers = inputs[:, len(names) : len(names) + column.width]
        numbers[:] = column.numbers(rows[column.name])
        names += column.inputs
        if (gap := gaps.get(column.name)) is not None:
            if column.holds != "kind":  # of which none is 1 in a gap
                numbers[gap] = 0 if gap.all() else np.median(numbers[~gap])
            inputs[:, len(names)] = gap
            names.append(words.GAP.format(column=column.name))
    return names, inputs


def _small(inputs: Array) -> Array:
    """The same numbers, as bytes where many are whole ones from 0 to 255, as pixels are."""
    if inputs.nbytes > LARGE_BYTES and ((inputs >= 0) & (inputs <= PIXEL) & (inputs % 1 == 0)).all():
        return inputs.astype(np.uint8)
    return inputs


def _targets(values: pd.Series) -> tuple[Tensor, tuple[str, ...]]:
    """Class numbers with the names of the classes, or the numbers of a regression with none."""
    if reason := unfit(values):
        raise TableError(reason)
    codes, kinds = pd.factorize(values, sort=True)
    if is_numeric(values):
        if len(kinds) > FEW_NUMBERS or (values % 1 != 0).any():
            return torch.from_numpy(values.to_numpy(np.float64, copy=True))[:, None], ()
        kinds = kinds.astype(int)  # in a column that misses values, whole numbers have become 1.0, 2.0, …
    return torch.from_numpy(codes.astype(np.int64)), tuple(map(str, kinds))


@dataclass
class _Kept:
    """A table with its owners: when each last used it, by `monotonic`, and what they call its file."""

    table: Table
    used: dict[str, float] = field(default_factory=dict)
    files: dict[str, str] = field(default_factory=dict)

    def is_claimed(self, asking: str) -> bool:
        """Whether the claim of somebody else than who is asking holds."""
        return any(monotonic() - since < OWNED_SECONDS for owner, since in self.used.items() if owner != asking)


_known: "OrderedDict[str, _Kept]" = OrderedDict()  # what was not used for longest comes first
_lock = Lock()
_owner: Callable[[], str] = lambda: ""  # noqa: E731  # nobody: a script has no visitors


def owners_are(owner: Callable[[], str]) -> None:
    """Let visitors be told apart by this: the name of the one whose page is being drawn, or nothing."""
    global _owner
    _owner = owner


def keep(table: Table) -> str:
    """Let `recall` find the table. Returns its hash. Raises TableError where there is no room for it."""
    owner = _owner()
    with _lock:
        _release(owner, OWNED_BYTES - table.nbytes)
        if table.digest not in _known:
            for digest in _in_the_way(table.nbytes, owner):
                del _known[digest]
            _known[table.digest] = _Kept(replace(table, file=""))
        kept = _known[table.digest]
        _known.move_to_end(table.digest)
        kept.files[owner] = table.file
        if owner:
            kept.used[owner] = monotonic()
    return table.digest


def _release(owner: str, room: int) -> None:
    """Let the owner keep the newest tables that fit into so many bytes, and give up the claim to the others."""
    for kept in reversed(_known.values()):
        if owner in kept.used:
            room -= kept.table.nbytes
            if room < 0:
                del kept.used[owner]


def check_room(table: Table) -> None:
    """Raise TableError where this table is too large, or others' leave no room for it."""
    with _lock:
        if table.digest not in _known:
            _in_the_way(table.nbytes, _owner())


def _in_the_way(size: int, owner: str) -> list[str]:
    """The tables to be forgotten so that there is room for so many bytes: none that somebody but the owner claims."""
    if size > STORE_BYTES:
        raise TableError(Sentence(words.NO_ROOM_EVER, bytes=size, most=STORE_BYTES))
    free = STORE_BYTES - size - sum(kept.table.nbytes for kept in _known.values())
    leaving = []
    for digest, kept in _known.items():
        if free < 0 and not kept.is_claimed(owner):
            free += kept.table.nbytes
            leaving.append(digest)
    if free < 0:
        raise TableError(Sentence(words.NO_ROOM))
    return leaving


def recall(digest: str) -> Table:
    """The table of this hash, with the name of its file where that is known to whoever asks. Raises DataUnavailable
    where the process does not know it, or no longer."""
    if not digest:
        raise DataUnavailable(Sentence(words.NO_TABLE_YET))
    owner = _owner()
    with _lock:
        kept = _known.get(digest)
        if kept is not None:
            _known.move_to_end(digest)
            if owner in kept.used:
                kept.used[owner] = monotonic()
    if kept is None:
        raise DataUnavailable(Sentence(words.TABLE_IS_GONE))
    return replace(kept.table, file=kept.files.get(owner, ""))


def forget() -> None:
    """Forget all tables, as a restart would; for tests."""
    with _lock:
        _known.clear()
