"""Checks: the experiments of claims, made one after another; what they find is remembered as long as the process lives.

Whatever was found elsewhere is kept apart, in `core.claims.stored`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import accumulate
from threading import Event
from time import monotonic

from core.claims.claim import Evidence, claims, runner, trainer
from core.claims.words import FAILED
from core.datasets import DataUnavailable
from core.words.said import Sentence, why
from core.work.progress import Progress
from core.work.stored import Origin

UNKNOWN_SECONDS = {False: 0.1, True: 1.0}  # of a check that was never made, by whether it trains
STOPPED = "the checks were stopped"


@dataclass(frozen=True)
class Checked:
    """What became of a check: what it found, or the `problem` that kept it from being made; and how long it took.

    made: when and where that was, unless it was in this process.
    """

    finding: Evidence | None
    problem: Sentence | None
    seconds: float
    made: Origin | None = None


@dataclass(frozen=True)
class Checking:
    """Checks that go on: how far they are."""

    progress: Progress


_known: dict[str, Checked] = {}


def check(name: str, stopped: Callable[[], bool] = lambda: False) -> Checked:
    """Make the experiment of the claim `name` now, and remember what it finds, or what went wrong with it.

    Raises InterruptedError once stopped.
    """
    entry, began = claims[name], monotonic()
    offers = {"train": trainer(stopped), "run": runner(stopped)}
    try:
        finding, problem = entry(**{asked: offers[asked] for asked in claims.asks_for(name)}), None
    except InterruptedError:
        raise
    except DataUnavailable as missing:
        finding, problem = None, why(missing)
    except Exception as error:  # whatever it was, the claims behind this one are still to be checked
        finding, problem = None, Sentence(FAILED, kind=type(error).__name__, problem=why(error))
    _known[name] = Checked(finding, problem, monotonic() - began)
    return _known[name]


def recall(name: str) -> Checked | None:
    """What the last check of a claim in this process found; None if there was none."""
    return _known.get(name)


def checking(names: Sequence[str], stop: Event, *, again: bool = True) -> Iterator[Checking]:
    """Check these claims, one after another; unless `again`, only those that were not checked before.

    Raises InterruptedError once `stop` is set; what was found stays.
    """
    began, work = monotonic(), list(accumulate(map(_likely_seconds, names)))
    for done, name in enumerate(names, start=1):
        if stop.is_set():
            raise InterruptedError(STOPPED)
        if again or recall(name) is None:
            check(name, stop.is_set)
        yield Checking(Progress(done, len(names), monotonic() - began, work[done - 1] / work[-1], "claims"))


def _likely_seconds(name: str) -> float:
    """How long a check is likely to take: as long as the last time, or longer where it has to train."""
    known = recall(name)
    return known.seconds if known is not None else UNKNOWN_SECONDS[bool(claims.asks_for(name))]
