"""Knobs: numbers of a Config with a range, along which maps and searches try values."""

from dataclasses import dataclass, field
from math import exp, log
from typing import Self

import numpy as np

from core.config import Config
from core.config.declared import complaint
from core.config.fields import Number
from core.sweeps import words
from core.words.said import Sentence

NUMBERS = {name: entry for name, entry in Config.fields().items() if isinstance(entry, Number)}
PLACES = {name: entry.knob for name, entry in NUMBERS.items() if entry.knob is not None}
KNOBS = tuple(sorted(PLACES, key=PLACES.__getitem__))  # those that are worth turning, in the order of their offer


@dataclass(frozen=True)
class Knob:
    """The field `name` of the Config, to be searched from `low` to `high`.

    Raises ValueError for a field that is no number, for ends that the field does not allow, and unless low < high.
    """

    name: str
    low: float
    high: float
    _number: Number = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.name not in NUMBERS:
            raise ValueError(Sentence(words.NO_KNOB, names=", ".join(NUMBERS), name=self.name))
        object.__setattr__(self, "_number", NUMBERS[self.name])
        for end in ("low", "high"):
            value = getattr(self, end)
            try:
                object.__setattr__(self, end, self._number.check(value))
            except ValueError:
                where = Sentence(words.ENDS[end], name=self.name)
                raise ValueError(complaint(where, self._number, value)) from None
        if self.low >= self.high:
            raise ValueError(Sentence(words.NO_RANGE, name=self.name, low=self.low, high=self.high))

    @classmethod
    def usual(cls, name: str) -> Self:
        """The knob of this name over the part of its range that is worth a look. Raises ValueError like any other."""
        return cls(name, *(NUMBERS[name].usual if name in NUMBERS else (0, 1)))

    @property
    def log(self) -> bool:
        """Whether equal distances are equal ratios: where the field is shown so, and the range does not begin at 0."""
        return self._number.log and self.low > 0

    def value(self, share: float) -> float:
        """The value at `share` of the way from low to high. Of a field of whole numbers, each has an equal stretch."""
        margin = 0.5 if self._number.whole else 0.0
        low, high = self.low - margin, self.high + margin
        value = exp(log(low) + share * log(high / low)) if self.log else low + share * (high - low)
        return min(max(round(value) if self._number.whole else value, self.low), self.high)

    def axis(self, count: int) -> list[float]:
        """About `count` values from low to high, both ends among them, at equal distances or ratios (see `log`).

        Whole numbers are at equal ratios, too, as two layers are to one what ten are to five; none comes twice.
        """
        even = self.log or (self._number.whole and self.low > 0)
        values = np.geomspace(self.low, self.high, count) if even else np.linspace(self.low, self.high, count)
        if self._number.whole:
            return sorted({round(value) for value in values.tolist()})
        return [float(f"{value:.3g}") for value in values]
