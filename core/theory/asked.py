"""Arrays by name, each found when it is first asked for: a page that shows two of ten waits for two."""

from collections.abc import Callable, Iterator, Mapping

import numpy as np

from core.array import Array


class Asked(Mapping[str, Array]):
    """A mapping name -> array, from functions that find them. Nobody can write to the arrays, which many may hold."""

    def __init__(self, find: Mapping[str, Callable[[], Array]]) -> None:
        self._find, self._found = find, dict[str, Array]()

    def __getitem__(self, name: str) -> Array:
        if name not in self._found:
            with np.errstate(over="ignore", invalid="ignore", under="ignore"):
                values = self._find[name]()
            values.flags.writeable = False
            self._found[name] = values
        return self._found[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._find)

    def __len__(self) -> int:
        return len(self._find)
