"""Job: long work on a thread of its own, of which only the newest result counts, such as a sweep or a search.

One job of a process works at a time, on all its cores; the others wait in line.
"""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from typing import Generic, TypeVar

from core.work.line import ACTIVE, Line, State, end_with_the_process

Result = TypeVar("Result")
Task = Callable[[Event], Iterator[Result]]

JOBS = Line(places=1)


class Job(Generic[Result]):
    """Runs the iterator that `task` makes to its end. `newest` is what it yielded last; at first what it is given.

    `task` is given the event that asks it to stop, upon which the iterator raises InterruptedError; whatever else it
    raises is told in `problem`.
    """

    def __init__(self, task: Task[Result], line: Line = JOBS, newest: Result | None = None) -> None:
        self.newest = newest
        self.problem: Exception | None = None
        self.state: State = "queued"
        self._task, self._line, self._stop = task, line, Event()
        self._line.join(self)
        self._thread = Thread(target=self._work, name=f"job-{id(self)}", daemon=True)
        end_with_the_process(self)
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether there is something left to do."""
        return self.state in ACTIVE

    def stop(self) -> None:
        """End soon. What is known stays."""
        with self._line.changed:
            self._stop.set()
            self._line.changed.notify_all()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the job has ended."""
        self._thread.join(seconds)

    def _work(self) -> None:
        try:
            self._wait()
            try:
                for newest in self._task(self._stop):
                    self.newest = newest
            finally:
                self._line.leave()
            self.state = "finished"
        except InterruptedError:
            self.state = "stopped"
        except Exception as problem:  # whatever it was must reach the reader, not die with the thread
            self.problem, self.state = problem, "failed"

    def _wait(self) -> None:
        """Stand in line until there is a place. Raises InterruptedError if stopped while waiting."""
        with self._line.changed:
            self._line.changed.wait_for(lambda: self._line.is_first(self) or self._stop.is_set())
            if self._stop.is_set():
                self._line.give_up(self)
                raise InterruptedError
            self._line.enter(self)
        self.state = "running"
