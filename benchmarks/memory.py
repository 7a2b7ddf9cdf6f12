"""How much memory a server takes, whatever is asked of it: python -m benchmarks.memory [BUDGET ...]. Linux only.

Of each budget (VITALS_MEMORY), a fresh server, and visitors without a browser who come together and leave together.
Told are the most that the process took meanwhile, and what it takes some seconds after they have left. What the budget
has no room for is refused, so little is taken then. MNIST is read from VITALS_DATA, where it is at hand.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from time import sleep

from benchmarks.report import Figure, print_figures
from tests.load.visitor import Visitor
from tests.served import PATIENCE, Server, start

BUDGETS = ("600 MB", "2 GB")
LEFT_SECONDS = 12.0  # after which the server has noticed that they are gone
PAGES = [file.stem for file in sorted((Path(__file__).parents[1] / "pages").glob("*.py"))]
GAUSSIAN = "dataset=gaussian&features=4096&samples=14648"
VISITS: list[tuple[str, list[str]]] = [
    ("1 of the lab", [""]),
    ("12 of depth=50&width=512, one link", ["depth=50&width=512"] * 12),
    ("12 of depth=50&width=512, a seed each", [f"depth=50&width=512&seed={seed}" for seed in range(12)]),
    ("12 of depth=20&width=150, a seed each", [f"depth=20&width=150&seed={seed}" for seed in range(12)]),
    (f"4 of {GAUSSIAN}", [GAUSSIAN] * 4),
    ("3 of dataset=mnist, a seed each", [f"dataset=mnist&seed={seed}" for seed in range(3)]),
    ("1 of dataset=mnist&samples=60000", ["dataset=mnist&samples=60000"]),
]


def main() -> None:
    for budget in sys.argv[1:] or BUDGETS:
        with tempfile.TemporaryDirectory() as folder:
            server = start(Path(folder), VITALS_MEMORY=budget)
            try:
                figures = list(measured(server, budget))
            finally:
                server.process.terminate()
                server.process.wait(PATIENCE)
        print_figures(f"Memory of a server whose budget is {budget}", figures)


def measured(server: Server, budget: str) -> Iterator[Figure]:
    """A line for each kind of visitors, one after the other."""
    for name, queries in VISITS:
        yield figure(server, name, budget, lambda queries=queries: together(server, queries))
    yield figure(server, "1 of every page", budget, lambda: tour(server))


def figure(server: Server, name: str, budget: str, visit: Callable[[], None]) -> Figure:
    """What a visit takes: at most, and after it."""
    Path(f"/proc/{server.process.pid}/clear_refs").write_text("5")  # the peak begins anew
    visit()
    most = megabytes(server, "VmHWM")
    sleep(LEFT_SECONDS)
    return Figure(name, f"{most:.0f} MB, then {megabytes(server, 'VmRSS'):.0f} MB", f"at most {budget}")


def together(server: Server, queries: Sequence[str]) -> None:
    """All open the lab at once, and leave when all have seen it."""
    with ExitStack() as tabs, ThreadPoolExecutor(len(queries)) as pool:
        visitors = [tabs.enter_context(Leaving(server.url, "lab", query, silent=True)) for query in queries]
        list(pool.map(Visitor.connect, visitors))


class Leaving(Visitor):
    """A visitor who leaves with the block, and connects when asked to."""

    def __enter__(self) -> "Leaving":
        return self


def tour(server: Server) -> None:
    """One visitor looks at every page."""
    with Visitor(server.url, silent=True) as visitor:
        for page in PAGES:
            visitor.visit(page)


def megabytes(server: Server, name: str) -> float:
    status = Path(f"/proc/{server.process.pid}/status").read_text()
    return int(status.split(f"{name}:")[1].split()[0]) * 1.024e-3


if __name__ == "__main__":
    main()
