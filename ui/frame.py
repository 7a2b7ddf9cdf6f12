"""The frame: which pages there are, and the guard that lets none of them run without it.

A page is one file in pages/ that begins with a docstring and the constants TITLE, ICON and ORDER; one whose SECTION is
that of the lessons is not in the menu but on the page Learn. The controls of the Config stand beside all but those, and
those that say `CONTROLS = False`. Until some session has called st.navigation, Streamlit itself runs a file of pages/
that a deep link names, alone and with its own menu. So a page begins with `inside_frame()`: without the entry point
around it, that builds the frame and starts over.

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
    controls: bool
    about: str

    @property
    def is_lesson(self) -> bool:
        """Whether it is a lesson, and not the page that lists them, which bears the name of the section."""
        return self.section == LESSONS != self.title


@cache
def headings() -> tuple[Heading, ...]:
    """The pages in the order of the menu. Read from the source: importing a page would run it."""
    return tuple(sorted((_heading(file) for file in PAGES.glob("*.py")), key=lambda heading: heading.order))


def _heading(file: Path) -> Heading:
    tree = ast.parse(file.read_text("utf-8"))
    constants = {
        statement.targets[0].id: ast.literal_eval(statement.value)
        for statement in tree.body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.targets[0], ast.Name)
        and isinstance(statement.value, ast.Constant)
    }
    about = ast.get_docstring(tree) or ""
    section = constants.get("SECTION", NO_SECTION)
    controls = constants.get("CONTROLS", section != LESSONS)
    return Heading(file, constants["TITLE"], constants["ICON"], constants["ORDER"], section, controls, about)


def navigation() -> st.Page:
    """Draw the menu and return the page to run. A page's address is its file's name; the first is at "/" as well."""
    first = headings()[0]
    home = _page(first, url_path="", default=True)
    # Streamlit knows its default page by "/" alone, so the first page stands there twice: it is in the menu only once.
    others = [_page(h, url_path=h.file.stem, visibility=_visibility(h)) for h in headings()]
    return st.navigation([home, *others], position="top")


def _visibility(heading: Heading) -> str:
    """The first page is in the menu as home. Lessons are reached from the page Learn: Streamlit's own sections of a
    menu are a list without items to a screen reader."""
    return "hidden" if heading is headings()[0] or heading.is_lesson else "visible"


def has_controls(address: str) -> bool:
    """Whether the controls of the Config stand beside the page of this address: lessons have some of their own."""
    return all(heading.controls for heading in headings() if heading.file.stem == address)


@cache
def lessons() -> tuple[Heading, ...]:
    """The lessons, in their order."""
    return tuple(heading for heading in headings() if heading.is_lesson)


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
