"""The controls of a run: start, pause, step, stop and reset."""

import streamlit as st

from core.config import Config
from core.words.said import said
from core.work.line import ACTIVE, LIVE, State
from core.work.live import Run
from ui.jobs.jobs import start_button, stop_button
from ui.lab.runs import desk, refused, start_asked, step_asked
from ui.missing import lacks_table


def run_controls(config: Config, run: Run | None, state: State | None) -> None:
    """The row of buttons for a run in a state. Those that make no sense are greyed out, so that none ever moves."""
    lying = desk()
    active, paused = state in ACTIVE, state == "paused"
    lacking = lacks_table(config) or bool(refused(config))
    with st.container(horizontal=True, width="content", key="lab_run"):
        start = said("Start again" if run and not active else "Start training")
        start_button(start, start_asked, (), idle=not (active or lacking))
        if paused and run is not None:
            st.button(said("Resume"), icon=":material/resume:", on_click=run.resume)
        else:
            st.button(said("Pause"), icon=":material/pause:", disabled=state not in LIVE, on_click=run and run.pause)
        st.button(
            said("Next snapshot"),
            icon=":material/skip_next:",
            disabled=(run is not None and not paused) or (run is None and lacking),
            on_click=step_asked,
            help=said("Train up to the next measurement, and pause there. In the beginning that is a single step."),
        )
        stop_button(said("Stop training"), run, active=active)
        st.button(
            said("Reset run"),
            icon=":material/undo:",
            disabled=lying.run is None,
            on_click=lying.clear,
            help=said("Back to the untrained network."),
        )
