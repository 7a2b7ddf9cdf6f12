"""Copies of the project, and tests that are run there with what was added to them.

Each run is a process of its own, forked from one that has imported what all of them need and nothing of the project:
to import that anew takes longer than most of the tests.
"""

import os
import sys
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from multiprocessing import get_context
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = ignore_patterns(".git", ".venv", ".hypothesis", ".*_cache")
NEEDED = ["torch._dynamo", "pandas", "scipy.stats", "xarray", "altair", "sklearn.datasets", "streamlit.testing.v1"]

_forks = get_context("forkserver")
_forks.set_forkserver_preload([*NEEDED, "hypothesis", "pytest"])


class Outcome(NamedTuple):
    """How the tests ended, as the process would, and what they printed."""

    status: int
    printed: str


def copied(folder: Path) -> Path:
    """A copy of the project, in this new folder."""
    return copytree(ROOT, folder, ignore=LEFT_OUT)


def outcome_of(copy: Path, *targets: str) -> Outcome:
    """Run these tests in a copy, with its own code."""
    with ProcessPoolExecutor(1, _forks) as processes:
        return processes.submit(_tested, copy, targets).result()


def _tested(copy: Path, targets: Sequence[str]) -> Outcome:
    assert "core" not in sys.modules, "this process would test the code of the project, not that of the copy"
    sys.dont_write_bytecode = False
    os.chdir(copy / "tests")
    sys.path[:] = [place for place in sys.path if place not in ("", str(ROOT), str(ROOT / "tests"))]
    printed = StringIO()
    with redirect_stdout(printed), redirect_stderr(printed):
        status = pytest.main(["-q", "-rA", "-p", "no:cacheprovider", *targets])
    return Outcome(int(status), printed.getvalue())
