"""What the lab shows below its buttons: a run that goes on, or one that rests, or the untrained network.

All three are one layout. The page lays out the cards and a fragment fills them: several times a second while a run goes
on, and whenever the scrubber moves afterwards. So a chart stays the same chart from the untrained network to the last
step, and only numbers travel.
"""

from itertools import count

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable
from core.measuring import Recording
from core.theory import predict, told
from core.words.said import said
from core.work.line import State
from core.work.live import Run
from ui.jobs import RUN, bar
from ui.lab.run_controls import differences, ending
from ui.lab.runs import at_start, desk
from ui.lab.views import charts_of, lay_out
from ui.missing import unavailable
from ui.show import downloads

REDRAW_SECONDS = 0.15


def lab(run: Run | None, state: State | None, config: Config, view: str) -> None:
    """Show a run that is in `state`, or the untrained network if there is none."""
    last = desk().run
    if last is not None:
        differences(last, config)
    if run is not None and run.problem is not None:
        st.error(said("The run could not go on: {problem}", problem=run.problem), icon=":material/error:")
    live = state in ("queued", "running")
    try:
        recording = _newest(run, config)
    except DataUnavailable as problem:
        unavailable(problem, config)
        if run is not None and live:
            _rerun_when_over(run)
        return
    above, names = st.container(), charts_of(view, recording)
    board = lay_out(names, recording)
    if "phase" in names:
        st.caption(told(predict(recording.known_config)))
    below, turns = st.container(), count()

    @st.fragment(run_every=REDRAW_SECONDS if live else None)
    def fill() -> None:
        recording = _newest(run, config)
        if run is not None and (run.state != state or charts_of(view, recording) != names):
            st.rerun()  # the buttons and the cards belong to the page
        with above:
            if run is not None and run.active:
                bar(run.state, run.progress, RUN, ahead=run.ahead)
            ending(recording)
            step = recording.steps[-1] if live else _scrubber(recording.steps)
        board.fill(recording, step, next(turns) if live else 0)
        if not live:
            with below:
                downloads(recording, names, step)

    fill()


def _newest(run: Run | None, config: Config) -> Recording:
    """The newest recording of a run; before it has one, and without a run, the untrained network."""
    if run is not None and run.recording is not None:
        return run.recording
    return at_start(config)


def _rerun_when_over(run: Run) -> None:
    """Draw the page again once a run without anything to show has ended."""

    @st.fragment(run_every=REDRAW_SECONDS)
    def wait() -> None:
        if not run.active:
            st.rerun()

    wait()


def _scrubber(steps: list[int]) -> int:
    """The step that all charts of one step show: the last, until the visitor moves it."""
    if len(steps) == 1:
        return steps[0]
    return st.select_slider(said("Step"), steps, steps[-1], help=said("Moves all charts through the recorded steps."))
