"""Ward: a sick network without its label, to be understood and saved."""

TITLE = "Ward"
ICON = ":material/ward:"
ORDER = 6
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.words.said import said
from ui.lab.ward import admit, bed, counters, examine

lying = bed()
with st.container(horizontal=True, vertical_alignment="center"):
    st.title(said(TITLE), anchor=False, width="content")
    counters(lying)
st.caption(
    said(
        "Each patient is a network that learned, until one knob or two were turned wrong. Look at its charts, name a "
        "knob that was turned, then make it learn in two moves at most. Only what learns counts."
    )
)
if lying.admission is None:
    admit(lying)
else:
    examine(lying)
