"""The teacher's link: it opens a page at one setting, without the controls that the teacher has chosen to hide.

Its parameter `hide` names them. `seal` is a checksum of what the link says of them: where somebody has changed that by
hand, it does not count, and the hidden controls start as always. From then on nothing moves them: no other link of the
session, no step back, no button. That keeps a class together; it is no lock, for without `hide` the same address opens
the whole page.
"""

import re
from collections.abc import Collection, Mapping
from hashlib import sha256
from json import dumps
from urllib.parse import urlencode, urlsplit

import streamlit as st

HIDE, SEAL = "hide", "seal"
TAUGHT, ASKED = "taught", "teachers_link_asked_for"
NAME = re.compile(r"[a-z_]{1,40}")
MOST = 100  # names in one link


def hidden() -> frozenset[str]:
    """The names of the controls that are hidden in this session."""
    return frozenset(_taught())


def held() -> dict[str, str]:
    """What the teacher's link says of the controls that it hides; the others start as always."""
    return {name: value for name, value in _taught().items() if value is not None}


def _taught() -> Mapping[str, str | None]:
    taught: Mapping[str, str | None] = st.session_state.get(TAUGHT, {})
    return taught


def heed_link() -> None:
    """Hide what the link says. What it says of hidden controls is dropped, unless the teacher has said it."""
    link = st.query_params.to_dict()
    if HIDE not in link:
        return
    names = {name for name in link[HIDE].split(",")[:MOST] if NAME.fullmatch(name)} - {HIDE, SEAL}
    if not names or link.get(SEAL, _seal(names, {})) == _seal(names, link):
        st.session_state[TAUGHT] = {name: link.get(name) for name in names}
        return
    st.session_state[TAUGHT] = {name: held().get(name) for name in names}
    st.query_params.from_dict({name: value for name, value in link.items() if name not in names and name != SEAL})
    st.toast(
        f"This link was changed by hand. What it hides stays: {', '.join(sorted(names))}.", icon=":material/link_off:"
    )


def sealed(link: Mapping[str, str], names: Collection[str] | None = None) -> dict[str, str]:
    """A link with what is to be said in it of hidden controls: of these, or of those of this session."""
    names = hidden() if names is None else names
    plain = {name: value for name, value in link.items() if name not in (HIDE, SEAL)}
    if not names:
        return plain
    return plain | {HIDE: ",".join(sorted(names)), SEAL: _seal(names, plain)}


def _seal(names: Collection[str], link: Mapping[str, str]) -> str:
    return sha256(dumps([[name, link.get(name)] for name in sorted(names)]).encode()).hexdigest()[:8]


def address(link: Mapping[str, str]) -> str:
    """The address of the page on the screen with this link."""
    return urlsplit(st.context.url or "")._replace(query=urlencode(link), fragment="").geturl()


def teachers_link(labels: Mapping[str, str], link: Mapping[str, str], width: str) -> None:
    """A button that asks which controls to hide, of those with these names and labels, and gives the link that does."""
    st.button("Teacher's link", icon=":material/co_present:", on_click=_ask, width=width)
    if st.session_state.pop(ASKED, False):
        _dialog(labels, link)


def _ask() -> None:
    st.session_state[ASKED] = True


@st.dialog("Teacher's link")
def _dialog(labels: Mapping[str, str], link: Mapping[str, str]) -> None:
    st.caption(
        "Opens this page as it is now, without the controls that you choose here. Where somebody changes their values "
        "in the link by hand, they start as always instead."
    )
    names = st.pills("Hide", list(labels), selection_mode="multi", format_func=labels.__getitem__)
    st.code(address(sealed(link, names)), language=None, wrap_lines=True)
