"""Maps: the networks at every pair of values of two knobs, some seeds of each."""

from dataclasses import replace
from functools import lru_cache
from typing import Any

from core.config import Config
from core.config.fields import Number
from core.sweeps.grid import Grid, grid
from core.sweeps.knobs import Knob
from core.sweeps.outcomes import outcomes

SIDE, SEEDS, STEPS = 16, 3, 300  # of the map that the app begins with
SNAPSHOTS = 8  # an outcome needs the last look only, but whoever asks for the cause wants to see what led there

NEEDS = frozenset(need for entry in outcomes.values() for need in entry.needs)  # all that any outcome is made of


@lru_cache(maxsize=8)  # a page asks for its map again at every touch, and its Configs take a tenth of a second
def map_of(base: Config, x: Knob, y: Knob, *, side: int = SIDE, seeds: int = SEEDS, steps: int = STEPS) -> Grid:
    """A grid of axes x, y and seed: `side` values of each knob, and the seed of `base` with those after it.

    Raises ValueError where values of the knobs do not go together.
    """
    seed = Config.fields()["seed"]
    assert isinstance(seed, Number)
    first = min(base.seed, int(seed.high) - seeds + 1)
    axes: dict[str, Any] = {x.name: x.axis(side), y.name: y.axis(side), "seed": range(first, first + seeds)}
    start = {name: values[0] for name, values in axes.items()}  # what the grid varies must not tell two grids apart
    return grid(replace(base, steps=steps, snapshots=SNAPSHOTS, **start), **axes)
