"""Every claim of the lectures, also the long ones, which no test trains to their end: how long it takes, its verdict.

MNIST must be at hand for the long ones (see VITALS_DATA).
"""

import torch

from benchmarks.report import Figure, print_figures
from core.claims import check, claims


def main() -> None:
    torch.set_num_threads(1)
    checked = {name: check(name) for name in claims}
    quick = [name for name in claims if not claims[name].long]
    figures = [
        Figure(
            f"all {len(quick)} quick claims", f"{sum(checked[name].seconds for name in quick):.0f} s", "under 120 s"
        ),
        Figure(
            "those of them with the verdict that the tests ask for", f"{sum(map(as_expected, quick))}", f"{len(quick)}"
        ),
    ]
    for name in claims:
        if claims[name].long:
            finding, seconds = checked[name].finding, checked[name].seconds
            found = checked[name].problem if finding is None else f"{finding.verdict}: {finding.found}"
            figures.append(Figure(claims[name].sentence, f"{found}, {seconds:.0f} s", claims[name].expected))
    print_figures("The claims of the lectures", figures)


def as_expected(name: str) -> bool:
    """Whether the verdict found now is the expected one."""
    finding = check(name).finding
    return finding is not None and finding.verdict == claims[name].expected


if __name__ == "__main__":
    main()
