"""What a file leaves open is asked for, and how it was read is said."""

import pytest
from screen import LAB, Open, charts, healthy
from tables import csv, numbers, table
from uploading import box, choice, errors, in_use, labels, upload

from core.datasets import uploads as tables
from core.datasets.csv_file import read_sheet
from core.datasets.sheets import FILL
from ui.show import plain


@pytest.fixture
def opened(opened: Open) -> Open:
    """Opens the app where the data set is an upload."""
    return lambda page=LAB, **query: opened({"dataset": "upload", **query}, page)


def test_a_choice_is_shown_only_where_the_file_leaves_it_open(opened):
    app = upload(opened("pages/map.py"), numbers(40))
    assert labels(app) == []
    upload(app, csv("5,1.5,x", *(f"{i},{i / 2 if i % 4 else ''},{'xy'[i % 2]}" for i in range(40))))
    assert labels(app) == ["The first line holds", "Where a value is missing"]


def test_the_first_line_is_asked_about_and_a_guess_is_made(opened):
    content = csv("5,1.5,x", *(f"{i},{i / 2},{'xy'[i % 2]}" for i in range(40)))
    app = upload(opened("pages/map.py"), content)
    assert box(app, "Target").options == ["column 1", "column 2", "column 3"]
    assert in_use(app) == [plain("mine.csv, 41 rows, 2 features, 2 classes of 'column 3'.")]
    healthy(choice(app, "The first line holds").set_value(True).run())
    assert box(app, "Target").options == ["5", "1.5", "x"]
    assert in_use(app) == [plain("mine.csv, 40 rows, 2 features, 2 classes of 'x'.")]
    assert app.query_params["table"] == read_sheet(content, names_first=True).digest_of("x")


def test_gaps_drop_rows_or_are_filled(opened):
    content = csv("a,b,c", *(f"{i},{i / 2 if i % 4 else ''},{'xy'[i % 2]}" for i in range(40)))
    app = upload(opened("pages/map.py"), content)
    used = "mine.csv, 30 rows, 2 features, 2 classes of 'c', 10 rows dropped for missing values."
    assert in_use(app) == [plain(used)]
    healthy(choice(app, "Where a value is missing").set_value(FILL).run())
    assert in_use(app) == [plain("mine.csv, 40 rows, 3 features, 2 classes of 'c', 10 rows with gaps filled in.")]
    assert app.query_params["table"] == read_sheet(content).digest_of("c", (), FILL)
    healthy(box(app, "Features").set_value(["a"]).run())
    assert labels(app) == []
    assert in_use(app) == [plain("mine.csv, 40 rows, 1 feature, 2 classes of 'c'.")]
    assert "Use this file" not in [button.label for button in app.button]


def test_how_a_file_was_read_is_said(opened):
    lines = [f"{i};{i},5;n{i};{'xy'[i % 2]}" for i in range(40)]
    app = upload(opened("pages/map.py"), csv("Our shop", "a;b;name;c", *lines))
    (said,) = [caption.value for caption in app.caption if "decimal comma" in caption.value]
    assert said == plain(
        "The line above the table is left out. Numbers are read with a decimal comma. "
        "Left out, as they hold one text or too many different ones: name."
    )


@pytest.mark.parametrize("target", ["a", "c"])
def test_four_rows_are_used_and_said_to_be_few(opened, target):
    app = upload(opened(), csv("a,b,c", "1.5,2,x", "2,3,y", "3,5,x", "4,1,y"))
    healthy(box(app, "Target").set_value(target).run())
    (words,) = in_use(app)
    assert words.endswith(plain("So few rows tell little: with another seed, the scores may be quite different."))
    assert charts(app) >= 3


def test_others_tables_are_not_pushed_out(opened, monkeypatch):
    app, theirs = opened("pages/map.py"), table(numbers(80))
    tables.forget()
    monkeypatch.setattr(tables, "STORE_BYTES", theirs.nbytes)
    with monkeypatch.context() as elsewhere:
        elsewhere.setattr(tables, "_owner", lambda: "somebody else")
        tables.keep(theirs)
    upload(app, numbers(77))
    assert errors(app) == [
        plain("Others' tables fill the memory of this server; try again in an hour, or choose digits.")
    ]


def test_a_table_that_is_larger_than_all_that_is_kept_is_told_so(opened, monkeypatch):
    app = opened("pages/map.py")
    monkeypatch.setattr(tables, "STORE_BYTES", 100)
    upload(app, numbers(77))
    (told,) = errors(app)
    assert told.endswith(plain("bytes; this server keeps at most 100. Choose fewer features, or digits."))


def test_a_regression_brings_the_default_that_suits_it(opened):
    app = upload(opened("pages/map.py"), numbers(40))
    assert "clip_norm" not in app.query_params
    healthy(box(app, "Target").set_value("b").run())
    assert app.query_params["clip_norm"] == "1.0"
    healthy(box(app, "Target").set_value("c").run())
    assert "clip_norm" not in app.query_params
