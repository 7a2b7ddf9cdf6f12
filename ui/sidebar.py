"""The sidebar: a control for every field of the Config, kept in step with the URL.

The settings live in the session as plain values; the URL describes them, and a URL that the visitor changes (a link,
the back button) becomes the settings.

A page may follow the controls by itself. It draws the knobs, which are those in front, together with what SHOWS the
settings: one press draws these anew and nothing else. Words that TELL the settings follow a moment later, when the hand
rests; so does the link.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import groupby
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.config import Config
from core.config.declared import ConflictError
from core.config.fields import Field, Text
from core.config.setup import DATA, FRONT, NETWORK, TRAINING
from core.config.tasks import told, turned
from core.diagnosis.patients.cases import CASE, asked_in
from core.words.said import Sentence, said, why
from ui.controls import PAGE, follow_link, hideable, in_link, is_kept, once_more
from ui.fields import STARTED, TIMES, control, key_of
from ui.frame import has_controls, has_knobs, turn_to
from ui.show import drawn_if_there_is_room, with_list
from ui.teaching import address, held, hidden, sealed, teachers_link

# What the session remembers: the settings in force; what the controls hold, which may not fit together; the settings as
# they will be set in the next run; the place of the knobs; the link last written, and those it replaced; what was wrong
# with a link; the page.
SETTINGS, CONTROLS, NEXT, KNOBS = "settings", "controls", "settings_next", "knobs"
LINK, REPLACED, PROBLEMS = "link", "replaced_links", "link_problems"
# The keys of what follows the controls; how often it did so by itself, and what that was when the settings were told.
SHOWS, TELLS = "shows_settings", "tells_settings"
MOVES, TOLD = "moves", "told_moves"

STALE_SECONDS = 2.0  # for so long a browser may still send a link that was replaced: its next request is on its way
ICONS = {DATA: ":material/database:", NETWORK: ":material/hub:", TRAINING: ":material/trending_down:"}
ICON = ":material/straighten:"


def sidebar(page: str) -> None:
    """Draw the controls and take over what they say. `page` is the address of the page on the screen."""
    controls = _controls(page)
    with st.sidebar:
        for group, fields in groupby(_shown(controls), key=lambda item: item[1].group):
            if group == FRONT and has_knobs(page):
                st.session_state[KNOBS] = st.container()
                continue
            with st.container() if group == FRONT else st.expander(said(group), icon=ICONS.get(group, ICON)):
                controls |= {name: control(name, field, controls[name], _moved_by_hand) for name, field in fields}
                if group == DATA and (words := told(controls)):
                    st.caption(said(words))
        st.session_state[CONTROLS] = controls
        try:
            st.session_state[SETTINGS] = Config(**controls).to_dict()
        except ValueError as problem:
            st.error(
                said("{problem}. The network shown is the last one that fits.", problem=why(problem)),
                icon=":material/error:",
            )
        _footer(page)


def showing(draw: Callable[[], None], run_every: float | None, also: Callable[[], None]) -> None:
    """Draw what shows the settings, what `also` does, and the knobs: a knob that is moved draws all of them anew. With
    `run_every`, the first is drawn after so many seconds, too. The browser hears so each time, as it may forget it."""

    def together() -> None:
        knobs()
        also()
        st.fragment(_drawn, run_every=run_every)(partial(drawn_if_there_is_room, draw))

    st.fragment(_drawn, key=SHOWS)(together)


def telling(draw: Callable[[], None]) -> None:
    """Draw words that tell the settings."""
    st.fragment(_drawn, key=TELLS)(draw)


def tell() -> None:
    """Tell the settings now: for callbacks of what shows them."""
    st.rerun(scope=TELLS)


def untold() -> int:
    """0 where the settings were told since a control was moved; else a number, another one at each move."""
    moves: int = st.session_state.get(MOVES, 0)
    return moves if moves != st.session_state[TOLD] else 0


def _drawn(draw: Callable[[], None]) -> None:
    """One function for all that is drawn: Streamlit lets fragments share a key only if they are the same."""
    draw()


def knobs() -> None:
    """Draw the controls in front where they belong, and take over what they say. Where more is to change than what
    shows the settings, the whole page is drawn."""
    before = st.session_state[CONTROLS]
    with st.session_state[KNOBS]:
        front = [(name, field) for name, field in _shown(before) if field.group == FRONT]
        controls = before | {name: control(name, field, before[name], None) for name, field in front}
    if controls != before and not _took_over(controls):
        st.rerun()


def _moved_by_hand() -> None:
    """Let only what shows the settings be drawn again, if a control that was just moved changes no more than that."""
    controls = _turned_to_task()
    if has_knobs(st.session_state[PAGE]) and _took_over(controls):
        with suppress(StreamlitAPIException):  # where nothing can be shown, the whole page is drawn
            st.rerun(scope=SHOWS)


def _turned_to_task() -> dict[str, Any]:
    """What the controls say, with the defaults of the task where a data set of another task was just chosen."""
    before = st.session_state[CONTROLS]
    controls = {name: st.session_state.get(key_of(name), value) for name, value in before.items()}
    changed = {name: value for name, value in turned(controls, before).items() if name not in hidden()}
    st.session_state.update({key_of(name): value for name, value in changed.items()})
    return controls | changed


def _took_over(controls: dict[str, Any]) -> bool:
    """Whether these controls became the settings, as nothing else has to change with them."""
    before = st.session_state[CONTROLS]
    is_more = NEXT in st.session_state or st.session_state[PROBLEMS] or before != st.session_state[SETTINGS]
    if is_more or _shown(controls) != _shown(before):
        return False
    with suppress(ConflictError):
        values, moves = Config(**controls).to_dict(), st.session_state.get(MOVES, 0)
        st.session_state.update({CONTROLS: controls, SETTINGS: values, MOVES: moves + 1})
        return True
    return False


def without_controls(page: str) -> None:
    """Instead of the sidebar, for a page with controls of its own: the settings stay as they are, out of its link."""
    link, last = st.query_params.to_dict(), st.session_state.get(PAGE)
    if last == page and _is_new(link):
        follow_link(page)
    _write_link({}, page)
    if last is not None and has_controls(last):
        once_more()


def problems_of_link() -> tuple[str, list[str]]:
    """What the URL asked for that is not possible, and why each is not, until a control is moved; or nothing."""
    problems: tuple[Sentence, ...] = st.session_state.get(PROBLEMS, ())
    words = said("This link asks for what is not possible; the defaults stand in.") if problems else ""
    return words, list(map(said, problems))


def say_problems() -> None:
    """Say what is wrong with the link where a page begins."""
    words, problems = problems_of_link()
    if words:
        st.warning(with_list(words, problems), icon=":material/link_off:")


def settings() -> Config:
    """The Config that the controls describe; where they do not fit together, the last that did."""
    return Config(**st.session_state[SETTINGS])


def use(config: Config) -> None:
    """Make these the settings, but not what is hidden: for callbacks, which run before the controls are drawn.

    The controls are new ones then: a redraw on its way from the browser still says what the old ones said.
    """
    try:
        values = config.with_instead(**_taught()).to_dict()
    except ConflictError:  # what is hidden goes with nothing but what was there
        values = st.session_state.get(SETTINGS, Config().to_dict())
    st.session_state.update({SETTINGS: values, CONTROLS: values, STARTED: values, PROBLEMS: ()})
    _renew(values)


def _renew(values: Mapping[str, Any]) -> None:
    """Let the controls be new ones that say this."""
    for name in values:
        st.session_state.pop(key_of(name), None)
    st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1
    st.session_state.update({key_of(name): value for name, value in values.items()})


def use_next(config: Config) -> None:
    """Make these the settings in the next run: for callbacks of a fragment, whose run draws no controls."""
    st.session_state[NEXT] = config.to_dict()


def _taught() -> dict[str, Any]:
    """The settings that a teacher's link hides: as it has them, or as they are at first."""
    texts = {name: text for name, text in held().items() if name in Config.fields()}
    chosen = {name: getattr(Config.from_query({name: text}), name) for name, text in texts.items()}
    return {name: getattr(Config.default(), name) for name in hidden() & Config.fields().keys()} | chosen


