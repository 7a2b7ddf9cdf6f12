"""Tables: the visitor's own data, made of a CSV file and kept under a hash of their content.

A Config is a small value that fits into a link, so it names a table by a hash: of the file, the target and the
features. Equal files and choices have equal hashes, and mean the same data anywhere. What a hash stands for is kept in
this process alone, in a store of bounded size that forgets first what was not used for longest.
"""

from collections.abc import Collection
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import torch
from cachetools import LRUCache
from torch import Tensor

from core.datasets import words
from core.datasets.csv_file import FEW_NUMBERS, Sheet, TableError, is_numeric, unfit
from core.datasets.samples import DataUnavailable, Table
from core.datasets.words import short
from core.memory.budget import room
from core.memory.gate import GATE
from core.words.said import Sentence

MOST_ROWS = 60_000  # as many as can be trained on
FEWEST_ROWS = 10
LARGEST = 1e15  # the squares of 60,000 such numbers have a finite sum in float32
STORE_BYTES = min(200_000_000, room() // 3)


def table_of(sheet: Sheet, target: str, chosen: Collection[str] = ()) -> Table:
    """The table that predicts the column `target` from the chosen columns, or from all that hold numbers.

    Rows in which one of these values is missing are dropped. Raises TableError.
    """
    if target not in sheet.names:
        raise TableError(Sentence(words.NO_SUCH_TARGET, target=short(target)))
    features = sheet.features(target, chosen)
    if wrong := [name for name in chosen if name not in features]:
        raise TableError(Sentence(words.NO_FEATURE, feature=short(wrong[0])))
    if not features:
        raise TableError(Sentence(words.NO_OTHER_NUMBERS, target=short(target)))
    whole = sheet.frame[[*features, target]].dropna()
    dropped = len(sheet.frame) - len(whole)
    if len(whole) < FEWEST_ROWS:
        raise TableError(Sentence(words.TOO_FEW_ROWS, fewest=FEWEST_ROWS, rows=len(whole), dropped=dropped))
    peaks = whole.select_dtypes("number").astype(float).abs().max()
    if not (peaks <= LARGEST).all():
        raise TableError(Sentence(words.TOO_LARGE_NUMBERS, column=short(str(peaks.idxmax())), largest=LARGEST))
    used = whole if len(whole) <= MOST_ROWS else whole.iloc[_drawn(len(whole), sheet.digest)]
    targets, classes = _targets(used[target])
    inputs = torch.from_numpy(used[features].to_numpy(np.float64, copy=True))
    digest, left_out = sheet.digest_of(target, chosen), len(whole) - len(used)
    made = Table(digest, tuple(features), target, classes, inputs, targets, dropped, left_out, sheet.file)
    GATE.hold(made.nbytes, made)
    return made


def _drawn(count: int, digest: str) -> "np.ndarray[Any, np.dtype[np.int64]]":
    """The rows that are used of too many, drawn by the content: those of a sorted or a periodic file would mislead."""
    generator = torch.Generator().manual_seed(int(digest[:15], 16))
    return torch.randperm(count, generator=generator)[:MOST_ROWS].sort().values.numpy()


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


def keep(table: Table) -> str:
    """Let `recall` find the table, as long as there is room for it. Returns its hash.

    Of equal files the name of the newest counts.
    """
    with _lock:
        _known[table.digest] = table
    return table.digest


def recall(digest: str) -> Table:
    """The table of this hash. Raises DataUnavailable where the process does not know it, or no longer."""
    if not digest:
        raise DataUnavailable(Sentence(words.NO_TABLE_YET))
    with _lock:
        table = _known.get(digest)
    if table is None:
        raise DataUnavailable(Sentence(words.TABLE_IS_GONE))
    return table


def forget() -> None:
    """Forget all tables, as a restart would; for tests."""
    with _lock:
        _known.clear()


_known: "LRUCache[str, Table]" = LRUCache(STORE_BYTES, getsizeof=lambda table: table.nbytes)
_lock = Lock()
