"""Vitals: see whether a neural network is alive. The frame around every page: menu, controls, then the page."""

import streamlit as st

from ui.cold import warm_up
from ui.frame import ICON, framed, navigation, turn_page
from ui.kept import keep

st.set_page_config("Vitals", ICON, layout="wide")
page = navigation()
warm_up()
keep()
turn_page()

# After the menu and the words of the cold start: these need torch.
from ui.show import plain  # noqa: E402
from ui.sidebar import link_problems, sidebar  # noqa: E402
from ui.upload import upload  # noqa: E402

sidebar(page.url_path)
if problems := link_problems():
    listed = "".join(f"\n- {plain(problem)}" for problem in problems)
    st.warning(f"This link asks for what is not possible; the defaults stand in.\n{listed}", icon=":material/link_off:")
upload()
with framed():
    page.run()
