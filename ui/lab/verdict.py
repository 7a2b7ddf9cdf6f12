"""The verdict of the lab: how the network on the screen is, and why, in one line that is always there."""

from dataclasses import replace

from core.config import Config
from core.diagnosis import diagnose
from core.diagnosis.finding import Finding
from core.diagnosis.headlines import gentler
from core.diagnosis.spoken import spoken
from core.diagnosis.words import how_it_ended
from core.measuring import Recording
from core.words.said import said
from ui.board.board import Judged
from ui.teaching import hidden


def judged(recording: Recording, config: Config) -> Judged:
    """What is said of the health of a network, and what can be done about it.

    What is on the screen before training may be known from a run of other settings: `config` says how it will go on.
    """
    known = recording if recording.known_config.steps else replace(recording, config=config)
    diagnosis = diagnose(known)
    told = spoken(diagnosis)
    ending = [how_it_ended(recording)] if recording.end.reason == "diverged" else []
    reason = diagnosis.reason
    actions = () if reason is None or hidden() else _ways_out(reason, recording)
    layers = () if reason is None else reason.layers
    others = sorted({layer for each in diagnosis.found for layer in each.layers}.difference(layers))
    more = (*ending, *told.reasons)
    return Judged(diagnosis.verdict, told.word, told.sentence, actions, more, layers, tuple(others))


def _ways_out(cause: Finding, recording: Recording) -> tuple[tuple[str, str], ...]:
    """The buttons beside a cause: a lower rate after one that was too high, and all that can be tried."""
    if recording.config is None or recording.end.reason == "running":
        return ()
    calmer = gentler(recording) if cause.knobs[0] == "learning_rate" else None
    lower = [("calmer", said("Train with learning rate {rate:g}", rate=calmer.learning_rate))] if calmer else []
    return (*lower, ("cures", said("Try the cures")))
