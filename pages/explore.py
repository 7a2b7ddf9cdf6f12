"""Explore: every measured variable, drawn along any of its axes."""

TITLE = "Explore"
ICON = ":material/query_stats:"
ORDER = 4

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.datasets import DataUnavailable
from core.words.said import said
from ui.lab.explore import explore
from ui.lab.runs import shown_recording, shown_run
from ui.missing import unavailable
from ui.sidebar import say_problems, settings

say_problems()
st.title(said(TITLE), anchor=False)
st.caption(said("Every number that was measured, along any of its axes."))
config = settings()
run = shown_run(config)


@st.fragment(run_every=1.0 if run is not None and run.active else None)
def live() -> None:
    """The newest recording, again every second while a run goes on."""
    try:
        explore(shown_recording(config), config)
    except DataUnavailable as problem:
        unavailable(problem, config)


live()
