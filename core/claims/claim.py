"""Claim: a sentence of a lecture, where it is said, and the experiment that decides whether it holds.

An experiment gives cases: what was found in each, and the numbers between which it had to lie. The verdict follows from
them alone: the claim holds where every case is as predicted, does not hold where none is, and otherwise holds under the
condition that the names of the cases tell. What the tests expect of a claim is a verdict; of a condition, the names.
"""

from collections.abc import Callable, Iterable, Sequence
from collections.abc import Set as Names
from dataclasses import dataclass
from enum import StrEnum
from math import inf, isnan
from typing import TYPE_CHECKING, NamedTuple, SupportsFloat

import pandas as pd

from core import training
from core.claims.lectures import Place
from core.config import Config
from core.measuring import Recording
from core.registry import Registry
from core.sweeps.chunks import work_off
from core.words.numbers import spelled

if TYPE_CHECKING:
    import xarray as xr

Train = Callable[..., "xr.Dataset"]  # (configs, *measures): trains Configs of one shape, see `trainer`
Run = Callable[[Config], Recording]  # trains one network, see `runner`
Experiment = Callable[..., Iterable["Case"]]


class Verdict(StrEnum):
    """What an experiment says of a claim."""

    HOLDS = "holds"
    HOLDS_IF = "holds if …"
    DOES_NOT_HOLD = "does not hold"


class Subject(StrEnum):
    """What claims are about, in the order in which a course comes to it."""

    PERCEPTRON = "The perceptron"
    ACTIVATIONS = "Activation functions"
    GRADIENTS = "Gradients"
    DEAD = "Dead units"
    INITIALIZATION = "Initialization"
    BATCH_NORM = "Batch normalization"
    PREPROCESSING = "Preprocessing"
    OPTIMIZERS = "Optimizers"
    NETWORKS = "Networks for MNIST"
    BABYSITTING = "Watching it learn"
    SEARCHING = "Searching"
    CODE = "Code"


class Case(NamedTuple):
    """One situation in which a claim is tried: what was found, and between which numbers the claim expects it."""

    name: str
    found: float
    low: float
    high: float

    @property
    def as_predicted(self) -> bool:
        """Whether the number found is one that the claim expects. NaN never is."""
        return self.low <= self.found <= self.high

    @property
    def predicted(self) -> str:
        """What the claim expects, in words."""
        return between(self.low, self.high)


def near(name: str, found: SupportsFloat, expected: float, within: float) -> Case:
    """A case for which the claim gives one number; `within` is as far as it may be from that."""
    return Case(name, float(found), expected - within, expected + within)


def at_most(name: str, found: SupportsFloat, high: float) -> Case:
    """A case in which the claim expects no more than this."""
    return Case(name, float(found), -inf, high)


def at_least(name: str, found: SupportsFloat, low: float) -> Case:
    """A case in which the claim expects no less than this."""
    return Case(name, float(found), low, inf)


def between(low: float, high: float) -> str:
    """The numbers from one to the other, in words."""
    if spelled(low) == spelled(high):
        return spelled(low)
    if low == -high:
        return f"0 ± {spelled(high)}"
    if low == -inf:
        return f"at most {spelled(high)}"
    if high == inf:
        return f"at least {spelled(low)}"
    return f"{spelled(low)} to {spelled(high)}"


