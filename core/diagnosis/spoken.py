"""Spoken: a diagnosis as a reader hears it, in one sentence and in all its reasons."""

from typing import NamedTuple

from core.config import Config
from core.diagnosis.finding import HARM, Diagnosis, Finding
from core.words.said import said

WORDS = {"alive": "Alive", "sick": "Sick", "dead": "Dead", "unknown": "Unknown"}
UNTRAINED = "Nothing speaks against learning, as far as {count} rules can tell before training."
SO_FAR = "Nothing speaks against learning so far, as far as {count} rules can tell."
TURN = {1: "{why} Turn: {first}.", 2: "{why} Turn: {first}, or {second}."}


class Spoken(NamedTuple):
    """The verdict in a word, the sentence that gives the reason, and what else was found, or was looked for."""

    word: str
    sentence: str
    reasons: tuple[str, ...]


def spoken(diagnosis: Diagnosis) -> Spoken:
    """A diagnosis in words."""
    return Spoken(said(WORDS[diagnosis.verdict]), _sentence(diagnosis), tuple(_reasons(diagnosis)))


def knob_names(finding: Finding) -> list[str]:
    """The knobs of a finding as the sidebar calls them."""
    return [said(Config.fields()[name].label) for name in finding.knobs]


def _sentence(diagnosis: Diagnosis) -> str:
    learns = next((each for each in diagnosis.findings if each.rule == "not_learning"), None)
    untrained = learns is not None and learns.saying == "untrained"
    if diagnosis.reason is not None:
        names = knob_names(diagnosis.reason)[:2]
        turn = said(TURN[len(names)], why=diagnosis.reason.why, first=names[0], second=names[-1])
        may_learn = untrained and diagnosis.reason.severity == HARM
        return said("{turn} It may learn all the same.", turn=turn) if may_learn else turn
    if diagnosis.verdict == "alive" and learns is not None and learns.answer == "healthy":
        return said(learns.why)
    judged = [each for each in diagnosis.findings if each.answer != "not applicable"]
    return said(UNTRAINED if untrained else SO_FAR, count=len(judged))


def _reasons(diagnosis: Diagnosis) -> list[str]:
    """What else was found; of a network in which nothing was, what was looked for."""
    if diagnosis.found:
        others = [said(each.why) for each in diagnosis.found if each is not diagnosis.reason]
        return [said("Found as well, as a consequence or beside it:"), *others] if others else []
    healthy = [said(each.why) for each in diagnosis.findings if each.answer == "healthy"]
    return [said("What was looked at:"), *healthy]
