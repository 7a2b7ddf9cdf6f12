"""How good the doctor is, on recorded patients: python -m benchmarks.diagnosis FOLDER [CURES].

FOLDER is what `benchmarks.patients` has written. Of the networks that do not learn: how many are called sick, and of
how many a knob that was turned wrong is among those of the cause. Of those that learn: how many alarms are false. With
CURES, as many sick ones are given to `prescribe`, and the best trial is trained as long as they were. Shares come with
their 95 % intervals (Wilson 1927).
"""

import argparse
from collections import Counter
from collections.abc import Iterable, Sequence
from math import sqrt
from pathlib import Path

import torch

from benchmarks.patients import learned, remember
from benchmarks.patients.recorded import Case, read
from core import diagnose, prescribe, record

Z = 1.96


def main() -> None:
    asked = _asked()
    torch.set_num_threads(1)  # as the app runs
    cases = read(asked.folder)
    ill = [case for case in cases if not case[4]]
    known = [case for case in ill if case[1]]
    print("called sick, of those that do not learn:", share(map(is_alarm, ill)))
    print("cause right, of sick ones that do not learn:", share(map(is_right, known)))
    for kind in ("healthy", "sick"):
        print(
            f"false alarms, of {kind} ones that learn:", share(is_alarm(case) for case in cases if is_well(case, kind))
        )
    for cause, right in by_cause(known):
        print(f"    {cause}: {right}")
    tried = known[: asked.cures]
    if tried:
        remember()  # the tables of those that learn from one
        print("the best cure learns:", share(map(is_cured, tried)))


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Judge the doctor on recorded patients.")
    parser.add_argument("folder", type=Path)
    parser.add_argument("cures", type=int, nargs="?", default=0, help="of how many sick ones to try the cures")
    return parser.parse_args()


def is_well(case: Case, kind: str) -> bool:
    """Whether a patient of this kind learned."""
    return case[0] == kind and case[4]


def is_alarm(case: Case) -> bool:
    """Whether the doctor calls a patient sick, or dead."""
    return diagnose(case[-1]).verdict in ("sick", "dead")


def is_right(case: Case) -> bool:
    """Whether one of the knobs that were turned wrong is among those that the doctor names."""
    cause = diagnose(case[-1]).cause
    return cause is not None and bool(case[1] & set(cause.knobs))


def is_cured(case: Case) -> bool:
    """Whether the best trial makes a patient learn, trained for as many steps."""
    trials = prescribe(case[-1])
    return bool(trials) and learned(record(trials[0].config))


def by_cause(cases: Sequence[Case]) -> list[tuple[str, str]]:
    """For each knob that was turned wrong, of how many patients the doctor names one that was."""
    all_of, right_of = Counter[str](), Counter[str]()
    for case in cases:
        for name in case[1]:
            all_of[name] += 1
            right_of[name] += is_right(case)
    return [(name, f"{right_of[name]} of {count}") for name, count in all_of.most_common()]


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
