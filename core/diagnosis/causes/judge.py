"""Judge: the doctor asked of every network of a sweep, as they come in.

The answer on a network is the id of the rule that names its cause, LEARNED of one that is alive, UNKNOWN of one that
did not learn and in which nothing was found.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING

from core.config import Config
from core.diagnosis.doctor import MEASURED, diagnose
from core.measuring import Recording
from core.sweeps.grid import Grid
from core.sweeps.maps import NEEDS
from core.sweeps.runs import recordings_of
from core.sweeps.sweeps import Partial, sweeping
from core.work.progress import Progress

if TYPE_CHECKING:
    import xarray as xr

LEARNED, UNKNOWN = "learned", "unknown"
WANTED = frozenset({*NEEDS, *MEASURED})


@dataclass(frozen=True)
class JudgedMap:
    """A map as far as it is known: its sweep, and the answers on its networks, by their places among the Configs."""

    known: Partial
    causes: Mapping[int, str]

    @property
    def progress(self) -> Progress:
        """How far the map is."""
        return self.known.progress


def judging(
    configs: Grid, *, executor: Executor | None = None, variables: Collection[str] = WANTED, stop: Event | None = None
) -> Iterator[JudgedMap]:
    """Train the networks of a map and judge each: what is known after each chunk. Raises as `sweeping` does."""
    causes: dict[int, str] = {}
    for known in sweeping(configs, executor=executor, variables=variables, stop=stop):
        causes |= causes_of(known.parts[-1], configs)
        yield JudgedMap(known, dict(causes))


def causes_of(part: "xr.Dataset", configs: Sequence[Config]) -> dict[int, str]:
    """The answers on the networks of a part of a sweep, by their places among its Configs."""
    places = part["run"].values.tolist()
    recordings = recordings_of(part, [configs[place] for place in places])
    return {place: _answer(each) for place, each in zip(places, recordings, strict=True) if each is not None}


def _answer(recording: Recording) -> str:
    diagnosis = diagnose(recording)
    if diagnosis.cause is not None:
        return diagnosis.cause.rule
    return LEARNED if diagnosis.verdict == "alive" else UNKNOWN
