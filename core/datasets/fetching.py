"""Fetching: the files of a data set, from hosts that may be slow, fall silent or never end.

torchvision knows where they lie and what their sums are; it unpacks those that it finds, but would wait for a silent
host for ever.
"""

from collections.abc import Iterator, Sequence
from hashlib import md5
from http.client import HTTPException
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.request import urlopen

from core.datasets import words
from core.words.said import Sentence

SILENT_SECONDS = 20.0  # that a host may say nothing
DEADLINE_SECONDS = 1800.0  # that one file may take
PIECE = 2**16

File = tuple[Sequence[str], Path, str]


def fetch(kind: Any, folder: Path, most: int) -> None:
    """The files of a class of torchvision, to where it looks for them below its `folder`. Raises OSError for what
    cannot be had, takes too long, is longer than `most` bytes or has another sum.
    """
    for addresses, file, digest in _files(kind):
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        _first(addresses, folder / file, digest, most)


def _files(kind: Any) -> Iterator[File]:
    """Of each file its addresses, its place and its sum."""
    if hasattr(kind, "resources"):
        for name, digest in kind.resources:
            yield [f"{mirror}{name}" for mirror in kind.mirrors], Path(kind.__name__, "raw", name), digest
    else:
        yield [kind.url], Path(kind.filename), kind.tgz_md5


def _first(addresses: Sequence[str], file: Path, digest: str, most: int) -> None:
    """The file from the first address that has it."""
    problems = []
    for address in addresses:
        try:
            return _get(address, file, digest, most)
        except (OSError, HTTPException) as problem:
            problems.append(problem)
    raise problems[-1]


def _get(address: str, file: Path, digest: str, most: int) -> None:
    began, size, found = monotonic(), 0, md5(usedforsecurity=False)
    with urlopen(address, timeout=SILENT_SECONDS) as answer, file.open("wb") as written:
        while piece := answer.read1(PIECE):
            written.write(piece)
            found.update(piece)
            size += len(piece)
            if size > most or monotonic() - began > DEADLINE_SECONDS:
                raise OSError(Sentence(words.NO_END, address=address))
    if found.hexdigest() != digest:
        raise OSError(Sentence(words.OTHER_SUM, address=address))
