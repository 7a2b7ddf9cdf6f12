"""Every page of the menu, and every variable on the page Explore."""

import re

import pytest
from screen import APP, EXPLORE, QUICK, boards, charts, enabled, healthy, look, press, progress, shown, until, words
from streamlit.testing.v1 import AppTest

from core import Config, Recording, record
from core.charts import charts as all_charts
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from ui.frame import headings
from ui.lab.views import VIEWS

MENU = [heading for heading in headings() if not heading.is_lesson]


@pytest.mark.parametrize("heading", MENU, ids=lambda heading: heading.file.stem)
def test_every_page_of_the_menu_opens(opened, heading):
    app = opened(page=heading.path)
    assert [title.value for title in app.title] == [heading.title]
    assert charts(app) or heading.file.stem not in ("home", "lab", "explore")  # elsewhere nothing is drawn unasked
    assert not app.warning
    assert not app.error


def test_the_entry_point_opens_the_first_page():
    app = healthy(AppTest.from_file(APP, default_timeout=60).run())
    assert app.title[0].value == headings()[0].title


def test_the_untrained_network_is_measured_at_once(opened):
    app = opened()
    recording = record(Config(steps=0))
    assert shown(app) == {headline.name: headline.number for headline in map(told, headlines(recording, 0))}
    assert cards(app) == declared("untrained", recording)[:4]
    assert not progress(app)
    assert enabled(app) == {
        "Start training": True,
        "Pause": False,
        "Next snapshot": True,
        "Stop training": False,
        "Reset run": False,
    }


@pytest.mark.parametrize(
    "query", [{}, {"dataset": "moons"}, {"depth": "0"}, {"depth": "30"}, {"weight_scale": "1e6"}], ids=str
)
def test_every_view_of_an_untrained_network(opened, query):
    app, recording = opened(query), record(Config.from_query({**query, "steps": "0"}))
    for view in VIEWS:
        look(app, view)
        assert len(shown(app)) == 4
        if query.get("depth") == "0":
            assert "This network has no hidden layer" in words(app)
        elif view == "over_time":
            assert "Start training to see it." in words(app)
        else:
            declares = declared("untrained" if view == "vital_signs" else view, recording)
            assert cards(app) == (declares[:4] if view == "vital_signs" else declares)
            assert charts(app) == len(cards(app)) >= (1 if view == "body" else 4)
            plane = all_charts["decision_boundary"].title_of(recording) in cards(app)
            assert plane == ("dataset" in query and view not in ("body", "order_and_chaos"))


def cards(app: AppTest) -> list[str]:
    """The titles of all cards on the page, in their order."""
    native = [text.value.strip("*") for text in app.main.markdown if re.fullmatch(r"\*\*[^*]+\*\*", text.value)]
    return native + [chart["title"] for board in boards(app) for chart in board["charts"]]


def declared(view: str, recording: Recording) -> list[str]:
    """The titles of the charts that say of themselves that they stand in a view, by their ranks, if they fit."""
    ranked = sorted(
        (chart.views[view], chart.title_of(recording))
        for chart in all_charts.values()
        if view in chart.views and chart.fits(recording)
    )
    return [title for _, title in ranked]


@pytest.mark.parametrize("trained", [False, True], ids=["untrained", "trained"])
def test_every_variable_can_be_explored(opened, trained):
    app = opened(QUICK)
    if trained:
        press(app, "Start training")
        until(app, lambda app: not progress(app))
    healthy(app.switch_page(EXPLORE).run())
    assert ("This is the untrained network." in words(app)) != trained
    variables = record(Config(steps=0)).variables
    assert app.main.selectbox(key="x_variable").options == list(variables)
    for name, variable in variables.items():
        healthy(app.main.selectbox(key="x_variable").set_value(name).run())
        assert charts(app) == 1
        assert variable.help in words(app)
        for along in app.main.selectbox[1].options:
            healthy(app.main.selectbox[1].set_value(along).run())
            for each in app.main.selectbox[2].options if len(app.main.selectbox) > 2 else []:
                healthy(app.main.selectbox[2].set_value(each).run())
                assert charts(app) == 1
        (log,) = app.main.toggle
        assert charts(healthy(log.set_value(not log.value).run())) == 1


def test_only_what_a_network_has_can_be_explored(opened):
    app = opened({"depth": "0"}, EXPLORE)
    assert charts(app) == 1
    assert app.main.selectbox(key="x_variable").options == ["loss", "accuracy"]
