"""Every lesson: its form, its guess, its controls to both ends, its code as it stands, and the ways on."""

from typing import Any

import pytest
from lesson_pages import constant, healthy, pictures, printed
from screen import APP, charts
from streamlit.testing.v1 import AppTest

from core import Config
from ui.frame import lessons

MOST_WORDS = 130  # of the paragraph that explains: no walls of text

each = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.file.stem)


@each
def test_a_lesson_has_the_form_of_a_lesson(lesson, lesson_at):
    app = lesson_at(lesson)
    assert app.title[0].value == lesson.title
    (guess,) = app.radio
    assert 2 <= len(guess.options) <= 3
    assert guess.value is None
    assert pictures(app) >= 1
    assert [header.value for header in app.header] == ["What happened", "The same in code"]
    assert not app.sidebar.slider
    assert max(len(text.value.split()) for text in app.markdown) <= MOST_WORDS


@each
def test_a_guess_is_answered(lesson, lesson_at):
    app = lesson_at(lesson)
    answers = []
    for letter in "abc"[: len(app.radio[0].options)]:
        healthy(app.radio[0].set_value(letter).run())
        answers.append([*(box.value for box in app.success), *(box.value for box in app.info)])
    assert sum(answer == ["That is what you expected."] for answer in answers) == 1
    assert sum("You expected otherwise. The answer: " in answer[0] for answer in answers) == len(answers) - 1


def test_a_guess_in_one_lesson_is_none_in_another(lesson_at):
    app = lesson_at(lessons()[0])
    healthy(app.radio[0].set_value("b").run())
    for lesson in lessons()[1:]:
        healthy(app.switch_page(lesson.path).run())
        assert app.radio[0].value is None, lesson.title
    healthy(app.switch_page(lessons()[0].path).run())
    assert app.radio[0].value == "b"


@each
def test_every_control_of_a_lesson_goes_to_both_ends(lesson, lesson_at):
    app = lesson_at(lesson)
    drawn = pictures(app)
    ends = {
        **{control.key: (control.min, control.max) for control in app.main.slider},
        **{control.key: (control.options[0], control.options[-1]) for control in app.main.select_slider},
        **{control.key: control.options for control in app.main.selectbox},
        **{control.key: both_ends(control) for control in app.main.get("button_group")},
    }
    assert ends
    for key, values in ends.items():
        for value in values:
            (control,) = [control for control in controls(app) if control.key == key]
            app = healthy(control.set_value(value).run())
            assert pictures(app) == drawn


def controls(app: AppTest) -> list[Any]:
    kinds = (app.main.slider, app.main.select_slider, app.main.selectbox, app.main.get("button_group"))
    return [control for kind in kinds for control in kind]


def both_ends(group: Any) -> list[Any]:
    """All choices, one by one; where several may be chosen, one of them and all."""
    return [group.options[:1], group.options] if isinstance(group.value, list) else group.options


@each
def test_the_code_of_a_lesson_runs_as_it_stands(lesson):
    code = constant(lesson, "CODE")
    assert len(code.strip().splitlines()) <= 9
    assert printed(lesson).strip()


@each
def test_a_lesson_opens_its_network_in_the_lab(lesson, lesson_at):
    app = lesson_at(lesson)
    (button,) = [button for button in app.button if button.label == "Open in the lab"]
    app = healthy(button.click().run())
    assert app.title[0].value == "Lab"
    assert app.sidebar.slider
    assert charts(app) >= 4
    assert Config.from_query(dict(app.query_params)).steps > 0  # it can be trained there


@each
def test_a_lesson_leads_to_the_next(lesson, lesson_at):
    following = lessons()[lessons().index(lesson) + 1 :]
    buttons = [button for button in lesson_at(lesson).button if button.label.startswith("Next: ")]
    assert len(buttons) == min(1, len(following))
    for button in buttons:
        app = healthy(button.click().run())
        assert app.title[0].value == following[0].title


def test_settings_survive_a_lesson(lesson_at):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["depth"] = "7"
    healthy(app.run())
    healthy(app.switch_page(lessons()[0].path).run())
    assert "depth" not in app.query_params
    healthy(app.switch_page("pages/lab.py").run())
    assert "7 hidden layers" in app.markdown[0].value


def test_a_link_opens_a_lesson_at_one_setting(lesson_at):
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == "vanishing"]
    app = lesson_at(lesson, vanishing_depth="25", guess_the_vanishing_gradient="b")
    assert app.main.slider[0].value == 25
    assert app.radio[0].value == "b"
    assert app.success
