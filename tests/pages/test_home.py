"""The front page: what it shows, its two doors, and links with settings that come to its address."""

import pytest
from screen import APP, control, healthy, press
from streamlit.testing.v1 import AppTest

from core.words.glossary import TERMS
from ui.frame import lessons
from ui.jobs.visitors import end_all


@pytest.fixture
def app():
    yield AppTest.from_file(APP, default_timeout=60)
    end_all()


def gradient(app: AppTest) -> str:
    (words,) = [text.value for text in app.markdown if text.value.startswith("**Gradient, first ÷ last layer: ")]
    return words


def test_the_front_page_shows_a_network_that_answers(app):
    assert healthy(app.run()).title[0].value == "Vitals"
    assert not app.sidebar.slider
    said = {}
    for scale in (0.1, 1.0, 5.0):
        app.select_slider[0].set_value(scale)
        said[scale] = gradient(healthy(app.run()))
        assert len(app.get("vega_lite_chart")) == 1
    assert "Vanishing" in said[0.1]
    assert "similar size" in said[1.0]
    assert "Exploding" in said[5.0]


def test_one_door_leads_to_the_first_lesson(app):
    assert press(healthy(app.run()), "Learn").title[0].value == lessons()[0].title


def test_the_other_opens_the_network_of_the_picture_in_the_lab(app):
    healthy(app.run()).select_slider[0].set_value(0.5)
    press(healthy(app.run()), "Experiment")
    assert app.title[0].value == "Lab"
    assert dict(app.query_params).items() >= {"activation": "tanh", "depth": "10", "weight_scale": "0.5"}.items()
    assert "steps" not in app.query_params  # there it can be trained


def test_a_link_with_settings_to_the_address_of_the_app_opens_the_lab(app):
    app.query_params["depth"] = "7"
    assert healthy(app.run()).title[0].value == "Lab"
    assert control(app, "depth").value == 7
    assert dict(app.query_params) == {"depth": "7"}


def test_a_link_with_other_parameters_does_not(app):
    app.query_params["utm_source"] = "mail"
    assert healthy(app.run()).title[0].value == "Vitals"


@pytest.mark.parametrize("page", ["pages/home.py", "pages/learn.py"])
def test_all_lessons_are_listed_with_what_they_answer(app, page):
    healthy(app.switch_page(page).run())
    said = [caption.value for caption in app.caption]
    for lesson in lessons():
        assert lesson.about.startswith("Lesson: ")
        assert lesson.about.endswith("?")
        assert lesson.about.removeprefix("Lesson: ") in said


def test_the_glossary_is_on_the_page_learn(app):
    words = " ".join(text.value for text in healthy(app.switch_page("pages/learn.py").run()).markdown)
    for term in TERMS:
        assert f"**{term.name}** – {term.sentence}" in words
