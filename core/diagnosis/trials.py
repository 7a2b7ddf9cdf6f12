"""Tried: the remedies for a sick network, tried, and the best first.

Each remedy that a finding proposes, and pairs of them, become Configs with a few fields changed. They are trained from
the seed and the samples of the sick network, and from three more seeds, in one vectorised sweep; what happened decides
which is best: whether the network learned, how well, what is still wrong with it, and how little was changed. So a cure
that only silences an alarm loses to one that learns.

    best, *others = prescribe(recording)
    best.config, best.changes, best.learned

Tried are short: of a longer run they try the first steps.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations
from threading import Event
from typing import Any

import numpy as np

from core.config import Config
from core.diagnosis.doctor import diagnose
from core.diagnosis.finding import Diagnosis
from core.diagnosis.remedies import remedies
from core.diagnosis.rule import rules
from core.diagnosis.signs import Signs
from core.measuring import Recording
from core.sweeps.runs import recordings_of
from core.sweeps.sweeps import sweeping
from core.work.progress import Progress

SEEDS = 4  # its own, and three more
MOST_STEPS = 400
MOST_TRIALS = 10
MOST_SINGLE = 6
LOOKS = 12
MEASURED = (
    *("activation_mean", "activation_std", "activation_sample_std", "saturated_fraction", "dead_fraction"),
    *("gradient_rms", "weight_gradient_norm", "weight_norm", "weight_spread", "update_ratio"),
)


@dataclass(frozen=True)
class Trial:
    """A remedy and what became of it.

    `config` is the sick one with the `changes`, as long as it was. `learned` is the share of its `seeds` that learned
    in `steps` steps, `score` and `loss` are the middle of theirs on held-out samples, and `left` are the rules that
    still find something in the run of its own seed, which is the `recording`.
    """

    config: Config
    changes: dict[str, Any]
    remedies: tuple[str, ...]
    steps: int
    seeds: int
    learned: float
    score: float
    loss: float
    left: tuple[str, ...]
    recording: Recording = field(compare=False, repr=False)


@dataclass(frozen=True)
class Tried:
    """What is known of the trials, the best first, and how far the others are.

    `before` is the sick network, trained for as many steps as they are; None as long as it is not known.
    """

    progress: Progress
    done: tuple[Trial, ...]
    before: Recording | None


def prescribe(recording: Recording) -> list[Trial]:
    """Try what may mend the network of a recording. The trials, the best first; none if nothing is to be mended.

    Raises ValueError for a recording without a Config, DataUnavailable.
    """
    trials: tuple[Trial, ...] = ()
    for known in prescribing(recording):
        trials = known.done
    return list(trials)


def prescribing(recording: Recording, stop: Event | None = None) -> Iterator[Tried]:
    """`prescribe` step by step: what is known after each chunk of networks. Setting `stop` raises InterruptedError."""
    config = recording.known_config
    proposals = proposed(config, diagnose(recording))
    if not proposals:
        return
    runs = [run for proposal in proposals for run in _runs(proposal.config)] + _runs(config)[:1]
    for partial in sweeping(runs, variables=MEASURED, stop=stop):
        *known, before = recordings_of(partial.dataset(), runs)
        yield Tried(partial.progress, _judged(proposals, known), before)


@dataclass(frozen=True)
class Proposal:
    """Remedies by name, and the Config that they make."""

    remedies: tuple[str, ...]
    changes: dict[str, Any]
    config: Config


def proposed(config: Config, diagnosis: Diagnosis) -> list[Proposal]:
    """What is to be tried, in the order in which the findings propose it: each remedy alone, then pairs."""
    names = list(dict.fromkeys(name for finding in diagnosis.found for name in rules[finding.rule].remedies))
    alone = [proposal for name in names if (proposal := _proposal(config, (name,)))][:MOST_SINGLE]
    pairs = [_proposal(config, pair) for pair in combinations([each.remedies[0] for each in alone], 2)]
    made: dict[Config, Proposal] = {}
    for proposal in [*alone, *filter(None, pairs)]:
        made.setdefault(proposal.config, proposal)
    return list(made.values())[:MOST_TRIALS]


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


def _runs(config: Config) -> list[Config]:
    """The short runs of a Config, its own seed first."""
    seed = min(config.seed, 2**31 - 1 - SEEDS)
    short = replace(config, steps=min(config.steps or MOST_STEPS, MOST_STEPS), snapshots=LOOKS)
    return [short, *(replace(short, seed=seed + more) for more in range(1, SEEDS))]


def _judged(proposals: Sequence[Proposal], recordings: Sequence[Recording | None]) -> tuple[Trial, ...]:
    """The trials all of whose runs are known, the best first."""
    made = []
    for place, proposal in enumerate(proposals):
        seen = [each for each in recordings[place * SEEDS : (place + 1) * SEEDS] if each is not None]
        if len(seen) == SEEDS:
            made.append(_trial(proposal, seen))
    return tuple(sorted(made, key=_rank))


def _trial(proposal: Proposal, seen: Sequence[Recording]) -> Trial:
    diagnoses, scores = [diagnose(recording) for recording in seen], [Signs(recording).score for recording in seen]
    return Trial(
        config=proposal.config,
        changes=proposal.changes,
        remedies=proposal.remedies,
        steps=seen[0].known_config.steps,
        seeds=len(seen),
        learned=float(np.mean([each.verdict == "alive" for each in diagnoses])),
        score=float(np.median(np.nan_to_num(scores, nan=-np.inf))),
        loss=float(np.median([_last_loss(recording) for recording in seen])),
        left=tuple(finding.rule for finding in diagnoses[0].found),
        recording=seen[0],
    )


def _last_loss(recording: Recording) -> float:
    """The last loss on held-out samples, infinite where it is no number, or the run diverged."""
    loss = float(recording.variables["loss"].values[-1, 1])
    return np.inf if recording.end.reason == "diverged" or np.isnan(loss) else loss


def _rank(trial: Trial) -> tuple[float, ...]:
    """Smaller is better: learned, then the score in tenths, then what is left, and how little was changed.

    Of those that are as good, the one comes first that was proposed first: what mends the cause before what helps
    against anything.
    """
    return -trial.learned, -round(trial.score, 1), len(trial.left), len(trial.changes)
