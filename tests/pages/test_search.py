"""The page Search."""

from screen import FEW, MNIST, charts, control, healthy, move, press, progress, until, words
from streamlit.testing.v1 import AppTest

from core import Config
from core.sweeps.knobs import Knob
from core.sweeps.search import search, strategies

FINDER = "pages/search.py"


def test_a_search_shows_every_strategy_on_the_same_budget(opened):
    app = opened(FEW, FINDER)
    assert "Three times 9 networks of 100 steps." in words(app)
    assert charts(app) == 0
    until(press(app, "Search"), searched)
    assert [header.value for header in app.main.header] == ["Grid", "Random", "Coarse to fine"]
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
