"""Search for hyperparameters: which Configs to try next, when there is time for so many and no more.

A search happens in the unit cube, whose axes are knobs: fields of the Config with a range. One decorated function is
one strategy: a generator that yields rounds of points (trial, knob) in [0, 1] and is sent their scores (trial,), lower
is better, before it goes on. It gets the budget, the number of knobs and a source of random numbers; in all its rounds
together it has at most as many points as the budget.

    knobs = [Knob("learning_rate", 1e-4, 1), Knob("weight_scale", 0.1, 10)]
    for trials in search(Config(steps=300), knobs, "random", 9):
        trials.configs[trials.best], trials.marginal(knobs[0])
"""

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from itertools import count, product
from numbers import Integral
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from core.array import Array
from core.config import Config
from core.config.declared import complaint
from core.registry import Registry
from core.sweeps import words
from core.sweeps.knobs import Knob
from core.sweeps.outcomes import outcomes
from core.sweeps.sweeps import sweeping
from core.words.said import Sentence
from core.work.progress import Progress

if TYPE_CHECKING:
    import pandas as pd

Rounds = Generator[Array, Array, None]  # yields points (trial, knob), is sent scores (trial,)
Looking = Callable[[int, int, torch.Generator], Rounds]
Score = Callable[[Sequence[Config]], Array]

FINE_WIDTH = 0.5  # of the box of the second round, along each knob: the cube is 1 wide


@dataclass(frozen=True)
class Strategy:
    """A way to search, and what it is called."""

    function: Looking
    label: str

    def __call__(self, budget: int, dimensions: int, generator: torch.Generator) -> Rounds:
        """The rounds of a search of `budget` points along so many knobs."""
        return self.function(budget, dimensions, generator)


strategies: Registry[Strategy] = Registry("strategy")


def strategy(label: str) -> Callable[[Looking], Strategy]:
    """Register the decorated function as a strategy. The label stands amid sentences, so it begins as a word there."""

    def register(function: Looking) -> Strategy:
        return strategies.add(function.__name__, Strategy(function, label), function.__doc__)

    return register


@strategy("grid")
def grid(budget: int, dimensions: int, generator: torch.Generator) -> Rounds:
    """Every combination of k evenly spaced values of each knob, k as large as the budget allows. Nothing is random.

    The k values are the centres of k equal cells, (i + 1/2) / k.
    """
    side = _root(budget, dimensions)
    centres = (np.arange(side) + 0.5) / side
    yield np.array(list(product(centres, repeat=dimensions)))


@strategy("random")
def random(budget: int, dimensions: int, generator: torch.Generator) -> Rounds:
    """Every trial anywhere, at random: each tests a new value of every knob (Bergstra & Bengio 2012)."""
    yield _uniform(budget, dimensions, generator)


