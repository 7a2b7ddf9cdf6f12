"""Names, read from the source: a class is found by its name alone, and a name says what it stands for."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "ui", "pages")
SAYS_NOTHING = {"own"}  # own what?


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def shared(modules: Iterator[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """The names of public classes that stand in more than one place."""
    places = defaultdict(list)
    for path, tree in modules:
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                places[node.name].append(path)
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def test_no_two_classes_share_a_name():
    assert shared(trees(*ROOMS)) == {}


def test_a_shared_name_is_found():
    first, second = (ast.parse(f"class Cloud: pass\nclass _Part: pass\nclass {name}: pass") for name in "AB")
    assert shared(iter([("a", first), ("b", second)])) == {"Cloud": ["a", "b"]}


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_no_name_says_nothing(name):
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees(*ROOMS, "tests", "benchmarks")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.arg) and node.arg == name)
    ]
    assert not found
