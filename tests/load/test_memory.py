"""Memory: a real server stays below its budget, whatever is asked for, and gives back what nobody needs any more.

The long figures, and those of other budgets, are measured by benchmarks/memory.py.
"""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

import pytest
import torch
from conftest import SHARED_DATA
from served import PATIENCE, Server, start, until

from .visitor import Visitor

MB = 1_000_000
BUDGET = 700 * MB
EVERY_PAGE = [file.stem for file in sorted((Path(__file__).parents[2] / "pages").glob("*.py"))]

pytestmark = [
    pytest.mark.skipif(
        not Path("/proc/self/status").exists(), reason="this system does not tell how much memory a process takes"
    ),
    pytest.mark.skipif(
        torch.version.cuda is not None, reason="a PyTorch that is built for CUDA takes some 300 MB more by itself"
    ),
]
Memory = Callable[[str], int]


@pytest.fixture(scope="module")
def small_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server with little memory, and with MNIST where that is at hand."""
    data = {"VITALS_DATA": str(SHARED_DATA)} if (SHARED_DATA / "MNIST").is_dir() else {}
    running = start(tmp_path_factory.mktemp("small"), VITALS_MEMORY=f"{BUDGET // MB} MB", **data)
    yield running
    running.process.terminate()
    running.process.wait(PATIENCE)


@pytest.fixture
def memory(small_server: Server) -> Memory:
    """How many bytes the server takes now ("VmRSS"), or has taken at most ("VmHWM")."""
    file = Path(f"/proc/{small_server.process.pid}/status")
    return lambda name: 1024 * int(file.read_text().split(f"{name}:")[1].split()[0])


def all_at_once(server: Server, queries: Sequence[str]) -> list[str]:
    """What visitors of these links, who come together, are shown in the lab. They leave together, too."""
    visitors = [Visitor(server.url, "lab", query, silent=True) for query in queries]
    with ExitStack() as open_tabs, ThreadPoolExecutor(len(visitors)) as pool:
        for visitor in visitors:
            open_tabs.callback(visitor.drop)
        list(pool.map(Visitor.connect, visitors))
        return [f"{visitor.words()}\n{visitor.boards()}" for visitor in visitors]


def test_a_server_stays_below_its_budget_and_gives_memory_back(small_server, memory):
    all_at_once(small_server, ["", "seed=1"])
    idle = memory("VmRSS")
    for words in all_at_once(small_server, ["depth=50&width=512"] * 12):
        assert "these settings need about 815 MB of memory, and the server has 175 MB for them" in words
    for words in all_at_once(small_server, ["dataset=gaussian&features=4096&samples=14648"] * 4):
        assert "samples · features must be smaller" in words
    for words in all_at_once(small_server, [f"depth=20&width=256&seed={seed}" for seed in range(12)]):
        assert "20 hidden layers of 256" in words
    other_data = [f"dataset=gaussian&features=2000&samples=2000&seed={seed}" for seed in range(6)]
    for words in all_at_once(small_server, other_data):
        assert "gaussian, 2,000 training samples" in words
    assert memory("VmHWM") < BUDGET
    until(lambda: memory("VmRSS") < idle + 100 * MB)


def test_a_visitor_of_every_page_does_not_fill_it(small_server, memory):
    with Visitor(small_server.url, "lab", silent=True) as visitor:
        for page in EVERY_PAGE:
            visitor.visit(page)
    assert memory("VmHWM") < BUDGET


def test_a_large_data_set_is_read_within_the_budget(small_server, memory):
    if not (SHARED_DATA / "MNIST").is_dir():
        pytest.skip(f"MNIST is not in {SHARED_DATA}")
    found = all_at_once(small_server, [f"dataset=mnist&seed={seed}" for seed in range(3)])
    assert all("mnist" in words for words in found)
    (refused,) = all_at_once(small_server, ["dataset=mnist&samples=60000"])
    assert "samples · features must be smaller" in refused
    assert memory("VmHWM") < BUDGET
