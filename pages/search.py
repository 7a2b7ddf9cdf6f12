"""Search: grid against random against coarse to fine, on the same budget."""

TITLE = "Search"
ICON = ":material/travel_explore:"
ORDER = 3

from ui.frame import inside_frame

inside_frame()

from functools import partial

import streamlit as st

from core.datasets import DataUnavailable
from core.words.said import said, why
from ui.jobs.jobs import controls, slot, watch
from ui.jobs.limit import duration
from ui.missing import lacks_table, offer_other_data
from ui.sidebar import say_problems, settings
from ui.sweeps.search import WORDS, choices, columns, searched, seconds_of

say_problems()
st.title(said(TITLE), anchor=False)
st.caption(
    said(
        "Three ways to look for good settings with the same number of networks. Where only one knob "
        "matters, a grid tries few values of it, and random search as many as there are trials."
    )
)
config = settings()
try:
    asked = choices(config)
    seconds = seconds_of(asked)
except ValueError as problem:
    st.error(said("There is no such search: {problem}.", problem=why(problem)), icon=":material/error:")
    st.stop()
place = slot("search")
job, now, state = place.look()
controls(place, state, asked, partial(searched, asked), WORDS, lacking=lacks_table(config), seconds=seconds)
if job is None or state is None:
    st.info(
        said(
            "Three times {budget} networks of {steps} steps. Press Search to train them. That takes about {took} while "
            "nobody else works here.",
            budget=asked.budget,
            steps=asked.base.steps,
            took=duration(seconds),
        ),
        icon=":material/info:",
    )
    st.stop()
watch(job, state, now.base, partial(columns, now.knobs))
if isinstance(job.problem, DataUnavailable) and not lacks_table(config):
    offer_other_data(config)
