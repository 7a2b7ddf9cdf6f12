"""Recorded patients: a file of them is a pickle of a list of Cases, plain tuples of what the core knows.

A pickle is for whoever wrote it: it is never taken from others, nor committed.
"""

import pickle
from pathlib import Path

from core import Config, Recording

# The kind, "healthy" or "sick"; the cause, fields that were turned wrong; the Config; that of the healthy network that
# it was before, itself if it is healthy; whether it learned, and whether that one did; and what was recorded.
Case = tuple[str, frozenset[str], Config, Config, bool, bool, Recording]


def write(cases: list[Case], file: Path) -> None:
    """Write a file that is there whole or not at all."""
    part = file.with_suffix(".part")
    part.write_bytes(pickle.dumps(cases))
    part.replace(file)


def read(folder: Path) -> list[Case]:
    """The cases of all files in a folder."""
    return [case for file in sorted(folder.glob("*.pkl")) for case in pickle.loads(file.read_bytes())]
