"""Learn: all lessons, with what each of them answers."""

TITLE = "Learn"
ICON = ":material/school:"
ORDER = 5
SECTION = "Learn"

from ui.frame import inside_frame

inside_frame()

import streamlit as st

from ui.frame import lessons

st.title("Learn", anchor=False)
st.caption("Short lessons: a question, your guess, something to move, and what happened. Each opens in the lab.")
for number, lesson in enumerate(lessons(), start=1):
    with st.container(border=True):
        st.page_link(f"pages/{lesson.file.name}", label=f"{number}. {lesson.title}", icon=lesson.icon)
        st.caption(lesson.about.removeprefix("Lesson: "))
