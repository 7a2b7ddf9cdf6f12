"""How good the doctor is, on recorded patients: python -m benchmarks.diagnosis FOLDER [CURES].

FOLDER is what `benchmarks.patients` has written. Of the networks that do not learn: how many are called sick, and of
how many a knob that was turned wrong is among those of the cause. Of those that learn: how many alarms are false. Then
two tables: of each rule how often it is found, and is the cause; of each knob how often it was turned, and is named.
With CURES, as many sick ones are given to `prescribe`, and the best trial is trained as long as they were. Shares come
with their 95 % intervals (Wilson 1927).
"""

import argparse
from collections.abc import Iterable, Iterator, Sequence
from math import sqrt
from pathlib import Path
from typing import NamedTuple

import torch

from benchmarks.patients import learned, remember
from benchmarks.patients.recorded import Case, read
from benchmarks.report import print_table
from core import diagnose, prescribe, record
from core.diagnosis.finding import HARM, Diagnosis
from core.diagnosis.rule import rules

Z = 1.96
OF_RULES = ("rule", "found: do not learn", "found: learn", "precision", "recall", "cause", "right knob", "right")
OF_KNOBS = ("knob", "turned", "among those named", "recall", "named first", "and turned", "precision")


class Judged(NamedTuple):
    """A patient, and what the doctor says of it."""

    case: Case
    diagnosis: Diagnosis

    @property
    def kind(self) -> str:
        """Whether it was drawn as a "healthy" or a "sick" one."""
        return self.case[0]

    @property
    def turned(self) -> frozenset[str]:
        """The knobs that were turned wrong."""
        return self.case[1]

    @property
    def learned(self) -> bool:
        """Whether it learned, by its held-out score."""
        return self.case[4]

    @property
    def is_alarm(self) -> bool:
        """Whether it is called sick, or dead."""
        return self.diagnosis.verdict in ("sick", "dead")

    @property
    def named(self) -> tuple[str, ...]:
        """The knobs of the cause, the likeliest first."""
        return self.diagnosis.cause.knobs if self.diagnosis.cause else ()

    @property
    def is_right(self) -> bool:
        """Whether one of the knobs that were turned wrong is among those that the doctor names."""
        return bool(self.turned & set(self.named))

    def found(self, rule: str) -> bool:
        """Whether this rule found what keeps a network from learning."""
        return any(each.rule == rule and each.severity >= HARM for each in self.diagnosis.found)


def main() -> None:
    asked = _asked()
    torch.set_num_threads(1)  # as the app runs
    remember()  # the tables of those that learn from one
    judged = [Judged(case, diagnose(case[-1])) for case in read(asked.folder)]
    known = [each for each in judged if each.turned and not each.learned]
    print_summary(judged, known)
    print_table(OF_RULES, of_rules(judged))
    print_table(OF_KNOBS, of_knobs(judged))
    if tried := known[: asked.cures]:
        print("the best cure learns:", share(map(is_cured, tried)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judge the doctor on recorded patients.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("cures", type=int, nargs="?", default=0, help="of how many sick ones to try the cures")
    return parser.parse_args()


def print_summary(judged: Sequence[Judged], known: Sequence[Judged]) -> None:
    """The shares that matter most; `known` are those that do not learn, of a known cause."""
    print("called sick, of those that do not learn:", share(each.is_alarm for each in judged if not each.learned))
    print("cause right, of sick ones that do not learn:", share(each.is_right for each in known))
    for kind in ("healthy", "sick"):
        wells = [each for each in judged if each.kind == kind and each.learned]
        print(f"false alarms, of {kind} ones that learn:", share(each.is_alarm for each in wells))
        if kind == "healthy":
            print("the same before training:", share(map(is_alarm_at_start, wells)))
    print("called sick before training, of sick ones that do not learn:", share(map(is_alarm_at_start, known)))


def of_rules(judged: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    """Of each rule: in how many networks it is found that do not learn, and in how many that do.

    So with which precision it tells those that do not, and in which share of them it is found: most are sick of
    something else. Then, of those of which it is the cause and a cause is known, in how many it names a knob that was
    turned.
    """
    all_ill = sum(not each.learned for each in judged)
    for name in rules:
        found = [each for each in judged if each.found(name)]
        ill = sum(not each.learned for each in found)
        as_cause = [each for each in judged if each.diagnosis.cause and each.diagnosis.cause.rule == name]
        blamed = [each for each in as_cause if each.turned]
        right = sum(each.is_right for each in blamed)
        counts = str(ill), str(len(found) - ill), percent_of(ill, len(found)), percent_of(ill, all_ill)
        yield name, *counts, str(len(blamed)), str(right), percent_of(right, len(blamed))


def of_knobs(judged: Sequence[Judged]) -> Iterator[tuple[str, ...]]:
    """Of each knob: in how many that do not learn it was turned, and in how many of these it is named, by itself or
    beside others; then how often it is named first, and in how many of these it was turned."""
    ill = [each for each in judged if each.turned and not each.learned]
    for knob in sorted({knob for each in ill for knob in (*each.turned, *each.named[:1])}):
        turned = [each for each in ill if knob in each.turned]
        among = sum(knob in each.named for each in turned)
        first = [each for each in ill if each.named[:1] == (knob,)]
        right = sum(knob in each.turned for each in first)
        rates = percent_of(among, len(turned)), percent_of(right, len(first))
        yield knob, str(len(turned)), str(among), rates[0], str(len(first)), str(right), rates[1]


def percent_of(right: int, count: int) -> str:
    """A share in percent, or a dash where there is none."""
    return f"{right / count:.0%}" if count else "–"


def is_alarm_at_start(patient: Judged) -> bool:
    """Whether a patient is called sick, or dead, before it is trained."""
    return diagnose(record(patient.case[2].at_start())).verdict in ("sick", "dead")


def is_cured(patient: Judged) -> bool:
    """Whether the best trial makes a patient learn, trained for as many steps."""
    trials = prescribe(patient.case[-1])
    return bool(trials) and learned(record(trials[0].config))


def share(outcomes: Iterable[bool]) -> str:
    """How many of all, and between which shares that lies with 95 %."""
    known = list(outcomes)
    total, hits = len(known), sum(known)
    if not total:
        return "none"
    middle = (hits + Z**2 / 2) / (total + Z**2)
    half = Z / (total + Z**2) * sqrt(hits * (total - hits) / total + Z**2 / 4)
    return f"{hits} of {total}, {hits / total:.1%} ({max(0.0, middle - half):.1%} to {middle + half:.1%})"


if __name__ == "__main__":
    main()
