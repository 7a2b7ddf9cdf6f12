"""Diagnosis: what a Recording says of the health of its network, why, and what mends it.

    diagnosis = diagnose(recording)     # .verdict, .cause, .findings
    trials = prescribe(recording)       # the remedies, tried, the best first

`headlines` has the numbers to look at first, `moments` the steps at which something happened, `words` what is said of
them. `rule` is what a rule is, with its three answers (`finding`); `rules` has them all, and every module there is
imported here. They ask the `signs` of a recording, what was `lost` first, and `blame` for the knob; `sentences` has
what they share of words. The `doctor` asks them all, `spoken` says its verdict. `cures` are tried on one that is sick,
`causes` are those of all networks of a map, `patients` networks to show all that on. Imports array, choices, config,
datasets, measuring, networks, registry, theory and words, never torch. A new headline is a function in `headlines` and
its sentence in `words`; a new rule is a file in `rules`, a new remedy a function in `cures`, a new case one in
`patients`.

The names of this face are found when they are asked for: the headlines need no rules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.diagnosis.cures.trials import prescribe
    from core.diagnosis.doctor import diagnose

__all__ = ["diagnose", "prescribe"]

_FILES = {"diagnose": "doctor", "prescribe": "cures.trials"}


def __getattr__(name: str) -> Any:
    if name not in _FILES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_FILES[name]}"), name)
