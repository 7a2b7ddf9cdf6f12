"""The gate: what passes, what waits and for whom, what is refused, and that nobody waits for ever."""

import gc
import re
from collections.abc import Callable, Iterator
from threading import Event, Thread
from time import monotonic, sleep

import pytest

from core.memory import gate as gates
from core.memory.gate import Gate, NoRoomError

MB = 1_000_000
SECONDS = 20  # that anything may take


class Owner:
    """Something that lives, and can be watched."""


def until(condition: Callable[[], object]) -> None:
    end = monotonic() + SECONDS
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.005)


class Worker:
    """A thread that reserves so much, and holds it until it is told to end."""

    def __init__(self, gate: Gate, needs: int, **named: Callable[[], object]) -> None:
        self.inside, self.end = Event(), Event()
        self.problem: BaseException | None = None
        self._thread = Thread(target=self._work, args=(gate, needs, named), daemon=True)
        self._thread.start()

    def _work(self, gate: Gate, needs: int, named: dict) -> None:
        try:
            with gate.reserve(needs, **named):
                self.inside.set()
                assert self.end.wait(SECONDS)
        except BaseException as problem:
            self.problem = problem

    def join(self) -> None:
        self.end.set()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


@pytest.fixture
def gate() -> Gate:
    """A gate of 800 MB, of which 700 are for large work; up to 50 MB are small."""
    return Gate(lambda: 800 * MB)


def test_what_fits_passes_and_is_counted(gate):
    with gate.reserve(300 * MB):
        assert gate.taken == 300 * MB
    assert gate.taken == 0


def test_what_is_too_much_at_once_waits(gate):
    with gate.reserve(400 * MB):
        other = Worker(gate, 400 * MB)
        until(lambda: gate.waiting == 1)
        assert not other.inside.wait(0.3)
    assert other.inside.wait(SECONDS)
    other.join()
    assert (gate.taken, gate.waiting) == (0, 0)


def test_large_work_passes_in_the_order_in_which_it_came(gate):
    first = Worker(gate, 600 * MB)
    assert first.inside.wait(SECONDS)
    waiting = []
    for needs in (500, 60, 60):  # the small ones would fit now
        waiting.append(Worker(gate, needs * MB))
        until(lambda: gate.waiting == len(waiting))
    sleep(0.3)
    assert not any(worker.inside.is_set() for worker in waiting)
    first.join()
    assert all(worker.inside.wait(SECONDS) for worker in waiting)
    for worker in waiting:
        worker.join()


def test_small_work_passes_by_but_takes_no_more_than_its_corner(gate):
    with gate.reserve(700 * MB):
        large = Worker(gate, 600 * MB)
        until(lambda: gate.waiting == 1)
        small = [Worker(gate, 20 * MB) for _ in range(5)]
        assert all(worker.inside.wait(SECONDS) for worker in small)
        sixth = Worker(gate, 20 * MB)
        assert not sixth.inside.wait(0.3)
        small.pop().join()
        assert sixth.inside.wait(SECONDS)
    assert large.inside.wait(SECONDS)
    for worker in (*small, sixth, large):
        worker.join()
    assert gate.taken == 0


def test_what_can_never_fit_is_refused_at_once(gate):
    words = "This needs about 701 MB of memory, and the server has 700 MB for it."
    with pytest.raises(NoRoomError, match=f"^{re.escape(words)}$"), gate.reserve(701 * MB):
        raise AssertionError("it was let in")
    assert gate.taken == 0


def test_who_waits_without_hope_is_sent_away(gate, monkeypatch):
    monkeypatch.setattr(gates, "PATIENCE", 0.2)
    words = (
        "This needs about 400 MB of memory, which other work of this server has taken. Try again in a moment, or make "
    )
    with gate.reserve(500 * MB):
        other = Worker(gate, 400 * MB)
        other.join()
        assert re.match(words, str(other.problem))
        assert isinstance(other.problem, NoRoomError)
        assert gate.waiting == 0


def test_who_is_stopped_stops_waiting(gate):
    stop = Event()
    with gate.reserve(500 * MB):
        other = Worker(gate, 400 * MB, stopped=stop.is_set)
        until(lambda: gate.waiting == 1)
        stop.set()
        other.join()
        assert isinstance(other.problem, InterruptedError)
        assert (gate.waiting, gate.taken) == (0, 500 * MB)


def test_what_goes_wrong_inside_gives_back(gate):
    with pytest.raises(ZeroDivisionError), gate.reserve(500 * MB):
        _ = 1 / 0
    assert gate.taken == 0
    with gate.reserve(700 * MB):
        pass


def test_a_thread_that_is_inside_never_waits(gate):
    """Two threads that wait for one another inside would do so for ever."""
    with gate.reserve(400 * MB) as outer:
        with gate.reserve(300 * MB) as known:
            assert known is outer  # it has these
            assert gate.taken == 400 * MB
        with gate.reserve(900 * MB):
            assert gate.taken == 900 * MB
        assert gate.taken == 400 * MB
    assert gate.taken == 0


