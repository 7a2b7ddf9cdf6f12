"""Budget: how many bytes the process may take. All limits and caches follow from it.

`VITALS_MEMORY` says how many, as bytes or as "600 MB". Otherwise it is half of what the machine or its container has,
but at least LEAST_BUDGET where that leaves an eighth to others. Of the budget, FLOOR is what the process takes before
anybody does heavy work: Python, PyTorch, Streamlit, and what the pages import. The rest is the room for work, and for
remembering what it found.
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
UNKNOWN = 2 * 10**9  # taken for the memory of a machine that does not tell
FLOOR = 440_000_000  # measured: benchmarks/memory.py
LEAST_ROOM = 80_000_000  # what the default settings and the lessons need to work at all
ONE_PART = 7 / 8  # of the room, that one piece of work may take: the rest is for the small work of others
CGROUP = (Path("/sys/fs/cgroup/memory.max"), Path("/sys/fs/cgroup/memory/memory.limit_in_bytes"))


def budget() -> int:
    """How many bytes the process may take. Raises ValueError where VITALS_MEMORY is no number of bytes."""
    said = os.environ.get(VARIABLE, "").strip()
    return _read(said) if said else _usual(machine())


def room() -> int:
    """How many of them are there for work and for what is remembered."""
    return max(LEAST_ROOM, budget() - FLOOR)


def most() -> int:
    """How many bytes one piece of work may need."""
    return int(ONE_PART * room())


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
