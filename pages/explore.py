"""Explore: every measured variable, drawn along any of its axes."""

TITLE = "Explore"
ICON = ":material/query_stats:"
ORDER = 2

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from ui.explore import explore
from ui.desk import shown_recording
from ui.lab import offer_other_data
from ui.sidebar import settings
from core.datasets import DataUnavailable

st.title("Explore", anchor=False)
st.caption("Every number that was measured, along any of its axes.")
config = settings()
try:
    recording = shown_recording(config)
except DataUnavailable as problem:
    offer_other_data(config, problem)
else:
    explore(recording)
