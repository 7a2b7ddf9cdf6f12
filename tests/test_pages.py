"""Every page and every control, run by Streamlit itself but without a browser."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from core import Config, record
from core.charts import charts as charts_by_name
from core.downloads import Download
from core.fields import Choice, Number, Text
from core.headlines import headlines
from core.job import Job
from core.knobs import Knob
from core.live import Run
from core.outcomes import outcomes
from core.samples import DataUnavailable
from core.search import search, strategies
from ui.desk import said_of
from ui.frame import headings
from ui.views import VIEWS, Board

ROOT = Path(__file__).parents[1]
FIELDS = Config.fields()
NUMBERS = [name for name, field in FIELDS.items() if isinstance(field, Number)]
CHOICES = [name for name, field in FIELDS.items() if isinstance(field, Choice)]
EXPLORE = "pages/explore.py"
MENU = [heading for heading in headings() if not heading.is_lesson]

Open = Callable[..., AppTest]


@pytest.fixture
def opened() -> Open:
    """Opens the app at an address with these parameters; the runs that it starts end with the test."""

    def opened(query: Mapping[str, Any] | None = None, page: str = "pages/lab.py") -> AppTest:
        app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60)
        for name, value in (query or {}).items():
            app.query_params[name] = value
        return healthy(app.switch_page(page).run())

    yield opened
    st.cache_resource.clear()  # all sessions of AppTest are one to Streamlit: the next test would find the run


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].value
    return app


def control(app: AppTest, name: str) -> Any:
    """The control of a field of the Config."""
    kinds = (app.sidebar.slider, app.sidebar.select_slider, app.sidebar.selectbox, app.sidebar.toggle)
    (found,) = [widget for kind in kinds for widget in kind if widget.key == f"set_{name}"]
    return found


def controls(app: AppTest) -> dict[str, Any]:
    """What all controls say, by the names of their fields."""
    kinds = (app.sidebar.slider, app.sidebar.select_slider, app.sidebar.selectbox, app.sidebar.toggle)
    return {widget.key.removeprefix("set_"): widget.value for kind in kinds for widget in kind}


def move(app: AppTest, name: str, value: Any) -> AppTest:
    return healthy(control(app, name).set_value(value).run())


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if label in button.label]
    assert not button.disabled
    return healthy(button.click().run())


def enabled(app: AppTest) -> dict[str, bool]:
    """Which buttons of the page can be pressed."""
    return {
        button.label.removeprefix(":primary[**").removesuffix("**]"): not button.disabled for button in app.main.button
    }


def until(app: AppTest, condition: Callable[[AppTest], bool]) -> AppTest:
    """Look at the page again and again, as its redraws do, until it shows something. It has a minute."""
    end = monotonic() + 60
    while not condition(app):
        assert monotonic() < end, "it never showed up"
        healthy(app.run())
    return app


def words(app: AppTest) -> str:
    kinds = (app.error, app.warning, app.info, app.caption, app.markdown)
    return "\n".join(element.value for kind in kinds for element in kind)


def progress(app: AppTest) -> list[str]:
    return [element.proto.text for element in app.get("progress")]


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def shown(app: AppTest) -> dict[str, str]:
    """The headline numbers."""
    return {metric.label: metric.value for metric in app.metric}


def with_field(name: str) -> dict[str, str]:
    """A query under which the field `name` matters."""
    asked_by = FIELDS[name].asked_by
    if asked_by is None:
        return {}
    options = FIELDS[asked_by].options
    return {asked_by: next(option for option in options if name in options.asks_for(option))}


# --- pages


@pytest.mark.parametrize("heading", MENU, ids=lambda heading: heading.file.stem)
def test_every_page_of_the_menu_opens(opened, heading):
    app = opened(page=str(heading.file.relative_to(ROOT)))
    assert [title.value for title in app.title] == [heading.title]
    at_once = heading.title not in ("Map", "Search", "Learn", "Claims")  # nothing is trained or opened unasked
    assert charts(app) >= at_once
    assert not app.warning
    assert not app.error


def test_the_entry_point_opens_the_first_page():
    app = healthy(AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run())
    assert app.title[0].value == headings()[0].title


def test_the_untrained_network_is_measured_at_once(opened):
    app = opened()
    recording = record(Config(steps=0))
    assert shown(app) == {headline.name: headline.number for headline in headlines(recording, 0)}
    assert charts(app) == 4
    assert not progress(app)
    assert enabled(app) == {
        "Start training": True,
        "Pause": False,
        "Next snapshot": True,
        "Stop training": False,
        "Reset run": False,
    }


@pytest.mark.parametrize(
    "query", [{}, {"dataset": "moons"}, {"depth": "0"}, {"depth": "30"}, {"weight_scale": "1e6"}], ids=str
)
def test_every_view_of_an_untrained_network(opened, query):
    app = opened(query)
    for view in VIEWS:
        look(app, view)
        assert len(app.metric) == 4
        if query.get("depth") == "0":
            assert "This network has no hidden layer" in words(app)
        elif view == "Over time":
            assert "Start training to see it." in words(app)
        else:
            plane = "dataset" in query and view != "Order and chaos"
            assert charts(app) == {"Vital signs": 4, "Layers": 5, "Order and chaos": 4}[view] + plane


def look(app: AppTest, view: str) -> AppTest:
    return healthy(app.get("button_group")[0].set_value(view).run())


# --- controls and the URL


@pytest.mark.parametrize(
    "query",
    [
        {field.asked_by: option}
        for field in FIELDS.values()
        if field.asked_by
        for option in FIELDS[field.asked_by].options
    ],
    ids=str,
)
@pytest.mark.usefixtures("local_data")
def test_there_is_one_control_for_every_field_that_matters(opened, query):
    config = Config.from_query(query)
    shown = [name for name, field in FIELDS.items() if config.matters(name) and not isinstance(field, Text)]
    assert controls(opened(query)) == {name: getattr(config, name) for name in shown}


def test_every_control_has_its_words(opened):
    app = opened()
    for name in controls(app):
        widget, field = control(app, name), FIELDS[name]
        assert widget.label == field.label
        assert widget.help.startswith(field.help)
        if isinstance(field, Choice):
            assert all(f"**{option}**: {field.options.help(option)}" in widget.help for option in field.options)


@pytest.mark.parametrize("name", NUMBERS)
def test_every_slider_goes_to_both_ends(opened, name):
    app, field = opened(with_field(name)), FIELDS[name]
    for end in field.slider:
        move(app, name, end)
        written = field.write(field.check(end))
        assert app.query_params.get(name) == (written if end != getattr(Config(), name) else None)
        assert charts(app) >= 1
        assert not app.error
        assert not app.warning


@pytest.mark.parametrize("name", CHOICES)
@pytest.mark.usefixtures("local_data")
def test_every_choice_can_be_made(opened, name):
    app = opened()
    default = getattr(Config(), name)
    for option in [*FIELDS[name].options, default]:
        move(app, name, option)
        if option == "binary_cross_entropy":
            assert "the loss binary_cross_entropy is not made for 10 classes" in app.sidebar.error[0].value
        else:
            assert app.query_params.get(name) == (option if option != default else None)
        assert charts(app) >= 1 or any("choose digits" in box.value.lower() for box in (*app.error, *app.info))


def test_data_that_always_can_be_had_is_offered_whatever_else_is_chosen(opened):
    app = opened({"dataset": "upload", "loss_function": "binary_cross_entropy"})
    assert any("No table has been uploaded yet" in info.value for info in app.info)
    press(app, "Use digits")
    assert (control(app, "dataset").value, control(app, "loss_function").value) == ("digits", "auto")
    assert charts(app) >= 4


def test_a_download_is_said(opened, offline, monkeypatch, tmp_path):
    said = []
    monkeypatch.setattr("ui.desk.said_of", lambda download: said.append(said_of(download)) or said[-1])
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    app = opened({"dataset": "fashion_mnist"})
    assert set(said) == {"Downloading FashionMNIST: 0 of 31 MB"}
    assert "FashionMNIST is not in" in app.error[0].value
    assert not progress(app)
    said.clear()
    move(app, "dataset", "digits")
    assert not said
    assert charts(app) >= 4


def test_a_download_of_a_search_is_said(opened, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    go_on = Event()

    def load(download: Download) -> Any:
        go_on.wait(60)
        raise DataUnavailable("It was not there.")

    monkeypatch.setattr(Download, "load", load)
    app = press(opened({"dataset": "cifar10", "samples": "150"}, "pages/search.py"), "Search")
    until(app, lambda app: "Downloading CIFAR10: 0 of 170 MB" in progress(app))
    go_on.set()
    until(app, lambda app: any("It was not there." in error.value for error in app.error))


def test_moving_a_control_measures_another_network(opened):
    app = opened()
    before = shown(app)
    move(app, "depth", 12)
    after = record(Config(depth=12, steps=0))
    assert shown(app) == {headline.name: headline.number for headline in headlines(after, 0)} != before


ELSEWHERE = Config(
    activation="tanh",
    weight_scale=2,
    depth=7,
    learning_rate=0.01,
    bias_init=0.25,
    dataset="gaussian",
    samples=500,
    features=30,
    preprocessing="none",
    width=32,
    initializer="xavier_uniform",
    normalization="batch_norm",
    dropout=0.25,
    optimizer="momentum",
    momentum=0.5,
    weight_decay=0.01,
    batch_size=16,
    steps=300,
    seed=3,
    probe_size=128,
    snapshots=20,
)
OFF_THE_GRID = Config(
    learning_rate=0.0123, weight_scale=0, samples=1437, depth=61, width=600, bias_init=-123.456, steps=0, seed=12345
)


@pytest.mark.parametrize("page", ["pages/lab.py", EXPLORE])
@pytest.mark.parametrize("config", [ELSEWHERE, OFF_THE_GRID], ids=["on the sliders", "between and beyond them"])
def test_a_link_reproduces_the_screen(opened, config, page):
    query = config.to_query()
    app = opened({**query, "utm_source": "mail"}, page)
    assert controls(app) == {name: value for name, value in config.to_dict().items() if config.matters(name)}
    assert dict(app.query_params) == {**query, "utm_source": "mail"}
    assert not app.warning
    healthy(app.run())
    assert dict(app.query_params) == {**query, "utm_source": "mail"}


@pytest.mark.parametrize("config", [ELSEWHERE, OFF_THE_GRID], ids=["on the sliders", "between and beyond them"])
def test_what_other_controls_do_not_touch_stays(opened, config):
    app = opened(config.to_query())
    move(app, "activation", "elu")
    assert dict(app.query_params) == {**config.to_query(), "activation": "elu"}


def test_the_screen_writes_the_link(opened):
    app, values = opened(), ELSEWHERE.to_dict()
    asking = sorted(values, key=lambda name: all(field.asked_by != name for field in FIELDS.values()))
    for name in filter(ELSEWHERE.matters, asking):
        move(app, name, values[name])
    assert dict(app.query_params) == ELSEWHERE.to_query()


def test_the_link_to_copy_holds_everything(opened):
    app = opened(ELSEWHERE.to_query())
    query = dict(parse_qsl(urlsplit(app.code[0].value).query, keep_blank_values=True))
    assert query.keys() == FIELDS.keys()
    assert Config.from_query(query) == ELSEWHERE
    assert dict(opened(query).query_params) == ELSEWHERE.to_query()


def test_a_link_that_is_opened_in_the_same_session_counts(opened):
    app = opened({"depth": "7"})
    app.query_params["depth"] = "9"  # as the back button does
    healthy(app.run())
    assert control(app, "depth").value == 9
    app.query_params.clear()
    healthy(app.run())
    assert control(app, "depth").value == Config().depth


def test_the_settings_come_along_to_another_page(opened):
    app = opened({"depth": "7", "activation": "tanh"})
    healthy(app.switch_page(EXPLORE).run())
    assert app.title[0].value == "Explore"
    assert (control(app, "depth").value, control(app, "activation").value) == (7, "tanh")
    assert dict(app.query_params) == {"depth": "7", "activation": "tanh"}


def test_reset_goes_back_to_the_defaults(opened):
    app = opened({**ELSEWHERE.to_query(), "utm_source": "mail"})
    (button,) = [button for button in app.sidebar.button if button.label == "Reset settings"]
    healthy(button.click().run())
    assert dict(app.query_params) == {"utm_source": "mail"}
    default = Config()
    assert controls(app) == {name: getattr(default, name) for name in FIELDS if default.matters(name)}


HOSTILE = {
    "depth": ["-1", "101", "5.5", "five", "", "1e3", "NaN", "9" * 400, "5; DROP TABLE", "\x00"],
    "learning_rate": ["nan", "inf", "-0.1", "1e400", "0,05"],
    "activation": ["swish", "RELU", "__class__", "../../etc/passwd", "<script>alert(1)</script>"],
    "dataset": ["/etc/passwd", "numbers"],
    "normalization": ["maybe", "1"],
    "samples": ["1", "0", "60001"],
    "seed": ["-1", "2147483648"],
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in HOSTILE.items() for value in values])
def test_a_link_that_asks_for_the_impossible_says_so(opened, name, value):
    app = opened({name: value, "width": "32"})
    (warning,) = app.warning
    assert "the defaults stand in" in warning.value
    assert f"{name} must be " in warning.value
    assert controls(app) == {k: getattr(Config(width=32), k) for k in FIELDS if Config().matters(k)}
    assert dict(app.query_params) == {"width": "32"}
    assert charts(app) == 4
    move(app, "width", 16)
    assert not app.warning


def test_all_that_is_impossible_is_listed(opened):
    (warning,) = opened({"depth": "x", "width": "y", "colour": "z", "seed": "3"}).warning
    assert "depth must be" in warning.value
    assert "width must be" in warning.value
    assert "colour" not in warning.value


def test_a_network_that_is_too_large_is_refused_in_words(opened):
    app = opened({"depth": "50", "width": "512"})
    before = shown(app)
    move(app, "probe_size", 1024)
    (error,) = app.error
    assert "depth · width · probe_size must be at most 16,000,000; got 50 · 512 · 1024" in error.value
    assert "The network shown is the last one that fits." in error.value
    assert shown(app) == before
    assert dict(app.query_params) == {"depth": "50", "width": "512"}
    assert not move(app, "probe_size", 512).error


def test_a_link_to_a_network_that_is_too_large(opened):
    app = opened({"depth": "100", "width": "1024", "activation": "tanh"})
    assert "width must be at most 30,000,000; got 100 · 1024" in app.warning[0].value.replace("\\", "")
    assert (control(app, "depth").value, control(app, "activation").value) == (5, "tanh")


# --- runs

QUICK = {"steps": "30", "snapshots": "10", "samples": "200"}
ENDLESS = {"steps": "100000", "batch_size": "512", "depth": "2"}  # takes minutes


def test_a_run_from_start_to_end(opened):
    app = press(opened(QUICK), "Start training")
    until(app, lambda app: not progress(app))
    recording = record(Config.from_query(QUICK))
    (scrubber,) = app.main.select_slider
    assert [int(step) for step in scrubber.options] == recording.steps
    assert scrubber.value == 30
    assert shown(app) == {headline.name: headline.number for headline in headlines(recording, 30)}
    healthy(scrubber.set_value(0).run())
    assert shown(app) == {headline.name: headline.number for headline in headlines(recording, 0)}
    assert enabled(app) == {
        "Start again": True,
        "Pause": False,
        "Next snapshot": False,
        "Stop training": False,
        "Reset run": True,
    }
    assert dict(app.query_params) == QUICK
    press(app, "Reset run")
    assert not app.main.select_slider
    assert "Start training" in enabled(app)


CURVE = {"dataset": "curve", "learning_rate": "0.001"}


@pytest.mark.parametrize("query", [{}, {"dataset": "moons"}, CURVE, {"depth": "0"}, {"depth": "25"}], ids=str)
def test_every_view_of_a_trained_network(opened, query):
    app = press(opened({**QUICK, **query}), "Start training")
    until(app, lambda app: not progress(app))
    for view, names in VIEWS.items():
        look(app, view)
        if query.get("depth") == "0":
            assert "This network has no hidden layer" in words(app)
        else:
            there = {"decision_boundary": query.get("dataset") == "moons", "fit": query.get("dataset") == "curve"}
            there["accuracy"] = not there["fit"]
            assert charts(app) == len([name for name in names if there.get(name, True)])


def test_what_a_browser_is_slow_to_draw_follows_a_run_at_some_redraws(monkeypatch):
    drawn = []
    monkeypatch.setattr("ui.views.show", lambda place, name, recording, frame: drawn.append((name, frame)))
    monkeypatch.setattr("ui.views.headlines", lambda *_: [])
    recording = record(Config(depth=1, width=4, samples=20, steps=5))
    board = Board([], {"loss": None, "unit_map": None})
    for turn in range(5):
        board.fill(recording, turn, turn)
    board.fill(recording, 5)  # at rest
    assert charts_by_name["unit_map"].every == 2
    for chart, steps in {"loss": [0, 1, 2, 3, 4, 5], "unit_map": [0, 0, 2, 2, 4, 5]}.items():
        frames = [frame.to_pandas() for name, frame in drawn if name == chart]
        expected = [charts_by_name[chart].frame_of(recording, step) for step in steps]
        assert all(frame.equals(other) for frame, other in zip(frames, expected, strict=True)), chart


def test_pause_step_resume_and_stop(opened):
    app = press(opened(ENDLESS), "Start training")
    training = {
        "Start training": False,
        "Pause": True,
        "Next snapshot": False,
        "Stop training": True,
        "Reset run": True,
    }
    until(app, lambda app: enabled(app) == training)
    until(app, lambda app: "steps/s" in progress(app)[0])
    press(app, "Pause")
    until(app, lambda app: "paused" in progress(app)[0])
    assert {"Resume", "Next snapshot", "Stop training"} <= {label for label, on in enabled(app).items() if on}
    known = [int(step) for step in app.main.select_slider[0].options]
    press(app, "Next snapshot")
    until(app, lambda app: "paused" in progress(app)[0] and len(app.main.select_slider[0].options) > len(known))
    steps = [int(step) for step in app.main.select_slider[0].options]
    assert steps[:-1] == known
    press(app, "Resume")
    until(app, lambda app: "steps/s" in progress(app)[0])
    press(app, "Stop training")
    until(app, lambda app: not progress(app))
    assert "Stopped at step " in app.info[0].value
    assert app.main.select_slider


def test_a_run_that_pauses_while_its_page_is_being_drawn(opened, monkeypatch):
    app = press(opened(ENDLESS), "Next snapshot")
    until(app, lambda app: "paused" in progress(app)[0])
    truth, asked = Run.state, []
    late = property(lambda run: truth.fget(run) if asked else asked.append(run) or "running")
    monkeypatch.setattr(Run, "state", late)
    healthy(app.run())
    assert asked
    assert "Resume" in enabled(app)
    assert app.main.select_slider


def test_a_single_step_from_the_start(opened):
    app = press(opened(ENDLESS), "Next snapshot")
    until(app, lambda app: progress(app) == ["Step 1 of 100,000, paused"])
    assert app.main.select_slider[0].options == ["0", "1"]


def test_a_diverged_run_says_where(opened):
    app = press(opened({"learning_rate": "100"}), "Start training")
    until(app, lambda app: not progress(app))
    recording = record(Config(learning_rate=100))
    (error,) = app.error
    assert f"Diverged at step {recording.end.step}: the loss became " in error.value
    assert shown(app)["Loss"] in ("NaN", "infinite")
    assert all(charts(look(app, view)) >= 4 for view in VIEWS)


def test_other_settings_never_end_a_run_in_silence(opened):
    app = press(opened(ENDLESS), "Start training")
    move(app, "depth", 3)
    (warning,) = app.warning
    assert warning.value == "The settings differ from the run on the screen: depth 2 → 3."
    assert progress(app)
    press(app, "Back to the run's settings")
    assert not app.warning
    assert (control(app, "depth").value, app.query_params["depth"]) == (2, "2")
    assert progress(app)
    move(app, "depth", 4)
    press(app, "Restart with these")
    assert not app.warning
    assert progress(app)
    assert app.query_params["depth"] == "4"
    press(app, "Stop training")
    until(app, lambda app: not progress(app))
    assert "Stopped at step " in app.info[0].value


def test_there_is_a_way_back_to_a_run_that_has_ended(opened):
    app = press(opened(QUICK), "Start training")
    until(app, lambda app: not progress(app))
    trained = shown(app)
    move(app, "depth", 7)
    assert not app.warning
    assert shown(app) != trained
    assert not app.main.select_slider
    press(app, "Back to the last run")
    assert shown(app) == trained
    assert control(app, "depth").value == 5


def test_a_run_goes_on_while_another_page_is_open(opened):
    app = press(opened(ENDLESS), "Start training")
    healthy(app.switch_page(EXPLORE).run())
    until(app, lambda app: "This is the untrained network." not in words(app))
    healthy(app.switch_page("pages/lab.py").run())
    assert progress(app)


@pytest.fixture
def crowd():
    """Other visitors' runs, as many as may train at once."""
    runs = [Run(Config.from_query(ENDLESS)) for _ in range(os.cpu_count() or 1)]
    yield runs
    for run in runs:
        run.stop()
        run.join(30)