def to_lab(config: Config, words: str) -> None:
    """Open these settings in the lab, and say there what they are: for callbacks."""
    use(config)
    held_back = said("{words} What the teacher has hidden stays as it is.", words=words)
    turn_to("pages/lab.py", words if settings() == config else held_back)


def put(name: str, value: Any) -> None:
    """Change one setting that has no control: for callbacks, as `use`."""
    st.session_state[key_of(name)] = value
    _turned_to_task()


def _controls(page: str) -> dict[str, Any]:
    """What the controls say now: what the visitor made of them, or of the URL."""
    if NEXT in st.session_state:
        use(Config(**st.session_state.pop(NEXT)))
    if CONTROLS in st.session_state and has_knobs(st.session_state.get(PAGE, page)) != has_knobs(page):
        _renew(st.session_state[CONTROLS])  # to Streamlit, what a page draws is not what stands beside it
    link = st.query_params.to_dict()
    last: dict[str, Any] | None = st.session_state.get(CONTROLS)
    if last is None or _is_by_visitor(link, last, page):
        config, problems = asked_in({**link, **held()})
        use(config)
        follow_link(page)
        st.session_state[PROBLEMS] = problems
    elif _moved(last):
        st.session_state[PROBLEMS] = ()
    last = st.session_state[CONTROLS]
    return {name: st.session_state.get(key_of(name), value) for name, value in last.items()}


