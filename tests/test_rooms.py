"""A room says what it is: its `__init__` docstring names its files, what it may import, and where a new thing goes."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = sorted(file.parent for folder in ("core", "ui") for file in (ROOT / folder).rglob("__init__.py"))
OPEN = {  # rooms in which a new file is all that a new thing needs, and which therefore name none
    "core/charts/recording",
    "core/charts/experiments",
    "core/claims/sentences",
    "core/experiments",
}
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


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_room_names_all_its_files_or_is_open_to_new_ones(package):
    assert told(package) == (set() if is_open(package) else inside(package))


@pytest.mark.parametrize("package", PACKAGES, ids=named)
def test_a_room_says_what_it_imports_and_where_a_new_thing_goes(package):
    if named(package.parent) not in OPEN:  # else it is the package of one lesson
        assert re.search(r"\b[Ii]mports?\b", docstring(package))
        assert re.search(r"\b[Nn]ew\b|goes here", docstring(package))
