"""Two controls that choose the knobs of a map or a search."""

import streamlit as st

from core.config import Config
from core.knobs import KNOBS, Knob


def two_knobs(config: Config, first: str, second: str, start: str, *, key: str) -> tuple[Knob, Knob]:
    """Two controls that choose different knobs, with labels `first` and `second`; the second one starts at `start`."""
    names = [name for name in KNOBS if config.matters(name)]
    left, right = st.columns(2)
    x = left.selectbox(first, names, key=f"{key}_x", format_func=_label, bind="query-params")
    others = [name for name in names if name != x]
    at = others.index(start) if start in others else 0
    y = right.selectbox(second, others, at, key=f"{key}_y", format_func=_label, bind="query-params")
    return Knob.usual(x), Knob.usual(y)


def _label(name: str) -> str:
    return Config.fields()[name].label
