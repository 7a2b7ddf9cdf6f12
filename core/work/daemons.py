"""Daemons: an executor whose threads do not keep the process from ending.

At the end of a process, concurrent.futures waits until its threads have worked off all they were given, which may be
hours, before anybody can ask them to stop.
"""

from collections.abc import Callable
from concurrent.futures import Executor, Future
from queue import SimpleQueue
from threading import Thread
from typing import Any

Queued = tuple["Future[Any]", Callable[..., Any], tuple[Any, ...], dict[str, Any]]


class Daemons(Executor):
    """So many daemon threads that work off what is submitted, in order."""

    def __init__(self, threads: int, name: str) -> None:
        self._tasks: SimpleQueue[Queued | None] = SimpleQueue()
        self._threads = [Thread(target=self._work, name=f"{name}-{place}", daemon=True) for place in range(threads)]
        for thread in self._threads:
            thread.start()

    def submit(self, function: Callable[..., Any], /, *arguments: Any, **named: Any) -> "Future[Any]":
        """The result of a call, now or later."""
        future: Future[Any] = Future()
        self._tasks.put((future, function, arguments, named))
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let the threads end once they have worked off what they were given."""
        for _ in self._threads:
            self._tasks.put(None)
        for thread in self._threads if wait else ():
            thread.join()

    def _work(self) -> None:
        for future, function, arguments, named in iter(self._tasks.get, None):
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(function(*arguments, **named))
                except BaseException as problem:  # it belongs to whoever asked
                    future.set_exception(problem)
