"""Claim: a sentence of a lecture, where it is said, and the experiment that decides whether it holds.

An experiment gives cases: what was found in each, and the numbers between which it had to lie. The verdict follows from
them alone: the claim holds where every case is as predicted, does not hold where none is, and otherwise holds under the
condition that its cases tell. What the tests expect of a claim is a verdict; of a condition, which cases fit, by their
numbers. What is said of all that stands in `core.claims.words`.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from enum import StrEnum
from math import inf
from typing import TYPE_CHECKING, Any, SupportsFloat

from core import training
from core.claims.lectures import Place
from core.config import Config
from core.measuring import Recording
from core.registry import Registry
from core.sweeps.chunks import work_off

if TYPE_CHECKING:
    import xarray as xr

Train = Callable[..., "xr.Dataset"]  # (configs, *measures): trains Configs of one shape, see `trainer`
Runner = Callable[[Config], Recording]  # trains one network, see `runner`
Experiment = Callable[..., Iterable["Case"]]


class Verdict(StrEnum):
    """What an experiment says of a claim."""

    HOLDS = "holds"
    HOLDS_IF = "holds_if"
    DOES_NOT_HOLD = "does_not_hold"


class Subject(StrEnum):
    """What claims are about, in the order in which a course comes to it: the lesson that teaches it, or code."""

    PERCEPTRON = "perceptron"
    ACTIVATIONS = "activation_functions"
    GRADIENTS = "vanishing"
    DEAD = "dead_relu"
    INITIALIZATION = "initialization"
    BATCH_NORM = "batch_norm"
    PREPROCESSING = "preprocessing"
    OPTIMIZERS = "optimizers"
    NETWORKS = "mnist"
    BABYSITTING = "babysitting"
    SEARCHING = "searching"
    CODE = "code"


@dataclass(frozen=True)
class Case:
    """One situation in which a claim is tried: what was found, and between which numbers the claim expects it.

    Its name is a template, filled with the numbers or choices that make the situation.
    """

    template: str
    found: float
    low: float
    high: float
    filled: Mapping[str, Any] = field(default_factory=dict)

    @property
    def as_predicted(self) -> bool:
        """Whether the number found is one that the claim expects. NaN never is."""
        return self.low <= self.found <= self.high


def near(template: str, found: SupportsFloat, expected: float, within: float, /, **filled: Any) -> Case:
    """A case for which the claim gives one number; `within` is as far as it may be from that."""
    return Case(template, float(found), expected - within, expected + within, filled)


def at_most(template: str, found: SupportsFloat, high: float, /, **filled: Any) -> Case:
    """A case in which the claim expects no more than this."""
    return Case(template, float(found), -inf, high, filled)


def at_least(template: str, found: SupportsFloat, low: float, /, **filled: Any) -> Case:
    """A case in which the claim expects no less than this."""
    return Case(template, float(found), low, inf, filled)


@dataclass(frozen=True)
class Evidence:
    """What an experiment has found."""

    cases: tuple[Case, ...]

    def __post_init__(self) -> None:
        if not self.cases:
            raise ValueError("an experiment needs at least one case; got none")
        names = [case.template.format(**case.filled) for case in self.cases]
        if len(set(names)) < len(names):
            raise ValueError(f"every case of an experiment needs a name of its own; got {', '.join(names)}")

    @property
    def verdict(self) -> Verdict:
        """What follows from the cases."""
        fits = [case.as_predicted for case in self.cases]
        return Verdict.HOLDS if all(fits) else Verdict.HOLDS_IF if any(fits) else Verdict.DOES_NOT_HOLD

    @property
    def holds_for(self) -> frozenset[int]:
        """The numbers of the cases that are as predicted, from 1 in their order."""
        return frozenset(number for number, case in enumerate(self.cases, start=1) if case.as_predicted)


@dataclass(frozen=True)
class Claim:
    """A sentence that lectures say, in our words, and all that belongs to it.

    quantity: what the numbers of its cases are. why: what decides it, for the reader. expected: the verdict that the
    tests ask for, None where the machine decides. holds_for: of a claim that holds under a condition, the numbers
    of the cases that fit. long: whether it takes more than a few seconds.
    """

    function: Experiment
    sentence: str
    said: tuple[Place, ...]
    subject: Subject
    quantity: str
    why: str
    expected: Verdict | None
    holds_for: frozenset[int]
    long: bool

    def __call__(self, **asked: object) -> Evidence:
        """Make the experiment."""
        return Evidence(tuple(self.function(**asked)))

    def expects(self, finding: Evidence) -> bool:
        """Whether this is what the tests ask for: the verdict, and of a condition also the cases that fit."""
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
    expected: Verdict | Set[int] | None = Verdict.HOLDS,
    long: bool = False,
) -> Callable[[Experiment], Claim]:
    """Register the decorated function as the experiment of a claim; its docstring tells what is done.

    expected: what the tests ask for. HOLDS or DOES_NOT_HOLD; or, of a claim that holds under a condition, the numbers
    of the cases that are as predicted, from 1 in their order, such as {1, 3}: these and no others. HOLDS_IF by itself
    is a ValueError, and so is a case that is no whole number from 1 on.
    None, if times are measured: the tests make the experiment, and whatever comes out is what this machine says.

    It may ask for `train`, which trains Configs of one shape together: `train(configs, *measures)` gives a Dataset with
    the axes run, step, and those of the measures. Or for `run`, which trains one network alone, as the lab does. Both
    take nothing from a cache. Of a function that remembers its results, an experiment calls `__wrapped__`.
    """

    if expected is not None and (expected == Verdict.HOLDS_IF or not expected):
        raise ValueError(f"a claim that holds under a condition tells the cases that fit; got {expected!r}")
    verdict, cases = (Verdict.HOLDS_IF, _numbers(expected)) if isinstance(expected, Set) else (expected, frozenset())

    def register(function: Experiment) -> Claim:
        entry = Claim(function, sentence, said, subject, quantity, why, verdict, cases, long)
        return claims.add(function.__name__, entry, function.__doc__)

    return register


def _numbers(cases: Set[int]) -> frozenset[int]:
    """The numbers of the cases that fit. Raises ValueError where one is none."""
    wrong = [case for case in cases if type(case) is not int or case < 1]
    if wrong:
        raise ValueError(f"the cases that fit are told by their whole numbers, from 1; got {wrong[0]!r}")
    return frozenset(cases)


def trainer(stopped: Callable[[], bool] = lambda: False) -> Train:
    """What experiments train with. Nothing is taken from a cache; it raises InterruptedError once stopped."""

    def train(configs: Sequence[Config], *names: str) -> "xr.Dataset":
        return work_off(tuple(configs), names, stopped=stopped)

    return train


def runner(stopped: Callable[[], bool] = lambda: False) -> Runner:
    """What experiments on one large network train it with. As `trainer`, it takes nothing from a cache."""

    def run(config: Config) -> Recording:
        for recording in training.train(config, every_step=True):  # noqa: B007  # the last one is what is wanted
            if stopped():
                raise InterruptedError("the run was stopped")
        return recording

    return run
