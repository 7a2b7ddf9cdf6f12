"""Tried: the remedies for a sick network, tried, and the best first.

Each remedy that a finding proposes becomes a Config with a few fields changed, and is trained from the seed and the
samples of the sick network, all of them in one vectorised sweep. Where none of them mends it, pairs are tried as well.
The best of them, three at a time, are then trained from three more seeds, until the very best has been. What happened
decides which is best: whether the network learned, how well, what is still wrong with it, and how little was changed.
So a cure that only silences an alarm loses to one that learns.

    best, *others = prescribe(recording)
    best.config, best.changes, best.learned

Tried are short: of a longer run they try the first steps.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import inf, isnan
from statistics import median
from threading import Event
from time import monotonic
from typing import Any

from core.config import Config
from core.diagnosis.cures.proposals import Proposal, alone, pairs
from core.diagnosis.doctor import MEASURED, diagnose
from core.diagnosis.signs import WELL, Signs
from core.measuring import Recording
from core.sweeps.runs import recordings_of
from core.sweeps.sweeps import sweeping
from core.work.progress import Progress

SEEDS = 4  # its own, and three more
FINALISTS = 3  # which are tried on all of them
MOST_STEPS = 400
LOOKS, FEWEST_LOOKS = 12, 2
MOST_SEEDS = 2**31
CLOSE = 0.05  # scores that differ by less are as good


@dataclass(frozen=True)
class Trial:
    """A remedy and what became of it.

    `config` is the sick one with the `changes`, as long as it was. `learned` is the share of its `seeds` that learned
    in `steps` steps: only the best are tried on more than one seed, that of the sick network. `score` and `loss` are
    the middle of theirs on held-out samples, and `left` are the rules that still find something in the run of that
    seed, which is the `recording`.
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

    `before` is the sick network, trained: as it was recorded, or for as many steps as they are; None as long as it is
    not known.
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
    config, diagnosis = recording.known_config, diagnose(recording)
    singly = alone(config, diagnosis)
    if not singly:
        return
    trying = _Trying(recording, stop)
    yield from trying.propose(singly)
    before = trying.before
    if not trying.mended and before is not None and before is not recording:  # training shows what is wrong with steps
        diagnosis = diagnose(before)
        later = alone(config, diagnosis, singly)
        yield from trying.propose(later)
        singly += later
    if not trying.mended:
        yield from trying.propose(pairs(config, diagnosis, singly))
    while finalists := trying.finalists():
        yield from trying.confirm(finalists)


class _Trying:
    """What was proposed, which of it is tried on more seeds, and what is known of the runs, by their Configs."""

    def __init__(self, recording: Recording, stop: Event | None) -> None:
        self._recording, self._stop, self._began = recording, stop, monotonic()
        self._proposals: list[Proposal] = []
        self._finalists: set[Config] = set()
        self._asked = 0
        self._share = 0.0
        self._known: dict[Config, Recording] = {}
        self._trials: tuple[Trial, ...] = ()

    def propose(self, proposals: Sequence[Proposal]) -> Iterator[Tried]:
        """Try these from the seed of the sick network, which is trained beside them if it was not yet."""
        self._proposals += proposals
        sick = [] if self.before else [self._recording.known_config]
        return self._run([short(config) for config in [*(each.config for each in proposals), *sick]], MEASURED)

    def confirm(self, finalists: Sequence[Trial]) -> Iterator[Tried]:
        """Try these from more seeds."""
        self._finalists.update(trial.config for trial in finalists)
        return self._run([run for trial in finalists for run in others(trial.config)], ())

    @property
    def mended(self) -> bool:
        """Whether a trial learned well."""
        return any(trial.learned and trial.score >= WELL for trial in self._trials)

    def finalists(self) -> list[Trial]:
        """Those to be tried from more seeds: the best that learned, as long as the very best has not been."""
        if not self._trials or self._trials[0].config in self._finalists:
            return []
        return [each for each in self._trials if each.learned and each.config not in self._finalists][:FINALISTS]

    def _run(self, runs: Sequence[Config], measured: Sequence[str]) -> Iterator[Tried]:
        self._asked += len(runs)
        for partial in sweeping(runs, variables=measured, stop=self._stop) if runs else ():
            recordings = recordings_of(partial.dataset(), runs)
            self._known.update({run: known for run, known in zip(runs, recordings, strict=True) if known is not None})
            made = [_trial(each, self._known) for each in self._proposals if short(each.config) in self._known]
            self._trials = ranked(made, self._finalists)
            yield Tried(self._progress, self._trials, self.before)

    @property
    def before(self) -> Recording | None:
        """The sick network, trained, as soon as that is known."""
        recording = self._recording
        return recording if len(recording.steps) > 1 else self._known.get(short(recording.known_config))

    @property
    def _progress(self) -> Progress:
        """How many runs are known, of those that were asked for or will be, if something learns."""
        done, later = len(self._known), 0 if self._finalists else FINALISTS * (SEEDS - 1)
        total = self._asked + later
        self._share = max(self._share, done / total)  # more may be asked for later
        return Progress(done, total, monotonic() - self._began, self._share)


def short(config: Config) -> Config:
    """The short run of a Config, from its own seed."""
    return replace(config, steps=min(config.steps or MOST_STEPS, MOST_STEPS), snapshots=LOOKS)


def others(config: Config) -> list[Config]:
    """The short runs of a Config from more seeds, looked at when they begin and end."""
    seeds = [(config.seed + more) % MOST_SEEDS for more in range(1, SEEDS)]
    return [replace(short(config), seed=seed, snapshots=FEWEST_LOOKS) for seed in seeds]


def _trial(proposal: Proposal, known: Mapping[Config, Recording]) -> Trial:
    """What is known of a proposal: of its own seed, or of all of them."""
    same, further = known[short(proposal.config)], [known[run] for run in others(proposal.config) if run in known]
    seen = [same, *further] if len(further) == SEEDS - 1 else [same]
    signs = [Signs(recording) for recording in seen]
    return Trial(
        config=proposal.config,
        changes=proposal.changes,
        remedies=proposal.remedies,
        steps=same.known_config.steps,
        seeds=len(seen),
        learned=sum(bool(each.learned) for each in signs) / len(seen),
        score=median(-inf if isnan(each.score) else each.score for each in signs),
        loss=median(_last_loss(recording) for recording in seen),
        left=tuple(finding.rule for finding in diagnose(same).found),
        recording=same,
    )


def _last_loss(recording: Recording) -> float:
    """The last loss on held-out samples, infinite where it is no number, or the run diverged."""
    loss = float(recording.variables["loss"].values[-1, 1])
    return inf if recording.end.reason == "diverged" or isnan(loss) else loss


def ranked(trials: Sequence[Trial], finalists: Collection[Config]) -> tuple[Trial, ...]:
    """The best first: by what learned, on how many seeds, how well, what is left, and how little was changed.

    Of those that are as good, the one comes first that was proposed first: what mends the cause before what helps
    against anything. One that waits for its other seeds stands where it will if they learn, too.
    """
    best = max((trial.score for trial in trials), default=0.0)

    def rank(trial: Trial) -> tuple[float, ...]:
        behind = (best - trial.score) // CLOSE if trial.score > -inf else inf
        return -trial.learned, trial.config not in finalists, behind, len(trial.left), len(trial.changes)

    return tuple(sorted(trials, key=rank))
