"""Line: work that waits for its turn on the processors, and ends with the process.

Only a few runs of a process train at once; the others wait in line and know their place.
"""

import atexit
from collections import deque
from contextlib import suppress
from threading import Condition
from typing import Literal, Protocol
from weakref import WeakSet

State = Literal["queued", "running", "paused", "finished", "stopped", "diverged", "failed"]
ACTIVE: frozenset[State] = frozenset({"queued", "running", "paused"})

JOIN_SECONDS = 5.0  # longer than one step of the largest network that a Config allows


class Line:
    """Lets `places` runs train at once, the others one after another in the order they came."""

    def __init__(self, places: int) -> None:
        self._free = places
        self._waiting: deque[object] = deque()
        self.changed = Condition()

    def join(self, who: object) -> None:
        """Stand at the end of the line."""
        with self.changed:
            self._waiting.append(who)

    def is_first(self, who: object) -> bool:
        """Whether `who` is next and there is a free place. Call it while holding `changed`."""
        return self._free > 0 and bool(self._waiting) and self._waiting[0] is who

    def enter(self, who: object) -> None:
        """Leave the line for a free place. Call it while holding `changed`."""
        self._waiting.remove(who)
        self._free -= 1
        self.changed.notify_all()

    def give_up(self, who: object) -> None:
        """Leave the line, if `who` stands in it, without having had a turn."""
        with self.changed, suppress(ValueError):
            self._waiting.remove(who)
            self.changed.notify_all()

    def leave(self) -> None:
        """Make a place free."""
        with self.changed:
            self._free += 1
            self.changed.notify_all()

    def ahead_of(self, who: object) -> int:
        """How many wait before `who`."""
        with self.changed:
            return self._waiting.index(who) if who in self._waiting else 0


class Work(Protocol):
    """Something that computes on a thread of its own."""

    @property
    def active(self) -> bool:
        """Whether there is something left to do."""
        ...

    def stop(self) -> None:
        """End soon."""
        ...

    def join(self, seconds: float | None = None) -> None:
        """Wait until it has ended."""
        ...


_all: WeakSet[Work] = WeakSet()


def end_with_the_process(work: Work) -> None:
    """Stop this work before the interpreter is taken down: no thread may still be computing then."""
    _all.add(work)


@atexit.register
def _stop_all() -> None:
    active = [work for work in _all if work.active]
    for work in active:
        work.stop()
    for work in active:
        work.join(JOIN_SECONDS)