def test_a_run_that_has_to_wait_says_so(opened, crowd):
    app = press(opened(ENDLESS), "Start training")
    assert progress(app) == ["Waiting for a free place; 0 ahead of you."]
    crowd[0].stop()
    until(app, lambda app: "steps/s" in progress(app)[0])


# --- data that cannot be had


MNIST = {"dataset": "mnist", "seed": "1717"}  # of a seed that no other test loads, for loaded data are kept


@pytest.fixture
def no_mnist(offline, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    return tmp_path


@pytest.mark.parametrize("page", ["pages/lab.py", EXPLORE])
def test_data_that_cannot_be_had_is_said_and_mended(opened, no_mnist, page):
    app = opened(MNIST, page)
    (error,) = app.error
    assert error.value.startswith(f"MNIST is not in {no_mnist} and cannot be downloaded here.")
    press(app, "Use digits")
    assert not app.error
    assert charts(app) >= 1
    assert "dataset" not in app.query_params


def test_a_run_on_data_that_cannot_be_had(opened, no_mnist):
    app = press(opened(MNIST), "Start training")
    until(app, lambda app: not progress(app))
    assert any("The run could not go on: MNIST is not in " in error.value for error in app.error)
    press(app, "Use digits")
    assert charts(app) >= 1


# --- explore


@pytest.mark.parametrize("trained", [False, True], ids=["untrained", "trained"])
def test_every_variable_can_be_explored(opened, trained):
    app = opened(QUICK)
    if trained:
        press(app, "Start training")
        until(app, lambda app: not progress(app))
    healthy(app.switch_page(EXPLORE).run())
    assert ("This is the untrained network." in words(app)) != trained
    variables = record(Config(steps=0)).variables
    assert app.main.selectbox(key="x_variable").options == list(variables)
    for name, variable in variables.items():
        healthy(app.main.selectbox(key="x_variable").set_value(name).run())
        assert charts(app) == 1
        assert variable.help in words(app)
        for along in app.main.selectbox[1].options:
            healthy(app.main.selectbox[1].set_value(along).run())
            for each in app.main.selectbox[2].options if len(app.main.selectbox) > 2 else []:
                healthy(app.main.selectbox[2].set_value(each).run())
                assert charts(app) == 1
        (log,) = app.main.toggle
        assert charts(healthy(log.set_value(not log.value).run())) == 1


def test_only_what_a_network_has_can_be_explored(opened):
    app = opened({"depth": "0"}, EXPLORE)
    assert charts(app) == 1
    assert app.main.selectbox(key="x_variable").options == ["loss", "accuracy"]


# --- maps

SURVEY = "pages/map.py"
FEW = {"width": "8", "depth": "1", "samples": "100", "probe_size": "32"}


def small_map(app: AppTest) -> AppTest:
    """Four by four cells, one seed, few steps."""
    sides, steps = (
        slider for slider in app.main.select_slider if slider.label in ("Values per knob", "Steps per network")
    )
    sides.set_value(4)
    steps.set_value(50)
    app.main.slider[0].set_value(1)
    return healthy(app.run())


def test_a_map_is_drawn_looked_at_and_left_for_the_lab(opened):
    app = small_map(opened(FEW, SURVEY))
    assert "16 cells × 1 seeds = 16 networks." in words(app)
    press(app, "Draw the map")
    until(app, lambda app: not progress(app) and charts(app) > 1)
    for name in outcomes:
        healthy(app.get("button_group")[0].set_value(name).run())
        assert outcomes[name].label in words(app)
    across, up = (slider for slider in app.main.select_slider if slider.key in ("map_at_x", "map_at_y"))
    across.set_value(0.0001)
    up.set_value(0.1)
    healthy(app.run())
    config = Config.from_query({**FEW, "learning_rate": "0.0001", "weight_scale": "0.1", "steps": "50"})
    assert shown(app) == {headline.name: headline.number for headline in headlines(record(config), 50)}
    press(app, "Open in the lab")
    assert (control(app, "learning_rate").value, control(app, "weight_scale").value) == (0.0001, 0.1)
    assert [toast.value for toast in app.toast] == ["The settings of this cell. Start training repeats its 50 steps."]
    press(app, "Start training")
    until(app, lambda app: not progress(app))
    healthy(app.switch_page(SURVEY).run())
    values = {slider.key: slider.value for slider in [*app.main.select_slider, *app.main.slider]}
    assert values == {"map_side": 4, "map_seeds": 1, "map_steps": 50, "map_at_x": 0.0001, "map_at_y": 0.1}
    assert not app.info


def test_the_link_of_a_map_opens_the_same_map(opened):
    app = small_map(opened(FEW, SURVEY))
    app.main.selectbox(key="map_y").set_value("bias_init")
    healthy(app.run())
    healthy(app.run())
    link = dict(app.query_params)
    assert link == {**FEW, "map_y": "bias_init", "map_side": "4", "map_seeds": "1", "map_steps": "50"}
    move(app, "depth", 3)  # which writes the link, too
    assert dict(app.query_params) == {**link, "depth": "3"}
    again = opened(link, SURVEY)
    assert again.main.selectbox(key="map_y").value == "bias_init"
    assert {slider.key: slider.value for slider in again.main.slider} == {"map_seeds": 1}


@pytest.mark.parametrize("value", ["nonsense", "", "__class__", "5"])
def test_what_a_link_says_wrongly_of_a_map_is_ignored(opened, value):
    app = opened({**FEW, "map_x": value, "map_side": value, "map_outcome": value}, SURVEY)
    assert app.main.selectbox(key="map_x").value == "learning_rate"
    assert app.main.select_slider(key="map_side").value == 16


def test_a_link_that_the_visitor_changes_moves_the_controls_of_the_page(opened):
    app = opened({**QUICK, "view": "Layers"})
    assert app.get("button_group")[0].value == "Layers"
    move(app, "depth", 3)
    app.query_params["view"] = "Over time"
    healthy(app.run())
    assert app.get("button_group")[0].value == "Over time"
    assert control(app, "depth").value == 3
    look(app, "Layers")
    assert app.get("button_group")[0].value == "Layers"
    healthy(app.run())
    assert dict(app.query_params)["view"] == "Layers"
    del app.query_params["view"]
    healthy(app.run())
    assert app.get("button_group")[0].value == "Vital signs"


def test_the_lab_keeps_its_view_and_its_link(opened):
    app = opened(QUICK)
    look(app, "Layers")
    move(app, "depth", 3)
    assert dict(app.query_params)["view"] == "Layers"
    healthy(app.switch_page(EXPLORE).run())
    healthy(app.switch_page("pages/lab.py").run())
    assert app.get("button_group")[0].value == "Layers"


def test_a_map_can_be_stopped_and_gone_on_with(opened):
    app = opened(FEW, SURVEY)
    next(slider for slider in app.main.select_slider if slider.label == "Values per knob").set_value(24)
    app.main.slider[0].set_value(5)
    press(healthy(app.run()), "Draw the map")
    until(app, lambda app: "networks" in "".join(progress(app)))
    press(app, "Stop the map")
    until(app, lambda app: "stopped" in "".join(progress(app)))
    assert "Continue" in enabled(app)


@pytest.fixture
def finishing(opened, monkeypatch):
    """A map that is finished in the moment in which its page is drawn: it says once more that it is running."""
    app = press(small_map(opened(FEW, SURVEY)), "Draw the map")
    until(app, lambda app: not progress(app) and charts(app) > 1)
    asked = []
    late = property(
        lambda run: run.__dict__["state"] if asked else asked.append(run) or "running",
        lambda run, state: run.__dict__.update(state=state),
    )
    monkeypatch.setattr(Job, "state", late, raising=False)
    return app, asked


def test_a_map_that_is_finished_while_its_page_is_being_drawn(finishing):
    app, asked = finishing
    healthy(app.run())
    assert asked
    assert (enabled(app)["Draw the map"], enabled(app)["Stop the map"]) == (True, False)


def test_a_click_is_not_lost_when_the_map_is_finished_in_that_moment(finishing):
    app, _ = finishing
    assert press(app, "Open in the lab").title[0].value == "Lab"


def test_a_map_of_other_settings_says_so(opened):
    app = press(small_map(opened(FEW, SURVEY)), "Draw the map")
    until(app, lambda app: not progress(app))
    move(app, "depth", 2)
    assert "The settings have changed since this map was drawn. Draw the map again to see them." in [
        info.value for info in app.info
    ]


@pytest.mark.parametrize("knob", ["depth", "width", "bias_init", "batch_size"])
def test_any_knob_can_be_mapped(opened, knob):
    app = opened({**FEW, "map_x": knob}, SURVEY)
    press(small_map(app), "Draw the map")
    until(app, lambda app: not progress(app) and charts(app) > 1)


def test_a_map_of_data_that_cannot_be_had(opened, no_mnist):
    app = press(small_map(opened({**MNIST, **FEW}, SURVEY)), "Draw the map")
    until(app, lambda app: any("This could not be finished: MNIST is not in " in error.value for error in app.error))


def test_a_map_that_would_not_fit_is_refused_in_words(opened):
    app = opened({"width": "1024", "map_x": "depth", "probe_size": "1200"}, SURVEY)
    assert any("There is no such map: depth · width" in error.value for error in app.error)


# --- searches

FINDER = "pages/search.py"


def test_a_search_shows_every_strategy_on_the_same_budget(opened):
    app = opened(FEW, FINDER)
    assert "Three times 9 networks of 100 steps." in words(app)
    assert charts(app) == 0
    until(press(app, "Search"), searched)
    assert [metric.label for metric in app.metric] == ["Best loss on held-out samples"] * len(strategies)
    knobs = (Knob("learning_rate", 1e-4, 10.0), Knob("weight_decay", 0, 0.1))
    base = Config(**{**Config.from_query(FEW).to_dict(), "steps": 100, "snapshots": 2})
    for name, metric in zip(strategies, app.metric, strict=True):
        *_, last = search(base, knobs, name, 9)
        assert metric.value == f"{last.scores[last.best]:.3f}"
    assert "3 different values of this knob were tried." in words(app)
    assert "9 different values of this knob were tried." in words(app)


def searched(app: AppTest) -> bool:
    return not progress(app) and charts(app) == 3 * len(strategies)


def test_a_search_of_other_settings_says_so(opened):
    app = press(opened(FEW, FINDER), "Search")
    until(app, searched)
    move(app, "depth", 2)
    assert charts(app) == 3 * len(strategies)
    assert "The settings have changed since this search. Search again to see them." in [info.value for info in app.info]


def test_a_search_can_be_stopped_and_gone_on_with(opened):
    app = opened({**FEW, "width": "256"}, FINDER)
    for slider in app.main.select_slider:
        slider.set_value(slider.options[-1] if slider.label == "Steps per network" else slider.value)
    press(healthy(app.run()), "Search")
    until(app, lambda app: progress(app) == ["Starting with the first networks …"])
    press(app, "Stop the search")
    until(app, lambda app: progress(app) == ["0 networks, stopped"])
    press(app, "Continue")
    until(app, searched)


def test_a_search_in_data_that_cannot_be_had(opened, no_mnist):
    app = press(opened({**MNIST, **FEW}, FINDER), "Search")
    until(app, lambda app: any("This could not be finished: MNIST is not in " in error.value for error in app.error))
    press(app, "Use digits")
    assert control(app, "dataset").value == "digits"
