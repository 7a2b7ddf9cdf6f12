"""Two controls that choose the knobs of a map or a search."""

import streamlit as st

from core.config import Config
from core.sweeps.knobs import KNOBS, Knob
from ui.controls import choose


def two_knobs(config: Config, first: str, second: str, start: str, *, key: str) -> tuple[Knob, Knob]:
    """Two controls that choose different knobs, with labels `first` and `second`; the second one starts at `start`."""
    labels = {name: Config.fields()[name].label for name in KNOBS if config.matters(name)}
    left, right = st.columns(2)
    x = choose(left.selectbox, first, labels, f"{key}_x", next(iter(labels)))
    others = {name: label for name, label in labels.items() if name != x}
    begin = start if start in others else next(iter(others))
    y = choose(right.selectbox, second, others, f"{key}_y", begin)
    return Knob.usual(x), Knob.usual(y)
