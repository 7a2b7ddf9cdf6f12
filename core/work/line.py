"""Line: work that takes turns on the processors, and ends with the process.

Only a few of a process work at once; the others wait in line and know their place. Who has worked for a slice of some
seconds gives the place to who waits, stands at the end of the line again, and later goes on where it was: so one who
came with hours of work holds nobody up for more than seconds.
"""

import atexit
from collections import deque
from contextlib import suppress
from math import inf
from threading import Condition, Lock
from time import monotonic
from typing import Literal, NamedTuple, Protocol
from weakref import WeakSet

State = Literal["queued", "running", "paused", "finished", "stopped", "diverged", "failed"]
ACTIVE: frozenset[State] = frozenset({"queued", "running", "paused"})

LIVE: frozenset[State] = frozenset({"queued", "running"})  # what takes turns is the one and the other again and again

JOIN_SECONDS = 5.0  # longer than one step of the largest network that a Config allows


SLICE_SECONDS = 5.0
TURNS = 8  # of which the line remembers how long they took


def phase(state: State | None) -> State | None:
    """A state, in which work that takes turns stays while it does so."""
    return "running" if state == "queued" else state


class Line:
    """Lets `places` work at once, the others in the order they came, for `slice_seconds` each while somebody waits."""

    def __init__(self, places: int, slice_seconds: float = SLICE_SECONDS) -> None:
        self.places, self.slice_seconds = places, slice_seconds
        self._free = places
        self._waiting: deque[object] = deque()
        self._took: deque[float] = deque(maxlen=TURNS)
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

    def leave(self, since: float) -> None:
        """Make the place free that was taken at `since` (monotonic seconds)."""
        with self.changed:
            self._free += 1
            self._took.append(monotonic() - since)
            self.changed.notify_all()

    def is_over(self, since: float) -> bool:
        """Whether who has had a place `since` then should give it to another."""
        return bool(self._waiting) and monotonic() - since >= self.slice_seconds

    def standing(self, who: object) -> "Standing":
        """Where `who` stands, be it in the line or at a place."""
        with self.changed:
            working, waits = self.places - self._free, who in self._waiting
            ahead = self._waiting.index(who) + working if waits else 0
            turn = sum(self._took) / len(self._took) if self._took else inf
            crowd = working + len(self._waiting)
            seconds = ahead / self.places * turn if ahead else 0.0
            return Standing(ahead, max(0, crowd - 1), seconds, max(1.0, crowd / self.places))


class Standing(NamedTuple):
    """Where a work stands: how many have their turn before it, those that work now included; how many `others` there
    are; in how many seconds its turn comes, at the pace of late, infinite before the first turn has ended; and how many
    times longer it takes than alone."""

    ahead: int = 0
    others: int = 0
    seconds: float = 0.0
    slower: float = 1.0


ALONE = Standing()


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
_adding = Lock()


def end_with_the_process(work: Work) -> None:
    """Stop this work before the interpreter is taken down: no thread may still be computing then."""
    with _adding:
        _all.add(work)


@atexit.register
def stop_all(seconds: float = JOIN_SECONDS) -> None:
    """Stop all work of this process, and wait for it: so long at most, all together."""
    with _adding:
        active, end = [work for work in _all if work.active], monotonic() + seconds
    for work in active:
        work.stop()
    for work in active:
        work.join(max(0.0, end - monotonic()))
