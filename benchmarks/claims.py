"""Every claim of the lectures, also the long ones, which no test trains to their end: how long it takes, its verdict.

MNIST must be at hand for the long ones (see VITALS_DATA). Exits with 1 where a verdict is not the expected one.
"""

from time import process_time

import torch

from benchmarks.report import Figure, print_figures
from core.claims import check, claims
from core.claims.checks import Checked


def main() -> None:
    torch.set_num_threads(1)
    quick = [name for name in claims if not claims[name].long]
    began = process_time()
    checked = {name: check(name) for name in quick}
    spent = process_time() - began
    right = sum(as_expected(name, checked[name]) for name in quick)
    figures = [
        Figure(f"all {len(quick)} quick claims, on one core", f"{spent:.0f} s", "under 120 s"),
        Figure("those of them with the verdict that the tests ask for", f"{right}", f"{len(quick)}"),
        *(long(name) for name in claims if claims[name].long),
    ]
    print_figures("The claims of the lectures", figures)


def as_expected(name: str, checked: Checked) -> bool:
    """Whether what was found is what the tests ask for."""
    return checked.finding is not None and claims[name].expects(checked.finding)


def long(name: str) -> Figure:
    """What is found of a claim whose network takes long to train."""
    checked = check(name)
    found = checked.problem if checked.finding is None else f"{checked.finding.verdict}: {checked.finding.found}"
    return Figure(claims[name].sentence, found, claims[name].expected)


if __name__ == "__main__":
    main()
