"""Claims: what the lectures say, checked by experiments that can be made here."""

TITLE = "Claims"
ICON = ":material/fact_check:"
ORDER = 8
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core import Config
from core.words.said import said
from ui.jobs.jobs import slot, watch
from ui.sweeps.claims import REDRAW_SECONDS, begin, buttons, choices, listed

st.title(said(TITLE), anchor=False)
st.caption(
    said(
        "What five lectures and the notebooks behind one of them say, in our words, each with an "
        "experiment that you can make here. The numbers that come out decide: a claim holds where all "
        "are as predicted, and under a condition where some are."
    )
)
wanted = choices()
place = slot("claims")
begin(place)
job, asked, state = place.look()
buttons(place, job, asked, state)
if job is None or state is None:
    listed(wanted)
else:
    watch(job, state, Config.default(), lambda _: listed(wanted), counted="claims", early=True, every=REDRAW_SECONDS)
