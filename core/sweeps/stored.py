"""Stored: the map that the app begins with, trained before, so that nobody waits for it.

It is a file of plain numbers beside this one, which `python -m core.diagnosis.causes` makes anew, together with what
kept each network from learning, and holds what every run ended with. It is shown in place of the map of these very
Configs and of no other: a field or a default that changes, a knob that gets another range, an outcome that asks for
another measure, and it is not used any more.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.config import Config
from core.sweeps.grid import Grid
from core.sweeps.knobs import Knob
from core.sweeps.maps import NEEDS, map_of
from core.sweeps.outcomes import last, outcomes, over_seeds
from core.sweeps.sweeps import Partial
from core.work.progress import Progress
from core.work.stored import FOREIGN, Origin, read, write

if TYPE_CHECKING:
    import xarray as xr

FILE = Path(__file__).with_suffix(".json")
DIGITS = 4
ALWAYS = ("loss", "accuracy")  # what a sweep measures unasked
COORDINATES = {"end", "layer", "split"}  # the others follow from the Configs


@dataclass(frozen=True)
class StoredMap:
    """A map that was trained before, as a sweep that has come to its end; when and where that was."""

    origin: Origin
    known: Partial


def first_map() -> Grid:
    """The map that the app begins with."""
    return map_of(Config.default(), Knob.usual("learning_rate"), Knob.usual("weight_scale"))


def store(configs: Grid, found: "xr.Dataset", file: Path) -> None:
    """Write what the networks of a map ended with; `found` is a sweep of them with an axis run."""
    ended = last(found[[name for name in found if name in {*ALWAYS, *NEEDS}]])
    kept = ended.drop_vars(ended.coords.keys() - COORDINATES).drop_attrs().to_dict()
    for variable in kept["data_vars"].values():
        variable["data"] = _rounded(variable["data"])
    write(file, {"made": asdict(Origin.here()), **about(configs), "runs": kept})
    map_in.cache_clear()


@lru_cache(maxsize=4)
def map_in(file: Path, configs: Grid) -> StoredMap | None:
    """The map of exactly these Configs in a file; None if there is none, or not every outcome follows from it."""
    entries = read(file)
    try:
        if {name: entries[name] for name in ("base", "axes")} != about(configs):
            return None
        known = _ended(configs, entries["runs"])
        for name in outcomes:
            if set(over_seeds(name, known.dataset()).dims) != {*configs.axes} - {"seed"}:
                return None
        return StoredMap(Origin.read(entries["made"]), known)
    except FOREIGN:
        return None


def about(configs: Grid) -> dict[str, Any]:
    """Which Configs these are, as a file says it."""
    return {"base": configs.base.to_dict(), "axes": {name: list(values) for name, values in configs.axes.items()}}


def _ended(configs: Grid, runs: Mapping[str, Any]) -> Partial:
    """The sweep of these Configs of which a file holds the end. Raises one of FOREIGN if that is of another form."""
    import xarray as xr

    ends = xr.Dataset.from_dict(runs).astype(float)
    ends = ends.assign_coords(run=np.arange(len(configs))).expand_dims(step=[configs.base.steps])
    measured = xr.ones_like(ends["run"], dtype=bool).expand_dims(step=ends["step"])
    whole = Progress(len(configs), len(configs), 0.0, 1.0)
    return Partial(whole, configs, (ends.assign_coords(measured=measured).transpose("run", "step", ...),))


def _rounded(numbers: Any) -> Any:
    """Numbers, or lists of them, to so many digits as nobody tells from all."""
    if isinstance(numbers, list):
        return [_rounded(number) for number in numbers]
    number = float(f"{numbers:.{DIGITS}g}")
    return int(number) if number.is_integer() else number
