"""Stored: the causes of the map that the app begins with, found before, so that nobody waits for them.

They lie in a file of their own, as sweeps know nothing of the doctor, and are found together with the map by
`python -m core.diagnosis.causes`. A map is shown only with its causes.
"""

from dataclasses import asdict, replace
from pathlib import Path

from core.diagnosis.causes.judge import LEARNED, UNKNOWN, JudgedMap, judging
from core.diagnosis.rule import rules
from core.sweeps import stored
from core.sweeps.grid import Grid
from core.work.stored import FOREIGN, Origin, read, write

FILE = Path(__file__).with_suffix(".json")
SPLIT = " "  # between the answers on the networks of one row of a file


def store(configs: Grid, map_file: Path, file: Path) -> None:
    """Train and judge the networks of a map here and now; write how they ended, and what kept them from learning."""
    *_, judged = judging(configs)
    stored.store(configs, replace(judged.known, configs=tuple(configs)).dataset(), map_file)
    causes = [judged.causes[place] for place in range(len(configs))]
    row = len(list(configs.axes.values())[-1])
    rows = [SPLIT.join(causes[first : first + row]) for first in range(0, len(causes), row)]
    write(file, {"made": asdict(Origin.here()), **stored.about(configs), "causes": rows})


def judged_map(configs: Grid) -> tuple[JudgedMap, Origin] | None:
    """What is stored of the map of exactly these Configs, and when and where that was found; None if nothing is."""
    return judged_in(stored.FILE, FILE, configs)


def judged_in(map_file: Path, file: Path, configs: Grid) -> tuple[JudgedMap, Origin] | None:
    """The same of two files; None as well where an answer is of a rule that there is not."""
    found, entries = stored.map_in(map_file, configs), read(file)
    try:
        if found is None or {name: entries[name] for name in ("base", "axes")} != stored.about(configs):
            return None
        causes = SPLIT.join(entries["causes"]).split(SPLIT)
        if len(causes) != len(configs) or not set(causes) <= {*rules, LEARNED, UNKNOWN}:
            return None
        Origin.read(entries["made"])
        return JudgedMap(found.known, dict(enumerate(causes))), found.origin
    except FOREIGN:
        return None
