"""The teacher's link: it opens a page at one setting, without the controls that the teacher has chosen to hide.

Its parameter `hide` names them, and `seal` holds their values, with a checksum. From then on nothing moves them: no
other value in the address, no other link of the session, no step back, no button. Where somebody has changed the seal,
it does not count, and the hidden controls start as always. That keeps a class together; it is no lock, for without
`hide` the same address opens the whole page.
"""

import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Collection, Mapping
from hashlib import sha256
from json import dumps, loads
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.words.said import said
from ui.old_links import NAMES, renewed

HIDE, SEAL = "hide", "seal"
TAUGHT, ASKED = "taught", "teachers_link_asked_for"
NAME = re.compile(r"[a-z_]{1,40}")
MOST = 100  # names in one link
LONGEST_SEAL, CHECKSUM = 4000, 8  # characters


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
    """Hide what the link says, and hold it where the link's seal says."""
    link = st.query_params.to_dict()
    if HIDE not in link:
        return
    names = {NAMES.get(name, name) for name in link[HIDE].split(",")[:MOST] if NAME.fullmatch(name)} - {HIDE, SEAL}
    values = _unsealed(link[SEAL]) if SEAL in link else {}
    if values is None:
        words = "This link was changed or cut off, so what it hides starts as always. Ask for the link again."
        st.toast(said(words), icon=":material/link_off:", duration="long")
    elif names & link.keys():
        st.toast(
            said("What this link hides cannot be changed in the address."), icon=":material/link_off:", duration="long"
        )
    known = held() | (values or {})
    st.session_state[TAUGHT] = {name: known.get(name) for name in names}


def sealed(link: Mapping[str, str], names: Collection[str] = ()) -> dict[str, str]:
    """A link that hides the controls of these names and holds what it says of them; or else those of this session."""
    taught = {name: link.get(name) for name in names} or _taught()
    plain = {name: value for name, value in link.items() if name not in (HIDE, SEAL) and name not in taught}
    kept = {name: value for name, value in taught.items() if value is not None}
    return plain | ({HIDE: ",".join(sorted(taught))} if taught else {}) | ({SEAL: _seal(kept)} if kept else {})


def _seal(values: Mapping[str, str]) -> str:
    written = urlsafe_b64encode(dumps(values, sort_keys=True, separators=(",", ":")).encode()).decode().rstrip("=")
    return written + _checksum(written)


def _unsealed(seal: str) -> dict[str, str] | None:
    """What a seal holds; None where it is none."""
    written = seal[:-CHECKSUM]
    if len(seal) > LONGEST_SEAL or seal != written + _checksum(written):
        return None
    try:
        values = loads(urlsafe_b64decode(written + "=" * (-len(written) % 4)))
    except ValueError:
        return None
    sound = isinstance(values, dict) and all(isinstance(value, str) for value in values.values())
    return renewed(values) if sound else None


def _checksum(written: str) -> str:
    return sha256(written.encode()).hexdigest()[:CHECKSUM]


def address(link: Mapping[str, str]) -> str:
    """The address of the page on the screen with this link."""
    return urlsplit(st.context.url or "")._replace(query=urlencode(link), fragment="").geturl()


def teachers_link(labels: Mapping[str, str], link: Mapping[str, str], width: str) -> None:
    """A button that asks which controls to hide, of those with these names and labels, and gives the link that does.

    There is none where a teacher's link was opened: it is for the class.
    """
    if hidden():
        return
    st.button(said("Teacher's link"), icon=":material/co_present:", on_click=_ask, width=width)
    if st.session_state.pop(ASKED, False):
        st.dialog(said("Teacher's link"))(_dialog)(labels, link)


def _ask() -> None:
    st.session_state[ASKED] = True


def _dialog(labels: Mapping[str, str], link: Mapping[str, str]) -> None:
    st.caption(
        said(
            "Opens this page as it is now, without the controls that you choose here. Nothing in the address "
            "moves them."
        )
    )
    names = st.pills(said("Hide"), list(labels), selection_mode="multi", format_func=lambda name: said(labels[name]))
    made = address(sealed(link, names))
    st.code(made, language=None, wrap_lines=True)
    st.link_button(said("Open it"), made, icon=":material/open_in_new:")
