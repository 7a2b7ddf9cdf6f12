"""The notebook of a Config: valid, and the script in cells."""

import json

import nbformat

from core import Config, script
from core.networks.plain.notebook import notebook


def test_it_is_a_notebook_with_the_script_in_cells():
    config = Config(activation="tanh")
    made = nbformat.reads(notebook(config), as_version=4)
    nbformat.validate(made)
    code = [cell.source for cell in made.cells if cell.cell_type == "code"]
    assert len(code) > 3
    at = 0
    for source in code:
        at = script(config).index(source, at)
    assert json.loads(notebook(config))["nbformat"] == 4


def test_it_says_what_it_is_of():
    first = nbformat.reads(notebook(Config(depth=7)), as_version=4).cells[0]
    assert first.cell_type == "markdown"
    assert "depth 7" in first.source
