"""Stored: verdicts that were found before, so that nobody waits for them.

They are a file of plain numbers beside this one, which `python -m core.claims` brings up to date. A verdict is shown of
the claim that it was found on and of no other: where the sentence, what it expects or its experiment has changed, it is
not used any more.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from functools import lru_cache
from hashlib import blake2b
from inspect import getsource
from pathlib import Path
from typing import Any

from core.claims.checks import Checked, check
from core.claims.claim import Case, Claim, Evidence, claims
from core.work.stored import FOREIGN, Origin, read, write

FILE = Path(__file__).with_suffix(".json")
BYTES = 8  # of a fingerprint
EXPERIMENT = re.compile(r"^\s*def .*", re.DOTALL | re.MULTILINE)  # of a source, without what decorates it


def stored_verdict(name: str) -> Checked | None:
    """What was found on a claim before; None if there is nothing, or the claim was another one."""
    return _read(FILE).get((name, _fingerprint(claims[name])))


def store(names: Sequence[str], file: Path) -> Iterator[tuple[str, Checked]]:
    """Bring a file up to date: check those of these claims of which it has no verdict, and tell what became of each.

    What could not be checked gets no verdict, and what is of no such claim is dropped.
    """
    _read.cache_clear()
    entries, kept, found = read(file), _read(file), {}
    for name in names:
        key = name, _fingerprint(claims[name])
        if key in kept:
            found[name] = entries[name]
            continue
        checked = check(name)
        yield name, checked
        if checked.finding is not None:
            found[name] = _written(key[1], checked.finding, checked.seconds)
    write(file, found)
    _read.cache_clear()


@lru_cache(maxsize=2)
def _read(file: Path) -> dict[tuple[str, str], Checked]:
    """All verdicts of a file, by the claim and its fingerprint; without the entries that are none."""
    found = {}
    for name, entry in read(file).items():
        try:
            finding = Evidence(tuple(_case(*case) for case in entry["cases"]))
            made, seconds = Origin.read(entry["made"]), float(entry["seconds"])
            found[name, str(entry["of"])] = Checked(finding, None, seconds, made)
        except FOREIGN:
            continue
    return found


def _case(template: str, found: float, low: float, high: float, filled: dict[str, Any]) -> Case:
    return Case(template, float(found), float(low), float(high), dict(filled))


def _written(fingerprint: str, finding: Evidence, seconds: float) -> dict[str, Any]:
    cases = [[case.template, case.found, case.low, case.high, dict(case.filled)] for case in finding.cases]
    return {"of": fingerprint, "made": asdict(Origin.here()), "seconds": round(seconds, 3), "cases": cases}


@lru_cache(maxsize=1024)
def _fingerprint(claim: Claim) -> str:
    """What a verdict is about: the sentence, what it expects, and the experiment; not the reasons."""
    try:
        source = getsource(claim.function)
    except (OSError, TypeError):  # there is none to read
        source = ""
    experiment = EXPERIMENT.search(source)
    expected = str(claim.expected), sorted(claim.holds_for)
    asked = (claim.sentence, claim.quantity, *expected, experiment[0] if experiment else source)
    return blake2b(repr(asked).encode(), digest_size=BYTES).hexdigest()
