"""Frames: the tables that charts draw, put together from parts and made small, as they travel to the browser.

A part is a few columns by name. A single value stands for all rows of its part. Each row says in `mark` what it is
drawn as ("line", "cell", "corner", ...). Parts are plain arrays, as a table of its own for each would take longer than
all the rest of a chart.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from core.array import Array

Columns = dict[str, Any]

ROWS = 3100  # most rows of a frame: keeps it under 50 kB
SMALL = {
    "step": "int32",
    "row": "int32",
    "layer": "int16",
    "unit": "int16",
    "label": "int16",
    "source": "int16",
}  # others: float32


def frame_of(*parts: Columns) -> pd.DataFrame:
    """The parts under one another as one frame in small types.

    Where a part has not got a column of the others, its words are "", its whole numbers 0, and all others NaN.
    """
    sizes = [max((len(column) for column in part.values() if np.ndim(column)), default=1) for part in parts]
    names = dict.fromkeys(name for part in parts for name in part)
    return pd.DataFrame({name: _column(name, parts, sizes) for name in names}, copy=False)


def corners(**ends: tuple[float, float]) -> Columns:
    """Two invisible rows that hold the ends of the axes, by the names of their columns."""
    return {**ends, "mark": "corner"}


def now(step: int) -> Columns:
    """The row that marks the step which the other charts show."""
    return {"step": step, "mark": "now"}


def runs(label: Array, columns: int) -> tuple[Array, Array]:
    """Positions of the first and the last cell of each run of one label in a row, which is drawn as one long cell."""
    place = np.arange(len(label))
    starts = (place % columns == 0) | (label != np.roll(label, 1))
    return place[starts], place[np.roll(starts, -1)]


def _column(name: str, parts: Sequence[Columns], sizes: Sequence[int]) -> "Array | pd.Categorical[str]":
    if any(np.asarray(part[name]).dtype.kind in "UO" for part in parts if name in part):
        filled = zip((part.get(name, "") for part in parts), sizes, strict=True)
        return _categorical([word for words, size in filled for word in _words(words, size)])
    kind = SMALL.get(name, "float32")
    missing = 0 if kind.startswith("int") else np.nan
    filled = zip((part.get(name, missing) for part in parts), sizes, strict=True)
    numbers = np.concatenate([np.broadcast_to(np.asarray(values, np.float64), size) for values, size in filled])
    if kind.startswith("int") and (numbers % 1 != 0).any():  # an axis may end between two whole numbers
        kind = "float32"
    with np.errstate(over="ignore"):  # what float32 cannot hold has left every axis anyway
        return numbers.astype(kind)


def _words(words: Any, size: int) -> list[str]:
    return [words] * size if isinstance(words, str) else list(words)


def _categorical(words: Sequence[str]) -> "pd.Categorical[str]":
    """The words as numbers of the few that there are, in a third of the time that pandas takes for it."""
    few = sorted(set(words))
    codes = {word: code for code, word in enumerate(few)}
    return pd.Categorical.from_codes(np.array([codes[word] for word in words]), pd.Index(few))
