"""Kept controls: their values stay while another page is on the screen, and the link of their page describes them.

Streamlit forgets the value of a control that is not drawn, and its own way of binding one to the link forbids everybody
else to write the link. So the session remembers here which controls there are, on which page, and what they start from.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, NamedTuple

import streamlit as st

from core.words.said import said
from ui.teaching import held, hidden

KEPT, PAGE = "kept_controls", "page"
MOMENTS, MOMENT_SECONDS = 3, 0.5  # how often a page that has no sidebar looks whether one is left, and when


class _Control(NamedTuple):
    page: str
    start: Any
    label: str


def choose(
    draw: Callable[..., Any], label: str, options: Collection[Any], key: str, start: Any, **settings: Any
) -> Any:
    """Draw a kept control, such as st.selectbox, and return its value; a teacher's link may hide it.

    A range of numbers goes to `draw` by its ends, as st.slider wants them; False and True are what st.toggle has.
    Options that are ids come as a mapping to their words.
    """
    if isinstance(options, Mapping):
        settings = {"format_func": lambda option: said(options[option]), **settings}
    kept(key, options, start, label)
    if key in hidden():
        return st.session_state[key]
    return draw(said(label), *_as_wanted(options), key=key, **_said_of(settings))


def _said_of(settings: dict[str, Any]) -> dict[str, Any]:
    return settings | {"help": said(settings["help"])} if settings.get("help") else settings


def _as_wanted(options: Collection[Any]) -> tuple[Any, ...]:
    if isinstance(options, range):
        return options[0], options[-1]
    return () if list(options) == [False, True] else (list(options),)


def kept(key: str, options: Iterable[Any], start: Any, label: str = "") -> str:
    """The key for a control that is about to be drawn, whose value is one of `options`.

    At first it is what the link says, if that is possible, or else `start`, as it is where an option is gone. Without
    a label no teacher's link can hide it.
    """
    allowed = list(options)
    by_word = {str(option): option for option in allowed}
    wanted = _remembered(key, by_word.get(_said(key) or "", start))
    st.session_state[key] = wanted if wanted in allowed else start
    st.session_state.setdefault(KEPT, {})[key] = _Control(st.session_state.get(PAGE, ""), start, label)
    return key


def choose_several(
    draw: Callable[..., Any], label: str, options: Iterable[Any], key: str, start: list[Any], **settings: Any
) -> list[Any]:
    """As `choose`, for a control whose value is a list of `options`. Its link names them with commas between them.

    Options that are gone are left out.
    """
    by_word = {str(option): option for option in options}
    linked = _said(key)
    asked = start if linked is None else [by_word[word] for word in linked.split(",") if word in by_word]
    wanted = _remembered(key, list(dict.fromkeys(asked)))
    st.session_state[key] = [option for option in wanted if option in by_word.values()]
    st.session_state.setdefault(KEPT, {})[key] = _Control(st.session_state.get(PAGE, ""), start, label)
    if key in hidden():
        return list(st.session_state[key])
    return list(draw(said(label), list(by_word.values()), key=key, **_said_of(settings)))


def _said(key: str) -> str | None:
    """What the link says of a control; of one that is hidden, what the teacher's link says."""
    return held().get(key) if key in hidden() else st.query_params.get(key)


def _remembered(key: str, asked: Any) -> Any:
    """The value of a control in this session, or else what is said of it, which is all that counts if it is hidden."""
    return asked if key in hidden() else st.session_state.get(key, asked)


def keep() -> None:
    """Keep the controls of all pages for this run, also those that are not drawn in it."""
    for key in st.session_state.get(KEPT, {}):
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def follow_link(page: str) -> None:
    """Let the kept controls of a page be what its link says: for a link that the visitor has changed."""
    for key, control in st.session_state.get(KEPT, {}).items():
        if control.page == page and key in st.session_state:
            del st.session_state[key]


def in_link(page: str) -> dict[str, str]:
    """What the link of a page has to say of its kept controls: those that differ from their start."""
    controls: dict[str, _Control] = st.session_state.get(KEPT, {})
    here = {key: control.start for key, control in controls.items() if control.page == page and key in st.session_state}
    followed = {key for key, control in controls.items() if control.page == page} - here.keys()
    said = {key: st.query_params[key] for key in followed if key in st.query_params}  # about to be read from there
    return said | {key: _word(st.session_state[key]) for key, start in here.items() if st.session_state[key] != start}


def hideable(page: str) -> dict[str, str]:
    """The kept controls of a page that a teacher's link can hide, with their labels."""
    controls: dict[str, _Control] = st.session_state.get(KEPT, {})
    return {key: control.label for key, control in controls.items() if control.page == page and control.label}


def _word(value: Any) -> str:
    """How a link says the value of a control."""
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)


def is_kept(key: str) -> bool:
    """Whether a name in the link is that of a kept control."""
    return key in st.session_state.get(KEPT, {})


def once_more() -> None:
    """Run nothing for a few times, and then the page again. Streamlit takes an empty sidebar away only when something
    ends after the browser has drawn the page without it; when that is, only the browser knows."""
    left = MOMENTS

    @st.fragment(run_every=MOMENT_SECONDS)
    def again() -> None:
        nonlocal left
        if left == 0:
            st.rerun()
        left -= 1

    again()
