"""Looks: what charts show at several steps of a recording, packed small: one table of columns for each chart.

The rows of all steps lie under one another. A chart of all steps has its rows once: from one step to another only the
mark of the step moves, and whoever draws it moves that, as it moves the mark of the chosen unit.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa

from core.charts import charts
from core.charts.chart import FIRST_UNIT, UnitPlace
from core.diagnosis.headlines import headlines
from core.diagnosis.words import Told, told
from core.measuring import Recording
from core.memory.caches import Cache
from core.words.said import Language, language

KEPT = 8  # looks of runs that were seen last: visitors go to and fro among views
KEPT_CHARTS = 4 * KEPT  # and among units
FRESH = (
    10  # looks that are handed over at once while a run goes on: more than these, no browser would draw in that time
)
NOTHING = pd.Categorical.from_codes([0], [""])


class Packed(NamedTuple):
    """What a chart shows: its table, and where in it the rows of each step begin, and the last end."""

    table: pa.Table
    begins: list[int]


@dataclass(frozen=True)
class Looks:
    """What charts show at `steps`, by their names. `numbers` are the headlines of each step."""

    steps: list[int]
    packed: dict[str, Packed]
    numbers: list[list[Told]]


def all_looks(recording: Recording, names: Sequence[str], unit: UnitPlace = FIRST_UNIT) -> Looks:
    """All steps of a recording that has ended or rests."""
    units = {name: unit if charts[name].of_unit else FIRST_UNIT for name in names}
    packed = {name: _all_packed(recording, name, each, language()) for name, each in units.items()}
    return Looks(list(recording.steps), packed, _all_numbers(recording, language()))


# Each counts for a part at least, as it keeps its recording alive.
_charts: Cache[Packed] = Cache(1 / 16, 64_000_000, lambda packed: max(packed.table.nbytes, _charts.most // KEPT_CHARTS))


@_charts.remembers
def _all_packed(recording: Recording, name: str, unit: UnitPlace, _: Language) -> Packed:
    return _packed(recording, name, recording.steps, unit)


@lru_cache(maxsize=KEPT)
def _all_numbers(recording: Recording, _: Language) -> list[list[Told]]:
    return _numbers(recording, recording.steps)


def fresh_looks(recording: Recording, names: Sequence[str], unit: UnitPlace, after: int) -> Looks:
    """The steps of a recording that goes on which came `after` a step: at most FRESH, and the newest in any case."""
    fresh = [step for step in recording.steps if step > after] or recording.steps[-1:]
    places = np.linspace(0, len(fresh) - 1, FRESH) if len(fresh) > FRESH else range(len(fresh))
    chosen = [fresh[round(place)] for place in places]
    packed = {name: _packed(recording, name, chosen, unit) for name in names}
    return Looks(chosen, packed, _numbers(recording, chosen))


def _packed(recording: Recording, name: str, steps: Sequence[int], unit: UnitPlace) -> Packed:
    chart = charts[name]
    frames = [chart.frame_of(recording, step, unit) for step in (steps if chart.at_step else steps[-1:])]
    return Packed(_table(frames), [0, *accumulate(map(len, frames))])


def _numbers(recording: Recording, steps: Sequence[int]) -> list[list[Told]]:
    return [list(map(told, headlines(recording, step))) for step in steps]


def _table(frames: Sequence[pd.DataFrame]) -> pa.Table:
    """Frames under one another. Columns stay as small as they are; NaN stays NaN."""
    sizes, parts = list(map(len, frames)), [dict(frame.items()) for frame in frames]
    names = dict.fromkeys(name for part in parts for name in part)
    return pa.table({str(name): _column([part.get(name) for part in parts], sizes) for name in names})


def _column(parts: "Sequence[pd.Series | None]", sizes: Sequence[int]) -> pa.Array:
    """One column. A step at which the chart has no such column has nothing in it."""
    kind = next(part.dtype for part in parts if part is not None)
    if isinstance(kind, pd.CategoricalDtype):
        return _words(parts, sizes)
    missing, filled = np.float32(np.nan), zip(parts, sizes, strict=True)
    return pa.array(
        np.concatenate([np.full(size, missing) if part is None else part.to_numpy() for part, size in filled])
    )


def _words(parts: "Sequence[pd.Series | None]", sizes: Sequence[int]) -> pa.DictionaryArray:
    """One column of words, as numbers of the few that there are."""
    filled = zip(parts, sizes, strict=True)
    kept = [NOTHING.take(np.zeros(size, int)) if part is None else part.array for part, size in filled]
    chunks = [pa.DictionaryArray.from_arrays(each.codes.astype(np.int32), list(each.categories)) for each in kept]
    return pa.chunked_array(chunks).unify_dictionaries().combine_chunks()
