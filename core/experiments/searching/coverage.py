"""How well a search covers its space: by chance, by a grid, and how far from the best both end on average."""

from collections.abc import Callable
from functools import lru_cache
from math import ceil, expm1, log, log1p, nan

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.config import Config
from core.sweeps.search import strategies

STRATEGIES = ("grid", "random")
MATTER: dict[str, Callable[[int], int]] = {  # how many of so many knobs
    "one": lambda knobs: 1,
    "but_one": lambda knobs: max(1, knobs - 1),
    "all": lambda knobs: knobs,
}
BUDGETS = (3, 9, 16, 27, 60)  # of trials
SHARES = (0.01, 0.02, 0.05, 0.1, 0.2)  # of the settings, that count as best
KNOBS = (1, 2, 3, 4, 5, 6)
SURE = 0.95
ALIKE = 0.02  # mean distances that differ by a smaller share are called alike: the simulation is no finer
DRAWS, OPTIMA = 300, 50  # searches, and places of the optimum for each of them


def chance_of_best(trials: int, share: float) -> float:
    """1 − (1 − p)ⁿ: the chance that one of n random trials is among the best share p of all settings."""
    return -expm1(trials * log1p(-share))


def trials_needed(share: float) -> int:
    """n ≥ ln 0.05/ln(1 − p): so many random trials hit the best share p with a chance of 95 %."""
    return ceil(log(1 - SURE) / log1p(-share))


def grid_distance(values: int) -> float:
    """1/(4k): the mean distance of an optimum in [0, 1], equally likely anywhere, to k centres of equal cells."""
    return 1 / (4 * values)


def random_distance(trials: int) -> float:
    """(n + 3)/(2(n + 1)(n + 2)): the same for n values that are random.

    Between the values and the ends lie n + 1 gaps g of mean square 2/((n + 1)(n + 2)). A gap adds g²/4 between two
    values and g²/2 at an end.
    """
    return (trials + 3) / (2 * (trials + 1) * (trials + 2))


def best_share(optimum: float, share: float) -> tuple[float, float]:
    """From where to where, in [0, 1], the share of it lies that is nearest to the optimum."""
    low = min(max(optimum - share / 2, 0.0), 1 - share)
    return low, low + share


def square(budget: int, draw: int, share: float) -> xr.Dataset:
    """What each of STRATEGIES tries of two knobs. `draw` decides on random points, and where the optimum is.

    point (strategy, trial, knob) lies in the unit square, of which only the first knob matters; a grid may have fewer
    trials, and NaN in place of the others. Along the knob that matters: the optimum; away (strategy, trial), how far
    each trial is from it; nearest (strategy, trial), whether none is nearer: a grid has several; distance (strategy,),
    how far those are; values (strategy,), how many different ones are tried; and the ends of the best `share` of the
    square, low and high.
    """
    config = Config(seed=draw)
    optimum = float(torch.rand((), generator=config.generator("optimum"), dtype=torch.float64))
    tried = [_points(name, budget, 2, config.generator("search")) for name in STRATEGIES]
    most = max(map(len, tried))
    point = np.stack([np.pad(one, ((0, most - len(one)), (0, 0)), constant_values=nan) for one in tried])
    away = np.abs(point[..., 0] - optimum)
    distance = np.nanmin(away, 1)
    low, high = best_share(optimum, share)
    return xr.Dataset(
        {
            "point": (("strategy", "trial", "knob"), point),
            "away": (("strategy", "trial"), away),
            "nearest": (("strategy", "trial"), away == distance[:, None]),
            "distance": ("strategy", distance),
            "values": ("strategy", [len(np.unique(one[:, 0])) for one in tried]),
            "optimum": optimum,
            "low": low,
            "high": high,
        },
        {"strategy": list(STRATEGIES), "knob": ["matters", "other"]},
        {"trials": budget},
    )


@lru_cache(maxsize=32)
def distances(budget: int, matter: str) -> xr.Dataset:
    """How far searches of so many trials end from the optimum, where so many of the knobs matter (one of MATTER).

    The mean distance of the best trial (strategy, knobs), in units of the range of a knob: `measured` is simulated;
    `expected` is what the formulas say, NaN where more than one of the knobs may matter. `nearer` tells which strategy
    ends nearer to the optimum than the other, by more than ALIKE.
    """
    if matter not in MATTER:
        raise ValueError(f"matter must be one of {', '.join(MATTER)}; got {matter!r}")
    measured = np.array([_simulated(budget, knobs, MATTER[matter](knobs)) for knobs in KNOBS]).T
    expected = _expected(budget) if matter == "one" else np.full(measured.shape, nan)
    axes = ("strategy", "knobs")
    nearer = measured < (1 - ALIKE) * measured[::-1]
    found = {"measured": (axes, measured), "expected": (axes, expected), "nearer": (axes, nearer)}
    return xr.Dataset(found, {"strategy": list(STRATEGIES), "knobs": list(KNOBS)}, {"trials": budget})


def _expected(budget: int) -> Array:
    sides = [len(np.unique(_points("grid", budget, knobs, torch.Generator())[:, 0])) for knobs in KNOBS]
    return np.array([[grid_distance(side) for side in sides], [random_distance(budget)] * len(KNOBS)])


def _simulated(budget: int, knobs: int, matter: int) -> list[float]:
    """The mean distance along the first `matter` knobs, for each of STRATEGIES. All searches share one grid."""
    generator = Config().generator(f"coverage of {knobs}")
    optima = torch.rand(DRAWS, OPTIMA, matter, generator=generator, dtype=torch.float64)
    grid = _points("grid", budget, knobs, generator)[None]
    random = _points("random", DRAWS * budget, knobs, generator).reshape(DRAWS, budget, knobs)
    points = (torch.from_numpy(tried)[..., :matter] for tried in (grid, random))  # (draw, trial, knob)
    return [float(torch.cdist(tried, optima).amin(1).mean()) for tried in points]


def _points(strategy: str, budget: int, knobs: int, generator: torch.Generator) -> Array:
    """The first round of a strategy: points (trial, knob)."""
    return next(strategies[strategy](budget, knobs, generator))
