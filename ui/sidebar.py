"""The sidebar: a control for every field of the Config, kept in step with the URL.

Nothing here knows a field by name: labels, help, ranges and choices come from the fields themselves. The settings live
in the session as plain values; the URL always describes them, and a URL that the visitor changes (a link, the back
button) becomes the settings.
"""

from collections.abc import Mapping
from itertools import groupby
from typing import Any
from urllib.parse import urlencode, urlsplit

import streamlit as st

from core.config import FRONT, Config
from core.fields import Choice, Field, Flag, Number

SETTINGS, LINK, PROBLEMS, PAGE = "settings", "link", "link_problems", "page"

LOG_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)  # stops of a logarithmic slider in each power of ten
ICONS = {"Data": ":material/database:", "Network": ":material/hub:", "Training": ":material/trending_down:"}
ICON = ":material/straighten:"


def sidebar(page: str) -> Config:
    """Draw the controls and return the Config they describe. `page` is the address of the page on the screen."""
    settings = _settings(page)
    with st.sidebar:
        for group, fields in groupby(_shown(settings), key=lambda item: item[1].group):
            with st.container() if group == FRONT else st.expander(group, icon=ICONS.get(group, ICON)):
                settings |= {name: _control(name, field, settings[name]) for name, field in fields}
        config = _valid(settings)
        _footer(config)
    st.session_state[SETTINGS] = {name: getattr(config, name) for name in Config.fields()}
    _write_link(config, page)
    return config


def link_problems() -> tuple[str, ...]:
    """What the URL asked for that is not possible; empty once a control was moved."""
    problems: tuple[str, ...] = st.session_state.get(PROBLEMS, ())
    return problems


def settings() -> Config:
    """The Config that the controls describe."""
    return Config(**st.session_state[SETTINGS])


def use(config: Config) -> None:
    """Make these the settings: for callbacks, which run before the controls are drawn."""
    _set({name: getattr(config, name) for name in Config.fields()})


def _key(name: str) -> str:
    return f"set_{name}"


def _settings(page: str) -> dict[str, Any]:
    """The present settings: those of the session, or of the URL where the visitor has just changed it."""
    fields, query = Config.fields(), st.query_params.to_dict()
    ours = {name: value for name, value in query.items() if name in fields}
    stored: dict[str, Any] | None = st.session_state.get(SETTINGS)
    moved = stored is not None and any(
        st.session_state.get(_key(name), stored[name]) != stored[name] for name in fields
    )
    new_page = st.session_state.get(PAGE) != page
    by_visitor = ours != st.session_state.get(LINK) and not moved and (bool(ours) or not new_page)
    if stored is None or by_visitor:
        _set({name: getattr(Config.from_query(ours), name) for name in fields})
        st.session_state[PROBLEMS] = Config.query_problems(ours)
    elif moved:
        st.session_state[PROBLEMS] = ()
    settings: dict[str, Any] = dict(st.session_state[SETTINGS])
    return settings


def _set(settings: Mapping[str, Any]) -> None:
    st.session_state[SETTINGS] = dict(settings)
    for name, value in settings.items():
        st.session_state[_key(name)] = value


def _shown(settings: Mapping[str, Any]) -> list[tuple[str, Field]]:
    """The fields that matter, given the choices made so far."""
    config = _valid(dict(settings), quiet=True)
    return [(name, field) for name, field in Config.fields().items() if config.matters(name)]


def _valid(settings: dict[str, Any], *, quiet: bool = False) -> Config:
    """The Config of the settings; where they exclude each other, the last one that was possible, and a sentence."""
    try:
        return Config(**settings)
    except ValueError as problem:
        if not quiet:
            st.error(f"{problem}. The network shown is the last one that fits.", icon=":material/error:")
        return Config(**st.session_state[SETTINGS])


def _control(name: str, field: Field, value: Any) -> Any:
    """The control of one field. Its widget keeps the value; `value` is what it starts from."""
    key, label = _key(name), field.label
    st.session_state.setdefault(key, value)
    match field:
        case Choice():
            return st.selectbox(label, list(field.options), key=key, help=_choice_help(field))
        case Flag():
            return st.toggle(label, key=key, help=field.help)
        case Number(log=True):
            return st.select_slider(
                label, _stops(field, st.session_state[key]), format_func=_short, key=key, help=field.help
            )
        case Number():
            return _slider(field, key)
    raise TypeError(f"no control for a field of kind {type(field).__name__}")


def _slider(field: Number, key: str) -> float:
    """A slider over the part people use, widened where the present value lies outside."""
    value, kind = st.session_state[key], int if field.whole else float
    low, high = kind(min(field.slider[0], value)), kind(max(field.slider[1], value))
    shape = "%d" if field.whole else "%g"
    return st.slider(field.label, low, high, step=kind(field.step), format=shape, key=key, help=field.help)


def _stops(field: Number, value: float) -> list[float]:
    """The stops of a logarithmic slider, the present value among them, wherever it came from."""
    low, high = field.slider
    powers = [10.0**power for power in range(-9, 10)]
    stops = {float(f"{step * power:.3g}") for power in powers for step in LOG_STEPS}
    return sorted({stop for stop in stops if low <= stop <= high} | {value})


def _short(value: float) -> str:
    return (
        f"{value:g}"
        if value == 0 or 1e-3 <= abs(value) < 1e4
        else f"{value:.3g}".replace("e-0", "e-").replace("e+0", "e")
    )


def _choice_help(field: Choice) -> str:
    return "\n\n".join([field.help, *(f"**{name}**: {field.options.help(name)}" for name in field.options)])


def _footer(config: Config) -> None:
    st.button("Reset", icon=":material/restart_alt:", on_click=use, args=(Config(),), width="stretch")
    with st.popover("Copy link", icon=":material/link:", width="stretch"):
        st.caption("Opens exactly these settings, all of them.")
        address = urlsplit(st.context.url or "")._replace(query=urlencode(config.to_query(full=True)), fragment="")
        st.code(address.geturl(), language=None, wrap_lines=True)


def _write_link(config: Config, page: str) -> None:
    """Let the URL describe the settings. Parameters that belong to others stay."""
    ours, query = config.to_query(), st.query_params.to_dict()
    for name in Config.fields():
        if name in ours and query.get(name) != ours[name]:
            st.query_params[name] = ours[name]
        elif name in query and name not in ours:
            del st.query_params[name]
    st.session_state[LINK], st.session_state[PAGE] = ours, page
