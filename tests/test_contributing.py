"""The price of one addition is one file: every recipe of CONTRIBUTING.md is put into a copy of the project and tested.

A recipe is a heading that names a file, and the first block of Python below it, which is added to that file or makes
it. Nothing else is changed in the copy.
"""

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import copy2
from typing import NamedTuple

import pytest
from copies import ROOT, Outcome, copied, outcome_of

HEADING = r"^## … (?P<kind>[^:,\n]+)(?:, its \w+)?: (?P<how>add to|new file) `(?P<file>[^`]+)`\n"
BLOCK = r"(?:(?!## |```)[^\n]*\n)*```python\n(?P<code>.*?)^```$"


class Part(NamedTuple):
    """What is added, and to which file."""

    file: str
    is_new: bool
    code: str

    @property
    def name(self) -> str:
        """The name of what is added: the last function or class with a decorator; of a page, its file's."""
        return (
            re.findall(r"^@.*?^(?:def|class) (\w+)", self.code, re.MULTILINE | re.DOTALL) or [Path(self.file).stem]
        )[-1]


def recipes() -> dict[str, list[Part]]:
    """The parts of each recipe: one, but of a lesson three."""
    text, found = (ROOT / "CONTRIBUTING.md").read_text("utf-8"), defaultdict(list)
    for part in re.finditer(HEADING + BLOCK, text, re.MULTILINE | re.DOTALL):
        found[part["kind"]].append(Part(part["file"], part["how"] == "new file", part["code"]))
    return dict(found)


RECIPES = recipes()
WALKS = {  # the tests that walk the registry of each kind; after a file, `-k` and the name of what is added
    "an activation": (
        ("choices/test_activations.py", "-k", "{name} or settings or torch"),
        ("networks/test_curves.py", "measuring/test_histograms.py", "measuring/test_nan.py", "-k", "{name}"),
        ("theory/test_gauss.py", "truth/test_start.py", "lessons/activation_functions", "-k", "{name}"),
    ),
    "an initializer": (("choices/test_initializers.py", "theory/test_variances.py"),),
    "a normalization": (("networks/test_network.py", "-k", "{name} or normalizations"),),
    "a loss": (("choices/test_losses.py", "theory/test_errors.py"),),
    "an optimizer": (
        ("choices/test_optimizers.py", "choices/test_schedules.py", "test_determinism.py", "-k", "{name} or known"),
    ),
    "a schedule": (("choices/test_schedules.py", "-k", "{name} or known"),),
    "a way of preprocessing": (("choices/test_preprocessing.py", "networks/test_data.py"),),
    "a data set": (("datasets/test_datasets.py", "test_determinism.py", "-k", "{name}"),),
    "a measure": (("measuring/test_measures.py", "measuring/test_recording.py"),),
    "a rule of the doctor": (("diagnosis/test_rules.py", "test_rooms.py", "-k", "{name} or ranks or room"),),
    "a remedy": (("diagnosis/test_trials.py", "-k", "{name}"),),
    "an outcome of the map": (("sweeps/test_outcomes.py", "charts/test_heat.py"),),
    "a chart": (("charts/test_charts.py", "charts/test_pictures.py", "words", "-k", "{name}"),),
    "a page": (("test_words.py", "pages/test_frame.py", "pages/test_pages.py", "-k", "{name} or heading"),),
    "a lesson": (
        ("test_architecture.py", "test_rooms.py", "charts/test_pictures.py", "-k", "{name} or imports or room"),
        ("pages/test_frame.py", "pages/test_lessons.py", "pages/test_home.py", "-k", "{name} or heading or listed"),
    ),
    "a patient": (("diagnosis/test_cases.py", "-k", "{name}"),),
    "a claim": (("test_rooms.py", "claims/test_claims.py", "-k", "{name} or room or every or sentence"),),
}


def test_every_recipe_is_tried():
    text = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert RECIPES.keys() == WALKS.keys()
    assert len(re.findall("^## … ", text, re.MULTILINE)) == sum(map(len, RECIPES.values()))
    assert {kind for kind, parts in RECIPES.items() if len(parts) > 1} == {"a lesson"}


def styled(copy: Path, *files: str) -> None:
    """The parts are written as the rest is."""
    for check in (("check",), ("format", "--check")):
        command = [sys.executable, "-m", "ruff", *check, *files]
        done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout


def failures(done: Outcome) -> str:
    return "\n".join(line for line in done.printed.splitlines() if not line.startswith("PASSED"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project. One for all recipes, for what Python has compiled there serves the next as well."""
    return copied(tmp_path_factory.mktemp("project") / "copy")


@pytest.fixture
def add(copy: Path) -> Iterator[Callable[[Part], None]]:
    """Puts a part of a recipe into the copy. After the test the copy is again what it was."""
    parts: list[Part] = []

    def add(part: Part) -> None:
        file = copy / part.file
        assert file.exists() != part.is_new
        before = "" if part.is_new else f"{file.read_text('utf-8').rstrip()}\n\n\n"
        file.write_text(before + part.code, "utf-8")
        parts.append(part)

    yield add
    for part in parts:
        if part.is_new:
            (copy / part.file).unlink()
        else:
            copy2(ROOT / part.file, copy / part.file)


@pytest.mark.parametrize("kind", RECIPES)
def test_an_addition_is_one_file(kind, copy, add):
    parts, looked_at = RECIPES[kind], ""
    for part in parts:
        add(part)
    styled(copy, *(part.file for part in parts))
    name = parts[-1].name
    for targets in WALKS[kind]:
        done = outcome_of(copy, *(target.format(name=name) for target in targets))
        assert done.status == 0, failures(done)
        looked_at += done.printed
    assert re.search(rf"^PASSED .*\[.*{name}.*\]$", looked_at, re.MULTILINE), f"no test has looked at {name}"


def test_an_addition_that_is_wrong_is_found_out(copy, add):
    (part,) = RECIPES["an activation"]
    add(part._replace(code=part.code.replace("torch.sigmoid(-z)", "torch.sigmoid(z)")))
    done = outcome_of(copy, "choices/test_activations.py", "-k", part.name)
    assert done.status == 1
    assert f"test_slope_is_the_derivative[{part.name}]" in done.printed
