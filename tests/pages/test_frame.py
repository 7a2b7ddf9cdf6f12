import ast
import subprocess
import sys
from pathlib import Path

import pytest
from screen import control
from streamlit.testing.v1 import AppTest

from ui import frame
from ui.frame import PAGES, has_controls, headings, lessons
from ui.jobs.visitors import end_all

ROOT = Path(__file__).parents[2]
APP = str(ROOT / "streamlit_app.py")
FILES = sorted(PAGES.glob("*.py"))


@pytest.fixture(autouse=True)
def no_run_left():
    yield
    end_all()  # all sessions of AppTest are one to Streamlit, so a run would show up in the next test


def test_every_page_file_has_its_heading():
    assert [heading.file for heading in sorted(headings())] == FILES
    known = ["home", "lab", "map", "search", "explore", "patients", "ward", "learn", "claims"]
    menu = [heading.file.stem for heading in headings() if not heading.is_lesson]
    assert [name for name in menu if name in known] == known
    without = {heading.file.stem for heading in headings() if not has_controls(heading.file.stem)}
    assert without & {*known} == {"home", "patients", "ward", "learn", "claims"}
    assert without >= {lesson.file.stem for lesson in lessons()}


@pytest.mark.parametrize("heading", headings(), ids=lambda heading: heading.file.stem)
def test_a_page_says_its_title_and_its_icon(heading):
    assert heading.title[0].isupper()
    assert heading.icon.startswith(":material/")
    assert [other.order for other in headings()].count(heading.order) == 1


def test_a_new_page_is_one_new_file(tmp_path, monkeypatch):
    (tmp_path / "second.py").write_text(
        '"""Second."""\nTITLE = "Second"\nICON = ":material/add:"\nORDER = 20\nboom()\n'
    )
    (tmp_path / "first.py").write_text('"""First."""\n\nTITLE = "First"\nICON = ":material/add:"\nORDER = 3\n')
    monkeypatch.setattr(frame, "PAGES", tmp_path)
    assert [heading.title for heading in headings.__wrapped__()] == ["First", "Second"]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_guard_of_a_page_stands_before_all_else(file):
    body = ast.parse(file.read_text("utf-8")).body
    guard = next(
        i for i, line in enumerate(body) if isinstance(line, ast.Expr) and ast.unparse(line) == "inside_frame()"
    )
    assert body[0].value.value.endswith((".", "?"))
    *constants, guard_import = body[1:guard]
    assert all(isinstance(line, ast.Assign) for line in constants)
    assert ast.unparse(guard_import) == "from ui.frame import inside_frame"


# One lesson stands for all: the guard is the same in each, as the test above has seen.
@pytest.mark.parametrize(
    "heading",
    [*(heading for heading in headings() if not heading.is_lesson), lessons()[0]],
    ids=lambda heading: heading.file.stem,
)
def test_a_page_that_runs_alone_gets_its_frame(heading):
    """What Streamlit does for the very first visitor if a deep link names a file in pages/."""
    app = AppTest.from_file(APP, default_timeout=60).switch_page(str(heading.file.relative_to(ROOT))).run()
    assert not app.exception
    assert [title.value for title in app.title] == [heading.title]
    if has_controls(heading.file.stem):  # which has controls of its own
        assert control(app, "activation").value == "relu"


def test_the_menu_does_not_wait_for_torch():
    early = "sys, ui.start.cold, ui.start.end, ui.frame, ui.controls, ui.old_links, ui.teaching"
    script = f"import {early}; print(sorted({{'torch', 'altair', 'pandas', 'core.config'}} & sys.modules.keys()))"
    loaded = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"


def test_the_menu_stands_before_the_imports_that_take_long():
    lines = Path(APP).read_text("utf-8").splitlines()
    menu = lines.index("page = navigation()")
    early = [line.split()[1] for line in lines[:menu] if line.startswith(("from ", "import "))]
    start = ["ui.start.cold", "ui.start.end"]
    assert early == ["streamlit", "ui.controls", "ui.frame", "ui.old_links", *start, "ui.teaching"]
    assert lines[menu + 1 : menu + 3] == ["end_with_the_server()", "warm_up(page.url_path)"]
