"""Long work of a page: where its job lies, the buttons to start and stop it, and its result, drawn as it comes in."""

from collections.abc import Callable
from dataclasses import dataclass, field
from math import isfinite
from threading import RLock
from typing import Any

import streamlit as st

from core.config import Config
from core.words.said import said, why
from core.work.job import Job, Task
from core.work.line import ACTIVE, State
from ui.lab.runs import first_words
from ui.show import plain

REDRAW_SECONDS = 0.5


@dataclass(frozen=True)
class Words:
    """What the buttons say, and what is said when the settings are no longer those of the job.

    `again` is said of a job that was stopped; by default that nothing it has done will be done again.
    """

    start: str
    stop: str
    changed: str
    again: str = "Continue"


@dataclass
class Slot:
    """Holds the newest job of one page in one session, and what it was asked to do."""

    asked: Any = None
    job: Job[Any] | None = None
    _lock: RLock = field(default_factory=RLock, repr=False)

    def start(self, asked: Any, task: Task[Any], known: Any = None) -> None:
        """Start a job, ending the one that lies here. `known` is its result until it has one of its own."""
        with self._lock:  # two scripts of one session may overlap; no job may be lost while it works
            self.clear()
            self.asked, self.job = asked, Job(task, newest=known)

    def clear(self) -> None:
        """Stop the job, if there is one, and put it away."""
        with self._lock:
            if self.job is not None:
                self.job.stop()
            self.asked = self.job = None

    def look(self) -> tuple[Job[Any] | None, Any, State | None]:
        """The job, what it was asked to do, and its state: asked once, as it may change while the page is drawn."""
        with self._lock:
            return self.job, self.asked, None if self.job is None else self.job.state


@st.cache_resource(scope="session", show_spinner=False, on_release=Slot.clear)
def slot(page: str) -> Slot:
    """The slot of a page in this session. Closing the tab releases it, and that stops the thread."""
    return Slot()


def controls(
    place: Slot,
    state: State | None,
    asked: Any,
    task: Task[Any],
    words: Words,
    *,
    lacking: bool = False,
    known: Any = None,
) -> None:
    """Start and stop of the job in `place`, which is in `state`, and whether it is of what is asked for now.

    Where the data is `lacking`, nothing can be started. `known` is the result of a job that is started until it has one
    of its own.
    """
    active, again = state in ACTIVE, place.job is not None and place.asked == asked
    with st.container(horizontal=True):
        start = said(words.again if again and state == "stopped" else words.start)
        st.button(
            start if active or lacking else f":primary[**{start}**]",
            icon=":material/play_arrow:",
            disabled=active or lacking,
            on_click=place.start,
            args=(asked, task, known),
        )
        st.button(
            said(words.stop),
            icon=":material/stop:",
            disabled=not active,
            on_click=place.job.stop if place.job else None,
        )
    if place.job is not None and not again:
        st.info(said(words.changed), icon=":material/difference:")


def watch(
    job: Job[Any],
    state: State,
    config: Config,
    draw: Callable[[Any], None],
    *,
    counted: str = "networks",
    early: bool = False,
    every: float = REDRAW_SECONDS,
) -> None:
    """Show how far a job is, and `draw` its newest result, again and again until it leaves `state`.

    All networks of the job learn from the data of `config`. counted: what its progress counts. early: whether to draw
    before there is a result. every: seconds between two drawings.
    """

    @st.fragment(run_every=every if state in ACTIVE else None)
    def fill() -> None:
        if job.state != state:
            st.rerun()
        _progress(job, state, config, counted)
        if early or job.newest is not None:
            draw(job.newest)

    fill()


def _progress(job: Job[Any], state: State, config: Config, counted: str) -> None:
    """How far a job is: its results tell a `core.sweeps.sweeps.Progress`."""
    if job.problem is not None:
        st.error(
            said("This could not be finished: {problem}", problem=plain(said(why(job.problem)))),
            icon=":material/error:",
        )
    elif state == "queued":
        st.progress(0.0, said("Waiting for other work of this server to be finished."))
    elif state == "running" and job.newest is None:
        st.progress(0.0, first_words(config, said("Starting with the first {counted} …", counted=said(counted))))
    elif state in ("running", "stopped"):
        if job.newest is None:
            st.progress(0.0, said("0 {counted}, stopped", counted=said(counted)))
            return
        progress = job.newest.progress
        words = said("{done:,} of {total:,} {unit}", done=progress.done, total=progress.total, unit=said(progress.unit))
        left = _left(progress.seconds_left) if state == "running" else said(", stopped")
        st.progress(progress.done / progress.total, f"{words}{left}")


def _left(seconds: float) -> str:
    """How long it will take, as far as that is known."""
    if not isfinite(seconds):
        return ""
    return said(" · {seconds:,.0f} s left", seconds=seconds) if seconds < 100 else _minutes_left(seconds / 60)


def _minutes_left(minutes: float) -> str:
    return said(" · {minutes:,.0f} min left", minutes=minutes)
