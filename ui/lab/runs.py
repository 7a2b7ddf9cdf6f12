"""The desk: where the run of one visitor lies, from its start until the visitor has left."""

from dataclasses import dataclass, field
from threading import RLock

import streamlit as st

from core.config import Config
from core.measuring import Recording
from core.sweeps.estimate import run_seconds
from core.training import record
from core.words.said import counted
from core.work.line import LIVE, Line
from core.work.live import LINE, Run
from ui.jobs.limit import too_long
from ui.jobs.visitors import belonging, make_room
from ui.missing import fetch_data
from ui.sidebar import settings


@dataclass
class Desk:
    """Holds the newest run of a visitor, or none."""

    run: Run | None = None
    _resting: Run | None = None
    _lock: RLock = field(default_factory=RLock, repr=False)

    @property
    def line(self) -> Line | None:
        """The line in which the run trains or waits."""
        run = self.run
        return LINE if run is not None and run.active else None

    def start(self, config: Config) -> None:
        """Start a run, ending the one that lies here, and what else the visitor trains."""
        make_room(LINE, but=self)  # outside of the lock: who sees to a visitor takes it after the visitor's
        self._begin(config)

    def step(self, config: Config) -> None:
        """Train up to the next snapshot and pause there; starts a run if there is none."""
        fresh = shown_run(config) is None
        make_room(LINE, but=self)
        with self._lock, LINE.changed:  # a run does not begin before it knows where to pause
            if fresh:
                self._begin(config)
            if self.run is not None:
                self.run.advance()

    def _begin(self, config: Config) -> None:
        with self._lock:  # two scripts of one session may overlap; no run may be lost while it trains
            self.clear()
            self.run = Run(config)

    def rest(self) -> None:
        """Let the run rest until `go_on`, unless it does so anyway."""
        with self._lock:
            if self.run is not None and self.run.state in LIVE:
                self._resting = self.run
                self.run.pause()

    def go_on(self) -> None:
        """Go on with the run that rests."""
        with self._lock:
            if self.run is not None and self.run is self._resting:
                self.run.resume()
            self._resting = None

    def oust(self) -> None:
        """Stop the run, as something else is to be trained; what was recorded stays."""
        with self._lock:
            if self.run is not None:
                self.run.stop()

    def clear(self) -> None:
        """Stop the run, if there is one, and put it away."""
        with self._lock:
            if self.run is not None:
                self.run.stop()
            self.run = None


def desk() -> Desk:
    """The desk of this visitor."""
    return belonging("desk", Desk)


def refused(config: Config) -> str:
    """Why a run of these settings may not begin here; or nothing."""
    return too_long(run_seconds(config))


def start_asked() -> None:
    """Start a run of the settings as they are now: for callbacks, which outlive the page that a control has changed."""
    config = settings()
    if not refused(config):
        desk().start(config)


def step_asked() -> None:
    """Train such a run up to its next snapshot."""
    config = settings()
    if shown_run(config) is not None or not refused(config):
        desk().step(config)


def shown_run(config: Config) -> Run | None:
    """The run whose recording is on the screen: one that is still active, or one of exactly these settings."""
    run = desk().run
    if run is None or not (run.active or run.config == config):
        return None
    return run


def shown_recording(config: Config) -> Recording:
    """What is to be shown for these settings: the run's recording, or else the untrained network. May take a while."""
    run = shown_run(config)
    if run is not None and run.recording is not None:
        return run.recording
    return at_start(config)


def at_start(config: Config) -> Recording:
    """The untrained network, measured. Large ones take a moment, and the visitor is told so."""
    fetch_data(config)
    units = config.depth * config.width
    if units < SLOW_UNITS:
        return record(config.at_start())
    words = counted(
        config.depth,
        "Measuring {units:,} units in 1 layer …",
        "Measuring {units:,} units in {depth} layers …",
        units=units,
        depth=config.depth,
    )
    with st.spinner(words, show_time=True):
        return record(config.at_start())


SLOW_UNITS = 5_000  # from here on measuring takes about a second
