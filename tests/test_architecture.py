"""Which way the imports point, read from the source: a module that breaks a rule is named with its line."""

import ast
from collections.abc import Iterator, Set
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ("core", "ui", "pages", "streamlit_app.py")

FORBIDDEN = [  # where, what must not be imported there, except in
    ("core", {"streamlit", "ui", "pages", "streamlit_app"}, ()),
    ("", {"altair"}, ("core.charts",)),
    ("core.charts", {"torch"}, ()),
    ("core.symptoms", {"torch"}, ()),
    ("core.theory", {"torch"}, ()),
    ("core.registry", {"core"}, ()),
]


def violations(root: Path) -> list[str]:
    """A sentence for every import under `root` that points the wrong way, and for every cycle among its modules."""
    modules = _modules(root)
    imports = {name: list(_imports(name, path, modules.keys())) for name, path in modules.items()}
    wrong = [
        f"{module}:{line} imports {imported}"
        for where, names, exceptions in FORBIDDEN
        for module, found in imports.items()
        for imported, line in found
        if _inside(module, where) and not any(_inside(module, e) for e in exceptions)
        if any(_inside(imported, name) for name in names)
    ]
    edges = {module: {imported for imported, _ in found if imported in imports} for module, found in imports.items()}
    return wrong + [" -> ".join(cycle) for cycle in _cycles(edges)]


def _modules(root: Path) -> dict[str, Path]:
    files = [file for source in SOURCES for file in (root / source, *sorted((root / source).rglob("*.py")))]
    names = {file: ".".join(file.relative_to(root).with_suffix("").parts) for file in files if file.is_file()}
    return {name.removesuffix(".__init__"): file for file, name in names.items()}


def _imports(module: str, path: Path, known: Set[str]) -> Iterator[tuple[str, int]]:
    """The modules that a module imports, with the line; what only type checkers see is left out."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in _seen_at_run_time(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in node.names:  # `from core import histograms` imports core.histograms, not a name of core
                yield (f"{source}.{alias.name}" if f"{source}.{alias.name}" in known else source), node.lineno


def _seen_at_run_time(tree: ast.AST) -> Iterator[ast.AST]:
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            for other in node.orelse:
                yield from (other, *_seen_at_run_time(other))
        else:
            yield node
            yield from _seen_at_run_time(node)


def _inside(module: str, package: str) -> bool:
    return not package or module == package or module.startswith(f"{package}.")


def _cycles(edges: dict[str, set[str]]) -> list[list[str]]:
    """One cycle for each module that can be reached from itself, found once, starting at its first name."""
    found = []
    for start in sorted(edges):
        paths, visited = [[start]], set()
        while paths:
            path = paths.pop()
            for following in sorted(edges[path[-1]]):
                if following == start and start == min(path):
                    found.append([*path, start])
                    paths.clear()
                    break
                if following not in visited:
                    visited.add(following)
                    paths.append([*path, following])
    return found


def test_imports_point_one_way():
    assert violations(ROOT) == []


def test_the_whole_of_core_is_looked_at():
    modules = _modules(ROOT)
    assert {"core", "core.registry", "core.training", "core.charts"} <= modules.keys()
    imported = {name for name, _ in _imports("core.training", modules["core.training"], modules.keys())}
    assert {"core.ensemble", "core.tape", "torch"} <= imported


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"core/a.py": "import streamlit as st"}, ["core.a:1 imports streamlit"]),
        ({"core/a.py": "def f():\n    from ui.frame import x"}, ["core.a:2 imports ui.frame"]),
        ({"core/a.py": "import altair"}, ["core.a:1 imports altair"]),
        ({"ui/a.py": "import altair"}, ["ui.a:1 imports altair"]),
        ({"streamlit_app.py": "import altair"}, ["streamlit_app:1 imports altair"]),
        ({"core/charts/a.py": "import altair"}, []),
        ({"core/charts/a.py": "from torch import Tensor"}, ["core.charts.a:1 imports torch"]),
        ({"core/registry.py": "from core.a import b", "core/a.py": ""}, ["core.registry:1 imports core.a"]),
        ({"core/a.py": "import torch.nn, streamlit.testing"}, ["core.a:1 imports streamlit.testing"]),
        ({"core/a.py": "import streamlit_like_name"}, []),
        ({"core/a.py": "from core.b import x", "core/b.py": "from core.a import y"}, ["core.a -> core.b -> core.a"]),
        ({"core/a.py": "from core import b", "core/b.py": "from . import a"}, ["core.a -> core.b -> core.a"]),
        (
            {"core/a.py": "import core.b", "core/b.py": "def f():\n    import core.c", "core/c.py": "from .a import x"},
            ["core.a -> core.b -> core.c -> core.a"],
        ),
        ({"core/__init__.py": "from core.a import x", "core/a.py": "from core import x"}, ["core -> core.a -> core"]),
        (
            {
                "core/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from core.b import x",
                "core/b.py": "from core.a import y",
            },
            [],
        ),
        ({"core/a.py": "from core.b import x", "core/b.py": ""}, []),
    ],
)
def test_the_check_can_fail(tmp_path, files, found):
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    assert violations(tmp_path) == found
