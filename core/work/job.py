"""Job: long work on a thread of its own, of which only the newest result counts, such as a sweep or a search.

One job of a process works at a time, on all its cores; the others wait in line. A job gives way whenever its task asks
whether it is to stop, which every thread of a sweep does after each step: there it takes turns with other jobs, and
rests where it is told to.
"""

from collections.abc import Callable, Iterator
from threading import Event, Thread
from time import monotonic
from typing import Generic, TypeVar

from core.work.line import ACTIVE, Line, Standing, State, end_with_the_process

Result = TypeVar("Result")
Task = Callable[[Event], Iterator[Result]]

JOBS = Line(places=1)


class Job(Generic[Result]):
    """Runs the iterator that `task` makes to its end. `newest` is what it yielded last; at first what it is given.

    `task` is given the event that asks it to stop, upon which the iterator raises InterruptedError; whatever else it
    raises is told in `problem`. To ask that event may take until it is the job's turn again.
    """

    def __init__(self, task: Task[Result], line: Line = JOBS, newest: Result | None = None) -> None:
        self.newest = newest
        self.problem: Exception | None = None
        self.state: State = "queued"
        self.line = line
        self._task, self._stop = task, _Stop(self)
        self._since: float | None = None  # when it got the place that it has
        self.line.join(self)
        self._thread = Thread(target=self._work, name=f"job-{id(self)}", daemon=True)
        end_with_the_process(self)
        self._thread.start()

    @property
    def active(self) -> bool:
        """Whether there is something left to do."""
        return self.state in ACTIVE

    @property
    def standing(self) -> Standing:
        """Where it stands among the jobs of its line."""
        return self.line.standing(self)

    def stop(self) -> None:
        """End soon. What is known stays."""
        with self.line.changed:
            self._stop.set()
            self.line.changed.notify_all()

    def pause(self) -> None:
        """Rest soon, and let another job have the place."""
        with self.line.changed:
            if self.state == "queued":
                self.line.give_up(self)
            if self.active:
                self.state = "paused"

    def resume(self) -> None:
        """Go on after a pause."""
        with self.line.changed:
            if self.state == "paused":
                self.state = "running" if self._since is not None else "queued"
                if self.state == "queued":
                    self.line.join(self)
                self.line.changed.notify_all()

    def join(self, seconds: float | None = None) -> None:
        """Wait until the job has ended."""
        self._thread.join(seconds)

    def give_way(self) -> None:
        """Let others have their turn if this one is over, or if the job is to rest; return when it may go on."""
        if self.state == "running" and not self._is_over():
            return
        with self.line.changed:
            if self._since is not None and (self.state == "paused" or self._is_over()):
                self._leave()
                if self.state == "running":
                    self.state = "queued"
                    self.line.join(self)
            self.line.changed.wait_for(self._may_go_on)

    def _is_over(self) -> bool:
        return self._since is not None and self.line.is_over(self._since)

    def _may_go_on(self) -> bool:
        """Whether the job has a place, which it takes if it is its turn, or is to end."""
        if self.state == "queued" and self.line.is_first(self) and not self._stop.wanted:
            self.line.enter(self)
            self._since, self.state = monotonic(), "running"
        return self.state == "running" or self._stop.wanted

    def _leave(self) -> None:
        since, self._since = self._since, None
        if since is not None:
            self.line.leave(since)

    def _work(self) -> None:
        problem: Exception | None = None
        try:
            self.give_way()
            if self._stop.wanted:
                raise InterruptedError
            for newest in self._task(self._stop):
                self.newest = newest
            state: State = "finished"
        except InterruptedError:
            state = "stopped"
        except Exception as found:  # whatever it was must reach the reader, not die with the thread
            problem, state = found, "failed"
        with self.line.changed:  # at once: who pauses it a moment later must not put it into the line again
            self._leave()
            self.line.give_up(self)
            self.problem, self.state = problem, state


class _Stop(Event):
    """The event that asks a job to stop. Who looks at it gives way to other jobs."""

    def __init__(self, job: Job[Result]) -> None:
        super().__init__()
        self._job = job

    @property
    def wanted(self) -> bool:
        """Whether it is set, said at once."""
        return super().is_set()

    def is_set(self) -> bool:
        """Whether it is set, said when it is the job's turn."""
        self._job.give_way()
        return super().is_set()
