"""Stored: results that were computed before, so that a page shows them at once; and when and where that was.

A file of them is JSON, each entry in a line of its own. Whatever else lies in its place is as good as no file: a reader
of an entry catches FOREIGN, and computes what it would have shown.
"""

import json
import platform
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, Self

LIBRARIES = ("torch", "numpy")
PROCESSORS = Path("/proc/cpuinfo")  # where Linux names them; elsewhere Python is asked
NAME = "model name"
MARKS = ("(R)", "(TM)", "CPU ")
FOREIGN = (AttributeError, LookupError, TypeError, ValueError)  # what an entry of another form raises


@dataclass(frozen=True)
class Origin:
    """When and where something was computed: the date as in 2026-11-29, the processor, and the libraries."""

    date: str
    processor: str
    libraries: str

    @classmethod
    def here(cls) -> Self:
        """Today, on this machine."""
        return cls(datetime.now(UTC).date().isoformat(), processor(), libraries())

    @classmethod
    def read(cls, entry: Mapping[str, str]) -> Self:
        """What `dataclasses.asdict` has made of one. Raises one of FOREIGN for anything else."""
        return cls(date.fromisoformat(entry["date"]).isoformat(), str(entry["processor"]), str(entry["libraries"]))


def processor() -> str:
    """What the processor calls itself."""
    told = PROCESSORS.read_text("utf-8").splitlines() if PROCESSORS.is_file() else []
    names = [line.partition(":")[2] for line in told if line.startswith(NAME)]
    name = names[0] if names else platform.processor() or platform.machine()
    for mark in MARKS:
        name = name.replace(mark, "")
    return " ".join(name.split())


def libraries() -> str:
    """The versions of what everything is computed with."""
    return ", ".join([f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in LIBRARIES)])


def read(file: Path) -> dict[str, Any]:
    """The entries of a file by name; none where it is missing or no file of ours."""
    try:
        entries = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return entries if isinstance(entries, dict) else {}


def write(file: Path, entries: Mapping[str, Any]) -> None:
    """Write the entries, each in a line of its own, so that a change shows what has changed."""
    lines = [f"{json.dumps(name)}: {_compact(entry)}" for name, entry in entries.items()]
    file.write_text("{\n" + ",\n".join(lines) + "\n}\n", "utf-8")


def _compact(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":"))
