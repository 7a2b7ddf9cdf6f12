"""Long work of a page: where its job lies, the buttons to start and stop it, and its result, drawn as it comes in.

The run of the lab has the same buttons, and the same bar that tells how far it is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import ceil, isfinite
from threading import RLock
from typing import Any, NamedTuple

import streamlit as st

from core.config import Config
from core.words.said import counted, said, why
from core.work.job import JOBS, Job, Task
from core.work.line import ACTIVE, ALONE, LIVE, Line, Standing, State, Work, phase
from core.work.progress import Progress
from ui.jobs.limit import too_long
from ui.jobs.pace import Pace, seconds_between
from ui.jobs.visitors import belonging, make_room, what_became
from ui.missing import first_words
from ui.show import plain

REDRAW_SECONDS = 0.5
MANY_SECONDS = 100
RESTS: Mapping[State, str] = {"paused": ", paused", "stopped": ", stopped"}


@dataclass(frozen=True)
class Words:
    """What the buttons say, and what is said when the settings are no longer those of the job.

    `again` is said of a job that was stopped; by default that nothing it has done will be done again.
    """

    start: str
    stop: str
    changed: str
    again: str = "Continue"


class Telling(NamedTuple):
    """What is said in the bar of work: what is done, and how long the rest will take, in seconds and, where these are
    many, in minutes. `turns` tells whether the seconds of its progress are those of its turns alone."""

    counts: str
    seconds: str
    minutes: str
    turns: bool


WAITS = "Waiting for its turn: {ahead} ahead of you."
WAITS_FOR = "Waiting for its turn: {ahead} ahead of you, about {seconds:,.0f} s."
IN_TURN_WITH, IN_TURNS_WITH = ", in turns with 1 other", ", in turns with {others} others"
SPEED = " · {pace:,.0f} steps/s · {seconds:,.0f} s left"
OUSTED = "Stopped, as you started something else: one job of a visitor works at a time. “{start}” takes it up again."
RUN = Telling("Step {done:,} of {total:,}", SPEED, SPEED, turns=True)
JOB = Telling("{done:,} of {total:,} {unit}", " · {seconds:,.0f} s left", " · {minutes:,.0f} min left", turns=False)


@dataclass
class Slot:
    """Holds the newest job of one page of one visitor, and what it was asked to do; `ousted` tells that it was ended
    because the visitor has started something else."""

    asked: Any = None
    job: Job[Any] | None = None
    ousted: bool = False
    _resting: Job[Any] | None = None
    _lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def line(self) -> Line | None:
        """The line in which the job works or waits."""
        job = self.job
        return job.line if job is not None and job.active else None

    def start(self, asked: Any, task: Task[Any], known: Any = None, line: Line = JOBS) -> None:
        """Start a job, ending the one that lies here, and what else the visitor has in its line. `known` is its result
        until it has one of its own."""
        make_room(line, but=self)
        with self._lock:  # two scripts of one session may overlap; no job may be lost while it works
            self.clear()
            self.asked, self.job = asked, Job(task, line, known)

    def rest(self) -> None:
        """Let the job rest until `go_on`."""
        with self._lock:
            if self.line is not None and self.job is not None:
                self._resting = self.job
                self.job.pause()

    def go_on(self) -> None:
        """Go on with the job that rests."""
        with self._lock:
            if self.job is not None and self.job is self._resting:
                self.job.resume()
            self._resting = None

    def oust(self) -> None:
        """End the job, as another was started elsewhere; what is known stays."""
        with self._lock:
            if self.line is not None and self.job is not None:
                self.ousted = True
                self.job.stop()

    def clear(self) -> None:
        """Stop the job, if there is one, and put it away."""
        with self._lock:
            if self.job is not None:
                self.job.stop()
            self.asked = self.job = None
            self.ousted = False

    def collect(self) -> tuple[Any, Any] | None:
        """What a job that is finished was asked to do, and its result; None where there is none. It is put away, so
        that nobody gets it twice."""
        with self._lock:
            if self.job is None or self.job.state != "finished":
                return None
            found = self.asked, self.job.newest
            self.clear()
            return found

    def look(self) -> tuple[Job[Any] | None, Any, State | None]:
        """The job, what it was asked to do, and its state: asked once, as it may change while the page is drawn."""
        with self._lock:
            return self.job, self.asked, None if self.job is None else self.job.state


def slot(page: str) -> Slot:
    """The slot of a page for this visitor."""
    return belonging(f"slot_{page}", Slot)


def start_button(words: str, start: Callable[..., None], args: tuple[Any, ...], *, idle: bool) -> None:
    """The button that starts work. It stands out where there is none to wait for, and can be pressed only there."""
    label = f":primary[**{words}**]" if idle else words
    # What cannot be pressed does nothing either: whoever is there may send anything.
    st.button(label, icon=":material/play_arrow:", disabled=not idle, on_click=start if idle else None, args=args)


def stop_button(words: str, work: Work | None, *, active: bool) -> None:
    """The button that stops work, as long as that is `active`."""
    st.button(words, icon=":material/stop:", disabled=not active, on_click=None if work is None else work.stop)


def controls(
    place: Slot,
    state: State | None,
    asked: Any,
    task: Task[Any],
    words: Words,
    *,
    lacking: bool = False,
    known: Any = None,
    seconds: float = 0.0,
) -> None:
    """Start and stop of the job in `place`, which is in `state`, and whether it is of what is asked for now.

    Where the data is `lacking`, nothing can be started, nor where the `seconds` that it takes are too many. `known` is
    the result of a job that is started until it has one of its own.
    """
    active, again, refused = state in ACTIVE, place.job is not None and place.asked == asked, too_long(seconds)
    with st.container(horizontal=True):
        start = said(words.again if again and state == "stopped" else words.start)
        start_button(start, place.start, (asked, task, known), idle=not (active or lacking or refused))
        stop_button(said(words.stop), place.job, active=active)
    if place.job is not None and not again:
        st.info(said(words.changed), icon=":material/difference:")
    if refused and not active:
        st.warning(refused, icon=":material/hourglass_disabled:")
    if place.ousted and again and not active:
        st.info(said(OUSTED, start=start), icon=":material/stop_circle:")
    elif place.job is None and (became := what_became()):
        st.info(became, icon=":material/restart_alt:")


def bar(
    state: State, progress: Progress | None, told: Telling, *, begins: str = "", standing: Standing = ALONE
) -> None:
    """The bar of work, be it a run or a job: see `how_far`."""
    st.progress(*how_far(state, progress, told, begins=begins, standing=standing))


def how_far(
    state: State, progress: Progress | None, told: Telling, *, begins: str = "", standing: Standing = ALONE
) -> tuple[float, str]:
    """How far work is, from 0 to 1, and in words: whether it waits, what is done, whether it rests, and what is left.

    Without progress it says how the work `begins`. standing: where it stands among others of its kind.
    """
    share = 0.0 if progress is None else progress.done / progress.total if progress.total else 1.0
    if state == "queued" and (progress is None or not progress.done):
        return share, _waits(standing)
    if progress is None:
        return share, begins
    words = said(told.counts, done=progress.done, total=progress.total, unit=said(progress.unit))
    if state == "queued":
        return share, f"{words} · {_waits(standing)}"
    rest = said(RESTS[state]) if state in RESTS else _left(progress, told, standing) if state == "running" else ""
    return share, words + rest


def _waits(standing: Standing) -> str:
    """How many are ahead, and how long that takes as far as it is known; in fives, so that it seldom changes."""
    if not isfinite(standing.seconds):
        return said(WAITS, ahead=standing.ahead)
    return said(WAITS_FOR, ahead=standing.ahead, seconds=ceil(standing.seconds / 5) * 5)


def _left(progress: Progress, told: Telling, standing: Standing) -> str:
    """How long it will take, as far as that is known."""
    seconds = progress.seconds_left * (standing.slower if told.turns else 1)
    if not isfinite(seconds):
        return ""
    template = told.seconds if seconds < MANY_SECONDS else told.minutes
    words = said(template, pace=progress.pace, seconds=seconds, minutes=seconds / 60)
    if standing.slower == 1:
        return words
    return words + counted(standing.others, IN_TURN_WITH, IN_TURNS_WITH, others=standing.others)


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

    pace = Pace(seconds_between(every, state, job.standing))

    @st.fragment(run_every=pace.seconds if state in ACTIVE else None)
    def fill() -> None:
        now = job.state
        if phase(now) != phase(state):
            st.rerun()
        if now in LIVE:
            pace.keep(seconds_between(every, now, job.standing))
        _progress(job, now, config, counted)
        if early or job.newest is not None:
            draw(job.newest)

    fill()


def _progress(job: Job[Any], state: State, config: Config, units: str) -> None:
    """How far a job is: its results tell a `core.work.progress.Progress`."""
    if job.problem is not None:
        st.error(
            said("This could not be finished: {problem}", problem=plain(said(why(job.problem)))),
            icon=":material/error:",
        )
    elif state in ("queued", "running", "stopped"):
        newest = job.newest
        if newest is None:
            bar(state, None, JOB, begins=_begins(state, config, said(units)), standing=job.standing)
        else:
            bar(state, newest.progress, JOB, standing=job.standing)


def _begins(state: State, config: Config, counted: str) -> str:
    """What is said before there is a result."""
    if state == "stopped":
        return said("0 {counted}, stopped", counted=counted)
    return first_words(config, said("Starting with the first {counted} …", counted=counted))
