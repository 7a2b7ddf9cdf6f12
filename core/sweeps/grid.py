"""Grid: Configs at every combination of values of some fields, whose sweep has these fields as axes."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import product
from typing import Any

from core.config import Config
from core.sweeps import words
from core.words.said import Sentence


@dataclass(frozen=True)
class Grid(Sequence[Config]):
    """Configs at every combination of values, made by `grid`. The last of the axes runs fastest."""

    base: Config
    _axes: tuple[tuple[str, tuple[Any, ...]], ...]

    @property
    def axes(self) -> dict[str, tuple[Any, ...]]:
        """The names of fields with their values, in order."""
        return dict(self._axes)

    @cached_property
    def _configs(self) -> tuple[Config, ...]:
        names, values = zip(*self._axes, strict=True)
        return tuple(replace(self.base, **dict(zip(names, cell, strict=True))) for cell in product(*values))

    def __len__(self) -> int:
        return len(self._configs)

    def __getitem__(self, index: Any) -> Any:
        return self._configs[index]


def grid(base: Config, **axes: Iterable[Any]) -> Grid:
    """Every combination of these values of fields; all else as in `base`.

    Raises ValueError without an axis, for a name that is no field, for an axis without values or with the same value
    twice, and for values that the field does not allow.
    """
    if not axes:
        raise ValueError(Sentence(words.NO_AXIS))
    for name, axis in axes.items():
        if name not in Config.fields():
            raise ValueError(Sentence(words.NO_FIELD, name=name))
        if not isinstance(axis, Iterable) or isinstance(axis, str):
            raise ValueError(Sentence(words.NO_LIST, name=name, values=axis))
    made = Grid(base, tuple((name, tuple(axis)) for name, axis in axes.items()))
    for name, axis in made.axes.items():
        for value in axis:
            replace(base, **{name: value})  # checks it
        if not axis or len(set(axis)) < len(axis):
            raise ValueError(Sentence(words.SAME_VALUES, name=name, values=list(axis)))
    len(made)  # makes the Configs, which check themselves
    return made
