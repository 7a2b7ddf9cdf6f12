"""Names, read from the source: a class or an alias of types is found by its name alone, a topic has one name
everywhere, and a name says what it stands for.
"""

import ast
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

from ui.frame import lessons

ROOT = Path(__file__).parents[1]
ROOMS = ("core", "ui", "pages")
NO_LESSON = {"published"}  # what others have printed, for several lessons
SAYS_NOTHING = {"own"}  # own what?


def trees(*rooms: str) -> Iterator[tuple[str, ast.Module]]:
    for room in rooms:
        for file in sorted((ROOT / room).rglob("*.py")):
            yield str(file.relative_to(ROOT)), ast.parse(file.read_text(encoding="utf-8"))


def shared(modules: Iterator[tuple[str, ast.Module]]) -> dict[str, list[str]]:
    """The names of public classes, and of aliases of types, that stand in more than one place."""
    places = defaultdict(list)
    for path, tree in modules:
        for node in tree.body:
            for name in _types(node):
                places[name].append(path)
    return {name: paths for name, paths in places.items() if len(paths) > 1}


def _types(node: ast.stmt) -> Iterator[str]:
    """The names that a statement gives to types: written as `Cloud`, neither `CLOUD` nor `_Cloud`."""
    match node:
        case ast.ClassDef(name=name) | ast.AnnAssign(target=ast.Name(id=name)):
            names = [name]
        case ast.Assign(targets=targets):
            names = [target.id for target in targets if isinstance(target, ast.Name)]
        case _:
            names = []
    yield from (name for name in names if name[0].isupper() and (isinstance(node, ast.ClassDef) or not name.isupper()))


def test_no_two_classes_share_a_name():
    assert shared(trees(*ROOMS)) == {}


def test_a_shared_name_is_found():
    first, second = (ast.parse(f"class Cloud: pass\nclass _Part: pass\nclass {name}: pass") for name in "AB")
    assert shared(iter([("a", first), ("b", second)])) == {"Cloud": ["a", "b"]}
    alias = ast.parse("Cloud = dict[str, int]\nMOST = 3")
    assert shared(iter([("a", first), ("c", alias)])) == {"Cloud": ["a", "c"]}


def stems(folder: str) -> set[str]:
    """What a folder has modules and packages of."""
    inside = [path for path in (ROOT / folder).iterdir() if path.is_dir() or path.suffix == ".py"]
    return {path.stem for path in inside} - {"__init__", "__pycache__"}


def test_a_lesson_has_one_name_everywhere():
    topics = {lesson.file.stem for lesson in lessons()}
    assert topics
    assert stems("core/experiments") - NO_LESSON == topics
    assert stems("core/charts/experiments") == topics
    assert {stem.removeprefix("test_") for stem in stems("tests/lessons")} - NO_LESSON <= topics
    assert stems("core/claims/sentences") <= topics


@pytest.mark.parametrize("name", SAYS_NOTHING)
def test_no_name_says_nothing(name):
    found = [
        f"{path}:{node.lineno}"
        for path, tree in trees(*ROOMS, "tests", "benchmarks")
        for node in ast.walk(tree)
        if (isinstance(node, ast.Name) and node.id == name) or (isinstance(node, ast.arg) and node.arg == name)
    ]
    assert not found
