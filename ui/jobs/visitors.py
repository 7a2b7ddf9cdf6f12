"""Visitors: what each of them has going on, by the session of the tab, in this process and in no cache of Streamlit's:
those are cleared when a tab is closed, when the network breaks for a second, and when any client asks for it.

What a visitor has started rests as soon as the visitor is gone, so that nobody waits for what nobody watches. A browser
that comes back within two minutes says which session it had, and finds it again; after that it is ended. At most one
run and one job of a visitor is at work: to start another ends the one before, as who starts it expects.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from threading import RLock, Thread
from time import monotonic, sleep
from typing import Protocol, TypeVar

import streamlit as st
from cachetools import LRUCache
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from core.words.said import said
from core.work.line import Line

GRACE_SECONDS = 120.0  # for so long Streamlit knows a session after its browser has gone
LOOK_SECONDS = 1.0  # between two looks at who is there
REMEMBERED = 10_000  # sessions that have ended
HEADER = "Sec-WebSocket-Protocol"  # whose third entry is the session that the browser had before
AWAY = "You were away for more than two minutes, so what you had started was ended. Its settings are still here."
RESTARTED = (
    "The server was started again since this page was opened. What you had started has ended with it, if it was still "
    "going on; the settings are still here."
)


class Belonging(Protocol):
    """Something that a visitor has, at which work may be going on."""

    @property
    def line(self) -> Line | None:
        """In which line something of it works or waits; None where nothing does."""
        ...

    def rest(self) -> None:
        """Let it rest until `go_on`."""
        ...

    def go_on(self) -> None:
        """Go on with what rests since `rest`."""
        ...

    def oust(self) -> None:
        """End what works, as something else was started; what is known stays."""
        ...

    def clear(self) -> None:
        """End what works, and put it away."""
        ...


Thing = TypeVar("Thing", bound=Belonging)


@dataclass
class Visit:
    """What one visitor has, and since when the visitor is gone (monotonic seconds)."""

    things: dict[str, Belonging] = field(default_factory=dict)
    gone_since: float | None = None
    lock: RLock = field(default_factory=RLock, repr=False)

    def attend(self, here: bool) -> bool:
        """See to what a visitor has who is `here` or gone. Returns False once it was ended."""
        with self.lock:
            if here and self.gone_since is not None:
                self.gone_since = None
                for thing in self.things.values():
                    thing.go_on()
            elif not here and self.gone_since is None:
                self.gone_since = monotonic()
                for thing in self.things.values():
                    thing.rest()
            if self.gone_since is None or monotonic() - self.gone_since < GRACE_SECONDS:
                return True
            self.end()
            return False

    def end(self) -> None:
        """End all that goes on."""
        with self.lock:
            for thing in self.things.values():
                thing.clear()
            self.things.clear()


_visits: dict[str, Visit] = {}
_ended: LRUCache[str, bool] = LRUCache(REMEMBERED)  # sessions, and whether something was ended with them
_lock = RLock()


def greet() -> None:
    """Know the visitor of this session, who may come back to another one."""
    _visit().attend(here=True)


def belonging(name: str, make: Callable[[], Thing]) -> Thing:
    """What the visitor of this session has by this name; made where there is none."""
    visit = _visit()
    visit.attend(here=True)
    with visit.lock:
        if name not in visit.things:
            visit.things[name] = make()
        return visit.things[name]  # type: ignore[return-value]


def make_room(line: Line, but: Belonging) -> None:
    """End what else this visitor has in a line."""
    visit = _visit()
    with visit.lock:
        others = [thing for thing in visit.things.values() if thing is not but and thing.line is line]
    for thing in others:
        thing.oust()


def is_busy(line: Line) -> bool:
    """Whether this visitor has something in a line."""
    visit = _visit()
    with visit.lock:
        return any(thing.line is line for thing in visit.things.values())


def what_became() -> str:
    """What became of what a browser had started that comes back to a session which is no more; or nothing."""
    before = _before()
    if before in ("", _session()):
        return ""
    with _lock:
        had, visit = _ended.get(before), _visits.get(before)
    if had is None and visit is not None:  # Streamlit has forgotten the session already, and this process will soon
        had = any(thing.line is not None for thing in list(visit.things.values()))
    return said(RESTARTED) if had is None else said(AWAY) if had else ""


def end_all() -> None:
    """End all that anybody has; for tests, in which all visitors have one session."""
    with _lock:
        visits = list(_visits.values())
        _visits.clear()
    for visit in visits:
        visit.end()


def _before() -> str:
    """The session that the browser had before, as it says itself, or nothing."""
    said_so = st.context.headers.get(HEADER, "").split(",")[2:3]
    return said_so[0].strip() if said_so else ""


def _session() -> str:
    context = get_script_run_ctx()
    return "" if context is None else context.session_id


def _visit() -> Visit:
    with _lock:
        if not _visits:
            Thread(target=_look_after, name="visitors", daemon=True).start()
        return _visits.setdefault(_session(), Visit())


def _look_after() -> None:
    """See who is there, again and again, until nobody has anything."""
    while True:
        sleep(LOOK_SECONDS)
        with _lock:
            visits = dict(_visits)
        gone = [session for session, visit in visits.items() if not _attended(session, visit)]
        with _lock:
            for session in gone:
                if visits[session].gone_since is not None:  # else the visitor has come back in this moment
                    _visits.pop(session, None)
            if not _visits:
                return


def _attended(session: str, visit: Visit) -> bool:
    had = any(thing.line is not None for thing in list(visit.things.values()))
    if visit.attend(_is_here(session)):
        return True
    with _lock:
        _ended[session] = had
    return False


def _is_here(session: str) -> bool:
    """Whether a browser shows this session; without a server, somebody does."""
    return not Runtime.exists() or bool(Runtime.instance().is_active_session(session))
