"""The verdict of the lab: how the network on the screen is, and why, in one line that is always there."""

from core.diagnosis import diagnose
from core.diagnosis.spoken import spoken
from core.measuring import Recording
from core.words.said import said
from ui.board.board import Judged
from ui.teaching import hidden


def judged(recording: Recording) -> Judged:
    """What is said of the health of a network."""
    diagnosis = diagnose(recording)
    told = spoken(diagnosis)
    curable = diagnosis.cause is not None and recording.config is not None and recording.end.reason != "running"
    actions = (("cures", said("Try the cures")),) if curable and not hidden() else ()
    return Judged(diagnosis.verdict, told.word, told.sentence, actions, told.reasons)
