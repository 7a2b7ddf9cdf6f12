"""The verdict of the lab: how the network on the screen is, and why, in one line that is always there."""

from core.diagnosis import diagnose
from core.diagnosis.finding import Finding
from core.diagnosis.headlines import gentler
from core.diagnosis.spoken import spoken
from core.diagnosis.words import how_it_ended
from core.measuring import Recording
from core.words.said import said
from ui.board.board import Judged
from ui.teaching import hidden


def judged(recording: Recording) -> Judged:
    """What is said of the health of a network, and what can be done about it."""
    diagnosis = diagnose(recording)
    told = spoken(diagnosis)
    ending = [how_it_ended(recording)] if recording.end.reason == "diverged" else []
    cause = diagnosis.cause
    actions = () if cause is None or hidden() else _ways_out(cause, recording)
    layers = () if cause is None else cause.layers
    return Judged(diagnosis.verdict, told.word, told.sentence, actions, (*ending, *told.reasons), layers)


def _ways_out(cause: Finding, recording: Recording) -> tuple[tuple[str, str], ...]:
    """The buttons beside a cause: a lower rate after one that was too high, and all that can be tried."""
    if recording.config is None or recording.end.reason == "running":
        return ()
    calmer = gentler(recording) if cause.knobs[0] == "learning_rate" else None
    lower = [("calmer", said("Train with learning rate {rate:g}", rate=calmer.learning_rate))] if calmer else []
    return (*lower, ("cures", said("Try the cures")))
