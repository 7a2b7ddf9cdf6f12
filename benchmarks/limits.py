"""Where the limits of the rules lie among recorded patients: python -m benchmarks.limits FOLDER.

FOLDER is what `benchmarks.patients` has written. Of each limit: what healthy networks that learn measure, their middle
and the last of them before the limit, or beyond it; and how many networks that do not learn lie beyond the limit, and
beyond the last healthy one, where a limit would find the most without a false alarm. A limit is best set between the
two, the nearer to the healthy the more it finds. Those that do not learn are sick of all kinds, most of them not of
this one, so the counts say what a limit finds, not what it misses. Sick ones that learn all the same are left out.
A rule with two limits, or with others for numbers than for classes, has the one here that most networks are held to.
"""

import argparse
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import torch

from benchmarks.patients.recorded import Case, read
from benchmarks.report import print_table
from core.diagnosis import signs as scores
from core.diagnosis.rule import rules
from core.diagnosis.rules import data, gradients, results, start, steps
from core.diagnosis.signs import Signs
from core.words.numbers import short

HEAD = ("rule", "number", "limit", "healthy", "middle", "the last", "do not learn", "beyond limit", "beyond the last")


class Limit(NamedTuple):
    """A number that a rule sees, and the limit of it. An alarm is what lies above it, or below."""

    rule: str
    number: str
    limit: float
    above: bool = True


LIMITS = [
    Limit("raw_inputs", "size", data.LARGE),
    Limit("raw_inputs", "size", data.SMALL, above=False),
    Limit("raw_inputs", "shift", data.OFF_CENTRE),
    Limit("raw_inputs", "uneven", data.UNEVEN),
    Limit("labels_do_not_fit", "held_out", data.NOTHING, above=False),
    Limit("copies", "spread", start.ALIKE, above=False),
    Limit("born_dead", "share", start.MOSTLY),
    Limit("saturated", "share", start.MOSTLY_FLAT),
    Limit("pushed", "left", start.PUSHED, above=False),
    Limit("signal_lost", "left", start.LOST, above=False),
    Limit("signal_grows", "times", start.GROWN),
    Limit("poor_start", "times", start.POOR),
    Limit("vanishing", "ratio", gradients.VANISHING, above=False),
    Limit("exploding", "ratio", gradients.EXPLODING),
    Limit("clipped_away", "share", steps.CLIPPED, above=False),
    Limit("dropout_too_strong", "share", steps.DROPPED),
    Limit("decay_too_strong", "left", steps.SHRUNK, above=False),
    Limit("decay_too_strong", "times", steps.OUTWEIGHED),
    Limit("rate_too_high", "killed", steps.KILLED),
    Limit("rate_too_high", "fastest", steps.TOO_FAST),
    Limit("rate_too_high", "worst", steps.WORSE),
    Limit("rate_too_low", "travel", steps.TRAVELLED, above=False),
    Limit("oscillating", "share", results.SWINGS),
    Limit("too_deep", "layers", scores.DEEP),
    Limit("not_learning", "score", scores.ENOUGH, above=False),
]


def main() -> None:
    parser = argparse.ArgumentParser(description="Find where the limits of the rules lie among recorded patients.")
    parser.add_argument("folder", type=Path)
    torch.set_num_threads(1)  # as the app runs
    print_table(HEAD, list(rows(read(parser.parse_args().folder))))


def rows(cases: Sequence[Case]) -> Iterator[tuple[str, ...]]:
    """The table, a row a limit."""
    kinds = [(case[0] == "healthy" and case[4], case[4], case[-1]) for case in cases]
    seen = [(healthy, numbers(Signs(recording))) for healthy, learned, recording in kinds if healthy or not learned]
    for limit in LIMITS:
        key = limit.rule, limit.number
        well, ill = (
            np.array([each[key] for healthy, each in seen if healthy is kind and key in each], float)
            for kind in (True, False)
        )
        yield row(limit, well[~np.isnan(well)], ill[~np.isnan(ill)])


def numbers(signs: Signs) -> dict[tuple[str, str], float]:
    """What every rule that can judge a recording sees of it, by the rule and the name of the number."""
    found = {}
    with np.errstate(all="ignore"):  # what is sick may be infinite
        for name, rule in rules.items():
            if rule(signs).answer != "not applicable":
                found |= {(name, number): value for number, value in rule.function(signs).evidence.items()}
    return found


def row(limit: Limit, well: np.ndarray, ill: np.ndarray) -> tuple[str, ...]:
    """What was seen of one limit, among healthy networks and among those that do not learn."""
    sign = 1 if limit.above else -1
    last = sign * float((sign * well).max(initial=-np.inf))
    past = [int((sign * ill > sign * edge).sum()) for edge in (limit.limit, last)]
    middle = float(np.median(well)) if len(well) else np.nan
    texts = (f"{'>' if limit.above else '<'} {short(limit.limit)}", str(len(well)), f"{middle:.3g}", f"{last:.3g}")
    return (limit.rule, limit.number, *texts, str(len(ill)), *map(str, past))


if __name__ == "__main__":
    main()
