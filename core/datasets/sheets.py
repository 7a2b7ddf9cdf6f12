"""Sheets: what a file holds, read and described, before it is said what is to be learned from it."""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from functools import cached_property
from hashlib import blake2b
from json import dumps

import pandas as pd

from core.datasets import words
from core.datasets.columns import Column, column_of
from core.datasets.words import short
from core.words.said import Sentence

MOST_COLUMNS = 4096  # as many as a data set that is made to measure can have features
MOST_ROWS = 60_000  # as many as can be trained on
MOST_VALUES = 5_000_000  # that texts may become
MOST_CLASSES = 100
DIGEST_BYTES = 16
DROP, FILL = "drop", "fill"  # what becomes of rows that miss a value
TARGETS = ("target", "label", "class", "y", "outcome", "species", "variety", "diagnosis", "survived", "quality", "mpg")


@dataclass(frozen=True, eq=False)
class Sheet:
    """What a file holds: its columns, without those that are empty, the hash of its content, and its name.

    `notes` are sentences on how it was read that somebody who knows the file should hear, `dates` the columns that were
    dates before they were numbers.
    """

    digest: str
    frame: pd.DataFrame = field(repr=False)
    file: str = ""
    notes: tuple[Sentence, ...] = ()
    dates: frozenset[str] = frozenset()

    @cached_property
    def names(self) -> list[str]:
        """All columns."""
        return list(self.frame.columns)

    @cached_property
    def columns(self) -> dict[str, Column]:
        """What each column holds."""
        return {str(name): column_of(values) for name, values in self.frame.items()}

    @cached_property
    def numeric(self) -> list[str]:
        """The columns that hold numbers."""
        return [name for name, column in self.columns.items() if column.holds == "number"]

    @cached_property
    def usable(self) -> list[str]:
        """The columns that can be features: those of numbers, and those of texts as long as there is room for what they
        become, the ones of few kinds first."""
        rows, used = min(len(self.frame), MOST_ROWS), len(self.numeric)
        fitting = set(self.numeric)
        for column in sorted(self.columns.values(), key=lambda column: column.width):
            room = used + column.width <= min(MOST_COLUMNS, MOST_VALUES / max(1, rows))
            if column.holds != "number" and column.width and room:
                fitting.add(column.name)
                used += column.width
        return [name for name in self.names if name in fitting]

    @cached_property
    def likely_target(self) -> str:
        """What is probably to be predicted: the column that is called so, else the last, where tables usually have it.

        It is one that can be predicted, if there is any.
        """
        usable = set(self.usable)
        possible = [(at, name) for at, name in enumerate(self.names) if usable - {name} and name not in self.dates]
        worth = [each for each in possible if _is_worth_predicting(self.frame[each[1]])]
        return max(worth, key=self._rank, default=(0, self.names[-1]))[1]

    def _rank(self, column: tuple[int, str]) -> tuple[int, int, int]:
        """How much a column's name, and then its place, speak for its being the target."""
        place, name = column
        plain = name.strip().casefold()
        is_coordinate = plain == "y" and len(self.names) > 2 and "x" in map(str.casefold, self.names)
        called = -TARGETS.index(plain) if plain in TARGETS and not is_coordinate else -len(TARGETS)
        mentions = any(word in TARGETS for word in re.findall(r"[^\W\d_]{2,}", plain))
        return called, mentions, place

    def features(self, target: str, chosen: Collection[str] = ()) -> list[str]:
        """The chosen columns in the order of the file, or all that can be features of this target."""
        wanted = set(chosen or self.usable)
        return [name for name in self.usable if name != target and name in wanted]

    def left_out(self, target: str) -> list[str]:
        """The columns that cannot be features of this target."""
        usable = {*self.usable, target}
        return [name for name in self.names if name not in usable]

    def gaps(self, target: str, chosen: Collection[str] = ()) -> int:
        """The rows that miss the value of a feature."""
        return int(self.frame[self.features(target, chosen)].isna().any(axis=1).sum())

    def likely_missing(self, target: str, chosen: Collection[str] = ()) -> str:
        """What should become of rows that miss a value: dropped, unless these are more than half of all."""
        return FILL if 2 * self.gaps(target, chosen) > len(self.frame) else DROP

    def digest_of(self, target: str, chosen: Collection[str] = (), missing: str = DROP) -> str:
        """The hash of the table that these choices make of the file."""
        choices = dumps([self.digest, target, self.features(target, chosen), *([FILL] if missing == FILL else [])])
        return blake2b(choices.encode(), digest_size=DIGEST_BYTES).hexdigest()


def unfit(values: pd.Series) -> Sentence | None:
    """Why a column, of which no value is missing, cannot be predicted; None where it can."""
    target, kinds = short(str(values.name)), values.nunique()
    if kinds == 1:
        return Sentence(words.ONE_VALUE, target=target)
    if kinds > MOST_CLASSES and not is_numeric(values):
        return Sentence(words.TOO_MANY_CLASSES, target=target, kinds=kinds, most=MOST_CLASSES)
    return None


def is_numeric(values: pd.Series) -> bool:
    """Whether a column holds numbers."""
    return pd.api.types.is_numeric_dtype(values)


def _is_worth_predicting(values: pd.Series) -> bool:
    """Whether a column can be predicted, and is no list of names or dates of which each comes once."""
    known = values.dropna()
    return not unfit(known) and (is_numeric(known) or known.nunique() < len(known))
