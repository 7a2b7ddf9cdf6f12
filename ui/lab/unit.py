"""The unit that the visitor has chosen: by a click on the board, or by its layer and number beside plain charts."""

import streamlit as st

from core.charts.chart import FIRST_UNIT, UnitPlace
from core.measuring import Recording
from core.words.said import said
from ui.board.board import picked

BOARD = "lab_board"
CHOSEN = "lab_unit"  # kept by the session: a board forgets when it goes


def chosen_unit(recording: Recording) -> UnitPlace:
    """The unit that was chosen last, or the nearest that this network has."""
    clicked = picked(BOARD)
    if clicked is not None:
        st.session_state[CHOSEN] = tuple(clicked)
    return UnitPlace(*st.session_state.get(CHOSEN, FIRST_UNIT)).within(recording)


def unit_chooser(recording: Recording) -> UnitPlace:
    """Two lists to choose a unit from."""
    before, (left, right) = chosen_unit(recording), st.columns(2)
    layers, numbers = (range(1, 1 + int(count)) for count in (recording.depth, recording.layer_widths.max()))
    layer = left.selectbox(said("Layer"), layers, before.layer - 1, key="lab_unit_layer")
    number = right.selectbox(said("Unit"), numbers, before.number - 1, key="lab_unit_number")
    st.session_state[CHOSEN] = (layer, number)
    return UnitPlace(layer, number).within(recording)
