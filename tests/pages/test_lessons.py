"""Every lesson: its form, its guess, its controls to both ends, its code as it stands, and the ways on."""

import ast
import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import pytest
import torch
from screen import APP, Open
from streamlit.testing.v1 import AppTest

from core.experiments import deep
from ui.frame import Heading, lessons

ROOT = Path(__file__).parents[2]
MOST_WORDS = 130  # of the paragraph that explains: no walls of text

each = pytest.mark.parametrize("lesson", lessons(), ids=lambda lesson: lesson.file.stem)


@pytest.fixture
def opened(opened: Open) -> Open:
    """Opens a lesson at an address with these parameters."""
    return lambda lesson, **query: healthy(opened(query, lesson.path))


def healthy(app: AppTest) -> AppTest:
    assert not app.exception, app.exception[0].value
    assert not app.error, app.error[0].value
    return app


def pictures(app: AppTest) -> int:
    return len(app.main.get("vega_lite_chart"))


def constant(lesson: Heading, name: str) -> str:
    tree = ast.parse(lesson.file.read_text("utf-8")).body
    (value,) = [line.value for line in tree if isinstance(line, ast.Assign) and ast.unparse(line.targets[0]) == name]
    return ast.literal_eval(value)


@each
def test_a_lesson_has_the_form_of_a_lesson(lesson, opened):
    app = opened(lesson)
    assert app.title[0].value == lesson.title
    (guess,) = app.radio
    assert 2 <= len(guess.options) <= 3
    assert guess.value is None
    assert pictures(app) >= 1
    assert [header.value for header in app.header] == ["What happened", "The same in code"]
    assert not app.sidebar.slider
    assert max(len(text.value.split()) for text in app.markdown) <= MOST_WORDS


@each
def test_a_guess_is_answered(lesson, opened):
    app = opened(lesson)
    answers = []
    for letter in "abc"[: len(app.radio[0].options)]:
        healthy(app.radio[0].set_value(letter).run())
        answers.append([*(box.value for box in app.success), *(box.value for box in app.info)])
    assert sum(answer == ["That is what you expected."] for answer in answers) == 1
    assert sum("You expected otherwise. The answer: " in answer[0] for answer in answers) == len(answers) - 1


def test_a_guess_in_one_lesson_is_none_in_another(opened):
    app = opened(lessons()[0])
    healthy(app.radio[0].set_value("b").run())
    for lesson in lessons()[1:]:
        healthy(app.switch_page(lesson.path).run())
        assert app.radio[0].value is None, lesson.title
    healthy(app.switch_page(lessons()[0].path).run())
    assert app.radio[0].value == "b"


@each
def test_every_control_of_a_lesson_goes_to_both_ends(lesson, opened):
    app = opened(lesson)
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
def test_a_lesson_opens_its_network_in_the_lab(lesson, opened):
    app = opened(lesson)
    (button,) = [button for button in app.button if button.label == "Open in the lab"]
    app = healthy(button.click().run())
    assert app.title[0].value == "Lab"
    assert app.sidebar.slider
    assert pictures(app) >= 4


@each
def test_a_lesson_leads_to_the_next(lesson, opened):
    following = lessons()[lessons().index(lesson) + 1 :]
    buttons = [button for button in opened(lesson).button if button.label.startswith("Next: ")]
    assert len(buttons) == min(1, len(following))
    for button in buttons:
        app = healthy(button.click().run())
        assert app.title[0].value == following[0].title


def test_settings_survive_a_lesson(opened):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["depth"] = "7"
    healthy(app.run())
    healthy(app.switch_page(lessons()[0].path).run())
    assert "depth" not in app.query_params
    healthy(app.switch_page("pages/lab.py").run())
    assert "7 hidden layers" in app.markdown[0].value


def test_a_link_opens_a_lesson_at_one_setting(opened):
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == "vanishing"]
    app = opened(lesson, vanishing_depth="25", guess_the_vanishing_gradient="b")
    assert app.main.slider[0].value == 25
    assert app.radio[0].value == "b"
    assert app.success


def activation_functions(opened: Open, **query: str) -> AppTest:
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == "activation_functions"]
    return opened(lesson, **query)


def shapes(app: AppTest) -> Any:
    (group,) = [group for group in app.main.get("button_group") if group.key == "activation_shapes"]
    return group


def test_more_curves_than_can_be_told_apart_are_left_out_and_named(opened):
    app = activation_functions(opened, activation_shapes="relu,tanh,elu,selu,gelu,silu,mish,none_such,relu")
    assert shapes(app).value == ["relu", "tanh", "elu", "selu", "gelu", "silu", "mish"]
    assert app.info[0].value == "Only 6 curves can be told apart, so these are left out: mish."
    assert app.dataframe[0].value.index.tolist() == ["relu", "tanh", "elu", "selu", "gelu", "silu"]


def test_without_a_choice_there_is_a_sentence_instead_of_curves(opened):
    app = activation_functions(opened, activation_shapes="")
    assert app.info[0].value == "Choose an activation function to see it."
    assert pictures(app) == 2
    healthy(shapes(app).set_value(["tanh", "relu"]).run())
    assert pictures(app) == 4
    assert app.query_params["activation_shapes"] == "tanh,relu"


def test_the_cost_is_measured_when_it_is_asked_for(opened):
    app = activation_functions(opened, activation_shapes="relu,tanh")
    assert len(app.dataframe) == 2
    (button,) = [button for button in app.button if button.label == "Measure the cost here"]
    healthy(button.click().run())
    assert len(app.dataframe) == 3
    assert app.dataframe[1].value.index.tolist() == ["relu", "tanh"]
    healthy(shapes(app).set_value(["elu"]).run())
    assert app.dataframe[1].value.index.tolist() == ["relu", "tanh"]  # what was measured stays


