"""The verdict of the lab: how the network on the screen is, and why, in one line that is always there."""

from core.diagnosis import diagnose
from core.diagnosis.spoken import spoken
from core.measuring import Recording
from ui.board.board import Judged


def judged(recording: Recording) -> Judged:
    """What is said of the health of a network."""
    diagnosis = diagnose(recording)
    told = spoken(diagnosis)
    return Judged(diagnosis.verdict, told.word, told.sentence, more=told.reasons)
