"""Search: grid against random against coarse to fine, on the same budget."""

TITLE = "Search"
ICON = ":material/travel_explore:"
ORDER = 3

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.datasets import DataUnavailable
from ui.finder import choices, columns
from ui.lab import offer_other_data
from ui.sidebar import settings

st.title("Search", anchor=False)
st.caption(
    "Three ways to look for good settings with the same number of networks. Where only one knob matters, a grid tries "
    "few values of it, and random search as many as there are trials."
)
config = settings()
try:
    base, knobs, budget, draw = choices(config)
except ValueError as problem:
    st.error(f"There is no such search: {problem}.", icon=":material/error:")
    st.stop()
asked = (base, knobs, budget, draw)
st.button(
    ":primary[**Search**]",
    icon=":material/play_arrow:",
    on_click=lambda: st.session_state.update(search_asked=asked),
)
if st.session_state.get("search_asked") == asked:
    try:
        columns(*asked)
    except DataUnavailable as problem:
        offer_other_data(config, problem)
    except ValueError as problem:
        st.error(f"There is no such search: {problem}.", icon=":material/error:")
else:
    st.info(f"Three times {budget} networks of {base.steps} steps. Press Search to train them.", icon=":material/info:")
