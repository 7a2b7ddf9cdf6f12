"""The price of one addition is one file: every recipe of CONTRIBUTING.md is put into a copy of the project and tested.

A recipe is a heading that names a file, and the first block of Python below it, which is added to that file or makes
it. Nothing else is changed in the copy.
"""

import re
import subprocess
import sys
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[1]
LEFT_OUT = ignore_patterns(".git", ".venv", ".hypothesis", "*_cache", "__pycache__")
HEADING = r"^## … (?P<kind>[^:\n]+): (?P<how>add to|new file) `(?P<file>[^`]+)`\n"
BLOCK = r"(?:(?!## |```)[^\n]*\n)*```python\n(?P<code>.*?)^```$"


class Recipe(NamedTuple):
    """What is added, and to which file."""

    file: str
    is_new: bool
    code: str

    @property
    def name(self) -> str:
        """The name of what is added: the last function or class that the code defines; of a page, its file's."""
        return (re.findall(r"^(?:def|class) (\w+)", self.code, re.MULTILINE) or [Path(self.file).stem])[-1]


def recipes() -> dict[str, Recipe]:
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    found = re.finditer(HEADING + BLOCK, text, re.MULTILINE | re.DOTALL)
    return {part["kind"]: Recipe(part["file"], part["how"] == "new file", part["code"]) for part in found}


RECIPES = recipes()
WALKS = {  # the tests that walk the registry of each kind; after a file, `-k` and the name of what is added
    "an activation": (
        ("choices/test_activations.py",),
        ("networks", "measuring", "test_truth.py", "theory", "lessons/activation_functions", "-k", "{name}"),
    ),
    "an initializer": (("choices/test_initializers.py",), ("theory", "-k", "{name}")),
    "a normalization": (("networks/test_network.py", "-k", "{name} or normalizations"),),
    "a loss": (("choices/test_losses.py",), ("theory", "-k", "loss")),
    "an optimizer": (
        ("choices/test_optimizers.py",),
        ("choices/test_schedules.py", "test_determinism.py", "-k", "{name}"),
    ),
    "a schedule": (("choices/test_schedules.py",),),
    "a way of preprocessing": (("choices/test_preprocessing.py",), ("networks/test_data.py",)),
    "a data set": (("datasets/test_datasets.py", "-k", "{name}"), ("test_determinism.py", "-k", "{name}")),
    "a measure": (("measuring",), ("pages/test_pages.py", "-k", "explored")),
    "a chart": (("charts/test_charts.py", "charts/test_pictures.py", "words", "-k", "{name} or every or word"),),
    "an outcome of the map": (("sweeps/test_outcomes.py", "charts/test_heat.py"), ("pages/test_map.py", "-k", "drawn")),
    "a page": (("pages/test_frame.py",), ("pages/test_pages.py", "-k", "{name} or entry_point")),
    "a claim": (("claims", "-k", "{name} or lecture or sentence"), ("pages/test_claims.py",)),
}


def test_every_recipe_is_tried():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert RECIPES.keys() == WALKS.keys()
    assert len(re.findall("^## … ", text, re.MULTILINE)) == len(RECIPES)


def added(recipe: Recipe, copy: Path) -> None:
    """Put a recipe into a copy of the project."""
    file = copy / recipe.file
    if recipe.is_new:
        assert not file.exists()
        file.write_text(recipe.code, "utf-8")
    else:
        file.write_text(f"{file.read_text('utf-8').rstrip()}\n\n\n{recipe.code}", "utf-8")


def run(copy: Path, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", *command], cwd=copy, capture_output=True, text=True, check=False)


def tested(copy: Path, *targets: str) -> subprocess.CompletedProcess[str]:
    return run(copy, "pytest", "-q", "-rA", "-p", "no:cacheprovider", *targets)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project."""
    return copytree(ROOT, tmp_path / "copy", ignore=LEFT_OUT)


@pytest.mark.parametrize("kind", RECIPES)
def test_an_addition_is_one_file(kind, copy):
    recipe = RECIPES[kind]
    added(recipe, copy)
    for check in (("ruff", "check", recipe.file), ("ruff", "format", "--check", recipe.file)):
        styled = run(copy, *check)
        assert styled.returncode == 0, styled.stdout
    said = ""
    for targets in WALKS[kind]:
        done = tested(copy / "tests", *(target.format(name=recipe.name) for target in targets))
        assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-2000:]
        said += done.stdout
    assert re.search(rf"^PASSED .*\[.*{recipe.name}.*\]$", said, re.MULTILINE), f"no test has looked at {recipe.name}"


def test_an_addition_that_is_wrong_is_found_out(copy):
    recipe = RECIPES["an activation"]
    added(recipe._replace(code=recipe.code.replace("torch.sigmoid(-z)", "torch.sigmoid(z)")), copy)
    done = tested(copy / "tests", "choices/test_activations.py", "-k", recipe.name)
    assert done.returncode == 1
    assert f"test_slope_is_the_derivative[{recipe.name}]" in done.stdout
