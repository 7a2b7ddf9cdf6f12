"""The sidebar: a control for every field of the Config, kept in step with the URL.

Nothing here knows a field by name: labels, help, ranges and choices come from the fields themselves. The settings live
in the session as plain values; the URL always describes them, and a URL that the visitor changes (a link, the back
button) becomes the settings.

A page may follow the controls by itself, with what it draws by `following`. There a control that was moved leaves
everything else on the screen as it is: neither the other controls nor the rest of the page are drawn again.
"""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from itertools import groupby
from time import monotonic
from typing import Any

import streamlit as st
from streamlit.errors import StreamlitAPIException

from core.choices.words import facts
from core.config import Config
from core.config.declared import ConflictError
from core.config.fields import Choice, Field, Number, Text
from core.config.setup import DATA, FRONT, NETWORK, TRAINING
from core.words.glossary import explained
from core.words.numbers import short
from core.words.said import Sentence, said, why
from ui.controls import PAGE, follow_link, hideable, in_link, is_kept
from ui.frame import has_controls, turn_to
from ui.show import with_list
from ui.teaching import address, held, hidden, sealed, teachers_link

# What the session remembers: the settings in force; what the controls hold, which may not fit together; the settings as
# they were last set from outside, or will be in the next run, and how often that was; the link last written, and those
# it replaced; what was wrong with a link; the page.
SETTINGS, CONTROLS, STARTED, NEXT, TIMES = "settings", "controls", "started", "settings_next", "times_set"
LINK, REPLACED, PROBLEMS = "link", "replaced_links", "link_problems"
# The keys of what follows the controls: a page that does so has something that SHOWS the settings; words that TELL them
# are on other pages, too.
SHOWS, TELLS = "shows_settings", "tells_settings"

MOMENTS, MOMENT_SECONDS = 3, 0.5  # how often a page that has no sidebar looks whether one is left, and when
STALE_SECONDS = 2.0  # for so long a browser may still send a link that was replaced: its next request is on its way
LOG_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)  # stops of a logarithmic slider in each power of ten
ICONS = {DATA: ":material/database:", NETWORK: ":material/hub:", TRAINING: ":material/trending_down:"}
ICON = ":material/straighten:"


def sidebar(page: str) -> None:
    """Draw the controls and take over what they say. `page` is the address of the page on the screen."""
    controls = _controls(page)
    with st.sidebar:
        for group, fields in groupby(_shown(controls), key=lambda item: item[1].group):
            with st.container() if group == FRONT else st.expander(said(group), icon=ICONS.get(group, ICON)):
                controls |= {name: _control(name, field, controls[name]) for name, field in fields}
        st.session_state[CONTROLS] = controls
        try:
            st.session_state[SETTINGS] = Config(**controls).to_dict()
        except ValueError as problem:
            st.error(
                said("{problem}. The network shown is the last one that fits.", problem=why(problem)),
                icon=":material/error:",
            )
        _footer(page)
    _write_link(settings().to_query(), page)


def following(key: str, draw: Callable[[], None], run_every: float | None = None) -> None:
    """Draw something that follows the controls by itself, for it asks for the `settings`; with `run_every`, also after
    so many seconds. The browser is told so each time, as it forgets it when a control is moved: so one in another."""
    st.fragment(_drawn, key=key)(partial(st.fragment(_drawn, run_every=run_every), draw))


def _drawn(draw: Callable[[], None]) -> None:
    draw()


def _moved_by_hand() -> None:
    """Take over what a control says that was just moved, and let only what follows it be drawn again. Where more is to
    change than that, nothing is done here: then the whole page is drawn, which takes it over."""
    before, page = st.session_state[CONTROLS], st.session_state[PAGE]
    controls = {name: st.session_state.get(_key(name), value) for name, value in before.items()}
    is_more = NEXT in st.session_state or st.session_state[PROBLEMS] or before != st.session_state[SETTINGS]
    if is_more or _shown(controls) != _shown(before):
        return
    with suppress(ConflictError, StreamlitAPIException):  # settings that do not fit; a page that does not follow
        config = Config(**controls)
        st.session_state.update({CONTROLS: controls, SETTINGS: config.to_dict()})
        _write_link(config.to_query(), page)
        st.rerun(scope=[SHOWS, TELLS])


def without_controls(page: str) -> None:
    """Instead of the sidebar, for a page with controls of its own: the settings stay as they are, out of its link."""
    link, last = st.query_params.to_dict(), st.session_state.get(PAGE)
    if last == page and _is_new(link):
        follow_link(page)
    _write_link({}, page)
    if last is not None and has_controls(last):
        _once_more()


