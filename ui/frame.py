"""The frame: which pages there are, and the guard that lets none of them run without it.

A page is one file in pages/ that begins with a docstring and the constants TITLE, ICON and ORDER. One whose docstring
begins with "Lesson: " is a lesson, which is not in the menu but on the page Learn. Beside a page stand the controls of
the Config, unless it is a lesson or says CONTROLS = False; one that says KNOBS = True draws those in front by itself,
together with what they change. All stand in one folder: at its first run, a server knows no
page but the files of pages/ itself.

Until some session has called st.navigation, Streamlit itself runs a file of pages/ that a deep link names, alone and
with its own menu. So a page begins with `inside_frame()`: without the entry point around it, that builds the frame and
starts over.

This module imports nothing heavy: the menu is on the screen before torch is loaded.
"""

import ast
import json
from base64 import b64encode
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import streamlit as st

from core.words.said import said

PAGES = Path(__file__).parent.parent / "pages"
LESSON = "Lesson: "
# As the browser takes it: a file would be gone when only a part of the page is drawn again, and a named icon would be
# fetched from another host.
ICON = f"data:image/png;base64,{b64encode(Path(__file__).with_name('icon.png').read_bytes()).decode()}"
# Streamlit leaves it open, and the next visit finds it so.
DRAWER = """<style>:has(> .st-key-drawer) { position: absolute; }</style>
<script>
  if (matchMedia("(max-width: 768px)").matches && ADDRESS !== undefined)
    document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
</script>"""
TURN, WORDS = "turn_to", "words_at_turn"

_framed: ContextVar[bool] = ContextVar("framed", default=False)


class Heading(NamedTuple):
    """What a page file says of itself."""

    file: Path
    title: str
    icon: str
    order: int
    about: str
    is_lesson: bool
    has_controls: bool
    has_knobs: bool

    @property
    def path(self) -> str:
        """The file as Streamlit names a page: from the folder of the entry point."""
        return self.file.relative_to(PAGES.parent).as_posix()


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
    is_lesson = about.startswith(LESSON)
    has = constants.get("CONTROLS", not is_lesson), constants.get("KNOBS", False)
    return Heading(file, constants["TITLE"], constants["ICON"], constants["ORDER"], about, is_lesson, *has)


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


def lab_link(page: st.Page, settings: Iterable[str]) -> None:
    """Open the lab where a link to "/" names some of these settings."""
    if not page.url_path and not st.query_params.keys().isdisjoint(settings):
        st.switch_page("pages/lab.py", query_params=st.query_params.to_dict())


def has_controls(address: str) -> bool:
    """Whether the controls of the Config stand beside the page of this address."""
    return _at(address).has_controls


def has_knobs(address: str) -> bool:
    """Whether the page of this address draws the controls in front by itself."""
    return _at(address).has_knobs


def _at(address: str) -> Heading:
    return next(heading for heading in headings() if heading.file.stem == (address or headings()[0].file.stem))


@cache
def lessons() -> tuple[Heading, ...]:
    """The lessons, in their order."""
    return tuple(heading for heading in headings() if heading.is_lesson)


def _page(heading: Heading, **settings: Any) -> st.Page:
    return st.Page(heading.file, title=said(heading.title), icon=heading.icon, **settings)


def shut_drawer(address: str) -> None:
    """On a phone the sidebar lies over the page like a drawer: it is shut whenever it has led to another one. The
    address of the page is part of the script, which the browser runs again only when that changes."""
    with st.container(key="drawer"):
        st.html(DRAWER.replace("ADDRESS", json.dumps(address)), unsafe_allow_javascript=True)


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
