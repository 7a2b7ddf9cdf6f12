"""The page Ward: a patient is asked for, looked at, named, and saved or lost."""

import pytest
from screen import charts, healthy, press, progress, shown, until, words
from streamlit.testing.v1 import AppTest

from core import Config
from core.diagnosis.patients.sick import sick_network
from core.diagnosis.patients.ward import options
from ui.jobs.jobs import Slot
from ui.lab.ward import FIRST, NUMBER, SCORE
from ui.teaching import sealed

WARD = "pages/ward.py"
SAVING = 0.2  # a weight scale with which the first patient learns


def see(app: AppTest) -> AppTest:
    press(app, "See the patient")
    return until(app, lambda app: bool(app.radio))


def name(app: AppTest, knob: str) -> AppTest:
    healthy(app.radio[0].set_value(knob).run())
    return press(app, "That one")


def treat(app: AppTest, knob: str, value: object) -> AppTest:
    """Turn a knob and train, until it is known what became of it."""
    moves = words(app).count("Move ")
    healthy(app.main.selectbox[0].set_value(knob).run())
    control = app.main.selectbox[1] if isinstance(value, str) else turning(app)
    healthy(control.set_value(value).run())
    press(app, "Train with this")
    return until(app, lambda app: not progress(app) and words(app).count("Move ") > moves)


def turning(app: AppTest):
    (slider,) = [each for each in app.main.select_slider if "ward_value" in each.key]
    return slider


def test_nothing_trains_unasked(opened):
    app = opened(page=WARD)
    assert [button.label for button in app.button if not button.disabled] == [
        "Next patient",
        ":primary[**See the patient**]",
    ]
    assert charts(app) == 0
    assert not progress(app)
    assert "Saved: 0 of 0" in words(app)


def test_a_patient_is_named_and_saved(opened):
    app = see(opened(page=WARD))
    assert charts(app) == len(shown(app)) == 4
    assert app.radio[0].options == ["Weight scale", "Depth", "Width", "Optimizer", "Weight decay"]
    assert "Sick" not in words(app)
    name(app, "weight_scale")
    assert [each.value for each in app.success] == ["Right: Weight scale was turned wrong."]
    assert app.main.selectbox[0].value == "weight_scale"
    treat(app, "weight_scale", SAVING)
    assert "Move 1: Weight scale 16.1 → 0.2: it learns." in words(app)
    assert app.success[1].value.startswith("Saved: on held-out samples it has come ")
    assert "What had been turned wrong: Weight scale, from 1 to 16.1." in words(app)
    assert "What the doctor says of it: The loss before training is" in words(app)
    assert "Saved: 1 of 1" in words(app)
    assert charts(app) == 5
    press(app, "Open in the lab")
    assert app.title[0].value == "Lab"
    assert app.query_params["weight_scale"] == "16.1"


def test_a_patient_is_lost_after_two_moves_and_counted_once(opened):
    app = name(see(opened(page=WARD)), "depth")
    assert "No: Depth is as it was when the network learned." in words(app)
    treat(app, "optimizer", "sgd")
    assert "Make it learn: 1 move left." in words(app)
    treat(app, "learning_rate", 1e-6)
    assert "Not saved this time: it has not learned." in words(app)
    assert "What had been turned wrong: Weight scale" in words(app)
    assert "Train with this" not in [button.label for button in app.button]
    assert app.session_state[SCORE] == {FIRST: False}
    assert "Saved: 0 of 1" in words(app)
    healthy(app.switch_page("pages/learn.py").run())
    assert "Not saved this time" in words(healthy(app.switch_page(WARD).run()))


def test_a_link_opens_the_same_patient(opened):
    app = see(opened({NUMBER: "23"}, WARD))
    asked = options(23, sick_network(23))
    assert app.radio[0].options == [Config.fields()[name].label for name in asked]
    assert dict(app.query_params) == {NUMBER: "23"}


def test_the_link_names_who_was_admitted(opened):
    app = see(opened({NUMBER: "2"}, WARD))
    assert dict(healthy(app.run()).query_params) == {NUMBER: "3"}
    assert "Two knobs were turned wrong." in app.radio[0].label


def test_a_number_that_is_sealed_keeps_who_was_admitted_for_it(opened):
    app = see(opened(sealed({NUMBER: "2"}, [NUMBER]), WARD))
    assert "Two knobs were turned wrong." in healthy(app.run()).radio[0].label


@pytest.mark.parametrize("number", ["-1", "x", "", "10000", "1e3", "__class__"])
def test_a_number_of_nobody_opens_the_first(opened, number):
    app = opened({NUMBER: number}, WARD)
    assert app.session_state[NUMBER] == FIRST


def test_the_next_patient_is_another_one(opened, monkeypatch):
    app = opened(page=WARD)
    monkeypatch.setattr("ui.lab.ward.randrange", lambda _: 24)
    press(app, "Next patient")
    until(app, lambda app: bool(app.radio))
    assert app.session_state[NUMBER] == 24
    assert dict(app.query_params) == {NUMBER: "24"}


def test_looking_for_a_patient_can_be_stopped(opened):
    app = press(opened(page=WARD), "See the patient")
    stop = [button for button in app.button if button.label == "Stop training"]
    if stop:  # else it was quicker
        healthy(stop[0].click().run())
        until(app, lambda app: any("See the patient" in button.label for button in app.button) or bool(app.radio))


def test_what_a_job_has_found_is_collected_once():
    place = Slot()
    assert place.collect() is None
    place.start("asked", lambda stop: iter([1, 2]))
    place.job.join()
    assert place.collect() == ("asked", 2)
    assert (place.collect(), place.look()) == (None, (None, None, None))


def test_what_goes_wrong_is_said_and_may_be_tried_again(opened, monkeypatch):
    monkeypatch.setattr("ui.lab.ward.admitting", lambda number, stop: iter([1 // 0]))
    app = press(opened(page=WARD), "See the patient")
    until(app, lambda app: bool(app.error))
    assert "This could not be finished: " in app.error[0].value
    assert "See the patient" in str([button.label for button in app.button])
