"""The budget: how it is read, what it is where nobody says, and what follows from it."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from core.memory import allocator, budget
from core.memory.budget import FLOOR, LEAST_BUDGET, LEAST_ROOM, most, room

GB = 10**9
ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("said", "bytes_"),
    [
        ("600 MB", 600_000_000),
        ("600MB", 600_000_000),
        ("1.5 gb", 1_500_000_000),
        ("512 MiB", 512 * 2**20),
        ("2GiB", 2**31),
        (" 700000000 ", 700_000_000),
        ("800 b", 800),
    ],
)
def test_a_budget_is_bytes_or_has_a_unit(said, bytes_, monkeypatch):
    monkeypatch.setenv("VITALS_MEMORY", said)
    assert budget.budget() == bytes_


@pytest.mark.parametrize("said", ["much", "-5 MB", "600 XB", "600 MB now", "nan", "1e9"])
def test_what_is_no_budget_is_refused_in_words(said, monkeypatch):
    monkeypatch.setenv("VITALS_MEMORY", said)
    words = f'VITALS_MEMORY must be a number of bytes, or one with a unit such as "600 MB"; got {said!r}'
    with pytest.raises(ValueError, match=f"^{re.escape(words)}$"):
        budget.budget()


@pytest.mark.parametrize(
    ("machine", "usual"),
    [
        (GB, LEAST_BUDGET),
        (690_000_000, LEAST_BUDGET),
        (16 * GB, 8 * GB),
        (400_000_000, 350_000_000),
    ],
)
def test_where_nobody_says_it_is_half_of_the_machine_or_600_mb(machine, usual, monkeypatch):
    monkeypatch.delenv("VITALS_MEMORY", raising=False)
    monkeypatch.setattr(budget, "machine", lambda: machine)
    assert budget.budget() == usual


def test_a_container_has_the_memory_that_it_may_use(monkeypatch, tmp_path):
    limit = tmp_path / "memory.max"
    monkeypatch.setattr(budget, "CGROUP", (limit, tmp_path / "not there"))
    whole = budget.machine.__wrapped__()
    assert whole > 0
    for said, found in (("1000000", 1_000_000), ("max", whole), ("9" * 30, whole)):
        limit.write_text(f"{said}\n")
        assert budget.machine.__wrapped__() == found


def test_a_system_that_does_not_tell_is_taken_for_a_small_one(monkeypatch):
    monkeypatch.setattr(budget, "CGROUP", ())
    monkeypatch.delattr(budget.os, "sysconf")
    assert budget.machine.__wrapped__() == budget.UNKNOWN


def test_the_room_is_what_the_process_leaves(monkeypatch):
    monkeypatch.setenv("VITALS_MEMORY", "2 GB")
    assert room() == 2 * GB - FLOOR
    assert most() == room() - 100_000_000
    monkeypatch.setenv("VITALS_MEMORY", "900 MB")
    assert most() == room() * 7 // 8
    monkeypatch.setenv("VITALS_MEMORY", "100 MB")
    assert room() == LEAST_ROOM
    assert most() == room() - 20_000_000


def test_a_process_is_too_large_or_would_be(monkeypatch, tmp_path):
    status = tmp_path / "statm"
    status.write_text(f"99999 {10**9 // budget.os.sysconf('SC_PAGE_SIZE')} 5 6 7\n")
    monkeypatch.setattr(budget, "STATUS", status)
    monkeypatch.setenv("VITALS_MEMORY", "1.1 GB")
    assert not budget.presses(50_000_000)
    assert budget.presses(150_000_000)
    monkeypatch.setattr(budget, "STATUS", tmp_path / "not there")
    assert not budget.presses(150_000_000)


def test_caches_follow_the_budget():
    """In processes of their own: a cache is as large as the budget said when it was made."""
    script = (
        "from core.memory.caches import ALL\n"
        "import core.training, core.sweeps.chunks, core.datasets.uploads as uploads\n"
        "print(sum(cache.most for cache in ALL) + uploads.STORE_BYTES, core.sweeps.chunks.MEMORY_BYTES)"
    )
    caches = {}
    for said in ("600 MB", "16 GB"):
        command, environment = [sys.executable, "-c", script], {"VITALS_MEMORY": said, "OMP_NUM_THREADS": "1"}
        done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=True)
        caches[said] = tuple(map(int, done.stdout.split()))
    assert caches["16 GB"] == (1_000_000_000, 512 * 2**20)
    assert caches["600 MB"][0] < 1.5 * (600_000_000 - FLOOR)
    assert caches["600 MB"][1] < 600_000_000 - FLOOR


def test_memory_goes_back_where_the_c_library_can_do_it():
    if allocator._library is None:
        pytest.skip("the C library is not glibc")
    assert allocator._library.malloc_trim(0) in (0, 1)
    allocator.give_back()


def test_another_c_library_is_left_alone(monkeypatch):
    monkeypatch.setattr(allocator, "_library", None)
    allocator.settle()
    allocator.give_back()
    monkeypatch.setattr(allocator.ctypes, "CDLL", lambda name: (_ for _ in ()).throw(OSError(name)))
    assert allocator._glibc() is None
