"""Pace: how often the page of something that goes on is drawn again.

Alone, it is drawn several times a second. To draw takes a processor from whoever trains and from whoever has moved a
knob, so with a crowd it is drawn more seldom; and of what only waits for its turn there are but words to draw.
"""

from dataclasses import dataclass

from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx
from streamlit.runtime.scriptrunner_utils.script_run_context import ThreadState

from core.work.line import Standing, State

WAITING_SECONDS = 1.0
AHEAD_A_SECOND = 5  # of those ahead: who is far back looks seldom, and who is next each second
SLOWER = 0.25  # so much longer takes a page until it is drawn again for each that is at work besides
SLOWEST = 5  # times


def seconds_between(usual: float, state: State, standing: Standing) -> float:
    """Seconds from one drawing to the next of work that is drawn every `usual` seconds when nobody else works."""
    if state == "queued":
        return max(WAITING_SECONDS, usual, standing.ahead / AHEAD_A_SECOND)
    return usual * min(SLOWEST, 1 + SLOWER * standing.others)


@dataclass
class Pace:
    """How often a fragment is drawn, as its browser was told last: seconds."""

    seconds: float

    def keep(self, seconds: float) -> None:
        """For the fragment that is being drawn: let it be drawn every so many seconds from now on."""
        context = get_script_run_ctx()
        fragment = ThreadState.get().fragment_id if context is not None else None
        if context is None or fragment is None or seconds == self.seconds:
            return
        message = ForwardMsg()
        message.auto_rerun.interval, message.auto_rerun.fragment_id = seconds, fragment
        context.enqueue(message)
        self.seconds = seconds
