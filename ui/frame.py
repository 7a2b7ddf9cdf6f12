"""The frame: which pages there are, and the guard that lets none of them run without it.

A page is one file in pages/ that begins with a docstring and the constants TITLE, ICON and ORDER; one that names a
SECTION stands in the menu under that name, with others of it. Until some session
has called st.navigation, Streamlit itself runs a file of pages/ that a deep link names, alone and with its own menu. So
a page begins with `inside_frame()`: without the entry point around it, that builds the frame and starts over.

This module imports nothing heavy: the menu is on the screen before torch is loaded.
"""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

PAGES = Path(__file__).parent.parent / "pages"
ICON = str(Path(__file__).parent / "icon.png")  # a file: the browser would fetch a named icon from another host
TURN, WORDS = "turn_to", "words_at_turn"
NO_SECTION, LESSONS = "", "Learn"

_framed: ContextVar[bool] = ContextVar("framed", default=False)


class Heading(NamedTuple):
    """What a page file says of itself."""

    file: Path
    title: str
    icon: str
    order: int
    section: str


@cache
def headings() -> tuple[Heading, ...]:
    """The pages in the order of the menu. Read from the source: importing a page would run it."""
    return tuple(sorted((_heading(file) for file in PAGES.glob("*.py")), key=lambda heading: heading.order))


def _heading(file: Path) -> Heading:
    constants = {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in ast.parse(file.read_text("utf-8")).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
    }
    return Heading(
        file, constants["TITLE"], constants["ICON"], constants["ORDER"], constants.get("SECTION", NO_SECTION)
    )


def navigation() -> st.Page:
    """Draw the menu and return the page to run. A page's address is its file's name; the first is at "/" as well."""
    first = headings()[0]
    home = _page(first, url_path="", default=True)
    # Streamlit knows its default page by "/" alone, so the first page stands there twice: it is in the menu only once.
    menu: dict[str, list[Any]] = {NO_SECTION: [home]}
    for heading in headings():
        visibility = "hidden" if heading is first else "visible"
        menu.setdefault(heading.section, []).append(_page(heading, url_path=heading.file.stem, visibility=visibility))
    return st.navigation(menu, position="top")


def is_lesson(address: str) -> bool:
    """Whether the page of this address is a lesson, which has its own controls instead of those of the sidebar."""
    return any(heading.file.stem == address for heading in lessons())


@cache
def lessons() -> tuple[Heading, ...]:
    """The lessons, in their order."""
    return tuple(heading for heading in headings() if heading.section == LESSONS)


def _page(heading: Heading, **settings: Any) -> st.Page:
    return st.Page(heading.file, title=heading.title, icon=heading.icon, **settings)


def turn_to(file: str, words: str | None = None) -> None:
    """Open another page, named by its file, in the next run, and say there what it shows: for callbacks. A page that
    asked its button could be drawn anew before it came to it, and the click would be lost."""
    st.session_state[TURN] = file
    if words is not None:
        st.session_state[WORDS] = words


def turn_page() -> None:
    """Go where a callback has asked to; once there, say why."""
    if TURN in st.session_state:
        st.switch_page(st.session_state.pop(TURN))
    if WORDS in st.session_state:
        st.toast(st.session_state.pop(WORDS), icon=":material/info:", duration="long")


@contextmanager
def framed() -> Iterator[None]:
    """What runs inside this block is inside the frame."""
    token = _framed.set(True)
    try:
        yield
    finally:
        _framed.reset(token)


def inside_frame() -> None:
    """Let a page go on only inside the frame; otherwise build the frame and start over."""
    if not _framed.get():
        navigation()
        st.rerun()
