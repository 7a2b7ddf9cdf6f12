"""Record healthy and sick networks into a folder, chunk by chunk: python -m benchmarks.patients COUNT FOLDER.

Each chunk is a file of Cases, see `recorded`, as many healthy as sick ones at most: a sick one that learned all the
same is kept, and must not be called sick, but one of which the healthy base did not learn is dropped.
"""

import argparse
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import torch

from benchmarks.patients import Patient, healthy, learned, sick
from benchmarks.patients.recorded import Case, write
from core import record

CHUNK = 25  # of each kind


def main() -> None:
    asked = _asked()
    torch.set_num_threads(1)  # as the app runs
    asked.folder.mkdir(parents=True, exist_ok=True)
    first, last = getattr(asked, "from"), getattr(asked, "from") + asked.count
    for start in range(first, last, CHUNK):
        seeds = range(start, min(start + CHUNK, last))
        cases = [*map(healthy_case, seeds), *sick_cases(seeds)]
        write(cases, asked.folder / f"{start:06}.pkl")
        print(f"{start:06}: {summary(cases)}", flush=True)


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Record healthy and sick networks into a folder.")
    parser.add_argument("count", type=int, help="how many of each kind")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--from", type=int, default=0, metavar="SEED", help="the first seed")
    return parser.parse_args()


def healthy_case(seed: int) -> Case:
    """The healthy network of this seed, recorded."""
    config = healthy(seed)
    recording = record(config)
    well = learned(recording)
    return "healthy", frozenset(), config, config, well, well, recording


def sick_cases(seeds: range) -> Iterator[Case]:
    """The sick networks of these seeds, but those that were not healthy before."""
    for patient in map(sick, seeds):
        if learned(record(replace(patient.base, snapshots=2))):  # which nobody looks at
            yield sick_case(patient)


def sick_case(patient: Patient) -> Case:
    """A sick network, recorded, whose base is known to learn."""
    recording = record(patient.config)
    return "sick", patient.cause, patient.config, patient.base, learned(recording), True, recording


def summary(cases: list[Case]) -> str:
    """How many of each kind there are, and how many of them learned."""
    counts = []
    for kind in ("healthy", "sick"):
        outcomes = [well for found, _, _, _, well, _, _ in cases if found == kind]
        counts.append(f"{sum(outcomes)} of {len(outcomes)} {kind} learned")
    return ", ".join(counts)


if __name__ == "__main__":
    main()
