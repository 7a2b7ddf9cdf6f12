"""The page Patients, and links that name a case."""

import pytest
from screen import APP, EXPLORE, controls, healthy, messages, move
from streamlit.testing.v1 import AppTest

from core import Config
from core.diagnosis.patients.cases import cases
from core.diagnosis.patients.glimpse import glimpses
from ui.sidebar import SETTINGS

PATIENTS = "pages/patients.py"


def network(app: AppTest) -> Config:
    return Config(**app.session_state[SETTINGS])


def test_every_case_stands_on_the_page_with_its_picture_and_its_sentence(opened):
    app = opened(page=PATIENTS)
    links = [each.proto for each in app.get("page_link")][1:]  # the first leads to the ward
    assert [link.label for link in links] == [f"**{case.name}**" for case in cases.values()]
    assert [link.query_string for link in links] == [f"case={name}" for name in cases]
    assert [caption.value for caption in app.caption][1:] == list(map(cases.help, cases))
    assert len(app.get("image")) == len(cases) == len(glimpses())


@pytest.mark.parametrize("name", ["born-dead", "too-simple", "healthy"])
def test_a_link_opens_a_case_and_becomes_that_of_its_settings(opened, name):
    app = opened({"case": name})
    assert network(app) == cases[name]()
    assert dict(app.query_params) == cases[name]().to_query()
    assert not messages(app, "warning")


def test_what_else_a_link_says_comes_on_top(opened):
    app = opened({"case": "born-dead", "depth": "3", "view": "layers"})
    assert network(app) == Config.from_query({**cases["born-dead"]().to_query(), "depth": "3"})
    assert app.query_params["view"] == "layers"


@pytest.mark.parametrize("name", ["nonsense", "", "__class__", "Born dead", "x" * 5000, "<script>", "born_dead"])
def test_a_case_that_there_is_not_is_answered_with_those_there_are(opened, name):
    app = opened({"case": name, "depth": "3"})
    assert network(app) == Config(depth=3)
    (warning,) = messages(app, "warning")
    assert "the defaults stand in" in warning
    assert f"case must be one of {', '.join(cases)}; got {repr(name)[:60]}" in warning
    assert len(warning) < 1000
    assert dict(app.query_params) == {"depth": "3"}
    assert not messages(move(app, "depth", 4), "warning")


def test_a_case_is_opened_on_other_pages_with_controls_and_at_the_root(opened):
    assert network(opened({"case": "vanishing"}, EXPLORE)) == cases["vanishing"]()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["case"] = "vanishing"
    assert healthy(app.run()).title[0].value == "Lab"
    assert network(app) == cases["vanishing"]()


def test_a_second_link_opens_another_case(opened):
    app = opened({"case": "vanishing"})
    move(app, "depth", 3)
    app.query_params.clear()
    app.query_params["case"] = "born-dead"
    assert network(healthy(app.run())) == cases["born-dead"]()
    assert controls(app)["bias_init"] == cases["born-dead"]().bias_init


def test_a_case_moves_nothing_that_a_teacher_has_hidden(opened):
    app = opened({"case": "born-dead", "hide": "bias_init"})
    assert network(app).bias_init == Config().bias_init
