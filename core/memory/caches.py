"""Caches: what is remembered as long as there is room. Bounded by bytes, and the first to give way to work.

Whoever asks for what somebody else is just computing waits for that, so that equal work is not done twice at once.
"""

from collections.abc import Callable, Hashable
from contextlib import suppress
from threading import Condition
from typing import Any, Generic, TypeVar

from cachetools import LRUCache, cached
from cachetools.keys import hashkey

from core.memory.budget import room

Value = TypeVar("Value")


class Cache(Generic[Value]):
    """Values by key, those that were used last. They take at most `share` of the room, and at most `most` bytes.

    size tells how many bytes a value takes. owned: whether these are counted at the gate already, for as long as the
    value is alive, as those of a Recording are.
    """

    def __init__(self, share: float, most: int, size: Callable[[Value], int], *, owned: bool = False) -> None:
        self.most = min(most, int(share * room()))
        self._owned = owned
        self._known: LRUCache[Hashable, Value] = LRUCache(self.most, getsizeof=size)
        self._changed = Condition()
        ALL.append(self)

    def __len__(self) -> int:
        """How many values it remembers."""
        return len(self._known)

    @property
    def taken(self) -> int:
        """How many bytes it takes that nobody else counts."""
        return 0 if self._owned else int(self._known.currsize)

    @property
    def held(self) -> int:
        """How many bytes its values take."""
        return int(self._known.currsize)

    def get(self, *key: Hashable) -> Value | None:
        """What is remembered of a key; None where nothing is."""
        with self._changed:
            found: Value | None = self._known.get(hashkey(*key))
            return found

    def put(self, value: Value, *key: Hashable) -> None:
        """Remember a value, unless it is larger than all that may be remembered."""
        with self._changed, suppress(ValueError):
            self._known[hashkey(*key)] = value

    def remembers(self, function: Callable[..., Value]) -> Callable[..., Value]:
        """The function, which is called once for what it is given, as long as that is remembered."""
        made: Callable[..., Value] = cached(self._known, condition=self._changed)(function)
        return made

    def drop(self) -> bool:
        """Forget what was not used for longest. Whether there was anything."""
        with self._changed, suppress(KeyError):
            self._known.popitem()
            return True
        return False

    def clear(self) -> None:
        """Forget everything."""
        with self._changed:
            self._known.clear()


ALL: list[Cache[Any]] = []


def taken() -> int:
    """How many bytes all caches take that nobody else counts."""
    return sum(cache.taken for cache in ALL)


def forget() -> bool:
    """Let the largest cache forget one value. Whether there was anything."""
    return any(cache.drop() for cache in sorted(ALL, key=lambda cache: cache.held, reverse=True))
