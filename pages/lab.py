"""The lab: one network, measured as soon as a control moves, and trained live when asked to."""

TITLE = "Lab"
ICON = ":material/science:"
ORDER = 1
KNOBS = True

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.words.said import said
from ui.lab.lab import lab
from ui.lab.run_controls import run_controls
from ui.lab.runs import shown_run
from ui.lab.slim import slim
from ui.lab.views import choose_view
from ui.sidebar import settings

slim()
config = settings()
run = shown_run(config)
state = run.state if run is not None else None  # asked once: it may change while the page is drawn
head = st.container(horizontal=True, vertical_alignment="center", key="lab_head")
head.title(said(TITLE), anchor=False, width="content")
with st.container(horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", key="lab_row"):
    run_controls(config, run, state)
    view = choose_view()
lab(run, state, config, view, head)
