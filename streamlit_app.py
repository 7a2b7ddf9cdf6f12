"""Vitals: see whether a neural network is alive. The frame around every page: menu, controls, then the page."""

import streamlit as st

from ui.frame import framed, navigation

st.set_page_config("Vitals", ":material/vital_signs:", layout="wide")
page = navigation()

# After the menu, so that it is on the screen while torch is loading.
from ui.process import prepare  # noqa: E402
from ui.sidebar import link_problems, sidebar  # noqa: E402

prepare()
sidebar(page.url_path)
for problem in link_problems():
    st.warning(f"This link asks for something that is not possible: {problem}. The default stands in.")
with framed():
    page.run()