def test_theory_stands_beside_what_is_measured(opened):
    """Rows A3 and A4."""
    app = activation_functions(opened)
    assert [metric.delta for metric in app.metric] == ["theory 0.398942", "theory 0.583819", "theory 0.5"]
    healthy(app.selectbox[0].set_value("tanh").run())
    assert [metric.delta for metric in app.metric] == ["theory 0", "theory 0.627929", "theory 0.464403"]


def of(name: str) -> Heading:
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == name]
    return lesson


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if label in button.label]
    return healthy(button.click().run())


def test_one_of_nielsens_networks_is_trained_when_it_is_asked_for(opened):
    app = opened(of("speeds"), speeds_depth="2")
    drawn = pictures(app)
    press(app, "Train it for 500 steps")
    assert pictures(app) == drawn + 1
    healthy(app.main.slider[0].set_value(3).run())
    assert pictures(app) == drawn  # another network has not been trained


def test_images_that_cannot_be_read_are_told_of(monkeypatch, tmp_path):
    (tmp_path / "MNIST").mkdir()
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["speeds_depth"], app.query_params["speeds_scale"] = "6", "0.5"  # which no other test looks at
    app = app.switch_page("pages/lessons/speeds.py").run()
    assert not app.exception
    assert app.error[0].value.startswith("MNIST is damaged")


def test_the_first_weights_are_looked_at_in_three_ways(opened):
    app = opened(of("initialization"), initialization_draw="all 0.1", initialization_view="Copies")
    assert [metric.value for metric in app.metric] == ["1.000", "1 of 500", "0.0%", "1 of 32"]
    app = opened(of("initialization"), initialization_draw="all 0", initialization_view="Copies")
    assert [metric.value for metric in app.metric] == ["none varies", "1 of 500", "0.0%", "1 of 32"]
    assert any(
        caption.value.endswith("no weight has moved at all, only the biases of the output.") for caption in app.caption
    )
    app = opened(of("initialization"), initialization_draw="1.0 · N(0, 1)", initialization_view="Beside the slides")
    assert [metric.value for metric in app.metric][1] == "0.98"


def test_deep_networks_are_trained_when_they_are_asked_for(opened, monkeypatch):
    monkeypatch.setattr(deep, "DEPTHS", (1, 3))
    app = opened(of("deep"), deep_width="16", deep_steps="100")
    drawn = pictures(app)
    press(app, "Train them")
    end = monotonic() + 60
    while pictures(app) == drawn or app.get("progress"):
        assert monotonic() < end
        sleep(0.1)
        healthy(app.run())
    assert pictures(app) == drawn + 1
    assert [metric.label for metric in app.metric][2:] == ["Xavier: learns with up to", "He: learns with up to"]
    healthy(app.main.select_slider[0].set_value(32).run())
    assert any("The settings have changed since." in info.value for info in app.info)


def captions(app: AppTest) -> str:
    return " ".join(caption.value for caption in app.caption)


def test_what_is_said_of_a_search_follows_its_controls(opened):
    said = captions(opened(of("searching")))
    assert "dotted lines formulas" in said
    assert "squares the second" in said
    app = opened(of("searching"), searching_matter="all of them", searching_strategy="grid", searching_trials="60")
    assert "dotted" not in captions(app)
    assert "The more knobs matter, the farther both end." in captions(app)
    assert "squares the second" not in captions(app)
    assert app.metric[0].value == "95.39%"
    app = opened(of("searching"), searching_trials="60", searching_share="0.2")
    assert app.metric[0].value == "> 99.99%"


def printed(lesson: Heading) -> str:
    """What the code of a lesson prints."""
    said = StringIO()
    with redirect_stdout(said), torch.random.fork_rng():
        exec(compile(constant(lesson, "CODE"), lesson.file.stem, "exec"), {"__name__": "__main__"})
    return said.getvalue()


def test_the_code_of_the_search_prints_what_the_page_says(opened):
    numbers = re.findall(r"\b0\.\d+(?= from the optimum)", printed(of("searching")))
    assert numbers == ["0.083", "0.15", "0.055"]
    (paragraph,) = [text.value for text in opened(of("searching")).markdown if text.value.startswith("A 3 × 3 grid")]
    assert all(number in paragraph for number in numbers)


def test_the_best_network_of_a_search_opens_in_the_lab(opened):
    app = opened(of("searching"), searching_strategy="grid")
    best = re.search(r"has the learning rate ([\d.]+)", captions(app))
    press(app, "Open the best of them in the lab")
    assert app.title[0].value == "Lab"
    assert float(app.query_params["learning_rate"]) == pytest.approx(float(best[1]), rel=0.005)
    assert "snapshots" not in app.query_params


def test_the_best_run_of_a_range_test_opens_in_the_lab(opened):
    app = opened(of("babysitting"), babysitting_optimizer="adam", babysitting_steps="30", babysitting_scale="1.0")
    press(app, "Open the best run in the lab")
    assert app.title[0].value == "Lab"
    assert (app.query_params["optimizer"], app.query_params["steps"]) == ("adam", "30")
    assert "weight_scale" not in app.query_params  # 1 is the default


def test_whether_the_gap_opens_is_said_of_few_samples_and_of_many(opened):
    said = captions(opened(of("babysitting")))
    assert said.index("50 digits to learn from. The gap opens") < said.index(
        "1,400 digits to learn from. The gap stays"
    )
    said = captions(opened(of("babysitting"), babysitting_rate="0.0001", babysitting_samples="800"))
    assert said.count("The gap stays closed") == 2
    assert said.count("too few steps for so many") == 2
