"""Rule: a question that is asked of every recording, with its three answers.

One decorated function is one rule. It is given the `Signs` of a recording and returns an Opinion: `found`, with how
severe it is, the knobs that mend it and the numbers that show it, or `healthy`, with the numbers that show that. What
a rule needs (variables, a hidden layer, more than a few samples, training, a Config) it declares; where that is missing
it is not asked, and the answer is "not applicable", with the reason. A rule never raises.

A network that has learned is not called sick: what a rule finds there is "healthy", with the sentence that it learned
all the same. AUTOTRAINER (Zhang et al. 2021) asks its rules likewise, and rules that do not ask are the ones with the
false alarms. Nor is one judged by its training while that goes on, or has only begun, but for what cannot get better,
which is declared `at_once`. A rule for networks that learn, and yet not what they should, is declared `though_learned`.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from core.config import Config
from core.diagnosis.finding import Answer, Finding
from core.diagnosis.sentences import COMMON, LEARNED, worded
from core.diagnosis.signs import Signs
from core.registry import Registry


@dataclass(frozen=True)
class Opinion:
    """What the function of a rule returns: a Finding without the name of the rule."""

    answer: Answer
    severity: int = 0
    saying: str = ""
    evidence: dict[str, float] = field(default_factory=dict)
    knobs: tuple[str, ...] = ()
    layers: tuple[int, ...] = ()
    steps: tuple[int, ...] = ()


def found(
    severity: int,
    knobs: Iterable[str] = (),
    seen: Mapping[str, float] | None = None,
    *,
    saying: str = "",
    layers: Iterable[int] = (),
    steps: Iterable[int] = (),
) -> Opinion:
    """It is so, as the numbers that were `seen` show. `saying` is the id of the sentence, if not that of the rule."""
    at = tuple(map(int, layers)), tuple(map(int, steps))
    return Opinion("found", severity, saying, _numbers(seen), tuple(knobs), *at)


def healthy(seen: Mapping[str, float] | None = None, *, saying: str = "") -> Opinion:
    """It is not so, as the numbers that were `seen` show. `saying` is the id of the sentence, if not the rule's."""
    return Opinion("healthy", saying=saying, evidence=_numbers(seen))


def _numbers(seen: Mapping[str, float] | None) -> dict[str, float]:
    return {name: float(number) for name, number in (seen or {}).items()}


def not_applicable(reason: str) -> Opinion:
    """It cannot be judged, for this reason, the id of a sentence."""
    return Opinion("not applicable", saying=reason)


Judge = Callable[[Signs], Opinion]


@dataclass(frozen=True)
class Rule:
    """A rule with what is declared of it. `rank` orders causes before consequences, the first of causes first.

    `label` is what it is called where there is no room for a sentence.
    """

    name: str
    label: str
    function: Judge
    rank: int
    sick: Callable[[], Config]
    source: str
    remedies: tuple[str, ...]
    says: Mapping[str, str]
    needs: tuple[str, ...]
    layers: bool
    samples: bool
    trained: bool
    at_once: bool
    though_learned: bool

    def __call__(self, signs: Signs) -> Finding:
        """The answer to this rule."""
        opinion = self._missing(signs) or self.function(signs)
        if opinion.answer == "found" and signs.learned and not self.though_learned:
            opinion = Opinion("healthy", saying=LEARNED, evidence={"score": signs.score})
        saying = opinion.saying or (self.name if opinion.answer == "found" else f"no_{self.name}")
        where = opinion.layers, opinion.steps
        why = worded({**COMMON, **self.says}[saying], opinion.evidence, *where)
        return Finding(
            self.name, opinion.answer, opinion.severity, saying, why, opinion.evidence, opinion.knobs, *where
        )

    def _missing(self, signs: Signs) -> Opinion | None:
        recording = signs.recording
        if not all(map(recording.has, self.needs)):
            return not_applicable("no_config" if not recording.has("config") and "config" in self.needs else "unseen")
        if self.layers and not recording.depth:
            return not_applicable("no_hidden_layer")
        if self.samples and signs.few:
            return not_applicable("few_samples")
        if self.trained and not (signs.began if self.at_once else signs.trained):
            return not_applicable("untrained")
        if self.trained and not self.at_once and signs.is_early:
            return not_applicable("too_early")
        return None


rules: Registry[Rule] = Registry("rule")


def rule(
    label: str,
    rank: int,
    *,
    sick: Callable[[], Config],
    source: str,
    says: Mapping[str, str],
    remedies: Iterable[str] = (),
    needs: Iterable[str] = (),
    layers: bool = False,
    samples: bool = False,
    trained: bool = False,
    at_once: bool = False,
    though_learned: bool = False,
) -> Callable[[Judge], Rule]:
    """Register the decorated function as a rule. `sick` makes a Config in whose recording it is found.

    `says` has its sentences by their ids: under its own name what was found, under no_name what speaks against it.
    """

    def register(function: Judge) -> Rule:
        name = function.__name__
        entry = Rule(
            name=name,
            label=label,
            function=function,
            rank=rank,
            sick=sick,
            source=source,
            remedies=tuple(remedies),
            says=says,
            needs=tuple(needs),
            layers=layers,
            samples=samples,
            trained=trained,
            at_once=at_once,
            though_learned=though_learned,
        )
        return rules.add(name, entry, function.__doc__)

    return register
