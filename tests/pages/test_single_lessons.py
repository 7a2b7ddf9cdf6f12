"""What single lessons do besides: what is trained when it is asked for, and what is said of what is shown."""

import re
from time import monotonic, sleep
from typing import Any

import pytest
from lesson_pages import healthy, pictures, printed
from screen import APP, Open
from streamlit.testing.v1 import AppTest

from core.experiments import deep
from ui.frame import Heading, lessons


def activation_functions(lesson_at: Open, **query: str) -> AppTest:
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == "activation_functions"]
    return lesson_at(lesson, **query)


def shapes(app: AppTest) -> Any:
    (group,) = [group for group in app.main.get("button_group") if group.key == "activation_shapes"]
    return group


def test_more_curves_than_can_be_told_apart_are_left_out_and_named(lesson_at):
    app = activation_functions(lesson_at, activation_shapes="relu,tanh,elu,selu,gelu,silu,mish,none_such,relu")
    assert shapes(app).value == ["relu", "tanh", "elu", "selu", "gelu", "silu", "mish"]
    assert app.info[0].value == "Only 6 curves can be told apart, so these are left out: mish."
    assert app.dataframe[0].value.index.tolist() == ["relu", "tanh", "elu", "selu", "gelu", "silu"]


def test_without_a_choice_there_is_a_sentence_instead_of_curves(lesson_at):
    app = activation_functions(lesson_at, activation_shapes="")
    assert app.info[0].value == "Choose an activation function to see it."
    assert pictures(app) == 2
    healthy(shapes(app).set_value(["tanh", "relu"]).run())
    assert pictures(app) == 4
    assert app.query_params["activation_shapes"] == "tanh,relu"


def test_the_cost_is_measured_when_it_is_asked_for(lesson_at):
    app = activation_functions(lesson_at, activation_shapes="relu,tanh")
    assert len(app.dataframe) == 2
    (button,) = [button for button in app.button if button.label == "Measure the cost here"]
    healthy(button.click().run())
    assert len(app.dataframe) == 3
    assert app.dataframe[1].value.index.tolist() == ["relu", "tanh"]
    healthy(shapes(app).set_value(["elu"]).run())
    assert app.dataframe[1].value.index.tolist() == ["relu", "tanh"]  # what was measured stays


def test_theory_stands_beside_what_is_measured(lesson_at):
    """Rows A3 and A4."""
    app = activation_functions(lesson_at)
    assert [metric.delta for metric in app.metric] == ["theory 0.398942", "theory 0.583819", "theory 0.5"]
    healthy(app.selectbox[0].set_value("tanh").run())
    assert [metric.delta for metric in app.metric] == ["theory 0", "theory 0.627929", "theory 0.464403"]


def of(name: str) -> Heading:
    (lesson,) = [lesson for lesson in lessons() if lesson.file.stem == name]
    return lesson


def press(app: AppTest, label: str) -> AppTest:
    (button,) = [button for button in app.button if label in button.label]
    return healthy(button.click().run())


def test_one_of_nielsens_networks_is_trained_when_it_is_asked_for(lesson_at):
    app = lesson_at(of("speeds"), speeds_depth="2")
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
    app = app.switch_page("pages/speeds.py").run()
    assert not app.exception
    assert app.error[0].value.startswith("MNIST is damaged")


def test_the_first_weights_are_looked_at_in_three_ways(lesson_at):
    app = lesson_at(of("initialization"), initialization_draw="constant", initialization_view="copies")
    assert [metric.value for metric in app.metric] == ["1.000", "1 of 500", "0.0%", "1 of 32"]
    app = lesson_at(of("initialization"), initialization_draw="zeros", initialization_view="copies")
    assert [metric.value for metric in app.metric] == ["none varies", "1 of 500", "0.0%", "1 of 32"]
    assert any(
        caption.value.endswith("no weight has moved at all, only the biases of the output.") for caption in app.caption
    )
    app = lesson_at(of("initialization"), initialization_draw="large", initialization_view="beside_slides")
    assert [metric.value for metric in app.metric][1] == "0.98"


def test_deep_networks_are_trained_when_they_are_asked_for(lesson_at, monkeypatch):
    monkeypatch.setattr(deep, "DEPTHS", (1, 3))
    app = lesson_at(of("deep"), deep_width="16", deep_steps="100")
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


def test_what_is_said_of_a_search_follows_its_controls(lesson_at):
    said = captions(lesson_at(of("searching")))
    assert "dotted lines formulas" in said
    assert "squares the second" in said
    app = lesson_at(of("searching"), searching_matter="all of them", searching_strategy="grid", searching_trials="60")
    assert "dotted" not in captions(app)
    assert "The more knobs matter, the farther both end." in captions(app)
    assert "squares the second" not in captions(app)
    assert app.metric[0].value == "95.39%"
    app = lesson_at(of("searching"), searching_trials="60", searching_share="0.2")
    assert app.metric[0].value == "> 99.99%"


def test_the_code_of_the_search_prints_what_the_page_says(lesson_at):
    numbers = re.findall(r"\b0\.\d+(?= from the optimum)", printed(of("searching")))
    assert numbers == ["0.083", "0.15", "0.055"]
    (paragraph,) = [text.value for text in lesson_at(of("searching")).markdown if text.value.startswith("A 3 × 3 grid")]
    assert all(number in paragraph for number in numbers)


def test_the_best_network_of_a_search_opens_in_the_lab(lesson_at):
    app = lesson_at(of("searching"), searching_strategy="grid")
    best = re.search(r"has the learning rate ([\d.]+)", captions(app))
    press(app, "Open the best of them in the lab")
    assert app.title[0].value == "Lab"
    assert float(app.query_params["learning_rate"]) == pytest.approx(float(best[1]), rel=0.005)
    assert "snapshots" not in app.query_params


def test_the_best_run_of_a_range_test_opens_in_the_lab(lesson_at):
    app = lesson_at(of("babysitting"), babysitting_optimizer="adam", babysitting_steps="30", babysitting_scale="1.0")
    press(app, "Open the best run in the lab")
    assert app.title[0].value == "Lab"
    assert (app.query_params["optimizer"], app.query_params["steps"]) == ("adam", "30")
    assert "weight_scale" not in app.query_params  # 1 is the default


def test_whether_the_gap_opens_is_said_of_few_samples_and_of_many(lesson_at):
    said = captions(lesson_at(of("babysitting")))
    assert said.index("50 digits to learn from. The gap opens") < said.index(
        "1,400 digits to learn from. The gap stays"
    )
    said = captions(lesson_at(of("babysitting"), babysitting_rate="0.0001", babysitting_samples="800"))
    assert said.count("The gap stays closed") == 2
    assert said.count("too few steps for so many") == 2
