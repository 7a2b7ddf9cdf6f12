"""Tables: the visitor's own data, made of a CSV file and kept under a hash of their content.

A Config is a small value that fits into a link, so it names a table by a hash: of the file, the target and the
features. Equal files and choices have equal hashes, and mean the same data anywhere. What a hash stands for is kept in
this process alone, in a store of bounded size that forgets first what was not used for longest.
"""

from collections.abc import Collection
from dataclasses import dataclass, field
from threading import Lock
from typing import Any

import numpy as np
import pandas as pd
import torch
from cachetools import LRUCache
from torch import Tensor

from core.datasets.csv_file import FEW_NUMBERS, Sheet, TableError, is_numeric, short, unfit
from core.datasets.samples import DataUnavailable

MOST_ROWS = 60_000  # as many as can be trained on
FEWEST_ROWS = 10
LARGEST = 1e15  # the squares of 60,000 such numbers have a finite sum in float32
STORE_BYTES = 200_000_000


@dataclass(frozen=True, eq=False)
class Table:
    """A table to learn from. inputs: (sample, feature) float64. targets: (sample,) class numbers; or, where `classes`
    is empty, a regression, (sample, 1) float64. `dropped` rows missed a value; `left_out` were too many. `file` is the
    name of the file.
    """

    digest: str
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    inputs: Tensor = field(repr=False)
    targets: Tensor = field(repr=False)
    dropped: int
    left_out: int
    file: str = ""

    @property
    def nbytes(self) -> int:
        """Memory that the numbers take."""
        return self.inputs.nbytes + self.targets.nbytes


def table_of(sheet: Sheet, target: str, chosen: Collection[str] = ()) -> Table:
    """The table that predicts the column `target` from the chosen columns, or from all that hold numbers.

    Rows in which one of these values is missing are dropped. Raises TableError.
    """
    if target not in sheet.names:
        raise TableError(f"The target must be one of the columns of the file; got {short(target)}.")
    features = sheet.features(target, chosen)
    if wrong := [name for name in chosen if name not in features]:
        raise TableError(f"A feature must be a column of numbers other than the target; got {short(wrong[0])}.")
    if not features:
        raise TableError(f"Besides the target {short(target)} no column holds numbers, with a decimal point.")
    whole = sheet.frame[[*features, target]].dropna()
    dropped = len(sheet.frame) - len(whole)
    if len(whole) < FEWEST_ROWS:
        raise TableError(
            f"At least {FEWEST_ROWS} rows without a gap are needed; here are {len(whole)}, and {dropped:,} with one."
        )
    peaks = whole.select_dtypes("number").astype(float).abs().max()
    if not (peaks <= LARGEST).all():
        raise TableError(
            f"The column {short(str(peaks.idxmax()))} has values that are infinite or beyond ±{LARGEST:g}."
        )
    used = whole if len(whole) <= MOST_ROWS else whole.iloc[_drawn(len(whole), sheet.digest)]
    targets, classes = _targets(used[target])
    inputs = torch.from_numpy(used[features].to_numpy(np.float64, copy=True))
    digest, left_out = sheet.digest_of(target, chosen), len(whole) - len(used)
    return Table(digest, tuple(features), target, classes, inputs, targets, dropped, left_out, sheet.file)


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
