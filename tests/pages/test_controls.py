"""Every control of the sidebar, and the links that say what they say."""

from threading import Event
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from screen import (
    EXPLORE,
    FEW,
    FIELDS,
    charts,
    control,
    controls,
    healthy,
    messages,
    move,
    press,
    progress,
    shown,
    until,
    with_field,
)

from core import Config, record
from core.config.fields import Choice, Number, Text
from core.datasets import DataUnavailable
from core.datasets.downloads import Download
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from ui.frame import headings
from ui.missing import said_of

NUMBERS = [name for name, field in FIELDS.items() if isinstance(field, Number)]
CHOICES = [name for name, field in FIELDS.items() if isinstance(field, Choice)]


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
    monkeypatch.setattr("ui.missing.said_of", lambda download: said.append(said_of(download)) or said[-1])
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
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(after, 0))} != before


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
    (warning,) = messages(app, "warning")
    assert "the defaults stand in" in warning
    assert f"{name} must be " in warning
    assert controls(app) == {k: getattr(Config(width=32), k) for k in FIELDS if Config().matters(k)}
    assert dict(app.query_params) == {"width": "32"}
    assert charts(app) == 4
    move(app, "width", 16)
    assert not messages(app, "warning")


@pytest.mark.parametrize("page", [h.path for h in headings() if h.has_controls])
def test_every_page_says_what_is_wrong_with_its_link(opened, page):
    said = messages(opened(FEW | {"depth": "five", "activation": "*tea*"}, page), "warning")
    assert [words.replace("\\", "").count("got '*tea*'") for words in said] == [1]


def test_all_that_is_impossible_is_listed(opened):
    (warning,) = messages(opened({"depth": "x", "width": "y", "colour": "z", "seed": "3"}), "warning")
    assert "depth must be" in warning
    assert "width must be" in warning
    assert "colour" not in warning


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
    assert "width must be at most 30,000,000; got 100 · 1024" in messages(app, "warning")[0]
    assert (control(app, "depth").value, control(app, "activation").value) == (5, "tanh")


def test_a_control_begins_where_the_settings_are_also_without_the_session(opened):
    """What stands in the session goes out once; a browser that misses it begins at the default of the control."""
    app = opened({"depth": "7", "learning_rate": "0.2", "activation": "tanh"})
    depth, rate, activation = (control(app, name).proto for name in ("depth", "learning_rate", "activation"))
    assert list(depth.default) == [7]
    assert rate.options[int(rate.default[0])] == "0.2"
    assert activation.options[activation.default] == "tanh"