def _moved(last: Mapping[str, Any]) -> bool:
    """Whether the visitor has just moved a control."""
    return any(st.session_state.get(key_of(name), value) != value for name, value in last.items())


def _is_by_visitor(link: Mapping[str, str], last: Mapping[str, Any], page: str) -> bool:
    """Whether the visitor has just changed the link: not by moving a control, nor by going to another page, which drops
    it."""
    if _moved(last):
        return False
    if not link and st.session_state.get(PAGE) != page:
        return False
    return _is_new(link)


def _is_new(link: Mapping[str, str]) -> bool:
    """Whether a link is neither the one that was written last, nor one that a request may still carry."""
    if link == st.session_state.get(LINK):
        return False
    return link not in [old for since, old in st.session_state.get(REPLACED, ()) if monotonic() - since < STALE_SECONDS]


def _shown(controls: Mapping[str, Any]) -> list[tuple[str, Field]]:
    """The fields that matter, given the choices. Text is none that a visitor would write: pages set it with `put`."""
    fields = {name: field for name, field in Config.fields().items() if not isinstance(field, Text)}
    seen = fields.keys() - hidden()
    return [(name, field) for name, field in fields.items() if name in seen and Config.is_asked_for(name, controls)]


def _footer(page: str) -> None:
    st.button(said("Reset settings"), icon=":material/restart_alt:", on_click=use, args=(Config(),), width="stretch")
    telling(partial(_copy_link, page))
    config = settings()
    labels = {name: field.label for name, field in _shown(config.to_dict())} | hideable(page)
    teachers_link(labels, in_link(page) | config.to_query(), "stretch")


def _copy_link(page: str) -> None:
    _write_link(settings().to_query(), page)
    st.session_state[TOLD] = st.session_state.get(MOVES, 0)
    link = in_link(page) | settings().to_query(full=True)
    with st.popover(said("Copy link"), icon=":material/link:", width="stretch"):
        st.caption(said("Opens exactly these settings, all of them."))
        st.code(address(sealed(link)), language=None, wrap_lines=True)


def _write_link(ours: Mapping[str, str], page: str) -> None:
    """Let the URL describe the settings, in one change. Parameters that belong to others stay."""
    query = st.query_params.to_dict()
    known = {*Config.fields(), CASE}
    others = {name: value for name, value in query.items() if name not in known and not is_kept(name)}
    whole = sealed({**others, **in_link(page), **ours})
    if query != whole:
        st.query_params.from_dict(whole)
    last = st.session_state.get(LINK)
    if last is not None and last != whole:
        st.session_state[REPLACED] = [*st.session_state.get(REPLACED, ())[-5:], (monotonic(), last)]
    st.session_state[LINK], st.session_state[PAGE] = whole, page
