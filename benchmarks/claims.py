"""Every claim of the lectures, also the long ones, which no test trains to their end: how long it takes, its verdict.

MNIST must be at hand for the long ones (see VITALS_DATA). Exits with 1 unless every claim has the verdict that the
tests ask for.
"""

import sys
from time import process_time

import torch

from benchmarks.report import Figure, print_figures
from core.claims import check, claims, words
from core.claims.checks import Checked


def main() -> int:
    torch.set_num_threads(1)
    began = process_time()
    quick = {name: check(name) for name in claims if not claims[name].long}
    spent = process_time() - began
    long = {name: check(name) for name in claims if claims[name].long}
    wrong = [name for name, checked in (quick | long).items() if not as_expected(name, checked)]
    figures = [
        Figure(f"all {len(quick)} quick claims, on one core", f"{spent:.0f} s", "under 60 s"),
        Figure("claims with another verdict than the tests ask for", ", ".join(wrong) or "none", "none"),
        *(found(name, checked) for name, checked in long.items()),
    ]
    print_figures("The claims of the lectures", figures)
    return 1 if wrong else 0


def as_expected(name: str, checked: Checked) -> bool:
    """Whether what was found is what the tests ask for."""
    return checked.finding is not None and claims[name].expects(checked.finding)


def found(name: str, checked: Checked) -> Figure:
    """What is found of a claim whose network takes long to train."""
    expected = claims[name].expected
    asked = words.VERDICTS[expected] if expected else ""
    if checked.finding is None:
        return Figure(claims[name].sentence, str(checked.problem), asked)
    told = f"{words.VERDICTS[checked.finding.verdict]}: {words.found(checked.finding)}"
    return Figure(claims[name].sentence, told, asked)


if __name__ == "__main__":
    sys.exit(main())
