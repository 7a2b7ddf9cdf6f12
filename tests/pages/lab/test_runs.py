"""Runs on the page of the lab, from the start to each of their ends."""

import os

import pytest
from screen import (
    EXPLORE,
    MNIST,
    PLAIN,
    QUICK,
    boards,
    charts,
    control,
    enabled,
    healthy,
    look,
    messages,
    move,
    press,
    progress,
    shown,
    steps,
    until,
    verdict,
    words,
)
from streamlit.testing.v1 import AppTest

from core import Config, record
from core.charts import charts as charts_by_name
from core.charts import charts_in
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.work.live import Run
from ui.lab.runs import Desk
from ui.lab.views import VIEWS, PlainBoard

ENDLESS = {"steps": "100000", "batch_size": "512", "depth": "2"}  # takes minutes


BOTH = pytest.mark.parametrize("way", [{}, PLAIN], ids=["board", "plain"])


def test_a_run_with_plain_charts_from_start_to_end(opened):
    app = press(opened({**QUICK, **PLAIN}), "Start training")
    until(app, lambda app: not progress(app))
    recording = record(Config.from_query(QUICK))
    (scrubber,) = app.main.select_slider
    assert [int(step) for step in scrubber.options] == recording.steps
    assert scrubber.value == 30
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(recording, 30))}
    healthy(scrubber.set_value(0).run())
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(recording, 0))}
    assert enabled(app) == {
        "Start again": True,
        "Pause": False,
        "Next snapshot": False,
        "Stop training": False,
        "Reset run": True,
    }
    assert dict(app.query_params) == {**QUICK, **PLAIN}
    press(app, "Reset run")
    assert not app.main.select_slider
    assert "Start training" in enabled(app)


def test_a_run_on_the_board_from_start_to_end(opened):
    app = press(opened(QUICK), "Start training")
    until(app, lambda app: not progress(app))
    recording = record(Config.from_query(QUICK))
    (board,) = boards(app)
    assert board["steps"] == recording.steps
    assert board["told"][-1] == "Step 30 of 30"
    for step, numbers in zip(board["steps"], board["numbers"], strict=True):
        assert numbers == [list(told(headline)) for headline in headlines(recording, step)]
    assert [chart["name"] for chart in board["charts"]] == ["distribution", "gradient_profile", "loss", "unit_map"]
    assert dict(app.query_params) == QUICK
    press(app, "Reset run")
    assert boards(app)[0]["steps"] == [0]
    assert "Start training" in enabled(app)


def one_bar(state: str, done: tuple | None, name: str) -> None:
    """Run by Streamlit as a page of its own, so it imports all that it needs."""
    from core.work.progress import Progress
    from ui import jobs

    jobs.bar(state, done and Progress(*done), getattr(jobs, name), begins="Starting.", ahead=2)


@pytest.mark.parametrize(
    ("state", "done", "name", "said"),
    [
        ("queued", None, "RUN", "Waiting for a free place; 2 ahead of you."),
        ("running", (0, 3000, 0.0, 0.0, "steps"), "RUN", "Step 0 of 3,000"),
        ("running", (1000, 3000, 100.0, 1 / 3, "steps"), "RUN", "Step 1,000 of 3,000 · 10 steps/s · 200 s left"),
        ("paused", (1000, 3000, 100.0, 1 / 3, "steps"), "RUN", "Step 1,000 of 3,000, paused"),
        ("queued", (1, 4, 1.0, 0.5), "JOB", "Waiting for other work of this server to be finished."),
        ("running", None, "JOB", "Starting."),
        ("running", (1, 4, 20.0, 0.5), "JOB", "1 of 4 networks · 20 s left"),
        ("running", (1, 4, 300.0, 0.5), "JOB", "1 of 4 networks · 5 min left"),
        ("running", (1, 4, 300.0, 0.0), "JOB", "1 of 4 networks"),
        ("stopped", (1, 4, 300.0, 0.5, "claims"), "JOB", "1 of 4 claims, stopped"),
    ],
)
def test_the_bar_of_a_run_and_of_a_job(state, done, name, said):
    app = AppTest.from_function(one_bar, args=(state, done, name)).run()
    assert progress(healthy(app)) == [said]


CURVE = {"dataset": "curve", "learning_rate": "0.001"}


@BOTH
@pytest.mark.parametrize(
    "query", [{}, {"dataset": "moons", "width": "8"}, CURVE, {"depth": "0"}, {"depth": "25"}], ids=str
)
def test_every_view_of_a_trained_network(opened, query, way):
    app = press(opened({**QUICK, **query, **way}), "Start training")
    until(app, lambda app: not progress(app))
    for view in VIEWS:
        names = charts_in(view)
        look(app, view)
        if query.get("depth") == "0":
            assert "This network has no hidden layer" in words(app)
        else:
            there = {"decision_boundary": query.get("dataset") == "moons", "fit": query.get("dataset") == "curve"}
            there["accuracy"] = not there["fit"]
            there |= {name: "width" in query for name in names if "body" in charts_by_name[name].needs}
            fitting = [name for name in names if there.get(name, True)]
            assert charts(app) == min(len(fitting), 4 if view in ("vital_signs", "body") else len(fitting))


