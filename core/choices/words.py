"""What is said of an entry of a registry beside its own help: the facts that it states of itself, and where it fits."""

from collections.abc import Iterator
from typing import Any

from core.choices.phi import Activation
from core.words.numbers import spelled
from core.words.said import said

MISFIT = "the loss {loss} is not made for {targets}; choose one of {fitting}"
MISFIT_ALONE = "The loss {loss} is not made for {targets}; choose one of {fitting}."  # a whole sentence
CLASSES, NUMBERS = "{classes} classes", "targets that are numbers"
SATURATES = {
    "never": "flat nowhere",
    "both": "flat on both sides",
    "left": "flat on the left",
    "right": "flat on the right",
}


def facts(entry: Any) -> str:
    """What is known of an activation, in one sentence; of other choices nothing is."""
    words = ", ".join(_facts(entry)) if isinstance(entry, Activation) else ""
    return words and f"{words[0].upper()}{words[1:]}."


def _facts(activation: Activation) -> Iterator[str]:
    """The facts one by one; what depends on a setting is left out."""
    if not (callable(activation.low) or callable(activation.high)):
        yield said("from {low} to {high}", low=spelled(activation.low), high=spelled(activation.high))
    yield said("zero-centred" if activation.zero_centred else "not zero-centred")
    if not callable(activation.saturates):
        yield said(SATURATES[activation.saturates])
    if not callable(activation.max_slope):
        yield said("slope at most {slope:.3g}", slope=activation.max_slope)