def _once_more() -> None:
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
    for name in values:
        st.session_state.pop(_key(name), None)
    times = st.session_state.get(TIMES, 0) + 1
    st.session_state.update({SETTINGS: values, CONTROLS: values, STARTED: values, TIMES: times, PROBLEMS: ()})
    st.session_state.update({_key(name): value for name, value in values.items()})


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
    st.session_state[_key(name)] = value


def _key(name: str) -> str:
    """The key of a control. With a new key it is a new control, of which the browser has nothing to say yet."""
    return f"set_{st.session_state.get(TIMES, 0)}_{name}"


def _controls(page: str) -> dict[str, Any]:
    """What the controls say now: what the visitor made of them, or of the URL."""
    if NEXT in st.session_state:
        use(Config(**st.session_state.pop(NEXT)))
    link = st.query_params.to_dict()
    ours = {name: value for name, value in {**link, **held()}.items() if name in Config.fields()}
    last: dict[str, Any] | None = st.session_state.get(CONTROLS)
    if last is None or _is_by_visitor(link, last, page):
        use(Config.from_query(ours))
        follow_link(page)
        st.session_state[PROBLEMS] = Config.query_problems(ours)
    elif _moved(last):
        st.session_state[PROBLEMS] = ()
    last = st.session_state[CONTROLS]
    return {name: st.session_state.get(_key(name), value) for name, value in last.items()}


def _moved(last: Mapping[str, Any]) -> bool:
    """Whether the visitor has just moved a control."""
    return any(st.session_state.get(_key(name), value) != value for name, value in last.items())


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


def _control(name: str, field: Field, value: Any) -> Any:
    """The control of one field. Its widget keeps the value; `value` is what it starts from."""
    key, label, started = _key(name), said(field.label), st.session_state[STARTED][name]
    st.session_state.setdefault(key, value)
    match field:
        case Choice():
            return st.selectbox(label, list(field.options), key=key, help=_choice_help(field), on_change=_moved_by_hand)
        case Number(log=True):
            stops = _stops(field, started)
            words = _number_help(field)
            return st.select_slider(label, stops, format_func=short, key=key, help=words, on_change=_moved_by_hand)
        case Number():
            return _slider(field, key, started)
    raise TypeError(f"no control for a field of kind {type(field).__name__}")


def _slider(field: Number, key: str, started: float) -> float:
    """A slider over the part people use, widened where the settings started outside of it."""
    kind, shape = (int, "%d") if field.whole else (float, "%g")
    low, high = kind(min(field.slider[0], started)), kind(max(field.slider[1], started))
    words, step = _number_help(field), kind(field.step)
    return st.slider(
        said(field.label), low, high, step=step, format=shape, key=key, help=words, on_change=_moved_by_hand
    )


def _stops(field: Number, started: float) -> list[float]:
    """The stops of a logarithmic slider, and among them the value that the settings started from."""
    low, high = field.slider
    powers = [10.0**power for power in range(-9, 10)]
    stops = {float(f"{step * power:.3g}") for power in powers for step in LOG_STEPS}
    return sorted({stop for stop in stops if low <= stop <= high} | {started})


def _number_help(field: Number) -> str:
    """What the number means, and the terms that this makes use of."""
    words = said(field.help)
    return "\n\n".join(filter(None, [words, explained(words)]))


def _choice_help(field: Choice) -> str:
    """What each option is, with the facts that it states of itself."""
    options = (f"**{name}**: {said(field.options.help(name))} {facts(entry)}" for name, entry in field.options.items())
    return "\n\n".join([said(field.help), *(option.rstrip() for option in options)])


def _footer(page: str) -> None:
    st.button(said("Reset settings"), icon=":material/restart_alt:", on_click=use, args=(Config(),), width="stretch")
    following(TELLS, partial(_copy_link, page))
    config = settings()
    labels = {name: field.label for name, field in _shown(config.to_dict())} | hideable(page)
    teachers_link(labels, in_link(page) | config.to_query(), "stretch")


def _copy_link(page: str) -> None:
    link = in_link(page) | settings().to_query(full=True)
    with st.popover(said("Copy link"), icon=":material/link:", width="stretch"):
        st.caption(said("Opens exactly these settings, all of them."))
        st.code(address(sealed(link)), language=None, wrap_lines=True)


def _write_link(ours: Mapping[str, str], page: str) -> None:
    """Let the URL describe the settings, in one change. Parameters that belong to others stay."""
    query = st.query_params.to_dict()
    others = {name: value for name, value in query.items() if name not in Config.fields() and not is_kept(name)}
    whole = sealed({**others, **in_link(page), **ours})
    if query != whole:
        st.query_params.from_dict(whole)
    last = st.session_state.get(LINK)
    if last is not None and last != whole:
        st.session_state[REPLACED] = [*st.session_state.get(REPLACED, ())[-5:], (monotonic(), last)]
    st.session_state[LINK], st.session_state[PAGE] = whole, page
