"""The lab: one network, measured as soon as a control moves, and trained live when asked to."""

TITLE = "Lab"
ICON = ":material/science:"
ORDER = 1

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.diagnosis.words import summary
from core.words.said import said
from ui.lab.lab import lab
from ui.lab.run_controls import run_controls
from ui.lab.runs import shown_run
from ui.lab.views import choose_view
from ui.show import plain
from ui.sidebar import settings

config = settings()
st.title(said(TITLE), anchor=False)
st.markdown(plain(summary(config)))
st.caption(
    said("Move a control: the untrained network is measured at once. Then train it, and watch which signs change.")
)
run = shown_run(config)
state = run.state if run is not None else None  # asked once: it may change while the page is drawn
run_controls(config, run, state)
lab(run, state, config, choose_view())
