"""Vitals: see whether a neural network is alive. The frame around every page: menu, controls, then the page."""

import streamlit as st

from ui.controls import keep
from ui.frame import ICON, framed, has_controls, lab_link, navigation, shut_drawer, turn_page
from ui.old_links import renew_link
from ui.start.cold import warm_up
from ui.start.end import end_with_the_server
from ui.teaching import heed_link, hidden

st.set_page_config("Vitals", ICON, layout="wide")
page = navigation()
end_with_the_server()
warm_up(page.url_path)
renew_link()
keep()
turn_page()
heed_link()

# After the menu and the words of the cold start: these need torch.
from core.config import Config  # noqa: E402
from core.diagnosis.patients.cases import CASE  # noqa: E402
from ui.jobs.visitors import greet  # noqa: E402
from ui.show import drawn_if_there_is_room  # noqa: E402
from ui.sidebar import sidebar, without_controls  # noqa: E402
from ui.upload import upload  # noqa: E402

greet()
lab_link(page, (Config.fields().keys() | {CASE}) - hidden())
if has_controls(page.url_path):
    sidebar(page.url_path)
    upload()
else:
    without_controls(page.url_path)
shut_drawer(page.url_path)
with framed():
    drawn_if_there_is_room(page.run)
