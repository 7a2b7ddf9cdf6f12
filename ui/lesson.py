"""The form of a lesson: one question, a guess, something to move, what happened, the same in code, and the way on.

A lesson is a page of the section LESSONS. Its file begins with `ask`, ends with `onward`, and has between them the
experiment, whose numbers come from core, then `explain` and `code`.
"""

import re
from collections.abc import Callable, Mapping
from itertools import count
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from core.config import Config
from core.glossary import explained, mentioned
from ui.frame import Heading, lessons, turn_to
from ui.kept import PAGE, hideable, in_link, kept
from ui.sidebar import use, without_controls
from ui.teaching import teachers_link

HEIGHT = 300


class Guess(NamedTuple):
    """What the reader is asked before the experiment: the question, two or three answers by letter, the right one."""

    question: str
    answers: Mapping[str, str]
    right: str


def ask(title: str, guess: Guess) -> None:
    """The question of the lesson, and the reader's guess."""
    st.title(title, anchor=False)
    options = [None, *guess.answers]
    st.radio(
        f"**{guess.question}** What do you expect?",
        list(guess.answers),
        format_func=guess.answers.__getitem__,
        index=None,
        key=kept(_key(title), options, None),
    )


def picture(title: str, see: str, frame: pd.DataFrame, spec: dict[str, Any], alt: str, height: int = HEIGHT) -> None:
    """A card with a chart that belongs to lessons alone."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        st.vega_lite_chart(frame, spec, key=f"lesson_{title}", width="stretch", height=height, alt=f"{title}. {alt}")
        st.caption(see, help=explained(f"{title} {see}"))


def part(draw: Callable[[], None]) -> None:
    """Draw a part of a lesson that is drawn again alone when one of its controls moves: the rest need not wait.

    What follows the part must not depend on its controls.
    """

    @st.fragment
    def alone() -> None:
        draw()
        without_controls(st.session_state[PAGE])  # the link says what its controls say

    alone()


def explain(title: str, guess: Guess, happened: str) -> None:
    """What happened, in one paragraph, and what became of the guess."""
    st.header("What happened", anchor=False)
    said = st.session_state[_key(title)]
    if said is None:
        st.caption("You have not guessed yet. A guess above makes it stick.")
    elif said == guess.right:
        st.success("That is what you expected.", icon=":material/check_circle:")
    else:
        st.info(f"You expected otherwise. The answer: {guess.answers[guess.right]}", icon=":material/lightbulb:")
    st.markdown(happened)
    _terms(f"{title} {guess.question} {happened}")


def code(snippet: str) -> None:
    """The same thing in PyTorch, which runs as it stands."""
    st.header("The same in code", anchor=False)
    st.code(snippet.strip(), language="python", wrap_lines=True)


def onward(title: str, config: Config) -> None:
    """The way on: this network in the lab, and the next lesson."""
    left, right = st.columns(2)
    with left:
        open_in_lab("Open in the lab", config, f"The network of the lesson “{title}”.")
    following = _next(title)
    if following is not None:
        with right:
            open_page(f"Next: {following.title}", following, ":material/arrow_forward:")
    page = st.session_state[PAGE]
    teachers_link(hideable(page), in_link(page), "content")


def open_in_lab(label: str, config: Config, words: str) -> None:
    """A button that opens this network in the lab, which says the words."""
    st.button(label, icon=":material/science:", on_click=_to_lab, args=(config, words), width="stretch")


def open_page(label: str, heading: Heading, icon: str) -> None:
    """A button that opens another page."""
    st.button(label, icon=icon, on_click=turn_to, args=(f"pages/{heading.file.name}",), width="stretch")


def _terms(text: str) -> None:
    """The terms of a text, each to be touched for its meaning."""
    with st.container(horizontal=True, gap="small"):
        for term in mentioned(text):
            st.caption(term.name, help=term.sentence, width="content")


def contents() -> None:
    """All lessons, two in a row, with what each of them answers."""
    for left in range(0, len(lessons()), 2):
        pair = lessons()[left : left + 2]
        for column, number, lesson in zip(st.columns(2), count(left + 1), pair, strict=False):
            with column.container(border=True, height="stretch"):
                st.page_link(f"pages/{lesson.file.name}", label=f"{number}. {lesson.title}", icon=lesson.icon)
                st.caption(lesson.about.removeprefix("Lesson: "))


def _to_lab(config: Config, words: str) -> None:
    use(config)
    turn_to("pages/lab.py", words)


def _next(title: str) -> Heading | None:
    """The lesson after the one of this title; None after the last."""
    titles = [heading.title for heading in lessons()]
    following = titles.index(title) + 1
    return lessons()[following] if following < len(titles) else None


def _key(title: str) -> str:
    return "guess_" + re.sub(r"\W+", "_", title.lower())
