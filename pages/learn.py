"""Learn: all lessons with what each of them answers, and the words of Vitals."""

TITLE = "Learn"
ICON = ":material/school:"
ORDER = 7
CONTROLS = False

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from core.words.glossary import TERMS
from core.words.said import said
from ui.lesson import contents

st.title(said(TITLE), anchor=False)
st.caption(
    said(
        "A question, your guess, something to move, and what happened. The lessons follow lectures in "
        "the manner of Stanford's course cs231n, and say where these are loose."
    )
)
contents()
st.header(said("Words"), anchor=False)
st.caption(said("The same words explain themselves wherever there is a question mark."))
terms = sorted(TERMS, key=lambda term: said(term.name).lower())
middle = (len(terms) + 1) // 2
for column, half in zip(st.columns(2), (terms[:middle], terms[middle:]), strict=True):
    for term in half:
        column.markdown(said("**{name}** – {sentence}", name=said(term.name), sentence=said(term.sentence)))
