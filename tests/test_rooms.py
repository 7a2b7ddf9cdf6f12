"""A room says what it is: its `__init__` docstring names its files, what it may import, and where a new thing goes."""

import ast
import re
from collections.abc import Set
from pathlib import Path

import pytest
from test_architecture import EXACT, ORDER, _imports, _modules, _place

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(file.parent for folder in ("core", "ui") for file in (ROOT / folder).rglob("__init__.py"))
OPEN = {  # rooms in which a new file is all that a new thing needs, and which therefore name none
    "core/charts/recording",
    "core/charts/experiments",
    "core/claims/sentences",
    "core/diagnosis/rules",
    "core/experiments",
}
SAYING = [
    package for package in PACKAGES if package.parent.relative_to(ROOT).as_posix() not in OPEN
]  # of their imports
CLAIMS = "core/claims/sentences"  # whose packages are open as well: a claim may be a file of its own


def named(package: Path) -> str:
    return package.relative_to(ROOT).as_posix()


def docstring(package: Path) -> str:
    return ast.get_docstring(ast.parse((package / "__init__.py").read_text("utf-8"))) or ""


def inside(package: Path) -> set[str]:
    """The modules and packages of a package, by the paths of their files."""
    modules = {file.with_suffix("") for file in package.glob("*.py") if file.name != "__init__.py"}
    return {named(path) for path in modules | {file.parent for file in package.glob("*/__init__.py")}}


def told(package: Path) -> set[str]:
    """The paths that a docstring names: a word between backticks is a file or a folder of its room."""
    return {f"{named(package)}/{name}" for name in re.findall(r"`([a-z_]+)`", docstring(package))}


def is_open(package: Path) -> bool:
    return named(package) in OPEN or named(package.parent) == CLAIMS


def stated(text: str) -> list[str]:
    """The sentences in which a docstring says what is imported, without their verb."""
    return re.findall(r"(?:^|\s)Imports ([^.]*)\.", " ".join(text.split()))


def dotted(package: Path) -> str:
    return named(package).replace("/", ".")


def home(module: str) -> str:
    """The room whose docstring speaks for a module: the package of one lesson is spoken for by that of all."""
    speaking = [dotted(package) for package in SAYING if module == dotted(package) or dotted(package) not in EXACT]
    return max((room for room in speaking if f"{module}.".startswith(f"{room}.")), key=len, default=module)


def imported(package: Path) -> set[str]:
    """The entries of ORDER that a room imports, other rooms than its own."""
    room, modules = dotted(package), _modules(ROOT)
    sources = {
        source
        for name, path in modules.items()
        if home(name) == room
        for source, _ in _imports(name, path, modules.keys())
        if home(source) != room
    }
    return {ORDER[place] for place in map(_place, sources) if place is not None} - {room}


def inside_of(package: Path) -> str:
    """The entry of ORDER that holds a room."""
    place = _place(dotted(package))
    assert place is not None
    return ORDER[place]


def compared(words: str, rooms: Set[str], here: str) -> tuple[set[str], set[str]]:
    """Which rooms are imported unnamed, and which are named but not imported, by their last names.

    Rooms of ui import core as a whole, and who imports "what is below" may import any room below its own.
    """
    found = {"core" if here.startswith("ui") and room.startswith("core.") else room.split(".")[-1] for room in rooms}
    known = {room.split(".")[-1] for room in ORDER}
    said = known.intersection(re.findall(r"\w+", words))
    below = {room.split(".")[-1] for room in ORDER[ORDER.index(here) + 1 :]} if "what is below" in words else set()
    return found - said - below, said - found


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_room_names_all_its_files_or_is_open_to_new_ones(package):
    assert told(package) == (set() if is_open(package) else inside(package))


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_room_says_what_it_imports_and_where_a_new_thing_goes(package):
    if named(package.parent) not in OPEN:  # else it is the package of one lesson
        assert len(stated(docstring(package))) == 1
        assert re.search(r"\b[Nn]ew\b|goes here", docstring(package))


@pytest.mark.parametrize("package", SAYING, ids=named)
def test_what_a_room_says_that_it_imports_is_what_it_imports(package):
    (words,) = stated(docstring(package))
    missing, too_many = compared(words, imported(package), inside_of(package))
    assert (missing, too_many) == (set(), set())


@pytest.mark.parametrize(
    ("words", "rooms", "found"),
    [
        ("config and words", {"core.config", "core.words"}, (set(), set())),
        ("config", {"core.config", "core.words"}, ({"words"}, set())),
        ("config and words", {"core.words"}, (set(), {"config"})),
        ("what is below", {"core.words"}, (set(), set())),
        ("what is below (theory)", {"core.words"}, (set(), {"theory"})),
        ("what is below", {"core.charts"}, ({"charts"}, set())),
    ],
)
def test_what_is_said_is_compared(words, rooms, found):
    assert compared(words, rooms, "core.experiments") == found
