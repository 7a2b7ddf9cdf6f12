"""The desk: where the run of one session lies, from its start until the visitor leaves.

Closing the tab releases the session's desk, and that stops the thread.
"""

from contextlib import suppress
from dataclasses import dataclass, field
from threading import RLock, Thread

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable
from core.datasets.downloads import Download
from core.measuring import Recording
from core.networks.data import to_download
from core.training import record
from core.words.said import said
from core.work.live import Run


@dataclass
class Desk:
    """Holds the newest run of a session, or none."""

    run: Run | None = None
    _lock: RLock = field(default_factory=RLock, repr=False)

    def start(self, config: Config) -> None:
        """Start a run, ending the one that lies here."""
        with self._lock:  # two scripts of one session may overlap; no run may be lost while it trains
            self.clear()
            self.run = Run(config)

    def step(self, config: Config) -> None:
        """Train up to the next snapshot and pause there; starts a run if there is none."""
        with self._lock:
            if shown_run(config) is None:
                self.start(config)
            if self.run is not None:
                self.run.advance()

    def clear(self) -> None:
        """Stop the run, if there is one, and put it away."""
        with self._lock:
            if self.run is not None:
                self.run.stop()
            self.run = None


@st.cache_resource(scope="session", show_spinner=False, on_release=Desk.clear)
def desk() -> Desk:
    """The desk of this session."""
    return Desk()


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
    _fetch_data(config)
    units = config.depth * config.width
    with st.spinner(
        said("Measuring {units:,} units in {depth} layers …", units=units, depth=config.depth),
        show_time=units > SLOW_UNITS,
    ):
        return record(config.at_start())


def _fetch_data(config: Config) -> None:
    """Show how far the download is that these settings need. What may go wrong with it, measuring will say."""
    download = to_download(config)
    if download is None:
        return
    bar = st.progress(0.0, said_of(download))
    thread = Thread(target=_try_to_load, args=(download,), daemon=True)  # goes on if the visitor turns to other things
    thread.start()
    while thread.is_alive():
        thread.join(GLANCE_SECONDS)
        bar.progress(download.arrived / download.megabytes, said_of(download))
    bar.empty()


def _try_to_load(download: Download) -> None:
    with suppress(DataUnavailable):
        download.load()


def said_of(download: Download) -> str:
    """How far a download is, in words."""
    words = "Downloading {name}: {arrived:.0f} of {megabytes} MB"
    return said(words, name=download.name, arrived=download.arrived, megabytes=download.megabytes)


def first_words(config: Config, otherwise: str) -> str:
    """What is going on before there is anything to show: a download, where the data are not here yet."""
    download = to_download(config)
    return otherwise if download is None else said_of(download)


SLOW_UNITS = 5_000  # from here on measuring takes about a second
GLANCE_SECONDS = 0.2
