"""The form of a lesson: one question, a guess, something to move, what happened, the same in code, and the way on.

A lesson is a page whose docstring asks its question. Its file begins with `ask`, ends with `onward`, and has between
them the experiment, whose numbers come from core, then `explain` and `code`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import count
from typing import Any, NamedTuple

import streamlit as st

from core.config import Config
from core.words.glossary import mentioned
from core.words.said import said
from ui.controls import PAGE, choose_several, hideable, in_link, kept
from ui.frame import Heading, lessons, turn_page, turn_to
from ui.sidebar import to_lab, without_controls
from ui.teaching import teachers_link

# Streamlit's colours for code are too pale to be read by everybody, in both themes; comments stay italic.
PLAIN_CODE = "<style>[data-testid=stCode] .token { color: inherit !important; }</style>"


class Guess(NamedTuple):
    """What the reader is asked before the experiment: the question, two or three answers by letter, the right one."""

    question: str
    answers: Mapping[str, str]
    right: str


class Metric(NamedTuple):
    """A number to read above a picture: its label, the number as text, what it means, and what it is compared with."""

    label: str
    text: str
    help: str | None = None
    beside: str | None = None


def this_lesson() -> Heading:
    """The lesson on the screen."""
    return next(lesson for lesson in lessons() if lesson.file.stem == st.session_state[PAGE])


def ask(guess: Guess) -> None:
    """The question of the lesson, and the reader's guess."""
    lesson = this_lesson()
    st.caption(said("Lesson {number} of {count}", number=lessons().index(lesson) + 1, count=len(lessons())))
    st.title(said(lesson.title), anchor=False)
    options = [None, *guess.answers]
    guessed = st.radio(
        said("**{question}** What do you expect?", question=said(guess.question)),
        list(guess.answers),
        format_func=lambda letter: said(guess.answers[letter]),
        index=None,
        key=kept(_guess_key(), options, None),
    )
    if guessed is not None:
        st.caption(said("Noted. What happens, and why, is told below."))


def numbers(*shown: Metric) -> None:
    """Numbers in a row."""
    row = st.container(horizontal=True, border=True)
    for number in shown:
        words = number.help and said(number.help)
        row.metric(said(number.label), number.text, number.beside, delta_color="off", delta_arrow="off", help=words)


def several(names: Sequence[str], key: str, start: list[str], most: int) -> list[str]:
    """Pills that choose among names, up to so many of them; what is left out is said."""
    words = said("Up to {most} are drawn.", most=most)
    chosen = choose_several(st.pills, "Activation functions", names, key, start, selection_mode="multi", help=words)
    if not chosen:
        st.info(said("Choose an activation function to see it."), icon=":material/info:")
    if len(chosen) > most:
        words = "Only {most} curves can be told apart, so these are left out: {names}."
        st.info(said(words, most=most, names=", ".join(chosen[most:])), icon=":material/info:")
    return chosen[:most]


def part(draw: Callable[[], None]) -> None:
    """Draw a part of a lesson that is drawn again alone when one of its controls moves: the rest need not wait.

    What follows the part must not depend on its controls.
    """

    @st.fragment
    def alone() -> None:
        turn_page()  # where a button of the part has asked for that, the part is all that runs
        draw()
        without_controls(st.session_state[PAGE])  # the link says what its controls say

    alone()


def explain(guess: Guess, happened: str, **filled: Any) -> None:
    """What happened, in one paragraph filled with numbers, and what became of the guess."""
    st.header(said("What happened"), anchor=False)
    told, words = st.session_state[_guess_key()], said(happened, **filled)
    if told is None:
        st.caption(said("You have not guessed yet. A guess above makes it stick."))
    elif told == guess.right:
        st.success(said("That is what you expected."), icon=":material/check_circle:")
    else:
        answer = said(guess.answers[guess.right])
        st.info(said("You expected otherwise. The answer: {answer}", answer=answer), icon=":material/lightbulb:")
    st.markdown(words)
    _terms(f"{said(this_lesson().title)} {said(guess.question)} {words}")


def code(snippet: str) -> None:
    """The same thing in PyTorch, which runs as it stands."""
    st.header(said("The same in code"), anchor=False)
    st.html(PLAIN_CODE)
    st.code(snippet.strip(), language="python", wrap_lines=True)


def onward(config: Config) -> None:
    """The way on: this network in the lab, and the next lesson."""
    lesson, (left, right) = this_lesson(), st.columns(2)
    with left:
        title = said(lesson.title)
        open_in_lab("Open in the lab", config, said("The network of the lesson “{title}”.", title=title))
    following = _next(lesson)
    with right:
        if following is not None:
            words = said("Next: {title}", title=said(following.title))
            open_page(words, following.path, ":material/arrow_forward:")
        else:
            open_page("All lessons", "pages/learn.py", ":material/school:")
    page = st.session_state[PAGE]
    link = {name: value for name, value in in_link(page).items() if name != _guess_key()}  # the guess is the reader's
    teachers_link(hideable(page), link, "content")


def open_in_lab(label: str, config: Config, words: str) -> None:
    """A button that opens this network in the lab, which says the words.

    One that was only looked at has no steps of training: there it gets the usual number, so that it can be trained.
    """
    ready = config if config.steps else replace(config, steps=Config().steps)
    st.button(said(label), icon=":material/science:", on_click=to_lab, args=(ready, words), width="stretch")


def open_page(label: str, file: str, icon: str) -> None:
    """A button that opens another page, by its path."""
    st.button(said(label), icon=icon, on_click=turn_to, args=(file,), width="stretch")


def _terms(text: str) -> None:
    """The terms of a text, each to be touched for its meaning."""
    with st.container(horizontal=True, gap="small"):
        for term in mentioned(text):
            st.caption(said(term.name), help=said(term.sentence), width="content")


def contents() -> None:
    """All lessons, two in a row, with what each of them answers."""
    for left in range(0, len(lessons()), 2):
        pair = lessons()[left : left + 2]
        for column, number, lesson in zip(st.columns(2), count(left + 1), pair, strict=False):
            with column.container(border=True, height="stretch"):
                st.page_link(lesson.path, label=f"{number}. {said(lesson.title)}", icon=lesson.icon)
                st.caption(said(lesson.about.removeprefix("Lesson: ")))


def _next(lesson: Heading) -> Heading | None:
    """The lesson after this one; None after the last."""
    following = lessons().index(lesson) + 1
    return lessons()[following] if following < len(lessons()) else None


def _guess_key() -> str:
    return f"guess_{st.session_state[PAGE]}"
