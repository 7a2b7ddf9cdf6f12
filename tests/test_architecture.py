"""Which way the imports point, read from the source: a module that breaks a rule is named with its line."""

import ast
import subprocess
import sys
from collections.abc import Iterator, Set
from functools import partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
MOST_MODULES = 40  # of the project, that the charts load beyond what a Recording needs
MOST_AT_ALL = 78  # and with that: the Config, the choices, the data sets and the memory
SOURCES = ("core", "ui", "pages", "streamlit_app.py")

ORDER = [  # a module imports from its own entry and from those below it, never from one above; the longest name counts
    "streamlit_app",
    "pages",
    "ui.start",
    "ui.sweeps",
    "ui.lab",
    "ui.board",
    "ui.jobs",
    "ui",
    "core",
    "core.charts",
    "core.claims",
    "core.experiments",
    "core.diagnosis",
    "core.sweeps",
    "core.work",
    "core.training",
    "core.theory",
    "core.measuring",
    "core.networks",
    "core.config",
    "core.choices",
    "core.datasets",
    "core.memory",
    "core.words",
    "core.registry",
    "core.array",
]
EXACT = {"core", "streamlit_app"}  # of a package, only its own face
OTHERS = [  # where, what must not be imported there, except in
    ("core", {"streamlit"}, ()),
    ("", {"altair"}, ("core.charts",)),
    ("core.charts", {"torch"}, ()),
    ("core.diagnosis", {"torch"}, ()),
    ("core.theory", {"torch"}, ()),
]


def violations(root: Path) -> list[str]:
    """A sentence for every import under `root` that points up or out, and for every cycle among its modules."""
    modules = _modules(root)
    imports = {name: list(_imports(name, path, modules.keys())) for name, path in modules.items()}
    edges = {module: {imported for imported, _ in found if imported in imports} for module, found in imports.items()}
    wrong = [
        f"{module}:{line} imports {imported}"
        for module, found in imports.items()
        for imported, line in found
        if _points_up(module, imported) or _points_out(module, imported)
    ]
    homeless = [f"{module} has no place in the order" for module in modules if _place(module) is None]
    return homeless + wrong + [" -> ".join(cycle) for cycle in _cycles(edges)]


def _points_up(module: str, imported: str) -> bool:
    here, there = _place(module), _place(imported)
    return here is not None and there is not None and there < here


def _points_out(module: str, imported: str) -> bool:
    return any(
        _inside(module, where) and not any(map(partial(_inside, module), exceptions))
        for where, names, exceptions in OTHERS
        if any(_inside(imported, name) for name in names)
    )


def _place(module: str) -> int | None:
    """The position of a module in ORDER; None where no entry holds it."""
    held = [entry for entry in ORDER if module == entry or (_inside(module, entry) and entry not in EXACT)]
    return ORDER.index(max(held, key=len)) if held else None


def _modules(root: Path) -> dict[str, Path]:
    files = [file for source in SOURCES for file in (root / source, *sorted((root / source).rglob("*.py")))]
    names = {file: ".".join(file.relative_to(root).with_suffix("").parts) for file in files if file.is_file()}
    return {name.removesuffix(".__init__"): file for file, name in names.items()}


