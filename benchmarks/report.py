"""Report: figures as a small table, each beside what it should be, and the machine they were taken on."""

import os
import sys
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import torch

from core.work.stored import processor


class Figure(NamedTuple):
    """One measured number: what it is, as text with its unit, and the most or least it should be, if there is such."""

    name: str
    measured: str
    target: str = ""


def print_figures(title: str, figures: list[Figure]) -> None:
    """The table, in the form that benchmarks/README.md holds."""
    print(f"\n{title}\n{machine()}")
    print_table(Figure._fields, figures)


def print_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """A table of text, as wide as its widest cells."""
    rows = list(rows)
    widths = [max(len(row[column]) for row in [head, *rows]) for column in range(len(head))]
    print()
    for row in [head, ["-" * width for width in widths], *rows]:
        print(f"| {' | '.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True))} |")


def machine() -> str:
    """What the figures depend on, in one line."""
    simd = torch.backends.cpu.get_cpu_capability()
    python = ".".join(map(str, sys.version_info[:2]))
    return f"{os.cpu_count()} cores, {processor()}, {simd}; Python {python}, torch {torch.__version__}"
