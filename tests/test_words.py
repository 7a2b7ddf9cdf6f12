"""Words on the screen are no keys, and all of them go through one door, `core.words.said`."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [ROOT / "streamlit_app.py", *sorted(file for room in ("ui", "pages") for file in (ROOT / room).rglob("*.py"))]
REFUSING = ("choices", "config", "datasets", "sweeps", "work")  # what these refuse, a visitor may have asked for
ERRORS = sorted(file for room in REFUSING for file in (ROOT / "core" / room).rglob("*.py"))
SHOWN = {  # what Streamlit shows of its first argument
    *("button", "caption", "checkbox", "dataframe", "dialog", "download_button", "error", "expander", "file_uploader"),
    *("header", "info", "link_button", "markdown", "metric", "multiselect", "number_input", "page_link", "pills"),
    *("popover", "progress", "radio", "segmented_control", "select_slider", "selectbox", "slider", "spinner", "status"),
    *("subheader", "success", "table", "tabs", "text", "text_area", "text_input", "title", "toast", "toggle"),
    *("warning", "write"),
}
NAMED = {"help", "label", "placeholder"}  # and of these by name
MARKUP = re.compile(r"(?::[a-z-]+\[)?[:*_`\s\d.,%→·()\[\]{}=/–-]*")  # without a word in it
WRITTEN = ast.Constant | ast.JoinedStr | ast.BinOp
STRAIGHT = {"choose", "choose_several"}  # these send what they are given through the door themselves


def unsaid(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the text of everything that is shown without going through `said`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in SHOWN:
            texts = [*node.args[:1], *(word.value for word in node.keywords if word.arg in NAMED)]
            yield from ((text.lineno, ast.unparse(text)) for text in texts if _has_words(text))


def _has_words(text: ast.expr) -> bool:
    """Whether an expression writes words of its own; what it calls has said them already."""
    if isinstance(text, ast.Call):
        return False
    if isinstance(text, ast.Constant):
        return isinstance(text.value, str) and not MARKUP.fullmatch(re.sub(r":material/\w+:", "", text.value))
    if isinstance(text, ast.FormattedValue | ast.Attribute | ast.Name | ast.Subscript):
        return False
    return any(_has_words(part) for part in ast.iter_child_nodes(text) if isinstance(part, ast.expr))


def composed(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """The line and the text of every error that is given words as text: nobody could say them in another language."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            yield from ((text.lineno, ast.unparse(text)) for text in node.exc.args[:1] if isinstance(text, WRITTEN))


@pytest.mark.parametrize("file", ERRORS, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_errors_that_visitors_read_hold_a_sentence(file):
    assert list(composed(ast.parse(file.read_text("utf-8")))) == []


def test_an_error_with_words_as_text_is_caught():
    source = 'raise ValueError("Words")\nraise ValueError(f"{name} words") from problem\nraise ValueError\n'
    assert [line for line, _ in composed(ast.parse(source))] == [1, 2]
    assert not list(composed(ast.parse("raise ValueError(Sentence(words.TOO_LARGE, most=1))")))


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.relative_to(ROOT).as_posix())
def test_all_words_of_a_page_go_through_one_door(file):
    assert list(unsaid(ast.parse(file.read_text("utf-8")))) == []


def test_words_that_go_past_the_door_are_caught():
    source = 'st.caption("Words.")\nst.caption(f"{number} words")\nst.button(said("Words"), help="More")\n'
    source += 'st.tabs([said("One"), "Two"])\nst.popover("Words")\nst.table({"Words": 1})\n'
    assert [line for line, _ in unsaid(ast.parse(source))] == [1, 2, 3, 4, 5, 6]
    assert not list(unsaid(ast.parse('st.caption(said("Words."))\nst.markdown(f"**{title}**")\nst.title(TITLE)')))