def _imports(module: str, path: Path, known: Set[str]) -> Iterator[tuple[str, int]]:
    """The modules that a module imports, with the line; those that only type checkers see count as well."""
    package = module if path.name == "__init__.py" else module.rpartition(".")[0]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node.lineno) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            source = ".".join([*above, *([node.module] if node.module else [])])
            for alias in (
                node.names
            ):  # `from core.measuring import histograms` imports core.measuring.histograms, not a name of core
                yield (f"{source}.{alias.name}" if f"{source}.{alias.name}" in known else source), node.lineno


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
    assert {"core.networks.ensemble", "core.measuring.recorder", "torch"} <= imported
    assert {ORDER[place] for place in map(_place, modules) if place is not None} == set(ORDER)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"core/work/a.py": "import streamlit as st"}, ["core.work.a:1 imports streamlit"]),
        ({"core/work/a.py": "def f():\n    from ui.frame import x"}, ["core.work.a:2 imports ui.frame"]),
        ({"core/work/a.py": "import altair"}, ["core.work.a:1 imports altair"]),
        ({"ui/a.py": "import altair"}, ["ui.a:1 imports altair"]),
        ({"ui/a.py": "from ui.lab.b import x"}, ["ui.a:1 imports ui.lab.b"]),
        ({"ui/lab/a.py": "from ui.sweeps import b"}, ["ui.lab.a:1 imports ui.sweeps"]),
        ({"ui/sweeps/a.py": "from ui.lab.b import x\nfrom ui.c import y"}, []),
        ({"ui/a.py": "from pages.lab import x"}, ["ui.a:1 imports pages.lab"]),
        ({"streamlit_app.py": "import altair"}, ["streamlit_app:1 imports altair"]),
        ({"core/charts/a.py": "import altair"}, []),
        ({"core/charts/a.py": "from torch import Tensor"}, ["core.charts.a:1 imports torch"]),
        (
            {"core/registry.py": "from core.work.a import b", "core/work/a.py": ""},
            ["core.registry:1 imports core.work.a"],
        ),
        ({"core/work/a.py": "import torch.nn, streamlit.testing"}, ["core.work.a:1 imports streamlit.testing"]),
        ({"core/work/a.py": "import streamlit_like_name"}, []),
        (
            {"core/work/a.py": "from core.work.b import x", "core/work/b.py": "from core.work.a import y"},
            ["core.work.a -> core.work.b -> core.work.a"],
        ),
        (
            {"core/work/a.py": "from core.work import b", "core/work/b.py": "from . import a"},
            ["core.work.a -> core.work.b -> core.work.a"],
        ),
        (
            {
                "core/work/a.py": "import core.work.b",
                "core/work/b.py": "def f():\n    import core.work.c",
                "core/work/c.py": "from .a import x",
            },
            ["core.work.a -> core.work.b -> core.work.c -> core.work.a"],
        ),
        (
            {"core/__init__.py": "from core.work.a import x", "core/work/a.py": "from core import x"},
            ["core.work.a:1 imports core", "core -> core.work.a -> core"],
        ),
        (
            {
                "core/work/a.py": "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from core.work.b import x",
                "core/work/b.py": "from core.work.a import y",
            },
            ["core.work.a -> core.work.b -> core.work.a"],
        ),
        (
            {
                "core/config/a.py": "if TYPE_CHECKING:\n    from core.sweeps.b import x",
                "core/sweeps/b.py": "",
            },
            ["core.config.a:2 imports core.sweeps.b"],
        ),
        ({"core/sweeps/a.py": "from core.work.b import x", "core/work/b.py": ""}, []),
        ({"core/elsewhere.py": ""}, ["core.elsewhere has no place in the order"]),
    ],
)
def test_the_check_can_fail(tmp_path, files, found):
    for name, source in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(source)
    assert violations(tmp_path) == found


@pytest.mark.parametrize(("known", "most"), [("Recording", MOST_MODULES), ("__name__", MOST_AT_ALL)])
def test_charts_load_without_experiments(known, most):
    """Beyond a Recording, and beyond nothing at all, charts load few modules, and none that trains for a lesson."""
    script = (
        "import sys, core\n"
        f"core.{known}\n"
        "before = {*sys.modules}\n"
        "import core.charts\n"
        "print(*(name for name in sys.modules.keys() - before if name.split('.')[0] == 'core'))"
    )
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = done.stdout.split()
    assert "core.charts.chart" in loaded
    assert not [name for name in loaded if name.startswith(("core.experiments", "core.claims", "core.sweeps"))]
    assert len(loaded) <= most