def test_what_remains_counts_as_long_as_it_is_alive(gate):
    owner = Owner()
    with gate.reserve(500 * MB) as room:
        room.keep(100 * MB, owner)
        assert gate.taken == 500 * MB
    assert gate.taken == 100 * MB
    del owner
    gc.collect()
    assert gate.taken == 0
    owner = Owner()
    gate.hold(7, owner)
    assert gate.taken == 7


def test_more_may_remain_than_was_reserved(gate):
    owner = Owner()
    with gate.reserve(50) as room, gate.reserve(10) as more:
        more.keep(100, owner)
        assert room.bytes == 0
    assert gate.taken == 100


def test_a_generator_that_another_thread_closes_gives_back(gate):
    def work() -> Iterator[int]:
        with gate.reserve(600 * MB):
            yield gate.taken

    begun = work()
    assert next(begun) == 600 * MB
    closing = Thread(target=begun.close)
    closing.start()
    closing.join()
    assert gate.taken == 0
    with gate.reserve(300 * MB):  # not inside any more: this is an entry of its own
        other = Worker(gate, 500 * MB)
        until(lambda: gate.waiting == 1)
    other.join()


def test_before_anybody_waits_the_caches_forget():
    remembered = [Owner() for _ in range(3)]
    gate = Gate(lambda: 800 * MB, forget=lambda: bool(remembered and remembered.pop(0)))
    for owner in remembered:
        gate.hold(200 * MB, owner)
    del owner
    with gate.reserve(500 * MB):
        assert len(remembered) == 1
    assert gate.taken == 200 * MB


def test_large_work_waits_for_what_is_inside_where_the_process_is_nearly_too_large():
    """Whatever was reserved: pages, sessions and small work take memory, too."""
    gate = Gate(lambda: 800 * MB, presses=lambda more: more > 250 * MB)
    with gate.reserve(200 * MB):  # nobody is inside whom it could wait for
        small, large = Worker(gate, 50 * MB), Worker(gate, 200 * MB)
        assert small.inside.wait(SECONDS)
        assert not large.inside.wait(0.3)
        small.join()
    assert large.inside.wait(SECONDS)
    large.join()


def test_what_is_remembered_is_forgotten_when_the_process_is_too_large():
    remembered = [1, 2, 3]
    gate = Gate(
        lambda: 800 * MB, forget=lambda: bool(remembered.pop()), presses=lambda more: len(remembered) + more > 1
    )
    gate.tidy()
    assert remembered == [1]


def test_what_caches_take_is_left_to_them():
    aside = [500 * MB]
    gate = Gate(lambda: 800 * MB, aside=lambda: aside[0])
    other = Worker(gate, 300 * MB)
    until(lambda: gate.waiting == 1)
    aside[0] = 0
    assert other.inside.wait(SECONDS)
    other.join()


def test_who_has_a_turn_gives_it_to_others_meanwhile(gate):
    """One who has memory waits for the turn of one who waits for memory: each would wait for ever."""
    turn, given = Event(), Event()

    def work() -> None:
        with gate.reserve(500 * MB):
            given.set()
            assert turn.wait(SECONDS)

    working = Thread(target=work)
    working.start()
    assert given.wait(SECONDS)
    with gate.reserve(400 * MB, meanwhile=turn.set):
        working.join(SECONDS)
    assert not working.is_alive()


def test_who_is_away_holds_nobody_up_and_is_not_sent_away_when_back(gate, monkeypatch):
    """A run that is paused while it waits for memory, or has its turn after a minute only."""
    back, first = Event(), Worker(gate, 500 * MB)
    assert first.inside.wait(SECONDS)
    away = Worker(gate, 600 * MB, meanwhile=lambda: back.wait(SECONDS))
    until(lambda: gate.waiting == 1)
    first.join()
    monkeypatch.setattr(gates, "PATIENCE", 0.0)
    for other in (Worker(gate, 600 * MB), away):
        back.set() if other is away else None
        other.join()
        assert other.problem is None


def test_many_threads_pass_and_never_take_more_than_there_is(gate):
    most = []

    def work(seed: int) -> None:
        for turn in range(20):
            needs = (37 * (seed + 3) * (turn + 1)) % 700 * MB
            with gate.reserve(needs), gate.reserve(needs // 2):
                most.append(gate.taken)

    threads = [Thread(target=work, args=(seed,)) for seed in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(SECONDS)
    assert len(most) == 160
    assert max(most) <= 800 * MB
    assert (gate.taken, gate.waiting) == (0, 0)


def test_memory_goes_back_to_the_machine_before_large_work_waits(monkeypatch):
    free = [300 * MB]
    gate = Gate(lambda: 800 * MB, presses=lambda more: bool(free) and more > 250 * MB)
    monkeypatch.setattr(gates, "give_back", free.clear)
    with gate.reserve(100 * MB):
        large = Worker(gate, 200 * MB)
        assert large.inside.wait(SECONDS)
        large.join()
    free.append(1)
    gate.tidy()
    assert not free
