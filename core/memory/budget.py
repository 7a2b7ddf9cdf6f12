"""Budget: how many bytes the process may take. All limits and caches follow from it.

`VITALS_MEMORY` says how many, as bytes or as "600 MB". Otherwise it is half of what the machine or its container has,
but at least LEAST_BUDGET where that leaves an eighth to others. Of the budget, FLOOR is what the process takes without
any heavy work, once every page was looked at: Python, PyTorch, Streamlit and what else the pages import. The rest is
the room for work, and for remembering what it found; a corner of it is kept for the small work of others.
"""

import os
import re
from contextlib import suppress
from functools import lru_cache
from pathlib import Path

from core.memory import words
from core.words.said import Sentence

VARIABLE = "VITALS_MEMORY"
UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
LEAST_BUDGET = 600_000_000
SHORT = 2_000_000_000  # below this, memory is worth more than time
UNKNOWN = 2 * 10**9  # taken for the memory of a machine that does not tell
FLOOR = 500_000_000  # measured: benchmarks/memory.py
LEAST_ROOM = 100_000_000  # what the default settings and the lessons need to work at all
CORNER = (20_000_000, 100_000_000)  # at least and at most: an eighth of the room
STATUS = Path("/proc/self/statm")  # in pages: all memory of the process, and what of it is in use
CGROUP = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def budget() -> int:
    """How many bytes the process may take. Raises ValueError where VITALS_MEMORY is no number of bytes."""
    said = os.environ.get(VARIABLE, "").strip()
    return _read(said) if said else _usual(machine())


def room() -> int:
    """How many of them are there for work and for what is remembered."""
    return max(LEAST_ROOM, budget() - FLOOR)


def corner(whole: int) -> int:
    """How much of a room is kept for small work."""
    return min(max(whole // 8, CORNER[0]), CORNER[1])


def most() -> int:
    """How many bytes one piece of work may need."""
    return room() - corner(room())


def presses(more: int) -> bool:
    """Whether so many bytes more would take the process beyond its budget. Never where the system does not tell."""
    told = _text(STATUS).split()
    return bool(told) and int(told[1]) * os.sysconf("SC_PAGE_SIZE") + more > budget()


@lru_cache(maxsize=1)
def machine() -> int:
    """How many bytes the machine has, or its container may use."""
    limits = [int(text) for file in CGROUP if (text := _text(file)).isdigit()]
    with suppress(AttributeError, ValueError, OSError):  # some systems have no such call
        limits.append(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))
    return min(limits, default=UNKNOWN)


def _text(file: Path) -> str:
    try:
        return file.read_text().strip()
    except OSError:
        return ""


def _usual(memory: int) -> int:
    return min(max(memory // 2, LEAST_BUDGET), memory * 7 // 8)


@lru_cache(maxsize=8)
def _read(said: str) -> int:
    known = re.fullmatch(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Za-z]*)", said)
    if known is None or known[2].upper() not in UNITS:
        raise ValueError(Sentence(words.NO_BUDGET, variable=VARIABLE, value=said))
    return int(float(known[1]) * UNITS[known[2].upper()])
