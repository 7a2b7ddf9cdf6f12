"""Patients: networks with a name, each at one look, to be opened in the lab."""

TITLE = "Patients"
ICON = ":material/personal_injury:"
ORDER = 5
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.charts.glimpse import alt_of, svg_of
from core.charts.ink import ink
from core.diagnosis.patients.cases import CASE, cases
from core.diagnosis.patients.glimpse import glimpses
from core.words.said import said
from ui.show import is_dark

COLUMNS = 3
LAB, WARD = "pages/lab.py", "pages/ward.py"


def case_card(name: str) -> None:
    """A case: its name, which opens it in the lab, what is seen of it, and its sentence."""
    title = said(cases[name].name)
    st.page_link(LAB, label=f"**{title}**", query_params={CASE: name})
    if name in glimpses():
        seen = glimpses()[name]
        st.image(svg_of(seen, ink(dark=is_dark())), alt=alt_of(seen, title), width="stretch")
    st.caption(said(cases.help(name)))


st.title(said(TITLE), anchor=False)
st.caption(
    said(
        "A healthy network, and others that are ill. Left: the activations of up to eight layers after training, the "
        "first on top, grey what is exactly 0. Right: the loss on held-out samples, dashed that of guessing, a cross "
        "where it is no number any more. A name opens the lab: train the network there, and the doctor says how it is."
    )
)
st.page_link(WARD, label=said("The ward: a patient without a name"), icon=":material/ward:")
names = list(cases)
for first in range(0, len(names), COLUMNS):
    row = names[first : first + COLUMNS]
    for column, name in zip(st.columns(COLUMNS), row, strict=False):
        with column.container(border=True, height="stretch"):
            case_card(name)
