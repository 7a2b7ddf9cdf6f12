"""What the README and the other texts say is true: the map, the commands, the links, the examples."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from test_architecture import ORDER, SOURCES

ROOT = Path(__file__).parents[1]
README = ROOT / "README.md"
TEXTS = [README, ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]
MOST_LINES = 150
NO_PART = {"__pycache__", "__init__.py"}

each_text = pytest.mark.parametrize("text", TEXTS, ids=lambda text: text.name)


def on_the_map() -> list[str]:
    """The paths of the map, folders with a slash at their end."""
    (part,) = re.findall(r"^## The map\n(.*?)\n## ", README.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    return re.findall(r"^    (\S+)  ", part, re.MULTILINE)


def rooms() -> set[str]:
    """The folders of the project, and what lies in those of the app: all but single pages, and modules of ui."""
    top = {path for path in ROOT.iterdir() if path.is_dir() and not path.name.startswith(".")}
    inside = {path for folder in ("core", "ui", "pages") for path in (ROOT / folder).iterdir()}
    modules = {path for path in inside if path.suffix == ".py" and path.parent.name == "core"}
    found = {ROOT / "streamlit_app.py", *top, *modules, *filter(Path.is_dir, inside)}
    return {_written(path) for path in found if path.name not in NO_PART}


def _written(path: Path) -> str:
    return f"{path.relative_to(ROOT).as_posix()}{'/' if path.is_dir() else ''}"


def test_the_map_shows_every_room_and_no_other():
    assert sorted(on_the_map()) == sorted(rooms())


def test_the_map_has_the_order_of_the_imports():
    app = [path for path in on_the_map() if path.split("/")[0] in SOURCES]
    names = [path.removesuffix(".py").rstrip("/").replace("/", ".") for path in app]
    assert names == ORDER


def test_the_readme_is_short():
    assert len(README.read_text("utf-8").splitlines()) <= MOST_LINES


@each_text
def test_what_a_text_runs_is_there(text):
    for command in re.findall(r"^(?:python3|\.venv/bin/\w+) .*$", text.read_text("utf-8"), re.MULTILINE):
        for file in re.findall(r"[\w/-]+\.(?:txt|py)\b", command):
            assert (ROOT / file).is_file(), command


@each_text
def test_a_link_leads_somewhere(text):
    links = re.findall(r"\]\(([^)\s]+)\)", text.read_text("utf-8"))
    for link in (link for link in links if not link.startswith("http")):
        file, _, heading = link.partition("#")
        target = text.parent / file if file else text
        assert target.exists(), link
        assert not heading or heading in map(_anchor, re.findall(r"^#+ (.*)$", target.read_text("utf-8"), re.MULTILINE))


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


@each_text
def test_a_file_that_a_text_names_is_there(text):
    """A new file is not: the recipes say so, and their own test makes it."""
    said = text.read_text("utf-8")
    new = re.findall(r"new file `([^`]+)`", said)
    for file in re.findall(r"`((?:core|ui|pages|tests|benchmarks|docs)/[\w/.]+)`", said):
        assert file in new or (ROOT / file).exists(), file


EXAMPLES = [
    pytest.param(code, id=f"{text.name}-{place}")
    for text in TEXTS
    if text.name != "CONTRIBUTING.md"  # whose blocks are tried in a copy
    for place, code in enumerate(
        re.findall(r"^```python\n(.*?)^```$", text.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    )
]


@pytest.mark.parametrize("code", EXAMPLES)
def test_an_example_runs_as_it_stands(code, monkeypatch):
    monkeypatch.delenv("VITALS_CLUSTER", raising=False)
    with redirect_stdout(StringIO()):
        exec(compile(code, "example", "exec"), {})


def test_the_numbers_of_the_example_are_those_that_come():
    (code,) = re.findall(r"```python\n(.*?)\nfor ", (ROOT / "docs" / "scripts.md").read_text("utf-8"), re.DOTALL)
    told, known = re.findall(r"^(.*?) +# \(layer,\) -> (.*), \.\.\.$", code, re.MULTILINE), {}
    exec(compile(code, "example", "exec"), known)
    for expression, numbers in told:
        found = eval(expression, known).values[:3]
        assert [f"{number:.3g}" for number in found] == numbers.split(", ")
    assert len(told) == 2
