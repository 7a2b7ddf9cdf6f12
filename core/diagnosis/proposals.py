"""Proposals: what is to be tried on a sick network, as Configs with a few fields changed.

They are the remedies that the findings name, each alone, causes before consequences; and pairs of these.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

from core.config import Config
from core.diagnosis.finding import Diagnosis
from core.diagnosis.remedies import remedies
from core.diagnosis.rule import rules

MOST_ALONE, MOST_PAIRS = 6, 5


@dataclass(frozen=True)
class Proposal:
    """Remedies by name, and the Config that they make."""

    remedies: tuple[str, ...]
    changes: dict[str, Any]
    config: Config


def alone(config: Config, diagnosis: Diagnosis) -> list[Proposal]:
    """Each remedy alone, in the order in which the findings propose it."""
    names = dict.fromkeys(name for finding in diagnosis.found for name in rules[finding.rule].remedies)
    return _different([_proposal(config, (name,)) for name in names])[:MOST_ALONE]


def pairs(config: Config, singly: Sequence[Proposal]) -> list[Proposal]:
    """Two of the remedies of some proposals together, where that is something else than one of them."""
    made = (_proposal(config, pair) for pair in combinations([each.remedies[0] for each in singly], 2))
    return _different([*singly, *made])[len(singly) :][:MOST_PAIRS]


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
