"""Finding: what one rule says of a recording. Diagnosis: what all of them say together, causes before consequences."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from core.words.said import Sentence

# Worth knowing; may keep a network from learning; keeps it from learning well; nothing can be learned with it.
NOTE, DOUBT, HARM, FATAL = 1, 2, 3, 4

Answer = Literal["found", "healthy", "not applicable"]
Health = Literal["alive", "sick", "dead", "unknown"]


@dataclass(frozen=True)
class Finding:
    """The answer of a rule, named by its id.

    `why` says what was found, what speaks against it, or why it could not be judged, with the numbers of `evidence`;
    `saying` is the id of that sentence. `severity` is NOTE, DOUBT, HARM or FATAL, and 0 unless something was found.
    `knobs` are the fields of the Config that mend it, the likeliest first; `layers`, counted from 1, and `steps` are
    where it is.
    """

    rule: str
    answer: Answer
    severity: int
    saying: str
    why: Sentence
    evidence: Mapping[str, float] = field(default_factory=dict)
    knobs: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()


@dataclass(frozen=True)
class Diagnosis:
    """What the rules say of a recording.

    `findings` are the answers of all rules, in the order in which causes go before consequences. `cause` is the first
    of those that keep the network from learning, None where it learns, or nothing speaks against it.
    """

    verdict: Health
    cause: Finding | None
    findings: tuple[Finding, ...]

    @property
    def found(self) -> tuple[Finding, ...]:
        """What was found, causes before consequences."""
        return tuple(finding for finding in self.findings if finding.answer == "found")

    @property
    def reason(self) -> Finding | None:
        """What the verdict rests on: the cause; or, where there is none, what leaves in doubt whether it will learn."""
        doubts = (finding for finding in self.found if finding.severity == DOUBT)
        return self.cause or next(doubts, None)

    @property
    def consequences(self) -> tuple[Finding, ...]:
        """What else was found: it follows from the cause, or stands beside it."""
        return tuple(finding for finding in self.found if finding is not self.cause)
