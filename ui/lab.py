"""What the lab shows below its buttons: a run that goes on, or one that rests, or the untrained network."""

import streamlit as st

from core.config import Config
from core.datasets import DataUnavailable, datasets
from core.live import Run, State
from ui.controls import differences, ending, progress
from ui.desk import at_start, desk
from ui.show import downloads
from ui.sidebar import use
from ui.views import draw_view

REDRAW_SECONDS = 0.15


def watch(run: Run, state: State, config: Config, view: str) -> None:
    """Show a run while it goes on: the newest recording, several times a second, until the run leaves `state`."""
    differences(run, config)

    @st.fragment(run_every=REDRAW_SECONDS)
    def live() -> None:
        progress(run)
        recording = run.recording
        if recording is not None:
            draw_view(view, recording, recording.steps[-1])
        if run.state != state:
            st.rerun()  # the buttons, the scrubber and the words around belong to the page

    live()


def result(run: Run | None, config: Config, view: str) -> None:
    """Show what is known, at the step that the visitor chooses."""
    last = desk().run
    if last is not None:
        differences(last, config)
    if run is not None and run.problem is not None:
        st.error(f"The run could not go on: {run.problem}", icon=":material/error:")
    try:
        recording = run.recording if run is not None and run.recording is not None else at_start(config)
    except DataUnavailable as problem:
        offer_other_data(config, problem)
        return
    if run is not None and run.active:
        progress(run)
    ending(recording)
    step = _scrubber(recording.steps)
    downloads(recording, draw_view(view, recording, step), step)


def _scrubber(steps: list[int]) -> int:
    """The step that all charts of one step show: the last, until the visitor moves it."""
    if len(steps) == 1:
        return steps[0]
    return st.select_slider("Step", steps, steps[-1], help="Moves all charts through the recorded steps.")


def offer_other_data(config: Config, problem: DataUnavailable) -> None:
    """Say why the data cannot be had, and offer data that always can."""
    default = Config().dataset
    st.error(str(problem), icon=":material/cloud_off:")
    st.button(f"Use {default}", on_click=use, args=(Config(**{**config.to_dict(), "dataset": default}),))
    st.caption(datasets.help(default))
