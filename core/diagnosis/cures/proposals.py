"""Proposals: what is to be tried on a sick network, as Configs with a few fields changed.

They are the remedies that the findings name, each alone, causes before consequences; and pairs of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from core.config import Config
from core.diagnosis.cures.remedies import remedies
from core.diagnosis.finding import Diagnosis
from core.diagnosis.rule import rules

MOST_ALONE, MOST_PAIRS = 6, 5


@dataclass(frozen=True)
class Proposal:
    """Remedies by name, and the Config that they make."""

    remedies: tuple[str, ...]
    changes: dict[str, Any]
    config: Config


def alone(config: Config, diagnosis: Diagnosis, known: Sequence[Proposal] = ()) -> list[Proposal]:
    """Each remedy alone, in the order in which the findings propose it, but those that are known."""
    made = (_proposal(config, (name,)) for name in _proposed(diagnosis))
    return _different([*known, *made])[len(known) :][:MOST_ALONE]


def pairs(config: Config, diagnosis: Diagnosis, singly: Sequence[Proposal]) -> list[Proposal]:
    """Two of the remedies of some proposals together, where that is something else than one of them.

    First those that two findings propose, for a network may have two faults; then those that one does.
    """
    by, couples = _proposed(diagnosis), combinations([each.remedies[0] for each in singly], 2)
    ordered = sorted(couples, key=lambda couple: by.get(couple[0]) == by.get(couple[1]))
    return _different([*singly, *(_proposal(config, couple) for couple in ordered)])[len(singly) :][:MOST_PAIRS]


def _proposed(diagnosis: Diagnosis) -> dict[str, str]:
    """The remedies that the findings propose, each with the first rule to do so."""
    by: dict[str, str] = {}
    for finding in diagnosis.found:
        for name in rules[finding.rule].remedies:
            by.setdefault(name, finding.rule)
    return by


def _different(proposals: Iterable[Proposal | None]) -> list[Proposal]:
    """The first proposal of each Config."""
    made: dict[Config, Proposal] = {}
    for proposal in proposals:
        if proposal is not None:
            made.setdefault(proposal.config, proposal)
    return list(made.values())


def _proposal(config: Config, names: Sequence[str]) -> Proposal | None:
    """What these remedies make of a Config; None where they change nothing, or what they ask for is not allowed."""
    changed = config
    try:
        for name in names:
            changed = replace(changed, **remedies[name](changed))
    except ValueError:
        return None
    changes = {
        name: getattr(changed, name) for name in Config.fields() if getattr(changed, name) != getattr(config, name)
    }
    return Proposal(tuple(names), changes, changed) if changes else None
