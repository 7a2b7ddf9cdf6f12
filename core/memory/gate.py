"""Gate: what heavy work passes through. It reserves the bytes that it will need before it takes them.

Too much at once waits, in the order in which it came; small work passes by, as a corner of the room is kept for it.
What remains when the work is done, such as a recording that somebody looks at, counts for as long as it is alive.
Before anybody waits, the caches forget what nobody uses.

A thread that has reserved something never waits again: what it reserves on the way is granted at once. So whoever waits
holds nothing, and nobody waits for another who waits. A turn on the processors is held, too: who has one gives it to
others `meanwhile`, and as long as that takes, or a pause, those behind pass by.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Condition, local
from time import monotonic
from weakref import finalize

from core.memory import caches, words
from core.memory.allocator import give_back
from core.memory.budget import corner, presses, room
from core.words.said import Sentence

LOOK_SECONDS = 0.1  # how often one who waits looks around
PATIENCE = 60.0  # seconds without anything that was given back, after which one who waits is sent away

MEGABYTE = 1_000_000


class NoRoomError(MemoryError):
    """There is no memory for this now, or ever. The message says so."""


class Reservation:
    """So many bytes of a gate, as long as the work goes on."""

    def __init__(self, gate: "Gate", needs: int) -> None:
        self._gate, self.bytes = gate, needs

    def keep(self, remains: int, owner: object) -> None:
        """So many bytes of this are the owner's now, and count for as long as it is alive."""
        self._gate.hold(remains, owner)
        given = min(remains, self.bytes)
        self.bytes -= given
        self._gate.take(-given)

    @contextmanager
    def with_more(self, needs: int) -> "Iterator[Reservation]":
        """This, for work on the way that needs so many bytes: it has them already, or is given the rest at once."""
        rest = max(0, needs - self.bytes)
        self.bytes += rest
        self._gate.take(rest)
        try:
            yield self
        finally:
            back = min(rest, self.bytes)
            self.bytes -= back
            self._gate.take(-back)


