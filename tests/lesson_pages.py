"""Lessons on the screen: what tests find and press there."""

import ast
from contextlib import redirect_stdout
from io import StringIO

import torch
from streamlit.testing.v1 import AppTest

from ui.frame import Heading


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].value
    assert not app.error, app.error[0].value
    return app


def pictures(app: AppTest) -> int:
    return len(app.main.get("vega_lite_chart"))


def constant(lesson: Heading, name: str) -> str:
    tree = ast.parse(lesson.file.read_text("utf-8")).body
    (value,) = [line.value for line in tree if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name]
    return ast.literal_eval(value)


def printed(lesson: Heading) -> str:
    """What the code of a lesson prints."""
    said = StringIO()
    with redirect_stdout(said), torch.random.fork_rng():
        exec(compile(constant(lesson, "CODE"), lesson.file.stem, "exec"), {"__name__": "__main__"})
    return said.getvalue()