def test_what_a_browser_is_slow_to_draw_follows_a_run_at_some_redraws(monkeypatch):
    drawn = []
    monkeypatch.setattr("ui.lab.views.draw", lambda _, chart, *__, frame, **___: drawn.append((chart.name, frame)))
    monkeypatch.setattr("ui.lab.views.headlines", lambda *_: [])
    recording = record(Config(depth=1, width=4, samples=20, steps=5))
    board = PlainBoard([], {"loss": None, "unit_map": None})
    for turn in range(5):
        board.fill(recording, turn, turn)
    board.fill(recording, 5)  # at rest
    assert charts_by_name["unit_map"].every == 2
    for chart, looked_at in {"loss": [0, 1, 2, 3, 4, 5], "unit_map": [0, 0, 2, 2, 4, 5]}.items():
        frames = [frame.to_pandas() for name, frame in drawn if name == chart]
        expected = [charts_by_name[chart].frame_of(recording, step) for step in looked_at]
        assert all(frame.equals(other) for frame, other in zip(frames, expected, strict=True)), chart


@BOTH
def test_pause_step_resume_and_stop(opened, way):
    app = press(opened({**ENDLESS, **way}), "Start training")
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
    known = steps(app)
    press(app, "Next snapshot")
    until(app, lambda app: "paused" in progress(app)[0] and len(steps(app)) > len(known))
    assert steps(app)[:-1] == known
    press(app, "Resume")
    until(app, lambda app: "steps/s" in progress(app)[0])
    press(app, "Stop training")
    until(app, lambda app: not progress(app))
    assert "Stopped at step " in messages(app, "info")[0]
    assert steps(app)


def test_a_run_that_starts_with_a_step_takes_one_however_late_it_is_told(opened, monkeypatch):
    start = Desk.start

    def start_slowly(desk: Desk, config: Config) -> None:
        start(desk, config)
        desk.run.join(0.3)  # in this time it would take many

    monkeypatch.setattr(Desk, "start", start_slowly)
    app = until(press(opened(ENDLESS), "Next snapshot"), lambda app: "Resume" in enabled(app))
    assert steps(app) == [0, 1]


def test_a_run_that_pauses_while_its_page_is_being_drawn(opened, monkeypatch):
    app = press(opened(ENDLESS), "Next snapshot")
    until(app, lambda app: "paused" in progress(app)[0])
    truth, asked = Run.state, []
    late = property(lambda run: truth.fget(run) if asked else asked.append(run) or "running")
    monkeypatch.setattr(Run, "state", late)
    healthy(app.run())
    assert asked
    assert "Resume" in enabled(app)
    assert steps(app)


def test_a_single_step_from_the_start(opened):
    app = press(opened(ENDLESS), "Next snapshot")
    until(app, lambda app: progress(app) == ["Step 1 of 100,000, paused"])
    assert steps(app) == [0, 1]


def test_a_diverged_run_says_where(opened):
    app = press(opened({"learning_rate": "100"}), "Start training")
    until(app, lambda app: not progress(app))
    recording = record(Config(learning_rate=100))
    assert verdict(app).startswith("Dead\nDiverged at step ")
    assert f"Diverged at step {recording.end.step}: the loss became " in verdict(app)
    assert shown(app)["Training loss"] in ("NaN", "infinite")
    assert all(charts(look(app, view)) >= (1 if view == "body" else 4) for view in VIEWS)


def test_other_settings_never_end_a_run_in_silence(opened):
    app = press(opened({**ENDLESS, **PLAIN}), "Start training")
    move(app, "depth", 3)
    (warning,) = app.warning
    assert warning.value == "The settings differ from the run on the screen: Depth 2 → 3."
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
    app = press(opened({**QUICK, **PLAIN}), "Start training")
    until(app, lambda app: not progress(app))
    trained = shown(app)
    move(app, "depth", 7)
    assert not app.warning
    assert shown(app) != trained
    until(app, lambda app: not app.main.select_slider)  # a run that drew itself again leaves AppTest what it drew first
    press(app, "Back to the last run")
    assert (shown(app), control(app, "depth").value) == (trained, 5)


def test_a_run_goes_on_while_another_page_is_open(opened):
    app = press(opened(ENDLESS), "Start training")
    healthy(app.switch_page(EXPLORE).run())
    until(app, lambda app: "This is the untrained network." not in words(app))
    healthy(app.switch_page("pages/lab.py").run())
    assert progress(app)


def test_the_board_says_what_differs_and_offers_the_ways_out(opened):
    app = press(opened(ENDLESS), "Start training")
    move(app, "depth", 3)
    assert messages(app, "warning") == ["The settings differ from the run on the screen: Depth 2 → 3."]
    assert [name for name, _ in boards(app)[0]["message"]["actions"]] == ["restart", "back"]
    press(app, "Stop training")
    until(app, lambda app: not progress(app))
    assert messages(app, "quiet") == ["Not the settings of the last run: Depth 2 → 3."]


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
    assert any("The run could not go on: MNIST is not in " in error for error in messages(app, "error"))
    press(app, "Use digits")
    assert charts(app) >= 1
