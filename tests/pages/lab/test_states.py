"""The lab in each state of the run and of the settings: views, downloads, plain charts and links are there in all.

The same buttons are pressed in a real browser by tests/browser/test_buttons.py.
"""

from collections.abc import Callable
from typing import NamedTuple
from urllib.parse import parse_qsl

import pytest
from screen import QUICK, boards, charts, control, enabled, healthy, look, messages, move, press, progress, until
from streamlit.testing.v1 import AppTest

from core.charts import charts as charts_by_name
from core.charts import charts_in
from ui.lab.views import FIRST, ON_SCREEN, UNTRAINED, VIEWS

ENDLESS = {"steps": "100000", "batch_size": "512", "depth": "2"}  # takes minutes
DIVERGING = {**QUICK, "learning_rate": "100"}
ELSEWHERE = {"decision_boundary", "fit"}  # charts of other data
DOWNLOADS = ["All numbers (CSV)", "Settings (JSON)", "PyTorch script", "Notebook", "These charts (SVG)"]


def running(app: AppTest) -> AppTest:
    return until(press(app, "Start training"), lambda app: enabled(app)["Pause"] and "steps/s" in progress(app)[0])


def paused(app: AppTest) -> AppTest:
    return until(press(app, "Next snapshot"), lambda app: "Resume" in enabled(app) and "paused" in progress(app)[0])


def ended(app: AppTest) -> AppTest:
    return until(app, lambda app: not progress(app) and "Start again" in enabled(app))


def stopped(app: AppTest) -> AppTest:
    return ended(press(paused(app), "Stop training"))


def finished(app: AppTest) -> AppTest:
    return ended(press(app, "Start training"))


def deeper(app: AppTest) -> AppTest:
    return move(app, "depth", control(app, "depth").value + 1)


class State(NamedTuple):
    """A state: the link, how it is entered from there, whether it has been trained, and whether it goes on."""

    link: dict[str, str]
    enter: Callable[[AppTest], AppTest]
    trained: bool
    live: bool = False


STATES = {
    "untrained": State(QUICK, healthy, trained=False),
    "running": State(ENDLESS, running, trained=True, live=True),
    "paused": State(ENDLESS, paused, trained=True),
    "stopped": State(ENDLESS, stopped, trained=True),
    "finished": State(QUICK, finished, trained=True),
    "diverged": State(DIVERGING, finished, trained=True),
    "differing": State(ENDLESS, lambda app: deeper(running(app)), trained=True, live=True),
    "differing from the last": State(QUICK, lambda app: deeper(finished(app)), trained=False),
}


def said(app: AppTest) -> list[list[str]]:
    """By kind; what a board says in the help of a button, plain charts say as information."""
    error, warning, info, quiet = (messages(app, kind) for kind in ("error", "warning", "info", "quiet"))
    return [error, warning, info + quiet]


def downloads(app: AppTest) -> list[str]:
    return [button.proto.label for button in app.get("download_button")]


@pytest.mark.parametrize("state", STATES)
def test_the_lab_offers_the_same_in_every_state(opened, state):
    link, enter, trained, live = STATES[state]
    app = enter(opened(link))
    buttons, words = enabled(app), said(app)
    for view in [*[*VIEWS][1:], FIRST]:
        look(app, view)
        (board,) = boards(app)
        assert [chart["name"] for chart in board["charts"]] == shown_in(view, trained=trained)
        assert app.query_params.get("view", FIRST) == view
        assert (enabled(app), said(app)) == (buttons, words)
    drawn = charts(app)
    for plain in (True, False):
        (toggle,) = [toggle for toggle in app.main.toggle if toggle.label == "Plain charts"]
        healthy(toggle.set_value(plain).run())
        assert (len(boards(app)), charts(app)) == (not plain, drawn)
        assert downloads(app) == ([] if live else DOWNLOADS)
        assert said(app) == words
        assert enabled(app).items() >= buttons.items()  # beside plain charts, a message has buttons of Streamlit's
    has_links(app)


def shown_in(view: str, *, trained: bool) -> list[str]:
    """The charts of a view that a wide network on this data has, if they do not need what has not happened yet."""
    wanted = charts_in(view if trained else UNTRAINED.get(view, view))
    names = [name for name in wanted if name not in ELSEWHERE and "body" not in charts_by_name[name].needs]
    return [] if view == "over_time" and not trained else names[: ON_SCREEN if view == FIRST else None]


def has_links(app: AppTest) -> None:
    """The link to copy and the teacher's are those of the settings."""
    depth = str(control(app, "depth").value)
    assert dict(parse_qsl(app.sidebar.code[0].value.removeprefix("?")))["depth"] == depth
    press(app, "Teacher's link")
    assert dict(parse_qsl(app.code[-1].value.removeprefix("?"))).get("depth", "5") == depth
