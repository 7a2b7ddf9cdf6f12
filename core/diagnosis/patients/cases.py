"""Cases: networks that have a name, so that `/lab?case=born-dead` opens one.

One decorated function is one case: it gives the Config, its docstring is the sentence under the name. The patient of
each rule of the doctor is a case as well, named as the rule is and told by its docstring.

In a link `case` stands for all settings of the network, and what else the link says comes on top of it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import core.diagnosis.doctor  # noqa: F401  # which imports all rules
from core.config import Config
from core.config.declared import complaint
from core.config.fields import Choice
from core.diagnosis.rule import rules
from core.registry import Registry
from core.words.said import Sentence

CASE = "case"


@dataclass(frozen=True)
class KnownCase:
    """A case: its name, what gives its Config, and the rule that finds something in its recording; None if healthy."""

    name: str
    function: Callable[[], Config]
    rule: str | None

    def __call__(self) -> Config:
        """The network."""
        return self.function()


cases: Registry[KnownCase] = Registry("case")
FIELD = Choice(label="Case", help="A known network.", group="", options=cases)


def case(name: str, *, rule: str | None) -> Callable[[Callable[[], Config]], KnownCase]:
    """Register the decorated function as a case."""

    def register(function: Callable[[], Config]) -> KnownCase:
        return cases.add(_in_links(function.__name__), KnownCase(name, function, rule), function.__doc__)

    return register


def _in_links(name: str) -> str:
    """How links call what functions and rules call by this name."""
    return name.replace("_", "-")


@case("Healthy", rule=None)
def healthy() -> Config:
    """Five layers of ReLU with the weights that suit it: for comparison with all others."""
    return Config(steps=300)


@case("Loud tanh", rule="saturated")
def loud_tanh() -> Config:
    """Tanh with weights five times as large as usual: most activations lie at its flat ends."""
    return Config(activation="tanh", weight_scale=5.0, steps=150)


@case("Bias of −2", rule="born_dead")
def negative_bias() -> Config:
    """ReLU units that begin with a bias of −2: few samples bring them over 0."""
    return Config(bias_init=-2.0, steps=300)


@case("Ten sigmoids", rule="vanishing")
def ten_sigmoids() -> Config:
    """Ten layers of sigmoid, whose slope is a quarter at most."""
    return Config(activation="sigmoid", depth=10, steps=300)


@case("Learning rate of 100", rule="rate_too_high")
def huge_rate() -> Config:
    """Gradient descent in giant steps: after a few of them the loss is no number any more."""
    return Config(learning_rate=100.0, steps=300)


@case("Adam at 0.5", rule="rate_too_high")
def adam_at_a_half() -> Config:
    """Adam moves a weight by about its learning rate, and most weights begin smaller than 0.5."""
    return Config(optimizer="adam", learning_rate=0.5, steps=300)


for _rule in sorted(rules.values(), key=lambda rule: rule.rank):
    cases.add(
        _in_links(_rule.name),
        KnownCase(_rule.label, _rule.sick, _rule.name),
        rules.help(_rule.name),
    )


def asked_in(link: Mapping[str, str]) -> tuple[Config, tuple[Sentence, ...]]:
    """The settings that a link asks for, and a Sentence for all that it asks in vain; defaults stand in for that."""
    known, problems = _known(link)
    ours = known | {name: value for name, value in link.items() if name in Config.fields()}
    return Config.from_query(ours), problems + Config.query_problems(ours)


def _known(link: Mapping[str, str]) -> tuple[dict[str, str], tuple[Sentence, ...]]:
    """What the link of the case would say that a link names; nothing and why, if there is no such case."""
    if CASE not in link:
        return {}, ()
    try:
        return cases[FIELD.read(link[CASE])]().to_query(), ()
    except ValueError:
        return {}, (complaint(CASE, FIELD, link[CASE]),)
