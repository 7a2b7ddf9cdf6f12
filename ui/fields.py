"""Fields: the control of any field of the Config. Nothing here knows one by name: labels, help, ranges and choices come
from the fields themselves.

A control starts from what the settings were when they were last set from outside, STARTED. How often that was, TIMES,
is a part of its key: with a new key it is a new control, of which the browser has nothing to say yet. That it starts
from there is said in both of Streamlit's ways: what is put into the session alone goes out once, and a browser that
sees only the run after that would begin at the lowest value, and send it.
"""

from collections.abc import Callable
from typing import Any

import streamlit as st

from core.choices.words import facts
from core.config.fields import Choice, Field, Number
from core.words.glossary import explained
from core.words.numbers import short
from core.words.said import said

STARTED, TIMES = "started", "times_set"
LOG_STEPS = (1, 1.2, 1.5, 2, 2.5, 3, 4, 5, 6, 8)  # stops of a logarithmic slider in each power of ten


def key_of(name: str) -> str:
    """The key of a control."""
    return f"set_{st.session_state.get(TIMES, 0)}_{name}"


def control(name: str, field: Field, value: Any, on_change: Callable[[], None] | None) -> Any:
    """The control of one field. Its widget keeps the value; `value` is what it starts from."""
    key, label, started = key_of(name), said(field.label), st.session_state[STARTED][name]
    st.session_state.setdefault(key, value)
    match field:
        case Choice():
            options, words = list(field.options), _choice_help(field)
            at = options.index(started)
            return st.selectbox(label, options, at, key=key, help=words, on_change=on_change)
        case Number(log=True):
            stops = _stops(field, started)
            words = _number_help(field)
            return st.select_slider(label, stops, started, format_func=short, key=key, help=words, on_change=on_change)
        case Number():
            return _slider(field, key, started, on_change)
    raise TypeError(f"no control for a field of kind {type(field).__name__}")


def _slider(field: Number, key: str, started: float, on_change: Callable[[], None] | None) -> float:
    """A slider over the part people use, widened where the settings started outside of it."""
    kind, shape = (int, "%d") if field.whole else (float, "%g")
    low, high = kind(min(field.slider[0], started)), kind(max(field.slider[1], started))
    words, step = _number_help(field), kind(field.step)
    label, first = said(field.label), kind(started)
    return st.slider(label, low, high, first, step, format=shape, key=key, help=words, on_change=on_change)


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
