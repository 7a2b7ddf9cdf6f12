"""How large things may be, so that each can be read at once: files, functions, pages, folders.

A file that passes 300 lines is asking to be two, and a function of 40 to be several. Sixteen entries are what one look
at a listing takes in: four groups of four.
"""

import ast
import tokenize
from collections.abc import Iterator
from pathlib import Path

import numpy as np

ROOT = Path(__file__).parents[1]
MOST_LINES, MOST_LINES_OF_A_PAGE = 300, 119
MOST_CODE, USUAL_CODE, USUAL = 40, 18, 95  # lines of a function, of most functions, and how many percent these are
MOST_ENTRIES = 16
LARGER = {  # folders with more entries, each with its reason
    "core": "one entry a room",
    "benchmarks": "one entry a table",
    "core/experiments": "one entry a lesson",
    "core/charts/experiments": "one entry a lesson",
    "pages": "one entry a page: at its first run, Streamlit knows no page in a folder below",
    "tests/lessons": "one entry a lesson",
    "tests": "one folder a room of core, and what tests share",
}
NO_ENTRY = "__pycache__", "__init__.py"

Function = ast.FunctionDef | ast.AsyncFunctionDef


def files(*folders: str) -> list[Path]:
    return sorted(file for folder in folders for file in (ROOT / folder).rglob("*.py"))


FILES = [ROOT / "streamlit_app.py", *files("core", "ui", "pages", "tests", "benchmarks", "docs")]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def length(file: Path) -> int:
    return len(file.read_text("utf-8").splitlines())


def functions(source: str) -> Iterator[tuple[str, int]]:
    """Every function of a module and its lines of code: those with a token that is no comment and no docstring."""
    rows = _code_rows(source)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, Function):
            docstring = _rows(node.body[0]) if ast.get_docstring(node) is not None else set()
            yield node.name, len(rows & _rows(node) - docstring)


def _rows(node: ast.stmt) -> set[int]:
    return set(range(node.lineno, (node.end_lineno or node.lineno) + 1))


def _code_rows(source: str) -> set[int]:
    no_code = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
    tokens = tokenize.generate_tokens(iter(source.splitlines(keepends=True)).__next__)
    return {row for token in tokens if token.type not in no_code for row in range(token.start[0], token.end[0] + 1)}


def test_a_file_can_be_read_at_once():
    assert [named(file) for file in FILES if length(file) > MOST_LINES] == []


def test_a_page_is_made_of_parts_that_stand_elsewhere():
    assert [named(file) for file in files("pages") if length(file) > MOST_LINES_OF_A_PAGE] == []


def test_functions_are_short():
    found = [(lines, f"{named(file)}: {name}") for file in FILES for name, lines in functions(file.read_text("utf-8"))]
    assert [where for lines, where in found if lines > MOST_CODE] == []
    assert np.percentile([lines for lines, _ in found], USUAL) <= USUAL_CODE


def entries(folder: Path) -> int:
    """How many modules and folders there are to choose from."""
    inside = [path for path in folder.iterdir() if path.is_dir() or path.suffix == ".py"]
    return sum(path.name not in NO_ENTRY for path in inside)


def test_a_folder_can_be_seen_at_once():
    folders = {file.parent for file in FILES if file.parent != ROOT}
    assert {named(folder) for folder in folders if entries(folder) > MOST_ENTRIES} == LARGER.keys()


def test_lines_of_code_are_counted():
    source = '''
def outer(a,
          b):
    """Told
    at length.
    """
    # a comment

    def inner():
        return """two
        lines"""

    return inner  # and another
'''
    assert dict(functions(source)) == {"outer": 6, "inner": 3}
