"""Two controls that choose the knobs of a map or a search."""

import streamlit as st

from core.config import Config
from core.sweeps.knobs import KNOBS, Knob
from core.words.said import said
from ui.controls import choose


def two_knobs(config: Config, first: str, second: str, start: str, *, key: str) -> tuple[Knob, Knob]:
    """Two controls that choose different knobs, with labels `first` and `second`; the second one starts at `start`."""
    names = [name for name in KNOBS if config.matters(name)]
    left, right = st.columns(2)
    x = choose(left.selectbox, first, names, f"{key}_x", names[0], format_func=_label)
    others = [name for name in names if name != x]
    begin = start if start in others else others[0]
    y = choose(right.selectbox, second, others, f"{key}_y", begin, format_func=_label)
    return Knob.usual(x), Knob.usual(y)


def _label(name: str) -> str:
    return said(Config.fields()[name].label)
