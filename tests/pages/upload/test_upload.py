"""The visitor's own table on the page: file, target, features, and what is said of them."""

from pathlib import Path

import pytest
from screen import LAB, Open, charts, controls, healthy, move, shown
from streamlit.testing.v1 import AppTest
from tables import AUTO_MPG, BAD_CHOICES, BAD_FILES, csv, numbers
from uploading import box, errors, in_use, upload

from core.datasets import uploads as tables
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep, table_of
from ui.frame import has_controls, headings
from ui.lab.views import VIEWS
from ui.show import plain

ROOT = Path(__file__).parents[3]


@pytest.fixture
def opened(opened: Open) -> Open:
    """Opens the app where the data set is an upload."""
    return lambda page=LAB, **query: opened({"dataset": "upload", **query}, page)


def starts(app: AppTest) -> list:
    return [button for button in app.button if button.icon == ":material/play_arrow:"]


NOTHING_YET = "No table has been uploaded yet; upload one, or choose digits."


@pytest.mark.parametrize(
    "heading", [h for h in headings() if has_controls(h.file.stem)], ids=lambda heading: heading.file.stem
)
def test_every_page_asks_for_the_file(opened, heading):
    app = opened(str(heading.file.relative_to(ROOT)))
    (uploader,) = app.file_uploader
    assert uploader.label == "Your table (CSV or Excel)"
    assert uploader.allowed_type == [".csv", ".tsv", ".txt", ".data", ".xlsx"]
    assert not in_use(app)
    assert not errors(app)
    assert sum(info.value == NOTHING_YET for info in app.info) == 1
    assert all(button.disabled for button in starts(app))


def test_other_data_sets_ask_for_no_file(opened):
    assert not opened(dataset="digits").file_uploader


def test_the_sidebar_does_not_show_the_hash(opened):
    app = opened()
    assert "dataset" in controls(app)
    assert "table" not in controls(app)
    assert not app.sidebar.text_input


def test_a_file_is_used_at_once_with_its_likely_target_and_all_features(opened):
    app = upload(opened(), numbers(40))
    assert in_use(app) == [plain("mine.csv, 40 rows, 2 features, 2 classes of 'c'.")]
    assert box(app, "Target").options == ["a", "b", "c"]
    assert box(app, "Target").value == "c"
    assert box(app, "Features").options == ["a", "b"]
    assert box(app, "Features").value == []
    assert not app.error
    assert charts(app) >= 3
    assert app.query_params["table"] == read_sheet(numbers(40)).digest_of("c")


def test_target_and_features_can_be_chosen(opened):
    lines = csv("a,b,kind,c", *(f"{i},{i % 2},{'xyz'[i % 3]},{i % 5}" for i in range(40)))
    app = upload(opened(), lines)
    assert in_use(app) == [plain("mine.csv, 40 rows, 5 features, 5 classes of 'c'.")]
    healthy(box(app, "Target").set_value("kind").run())
    assert in_use(app) == [plain("mine.csv, 40 rows, 3 features, 3 classes of 'kind'.")]
    healthy(box(app, "Features").set_value(["b"]).run())
    assert in_use(app) == [plain("mine.csv, 40 rows, 1 feature, 3 classes of 'kind'.")]
    assert app.query_params["table"] == read_sheet(lines).digest_of("kind", ["b"])
    assert not app.error


def test_missing_values_are_told(opened):
    app = upload(opened(), csv(numbers(30).decode(), "1,,a", "?,1,b"))
    assert in_use(app) == [plain("mine.csv, 30 rows, 2 features, 2 classes of 'c', 2 rows dropped for missing values.")]


def test_a_regression_is_understood(opened):
    if not AUTO_MPG.is_file():
        pytest.skip(f"{AUTO_MPG} is not here")
    app = upload(opened("pages/map.py"), AUTO_MPG.read_bytes())
    healthy(box(app, "Target").set_value("MPG").run())
    assert in_use(app) == [plain("mine.csv, 392 rows, 9 features, a regression of 'MPG'.")]
    healthy(app.switch_page("pages/lab.py").run())
    for view in VIEWS:
        healthy(app.get("button_group")[0].set_value(view).run())
    assert "Explained in validation (R²)" in shown(app)


@pytest.mark.parametrize("kind", BAD_FILES)
def test_a_bad_file_is_refused_in_one_sentence(opened, kind, monkeypatch):
    monkeypatch.setenv("VITALS_HOSTED", "1")
    content, words = BAD_FILES[kind]
    app = upload(upload(opened("pages/map.py"), numbers(40)), content)
    assert errors(app) == [plain(words)]
    assert NOTHING_YET not in [info.value for info in app.info]
    assert starts(app)[0].disabled
    assert not in_use(app)
    assert "table" not in app.query_params
    assert in_use(upload(app, numbers(40)))
    assert not app.error
    assert not starts(app)[0].disabled


