"""A slim head: the room that Streamlit leaves above a page and around its title goes to the charts.

On a phone the controls stand below the charts that they change, and not in a drawer that covers these: the sidebar is
laid there as long as its drawer is shut. Opened, it is the drawer that it always was, with the menu of pages.

For a projector all of the page is as large as its letters, which grow with the screen.
"""

from functools import cache
from pathlib import Path

import streamlit as st


@cache
def _style(file: str) -> str:
    return f"<style>{Path(__file__).with_name(file).read_text(encoding='utf-8')}</style>"


def slim() -> None:
    """Let the page begin at the top."""
    st.html(_style("slim.css"))


def enlarge() -> None:
    """Let all letters be large, and with them all that is measured by them."""
    st.html(_style("large.css"))
