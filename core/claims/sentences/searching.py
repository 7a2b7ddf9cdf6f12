"""Claims about searching hyperparameters."""

from collections.abc import Iterator

import numpy as np
import torch

from core.array import Array
from core.claims.claim import Case, Subject, at_least, at_most, claim
from core.claims.lectures import NOTES
from core.config import Config
from core.sweeps.search import strategies

PART = "2. CS231n 6강 정리, 6) Hyperparameter Optimization, (1) Cross-validation"
COARSE, RANDOM = NOTES.at(PART), NOTES.at(f"{PART}, random search")
TRIES = 1000  # landscapes whose best place lies elsewhere
ENOUGH = 243  # trials: three values of each of five knobs
ADVANTAGE = "Mean distance from the best place, grid over random"


def distance(strategy: str, budget: int, knobs: int, important: int) -> float:
    """How far the best trial of a search is from the optimum, in the important knobs, mean over TRIES optima.

    The unit cube is searched; the score of a point is its distance from an optimum that lies anywhere in it. The other
    knobs do nothing.
    """
    generator = Config().generator("search")
    optima = torch.rand(TRIES, important, generator=generator, dtype=torch.float64).numpy()
    return float(np.mean([_closest(strategy, budget, knobs, optimum, generator) for optimum in optima]))


def _closest(strategy: str, budget: int, knobs: int, optimum: Array, generator: torch.Generator) -> float:
    search = strategies[strategy](budget, knobs, generator)
    points, closest = next(search), np.inf
    while True:
        scores = np.linalg.norm(points[:, : len(optimum)] - optimum, axis=1)
        closest = min(closest, float(scores.min()))
        try:
            points = search.send(scores)
        except StopIteration:
            return closest


def advantage(budget: int, knobs: int, important: int) -> float:
    """How much farther from the optimum a grid ends than random search."""
    return distance("grid", budget, knobs, important) / distance("random", budget, knobs, important)


@claim(
    "Random search is better than a grid, which is likely to step over the best place.",
    RANDOM,
    subject=Subject.SEARCHING,
    quantity=ADVANTAGE,
    why="Nine trials on a grid try three values of each knob; at random they try nine. That pays where knobs differ in "
    "how much they matter. Where both matter alike, or there is only one, an even grid leaves smaller gaps.",
    expected={1},
)
def random_beats_grid() -> Iterator[Case]:
    """1,000 searches for a best place that lies anywhere; above 1 random search is better."""
    yield at_least("2 knobs, one of them matters, 9 trials", advantage(9, 2, 1), 1)
    yield at_least("2 knobs, both matter alike, 9 trials", advantage(9, 2, 2), 1)
    yield at_least("1 knob, 3 trials", advantage(3, 1, 1), 1)


@claim(
    "From four hyperparameters on, random search is the better one.",
    RANDOM,
    subject=Subject.SEARCHING,
    quantity=ADVANTAGE,
    why="The number of knobs alone does not decide it. Where few of them matter, random search wins with two knobs "
    "already; where all or all but one matter alike, the grid is still ahead with five.",
    expected={1, 2, 5, 6},
)
def random_from_four_on() -> Iterator[Case]:
    """1,000 searches each, with two values of each knob on the grid, and as many trials at random."""
    for knobs in (4, 5):
        cases = ((1, "one matters"), (2, "two matter"), (knobs - 1, "all but one matter"), (knobs, "all matter alike"))
        for important, words in cases:
            yield at_least("{knobs} knobs, {words}", advantage(2**knobs, knobs, important), 1, knobs=knobs, words=words)


@claim(
    "The cost of a grid grows quickly with the number of hyperparameters.",
    RANDOM,
    subject=Subject.SEARCHING,
    quantity="Mean distance from the best, over that with one knob",
    why="243 trials on a grid are 243 values of one knob, 15 of each of two, and 3 of each of five. At random they are "
    "243 values of each knob, however many there are. That helps where few of them matter; where all matter alike, "
    "random search gets worse as well.",
)
def grids_grow() -> Iterator[Case]:
    """1,000 searches with 243 trials each, for the best value of one knob; the others do nothing."""
    alone = {strategy: distance(strategy, ENOUGH, 1, 1) for strategy in ("grid", "random")}
    for knobs in (2, 3, 4, 5):
        yield at_least("grid, {knobs} knobs", distance("grid", ENOUGH, knobs, 1) / alone["grid"], 10, knobs=knobs)
    yield at_most("random search, 5 knobs", distance("random", ENOUGH, 5, 1) / alone["random"], 1.5)


@claim(
    "Going from a wide range to a narrow one finds better values.",
    COARSE,
    subject=Subject.SEARCHING,
    quantity="Mean distance from the best place, random over coarse to fine",
    why="Half of the trials tell where it is good, the other half look closer there. That needs a landscape without a "
    "second valley that looks better from afar.",
)
def coarse_to_fine_is_better() -> Iterator[Case]:
    """1,000 searches for a best place that lies anywhere, with as many trials in one go as in two rounds."""
    for knobs, budget in ((1, 8), (2, 16), (2, 64), (3, 64)):
        ratio = distance("random", budget, knobs, knobs) / distance("coarse_to_fine", budget, knobs, knobs)
        yield at_least(
            "{knobs} knob{number}, {budget} trials", ratio, 1, knobs=knobs, number="s" * (knobs > 1), budget=budget
        )
