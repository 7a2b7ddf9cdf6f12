"""The form of a lesson: one question, a guess, something to move, what happened, the same in code, and the way on.

A lesson is a page of the section LESSONS. Its file begins with `ask`, ends with `onward`, and has between them the
experiment, whose numbers come from core, then `explain` and `code`.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st

from core.config import Config
from ui.frame import Heading, lessons, turn_to
from ui.kept import kept
from ui.sidebar import use

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


def picture(
    title: str, see: str, frame: pd.DataFrame, spec: dict[str, Any], alt: str, height: int = HEIGHT, **more: Any
) -> None:
    """A card with a chart that belongs to lessons alone. `more` goes to Streamlit: what a click does."""
    with st.container(border=True):
        st.markdown(f"**{title}**")
        said = f"{title}. {alt}"
        st.vega_lite_chart(frame, spec, key=key_of(title), width="stretch", height=height, alt=said, **more)
        st.caption(see)


def key_of(title: str) -> str:
    """The key of the picture of this title, under which the session holds what was clicked in it."""
    return f"lesson_{title}"


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


def code(snippet: str) -> None:
    """The same thing in PyTorch, which runs as it stands."""
    st.header("The same in code", anchor=False)
    st.code(snippet.strip(), language="python", wrap_lines=True)


def onward(title: str, config: Config) -> None:
    """The way on: this network in the lab, and the next lesson."""
    left, right = st.columns(2)
    words = f"The network of the lesson “{title}”."
    left.button("Open in the lab", icon=":material/science:", on_click=_to_lab, args=(config, words), width="stretch")
    following = _next(title)
    if following is not None:
        right.button(
            f"Next: {following.title}",
            icon=":material/arrow_forward:",
            on_click=turn_to,
            args=(f"pages/{following.file.name}",),
            width="stretch",
        )


def _to_lab(config: Config, words: str) -> None:
    use(config)
    turn_to("pages/lab.py", words)


def _next(title: str) -> Heading | None:
    """The lesson after the one of this title; None after the last."""
    titles = [heading.title for heading in lessons()]
    following = titles.index(title) + 1
    return lessons()[following] if following < len(titles) else None


def _key(title: str) -> str:
    return f"guess_{title.lower().replace(' ', '_')}"