OF_A_FILE = [kind for kind, (_, choices, _) in BAD_CHOICES.items() if choices == ("c", ())]


@pytest.mark.parametrize("kind", OF_A_FILE)
def test_a_file_without_a_table_to_learn_from_is_refused_in_one_sentence(opened, kind):
    content, _, words = BAD_CHOICES[kind]
    app = upload(opened("pages/map.py"), content)
    healthy(box(app, "Target").set_value("c").run())
    assert errors(app) == [plain(words)]
    assert "table" not in app.query_params


def test_a_file_that_is_taken_away_is_no_longer_used(opened):
    app = upload(opened(), numbers(40))
    healthy(app.file_uploader[0].clear().run())
    assert "table" not in app.query_params
    assert not app.error
    assert NOTHING_YET in [info.value for info in app.info]


@pytest.mark.parametrize("page", ["pages/lab.py", "pages/explore.py"])
def test_a_bad_file_is_said_once_and_nothing_can_be_started(opened, page):
    app = upload(opened(page), b"\x89PNG")
    assert len(app.error) == 1
    assert "This is a PNG picture, not a CSV file" in app.error[0].value
    assert not app.info
    assert all(button.disabled for button in starts(app))
    assert [button.label for button in app.button].count("Use digits") == 1


def test_the_lab_names_the_file_and_the_target(opened):
    app = upload(opened(), numbers(40), name="my *great* table.csv")
    (line,) = [each.value for each in app.markdown if "training samples" in each.value]
    assert line.startswith(plain("my *great* table.csv with target 'c', 32 training samples · 5 hidden layers"))


def test_a_link_opens_a_table_that_is_still_here(opened):
    digest = keep(table_of(read_sheet(numbers(50)), "c"))
    app = opened(table=digest)
    assert in_use(app) == [plain("50 rows, 2 features, 2 classes of 'c'.")]
    assert charts(app) >= 3
    assert app.query_params["table"] == digest


def test_a_link_to_a_table_that_is_forgotten_says_what_to_do(opened):
    app = opened(table="0" * 32)
    assert errors(app) == ["The uploaded table is no longer here; upload it again, or choose digits."]
    assert not in_use(app)
    (button,) = [button for button in app.button if button.label == "Use digits"]
    healthy(button.click().run())
    assert not app.error
    assert not app.file_uploader
    assert charts(app) == 4


def test_a_link_with_nonsense_for_a_table_is_refused(opened):
    app = opened(table="../../etc/passwd")
    assert "table must be 32 hexadecimal digits, or nothing" in app.warning[0].value


def test_the_back_button_brings_the_earlier_table_back_and_the_file_can_be_used_again(opened):
    earlier = keep(table_of(read_sheet(numbers(50)), "c"))
    app = upload(opened(), numbers(40))
    app.query_params["table"] = earlier
    healthy(app.run())
    assert in_use(app) == [plain("50 rows, 2 features, 2 classes of 'c'.")]
    (button,) = [button for button in app.button if button.label == "Use this file"]
    healthy(button.click().run())
    assert in_use(app) == [plain("mine.csv, 40 rows, 2 features, 2 classes of 'c'.")]
    assert app.query_params["table"] == read_sheet(numbers(40)).digest_of("c")
    assert "Use this file" not in [button.label for button in app.button]


def test_a_file_that_the_server_forgot_while_it_lies_here_can_be_used_again(opened):
    app = upload(opened(), numbers(40))
    tables.forget()
    healthy(app.run())
    assert not in_use(app)
    (button,) = [button for button in app.button if button.label == "Use this file"]
    healthy(button.click().run())
    assert in_use(app) == [plain("mine.csv, 40 rows, 2 features, 2 classes of 'c'.")]


def test_the_table_comes_along_to_other_pages_and_other_settings_leave_it(opened):
    app = upload(opened(), numbers(40))
    digest = app.query_params["table"]
    move(app, "depth", 2)
    healthy(app.switch_page("pages/explore.py").run())
    assert (app.query_params["table"], app.query_params["depth"]) == (digest, "2")
    assert in_use(app) == [plain("mine.csv, 40 rows, 2 features, 2 classes of 'c'.")]
    assert charts(app) == 1


def test_names_from_a_file_are_not_taken_for_markdown(opened):
    app = upload(opened(), csv("a,:red[c](x)", *(f"{i},{i % 2}" for i in range(20))))
    (line,) = in_use(app)
    assert r"\:red\[c\]\(x\)" in line


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("www.there.example", "www\u2060.there.example"),
        ("see HTTPS://there.example", "see HTTPS\\:\u2060//there.example"),
        ("me@there.example", "me\u2060@there.example"),
        ("_a_ a_b __init__", r"\_a\_ a_b \_\_init\_\_"),
    ],
)
def test_text_from_outside_is_shown_as_it_is(text, written):
    assert plain(text) == written