@dataclass(frozen=True)
class Finding:
    """What an experiment has found."""

    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        if not self.cases:
            raise ValueError("an experiment needs at least one case; got none")
        names = [case.name for case in self.cases]
        if len(set(names)) < len(names):
            raise ValueError(f"every case of an experiment needs a name of its own; got {', '.join(names)}")

    @property
    def verdict(self) -> Verdict:
        """What follows from the cases."""
        fits = [case.as_predicted for case in self.cases]
        return Verdict.HOLDS if all(fits) else Verdict.HOLDS_IF if any(fits) else Verdict.DOES_NOT_HOLD

    @property
    def holds_for(self) -> frozenset[str]:
        """The names of the cases that are as predicted."""
        return frozenset(case.name for case in self.cases if case.as_predicted)

    @property
    def condition(self) -> str:
        """The cases in which the claim holds, and those in which it does not."""
        sides = {True: "As predicted", False: "Not as predicted"}
        told = [(word, [case.name for case in self.cases if case.as_predicted is side]) for side, word in sides.items()]
        return " ".join(f"{word}: {'; '.join(names)}." for word, names in told if names)

    @property
    def found(self) -> str:
        """The number found, or from the smallest to the largest of several."""
        numbers = [case.found for case in self.cases]
        if any(map(isnan, numbers)):
            return ", ".join(map(spelled, numbers))
        return " to ".join(dict.fromkeys([spelled(min(numbers)), spelled(max(numbers))]))

    @property
    def predicted(self) -> str:
        """The number that the claim predicts, or all that it predicts for several cases."""
        return "; ".join(dict.fromkeys(case.predicted for case in self.cases))

    def table(self) -> pd.DataFrame:
        """A row for each case: what was predicted and found, and whether they agree."""
        rows = [
            (case.name, case.predicted, spelled(case.found), "yes" if case.as_predicted else "no")
            for case in self.cases
        ]
        return pd.DataFrame(rows, columns=["Case", "Predicted", "Found", "As predicted"])


@dataclass(frozen=True)
class Claim:
    """A sentence that lectures say, in our words, and all that belongs to it.

    quantity: what the numbers of its cases are. why: what decides it, for the reader. expected: the verdict that the
    tests ask for, None where the machine decides. holds_for: of a claim that holds under a condition, the names of the
    cases that fit. long: whether it takes more than a few seconds.
    """

    function: Experiment
    sentence: str
    said: tuple[Place, ...]
    subject: Subject
    quantity: str
    why: str
    expected: Verdict | None
    holds_for: frozenset[str]
    long: bool

    def __call__(self, **asked: object) -> Finding:
        """Make the experiment."""
        return Finding(tuple(self.function(**asked)))

    def expects(self, finding: Finding) -> bool:
        """Whether this is what the tests ask for: the verdict, and of a condition also the cases that it names."""
        if self.expected is None:
            return True
        conditional = self.expected == Verdict.HOLDS_IF
        return finding.verdict == self.expected and (not conditional or finding.holds_for == self.holds_for)


claims: Registry[Claim] = Registry("claim")


def claim(
    sentence: str,
    *said: Place,
    subject: Subject,
    quantity: str,
    why: str,
    expected: Verdict | Names[str] | None = Verdict.HOLDS,
    long: bool = False,
) -> Callable[[Experiment], Claim]:
    """Register the decorated function as the experiment of a claim; its docstring tells what is done.

    expected: what the tests ask for. HOLDS or DOES_NOT_HOLD; or, of a claim that holds under a condition, the names of
    the cases that are as predicted, such as {"batch of 1"}: these and no others. HOLDS_IF by itself is a ValueError.
    None, if times are measured: the tests make the experiment, and whatever comes out is what this machine says.

    It may ask for `train`, which trains Configs of one shape together: `train(configs, *measures)` gives a Dataset with
    the axes run, step, and those of the measures. Or for `run`, which trains one network alone, as the lab does. Both
    take nothing from a cache. Of a function that remembers its results, an experiment calls `__wrapped__`.
    """

    if expected is not None and (expected == Verdict.HOLDS_IF or not expected):
        raise ValueError(f"a claim that holds under a condition names the cases that fit; got {expected!r}")
    verdict, names = (Verdict.HOLDS_IF, expected) if isinstance(expected, Names) else (expected, ())

    def register(function: Experiment) -> Claim:
        entry = Claim(function, sentence, said, subject, quantity, why, verdict, frozenset(names), long)
        return claims.add(function.__name__, entry, function.__doc__)

    return register


def trainer(stopped: Callable[[], bool] = lambda: False) -> Train:
    """What experiments train with. Nothing is taken from a cache; it raises InterruptedError once stopped."""

    def train(configs: Sequence[Config], *names: str) -> "xr.Dataset":
        return work_off(tuple(configs), names, stopped=stopped)

    return train


def runner(stopped: Callable[[], bool] = lambda: False) -> Run:
    """What experiments on one large network train it with. As `trainer`, it takes nothing from a cache."""

    def run(config: Config) -> Recording:
        for recording in training.train(config, every_step=True):  # noqa: B007  # the last one is what is wanted
            if stopped():
                raise InterruptedError("the run was stopped")
        return recording

    return run
