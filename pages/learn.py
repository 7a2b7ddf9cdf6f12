"""Learn: all lessons with what each of them answers, and the words of Vitals."""

TITLE = "Learn"
ICON = ":material/school:"
ORDER = 5
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.glossary import TERMS
from ui.lesson import contents

st.title("Learn", anchor=False)
st.caption("Short lessons: a question, your guess, something to move, and what happened. Each opens in the lab.")
contents()
st.header("Words", anchor=False)
st.caption("The same words explain themselves wherever there is a question mark.")
for column, half in zip(st.columns(2), (TERMS[::2], TERMS[1::2]), strict=True):
    for term in half:
        column.markdown(f"**{term.name}** – {term.sentence}")