@strategy("coarse to fine")
def coarse_to_fine(budget: int, dimensions: int, generator: torch.Generator) -> Rounds:
    """Half of the trials at random, those that random search begins with; the rest in a box around the best of them.

    That is how cs231n searches. The box is half as wide as the cube, and cut off at its borders. If no trial of the
    first round has a finite score there is no best one, and the second round looks everywhere again. An odd trial
    belongs to the first round.
    """
    coarse = _uniform((budget + 1) // 2, dimensions, generator)
    scores = yield coarse
    if len(coarse) < budget:
        low, high = _box(coarse, scores)
        yield low + (high - low) * _uniform(budget - len(coarse), dimensions, generator)


def _box(coarse: Array, scores: Array) -> Array:
    """The box of the second round, its low and high ends (2, knob), after points (trial, knob) with these scores."""
    reach = FINE_WIDTH / 2 if np.isfinite(scores).any() else 1.0
    centre = coarse[_best(scores)]
    box: Array = np.clip([centre - reach, centre + reach], 0, 1)
    return box


def _root(number: int, degree: int) -> int:
    """The largest whole number whose power `degree` is at most `number`."""
    root: int = round(number ** (1 / degree))  # never less than the truth, often more
    while root**degree > number:
        root -= 1
    return root


def _uniform(count: int, dimensions: int, generator: torch.Generator) -> Array:
    """Points (count, dimensions), uniform in the cube."""
    return torch.rand(count, dimensions, dtype=torch.float64, generator=generator).numpy()


def _best(scores: Array) -> int:
    """The place of the lowest score, the first of equals. NaN is worse than infinite."""
    return int(np.argsort(scores, kind="stable")[0])


@dataclass(frozen=True, eq=False)
class Trials:
    """What a search has tried so far: `configs`, their `points` (trial, knob) in the unit cube, `scores` (trial,).

    And in which of the `rounds` each was tried (trial,), from 1.
    """

    strategy: str
    knobs: tuple[Knob, ...]
    configs: tuple[Config, ...]
    points: Array
    scores: Array
    rounds: Array

    @property
    def best(self) -> int:
        """The place of the trial with the lowest score. NaN is worst; if all are NaN it is the first."""
        return _best(self.scores)

    @property
    def box(self) -> Array | None:
        """Where the second round looked: the low and the high ends (2, knob) of its box in the unit cube.

        None where there is only one round.
        """
        first = self.rounds == 1
        return None if first.all() else _box(self.points[first], self.scores[first])

    @property
    def reached(self) -> tuple[float, ...]:
        """The lowest score of each round; NaN where it has none but NaN."""
        each = (self.scores[self.rounds == number] for number in np.unique(self.rounds))
        return tuple(float(scores[_best(scores)]) for scores in each)

    def marginal(self, knob: Knob) -> "pd.DataFrame":
        """Every trial projected on one knob: columns value and score, sorted by value; the index tells the trial.

        A 3×3 grid has 3 values of each knob here, and 9 random trials have 9: where one knob matters and the other
        does not, the grid has tried a third as much (Bergstra & Bengio 2012, figure 1).
        """
        import pandas as pd

        names = [each.name for each in self.knobs]
        if knob.name not in names:
            raise ValueError(Sentence(words.OTHER_KNOB, names=", ".join(names), name=knob.name))
        values = [getattr(config, knob.name) for config in self.configs]
        frame = pd.DataFrame({"value": values, "score": self.scores}).rename_axis("trial")
        return frame.sort_values("value", kind="stable")


def validation_loss(configs: Sequence[Config], *, executor: Executor | None = None, stop: Event | None = None) -> Array:
    """The loss (trial,) of each Config on the held-out samples at its end. Infinite where a run diverged.

    For executor and stop see `core.sweeps.sweeps.sweeping`.
    """
    *_, whole = sweeping(configs, variables=(), executor=executor, stop=stop)
    losses: Array = outcomes["loss"](whole.dataset()).values.ravel()
    return losses


def search(
    base: Config,
    knobs: Sequence[Knob],
    strategy: str,
    budget: int,
    *,
    seed: int = 0,
    score: Score = validation_loss,
) -> Iterator[Trials]:
    """Try at most `budget` Configs, `base` with other values of the knobs. Yields what is known after each round.

    strategy: a name in `strategies`. seed: which random points; the seed of each run is that of `base`. score: what to
    make small; it is given the Configs of a round and returns a number for each. Raises ValueError at once for what
    cannot be searched. Later, DataUnavailable.
    """
    _check(base, knobs, strategy, budget, seed)
    points = strategies[strategy](int(budget), len(knobs), torch.Generator().manual_seed(int(seed)))
    nothing = Trials(strategy, tuple(knobs), (), np.empty((0, len(knobs))), np.empty(0), np.empty(0, np.int64))
    return _played(points, nothing, base, score)


@dataclass(frozen=True)
class Comparison:
    """The same search by several strategies: what each has tried so far, by name, and how far all of them are.

    How long the rest takes is not told: what comes from the cache of sweeps takes no time.
    """

    progress: Progress
    trials: Mapping[str, Trials]


def compare(
    base: Config,
    knobs: Sequence[Knob],
    budget: int,
    *,
    seed: int = 0,
    executor: Executor | None = None,
    stop: Event | None = None,
) -> Iterator[Comparison]:
    """Search by every strategy, one after another, on the same budget. Yields what is known after each round.

    For executor and stop see `core.sweeps.sweeps.sweeping`, for the rest and what is raised `search`.
    """
    score = partial(validation_loss, executor=executor, stop=stop)
    searches = {name: search(base, knobs, name, budget, seed=seed, score=score) for name in strategies}
    return _compared(searches, budget)


def _compared(searches: Mapping[str, Iterator[Trials]], budget: int) -> Iterator[Comparison]:
    began, total, known = monotonic(), budget * len(searches), {}
    for done, (name, rounds) in enumerate(searches.items()):
        for trials in rounds:
            known[name] = trials
            tried = done * budget + len(trials.configs)  # a strategy may leave some of its budget unspent
            yield Comparison(Progress(tried, total, monotonic() - began, 0.0), dict(known))


def _check(base: Config, knobs: Sequence[Knob], strategy: str, budget: int, seed: int) -> None:
    names = [knob.name for knob in knobs]
    if not names:
        raise ValueError(Sentence(words.NO_KNOBS))
    if len(set(names)) < len(names):
        raise ValueError(Sentence(words.SAME_KNOBS, names=", ".join(names)))
    if strategy not in strategies:
        raise ValueError(Sentence(words.NO_STRATEGY, names=", ".join(strategies), strategy=strategy))
    if isinstance(budget, bool) or not isinstance(budget, Integral) or budget < 1:
        raise ValueError(Sentence(words.NO_BUDGET, budget=budget))
    try:
        Config.fields()["seed"].check(seed)
    except ValueError:
        raise ValueError(complaint("seed", Config.fields()["seed"], seed)) from None
    _at(base, knobs, [1.0] * len(knobs))  # the largest network must fit into the memory


def _played(rounds: Rounds, trials: Trials, base: Config, score: Score) -> Iterator[Trials]:
    """The rounds of a strategy, each answered with the scores of its points; what is known after each."""
    points = next(rounds)
    for number in count(1):
        configs = [_at(base, trials.knobs, point) for point in points.tolist()]
        scores = np.asarray(score(configs), dtype=np.float64)
        trials = replace(
            trials,
            configs=(*trials.configs, *configs),
            points=np.concatenate([trials.points, points]),
            scores=np.concatenate([trials.scores, scores]),
            rounds=np.concatenate([trials.rounds, np.full(len(scores), number)]),
        )
        yield trials
        try:
            points = rounds.send(scores)
        except StopIteration:
            return


def _at(base: Config, knobs: Sequence[Knob], point: Sequence[float]) -> Config:
    """The Config at a point (knob,) of the cube."""
    values: dict[str, Any] = {knob.name: knob.value(share) for knob, share in zip(knobs, point, strict=True)}
    return replace(base, **values)
