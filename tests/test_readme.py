"""The map in the README is true: every file of the app is on it, and nothing else."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def on_the_map() -> set[str]:
    """The names of all Python files in the map of the README."""
    (part,) = re.findall(r"## The map\n(.*?)\n## ", README, re.DOTALL)
    return set(re.findall(r"[a-z_]+\.py\b", part))


def test_the_map_shows_every_file_and_no_other():
    folders = ("core", "core/charts", "core/claims", "core/theory", "ui", "pages")
    files = {file.name for folder in folders for file in (ROOT / folder).glob("*.py")} - {"__init__.py"}
    assert on_the_map() == files | {"streamlit_app.py"}


def test_what_the_readme_runs_is_there():
    for command in re.findall(r"^(?:python3|\.venv/bin/\w+) .*$", README, re.MULTILINE):
        for file in re.findall(r"[\w/-]+\.(?:txt|py)\b", command):
            assert (ROOT / file).is_file(), command
