"""The one message of the lab, and what its buttons do: what is wrong with the link, that the settings differ from the
run, or how the run ended.

It is one at most, so that it has a fixed place. On a board it stands in it; beside plain charts it is Streamlit's own.
"""

from collections.abc import Callable, Sequence

import streamlit as st

from core.config import Config
from core.diagnosis.headlines import gentler
from core.diagnosis.words import differences, how_it_ended
from core.measuring import Recording
from core.words.said import said
from core.work.live import Run
from ui.board.board import Judged, Message, pressed
from ui.lab.cures import ask
from ui.lab.runs import desk, start_asked
from ui.show import plain, with_list
from ui.sidebar import problems_of_link, use_next

ACTED = "acted_on_board"
SHOWN = {
    "quiet": (st.info, ":material/info:"),
    "info": (st.info, ":material/info:"),
    "warning": (st.warning, ":material/difference:"),
    "error": (st.error, ":material/crisis_alert:"),
}


def message(run: Run | None, config: Config, recording: Recording) -> Message | None:
    """What is to be said of a run that is on the screen, or of the last one if it is not."""
    last = desk().run
    problem = problem_of(run)
    if problem is not None:
        return problem
    if run is None and (of_link := problem_of_link()) is not None:
        return of_link
    if last is not None and last.config != config:
        return _differs(last, config)
    return _ending(recording)


def problem_of(run: Run | None) -> Message | None:
    """What kept a run from going on."""
    if run is None or run.problem is None:
        return None
    return Message("error", said("The run could not go on: {problem}", problem=run.problem))


def problem_of_link() -> Message | None:
    """What the link asked for in vain."""
    words, problems = problems_of_link()
    return Message("warning", words, more=tuple(problems)) if words else None


def _differs(run: Run, config: Config) -> Message:
    """What differs between the run and the settings, and the ways out."""
    changes = differences(run.config, config)
    if not run.active:
        words = said("Not the settings of the last run: {changes}.", changes=changes)
        return Message("quiet", words, (("back", said("Back to the last run")),))
    words = said("The settings differ from the run on the screen: {changes}.", changes=changes)
    return Message(
        "warning", words, (("restart", said("Restart with these")), ("back", said("Back to the run's settings")))
    )


def _ending(recording: Recording) -> Message | None:
    """How a run ended, where that is worth a sentence, and the verdict does not say it."""
    sentence = how_it_ended(recording)
    return Message("info", sentence) if sentence and recording.end.reason != "diverged" else None


def _back() -> None:
    run = desk().run
    if run is not None:
        use_next(run.config)


def _calmer() -> None:
    run = desk().run
    calmer = None if run is None or run.recording is None else gentler(run.recording)
    if calmer is not None:
        use_next(calmer)
        desk().start(calmer)


ACTIONS: dict[str, Callable[[], None]] = {"back": _back, "restart": start_asked, "calmer": _calmer, "cures": ask}


def act(key: str) -> None:
    """Do what was pressed on a board: for its callback."""
    action = ACTIONS.get(pressed(key) or "")
    if action is not None:
        action()
        st.session_state[ACTED] = True


def heed_press() -> None:
    """Draw the whole page where something was pressed, which changes the settings or the run.

    Kept until then: the run of a fragment that a press begins may be cut short by the next one.
    """
    if st.session_state.pop(ACTED, False):
        st.rerun()


def say_verdict(judged: Judged) -> None:
    """The verdict without a board."""
    st.markdown(f"**{plain(judged.word)}.** {plain(judged.text)}", help=plain("\n\n".join(judged.more)) or None)
    _buttons(judged.actions)


def say(message: Message | None) -> None:
    """The message without a board."""
    if message is None:
        return
    show, icon = SHOWN[message.kind]
    show(with_list(message.text, message.more), icon=icon)
    _buttons(message.actions)


def _buttons(actions: Sequence[tuple[str, str]]) -> None:
    with st.container(horizontal=True):
        for name, words in actions:
            st.button(words, on_click=ACTIONS[name])