class Gate:
    """Lets so much work pass at once as the bytes of `size` are enough for. `aside` are those that nobody has reserved.
    `forget` is asked to drop something that is only remembered; it says whether there was anything. `presses` tells
    whether so many bytes more are too many, whatever was reserved: then large work waits for what is inside.
    """

    def __init__(
        self,
        size: Callable[[], int],
        aside: Callable[[], int] = lambda: 0,
        forget: Callable[[], bool] = lambda: False,
        presses: Callable[[int], bool] = lambda more: False,
    ) -> None:
        self.freed: deque[int] = deque()  # filled by finalizers, which may run anywhere and must not wait for a lock
        self._size, self._aside, self._forget, self._presses = size, aside, forget, presses
        self._inside = 0  # how many have passed and not left
        self._taken = self._held = 0
        self._small = 0  # bytes that small work has reserved
        self._line: deque[object] = deque()
        self._away: set[object] = set()  # of those in line, who has something else to do, and holds nobody up
        self._changed = Condition()
        self._moved = monotonic()
        self._thread = local()

    @property
    def taken(self) -> int:
        """How many bytes are reserved, or held by what remained."""
        with self._changed:
            self._collect()
            return self._taken

    @property
    def waiting(self) -> int:
        """How many wait in line."""
        return len(self._line)

    @contextmanager
    def reserve(
        self, needs: int, stopped: Callable[[], bool] = lambda: False, meanwhile: Callable[[], object] = lambda: None
    ) -> Iterator[Reservation]:
        """So many bytes for the block, as soon as there is room for them. As long as there is none, `meanwhile` is
        called again and again.

        Raises NoRoomError for what can never fit, and where nothing is given back for PATIENCE seconds;
        InterruptedError once `stopped`.
        """
        inside: list[Reservation] = self._thread.__dict__.setdefault("inside", [])
        if inside:
            with inside[-1].with_more(needs) as known:
                yield known
            return
        small = needs <= self._corner() // 2
        self._enter(needs, stopped, meanwhile, small)
        made = Reservation(self, needs)
        inside.append(made)
        try:
            yield made
        finally:
            inside.remove(made)  # of the thread that has entered: another may close a generator
            self._leave(made.bytes, needs if small else 0)

    def hold(self, remains: int, owner: object) -> None:
        """Count so many bytes for as long as the owner is alive."""
        with self._changed:
            self._taken += remains
            self._held += remains
        finalize(owner, self.freed.append, remains).atexit = False

    def take(self, needs: int) -> None:
        """Count so many bytes, whether there is room or not."""
        with self._changed:
            self._taken += needs

    def tidy(self) -> None:
        """Give free memory back to the machine, and forget what is remembered as long as the process is too large."""
        with self._changed:
            self._collect()
        give_back()
        while self._presses(0) and self._forget():
            give_back()

    def _corner(self) -> int:
        return corner(self._size())

    def _enter(self, needs: int, stopped: Callable[[], bool], meanwhile: Callable[[], object], small: bool) -> None:
        most = self._size() - self._corner()
        if needs > most:
            raise NoRoomError(Sentence(words.NEVER, needs=needs // MEGABYTE, most=most // MEGABYTE))
        me = object()
        if self._admits(me, needs, small):
            return
        if not small:
            with self._changed:
                self._line.append(me)
        try:
            self._wait(me, needs, stopped, meanwhile, small)
        finally:
            with self._changed:
                if not small:
                    self._line.remove(me)
                self._changed.notify_all()

    def _wait(
        self, me: object, needs: int, stopped: Callable[[], bool], meanwhile: Callable[[], object], small: bool
    ) -> None:
        began = monotonic()
        while not self._admits(me, needs, small):
            if (small or self._is_first(me)) and self._forget():
                give_back()
                continue
            began += self._step_aside(me, stopped, meanwhile)
            if self._admits(me, needs, small):
                return
            with self._changed:
                if monotonic() - max(began, self._moved) > PATIENCE:
                    raise NoRoomError(Sentence(words.BUSY, needs=max(1, needs // MEGABYTE)))
                self._changed.wait(LOOK_SECONDS)

    def _step_aside(self, me: object, stopped: Callable[[], bool], meanwhile: Callable[[], object]) -> float:
        """Let one in line do something else, which may take long: others pass it by. Returns how many seconds it took.
        Raises InterruptedError once `stopped`, which may take long to say, too."""
        began = monotonic()
        self._away.add(me)
        try:
            meanwhile()
            if stopped():
                raise InterruptedError
        finally:
            self._away.discard(me)
        return monotonic() - began

    def _is_first(self, me: object) -> bool:
        """Whether nobody stands in line before this one who is there."""
        with self._changed:
            return next((who for who in self._line if who not in self._away), me) is me

    def _admits(self, me: object, needs: int, small: bool) -> bool:
        """Whether there is room now; then it is taken."""
        aside, reserved = self._aside(), self._taken - self._held  # of which nobody knows how much is in use already
        pressed = not small and self._is_pressed(reserved + needs)
        with self._changed:
            self._collect()
            free, kept = self._size() - self._taken - aside, self._corner()
            if small:
                fits = needs <= free and (not self._line or self._small + needs <= kept)
            else:
                fits = (
                    self._is_first(me) and needs <= free - max(0, kept - self._small) and not (pressed and self._inside)
                )
            if fits:
                self._inside += 1
                self._taken += needs
                self._small += needs if small else 0
            return fits

    def _is_pressed(self, more: int) -> bool:
        """Whether so many bytes more are too many, also once what is free went back to the machine."""
        if not self._presses(more):
            return False
        give_back()
        return self._presses(more)

    def _leave(self, needs: int, small: int) -> None:
        with self._changed:
            self._inside -= 1
            self._taken -= needs
            self._small -= small
            self._gave(needs)
            self._changed.notify_all()

    def _collect(self) -> None:
        """Count what has died since. Call it while holding `_changed`."""
        while self.freed:
            remains = self.freed.popleft()
            self._taken -= remains
            self._held -= remains
            self._gave(remains)

    def _gave(self, returned: int) -> None:
        if returned > self._corner() // 4:
            self._moved = monotonic()


GATE = Gate(room, caches.taken, caches.forget, presses)
