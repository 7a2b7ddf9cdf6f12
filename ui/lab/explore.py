"""Pick a variable, the axis to draw it along, what to draw a line for each of, and places on the axes that are left."""

from typing import Any

import streamlit as st

from core.charts.anything import Slice, anything
from core.config import Config
from core.measuring import Recording
from core.words.said import said
from ui.show import card, downloads

ALONG = ("bin", "unit", "step", "layer", "quantile", "split")  # the axis to draw along first, where there are several
EACH = ("quantile", "split", "layer", "step", "bin", "unit")  # and the one whose entries get a line each


def explore(recording: Recording, asked: Config | None = None) -> None:
    """The controls, the picture and the downloads for any variable of a recording; of an untrained network with the
    settings that it is `asked` to be trained with."""
    if recording.config is not None and recording.config.steps == 0:
        st.info(
            said("This is the untrained network. Train it in the lab to see every step here."),
            icon=":material/science:",
        )
    part = _choose(recording)
    card(anything, recording, part)
    downloads(lambda: recording, asked=lambda: asked or recording.known_config)


def _choose(recording: Recording) -> Slice:
    names = [name for name, variable in recording.variables.items() if variable.values.size]
    left, middle, right = st.columns(3)
    layered = [name for name in names if "layer" in recording.variables[name].axes]
    first = names.index(layered[0]) if layered else 0
    words = "The name it has in the Recording and in the CSV."
    name = left.selectbox(said("Variable"), names, first, key="x_variable", help=said(words))
    axes = [axis for axis in recording.variables[name].axes if recording.data.sizes[axis] > 0]
    many = [axis for axis in axes if recording.data.sizes[axis] > 1] or axes
    along = middle.selectbox(said("Along"), _sorted(many, ALONG), key=f"x_along_{name}")
    others = _sorted([axis for axis in many if axis != along], EACH)
    each = (
        right.selectbox(
            said("A line for each"), [*others, "none"], key=f"x_each_{name}_{along}", format_func=_axis_or_none
        )
        if others
        else "none"
    )
    fixed = [axis for axis in axes if axis not in (along, each)]
    at = {axis: _place(recording, axis) for axis in fixed}
    log = st.toggle(said("Logarithmic axis"), recording.variables[name].log, key=f"x_log_{name}")
    return Slice(name, along, None if each == "none" else each, at, log)


def _axis_or_none(axis: str) -> str:
    """An axis is shown by its id, as it is called in the Recording and in the CSV."""
    return said(axis) if axis == "none" else axis


def _sorted(axes: list[str], preferred: tuple[str, ...]) -> list[str]:
    return sorted(axes, key=lambda axis: preferred.index(axis) if axis in preferred else len(preferred))


def _place(recording: Recording, axis: str) -> Any:
    places = recording.data[axis].values.tolist()
    if len(places) == 1:
        return places[0]
    return st.select_slider(said("At {axis}", axis=axis), places, places[-1], key=f"x_at_{axis}_{len(places)}")
