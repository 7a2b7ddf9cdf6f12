"""Sink: where the rows of a recording go, one row a look. Memory is one; another may write files, or send them away.

A sink knows arrays by name and nothing of what they mean. A row that was written never changes.
"""

from collections.abc import Mapping
from typing import Protocol

import numpy as np

from core.array import Array

Row = Mapping[str, Array]


class Sink(Protocol):
    """Takes rows that all have the same names, shapes and types, and gives them back."""

    def open(self, first: Row) -> None:
        """Make ready for rows like the first, which is not written by this."""
        ...

    def write(self, row: Row) -> None:
        """Keep a row."""
        ...

    def read(self) -> dict[str, Array]:
        """All rows so far, by name (row, …). Later rows do not change them."""
        ...


class Memory:
    """Keeps up to `capacity` rows in arrays that are made once, so that what it reads are views and cost nothing."""

    def __init__(self, capacity: int) -> None:
        self._capacity, self._count = capacity, 0
        self._arrays: dict[str, Array] = {}

    def open(self, first: Row) -> None:
        """Make the arrays."""
        self._arrays = {name: np.empty((self._capacity, *value.shape), value.dtype) for name, value in first.items()}

    def write(self, row: Row) -> None:
        """Copy a row into the arrays."""
        for name, value in row.items():
            self._arrays[name][self._count] = value
        self._count += 1

    @property
    def kept(self) -> tuple[int, object]:
        """How many bytes the arrays take, and one of them, which lives as long as they do."""
        arrays = list(self._arrays.values())
        return sum(array.nbytes for array in arrays), arrays[0]

    def read(self) -> dict[str, Array]:
        """Views of the rows so far."""
        return {name: array[: self._count] for name, array in self._arrays.items()}
