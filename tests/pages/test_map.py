"""The page Map."""

import pytest
from screen import (
    EXPLORE,
    FEW,
    MNIST,
    QUICK,
    charts,
    control,
    enabled,
    healthy,
    look,
    move,
    press,
    progress,
    shown,
    until,
    words,
)
from streamlit.testing.v1 import AppTest

from core import Config, record
from core.charts.causes import CAUSE
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.sweeps import stored
from core.sweeps.outcomes import outcomes
from core.work.job import Job

SURVEY = "pages/map.py"
ASKS = "768 networks. Draw the map to train them."
CHOOSE = "Click a cell of the map, or move one of these sliders, to train its network and look into it."


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
    healthy(app.get("button_group")[0].set_value(CAUSE).run())
    assert "What keeps them from learning" in words(app)
    across, up = (slider for slider in app.main.select_slider if slider.key in ("map_at_x", "map_at_y"))
    across.set_value(0.0001)
    up.set_value(0.1)
    healthy(app.run())
    config = Config.from_query({**FEW, "learning_rate": "0.0001", "weight_scale": "0.1", "steps": "50"})
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(record(config), 50))}
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
    app = opened({**QUICK, "view": "layers"})
    assert app.get("button_group")[0].value == "layers"
    move(app, "depth", 3)
    app.query_params["view"] = "over_time"
    healthy(app.run())
    assert app.get("button_group")[0].value == "over_time"
    assert control(app, "depth").value == 3
    look(app, "layers")
    assert app.get("button_group")[0].value == "layers"
    healthy(app.run())
    assert dict(app.query_params)["view"] == "layers"
    del app.query_params["view"]
    healthy(app.run())
    assert app.get("button_group")[0].value == "vital_signs"


def test_the_lab_keeps_its_view_and_its_link(opened):
    app = opened(QUICK)
    look(app, "layers")
    move(app, "depth", 3)
    assert dict(app.query_params)["view"] == "layers"
    healthy(app.switch_page(EXPLORE).run())
    healthy(app.switch_page("pages/lab.py").run())
    assert app.get("button_group")[0].value == "layers"


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


@pytest.fixture
def no_job(monkeypatch):
    """A job that is started fails the page."""

    def started(*_: object, **__: object) -> None:
        raise AssertionError("a job was started")

    monkeypatch.setattr("ui.jobs.jobs.Job", started)


@pytest.fixture
def trains_nothing(no_job, monkeypatch):
    """Whatever is trained fails the page."""

    def trained(*_: object, **__: object) -> None:
        raise AssertionError("it was trained")

    monkeypatch.setattr("ui.sweeps.map.record", trained)
    monkeypatch.setattr("ui.sweeps.map.judging", trained)


def test_the_first_map_is_there_at_once_and_says_where_it_is_from(opened, trains_nothing):
    app = opened({}, SURVEY)
    origin = stored.map_in(stored.FILE, stored.first_map()).origin
    assert charts(app) == 1
    assert not progress(app)
    assert f"768 networks, trained on {origin.date} ({origin.processor}, {origin.libraries})." in words(app)
    assert enabled(app)["Draw again"]
    assert CHOOSE in words(app)
    for name in outcomes:
        healthy(app.get("button_group")[0].set_value(name).run())
        assert outcomes[name].label in words(app)
        assert charts(app) == 1


def test_a_cell_of_the_first_map_is_looked_into_and_left_for_the_lab(opened, no_job):
    app = opened({}, SURVEY)
    app.main.select_slider(key="map_at_x").set_value(0.0001)
    healthy(app.run())
    assert charts(app) > 1
    assert CHOOSE not in words(app)
    up = app.main.select_slider(key="map_at_y").value
    config = Config(learning_rate=0.0001, weight_scale=up, steps=300)
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(record(config), 300))}
    press(app, "Open in the lab")
    assert (control(app, "learning_rate").value, control(app, "weight_scale").value) == (0.0001, up)


def test_a_click_on_the_first_map_looks_into_its_cell(opened):
    app = opened({}, SURVEY)
    app.session_state["map_row"] = 0
    healthy(app.run())
    assert [app.main.select_slider(key=f"map_at_{axis}").value for axis in "xy"] == [0.0001, 0.1]
    assert charts(app) > 1


def test_the_first_map_is_drawn_again_when_asked(opened):
    app = press(opened({}, SURVEY), "Draw again")
    assert "Draw again" not in enabled(app)
    assert "768 networks, trained on" not in words(app)
    until(app, lambda app: "networks" in "".join(progress(app)))
    press(app, "Stop the map")


@pytest.mark.parametrize("query", [{"depth": "4"}, {"map_y": "bias_init"}, {"seed": "1"}], ids=str)
def test_a_map_of_other_settings_is_asked_for(opened, trains_nothing, query):
    app = opened(query, SURVEY)
    assert ASKS in words(app)
    assert charts(app) == 0
    assert enabled(app)["Draw the map"]


def test_settings_that_move_away_and_back_find_the_first_map_again(opened, trains_nothing):
    app = move(opened({}, SURVEY), "depth", 4)
    assert ASKS in words(app)
    assert charts(move(app, "depth", Config().depth)) == 1


@pytest.mark.parametrize("content", ["", "{", '{"base": {}, "axes": {}}', "[1]"])
def test_a_broken_file_leaves_the_map_to_be_drawn(opened, trains_nothing, monkeypatch, tmp_path, content):
    (tmp_path / "map.json").write_text(content)
    monkeypatch.setattr(stored, "FILE", tmp_path / "map.json")
    assert ASKS in words(opened({}, SURVEY))


def test_another_default_leaves_the_first_map_to_be_drawn(opened, trains_nothing, monkeypatch):
    plain = Config.to_dict
    monkeypatch.setattr(Config, "to_dict", lambda config: plain(config) | {"steps": config.steps + 1})
    stored.map_in.cache_clear()
    assert ASKS in words(opened({}, SURVEY))
    stored.map_in.cache_clear()
