"""On a server that many share, what takes too long is refused before it begins; elsewhere nothing is."""

import pytest
from screen import FEW, LAB, enabled, messages, press, words

from core.datasets.csv_file import HOSTED

LONG = {"steps": "100000", "depth": "50", "width": "512"}
MANY = {**LONG, "find_budget": "64", "find_steps": "300"}
REFUSED = "on this server, which many share, nothing may take longer than 10 minutes."


@pytest.fixture
def hosted(monkeypatch):
    monkeypatch.setenv(HOSTED, "yes")


def test_a_run_that_takes_too_long_is_refused_with_a_sentence(opened, hosted):
    app = opened(LONG, LAB)
    (warning,) = messages(app, "warning")
    assert warning.startswith("This would take about ")
    assert REFUSED in warning
    assert not any(enabled(app)[name] for name in ("Start training", "Next snapshot"))


def test_a_short_run_is_not(opened, hosted):
    app = opened({**FEW, "steps": "5"}, LAB)
    assert messages(app, "warning") == []
    press(app, "Start training")


@pytest.mark.parametrize(("page", "start"), [("pages/map.py", "Draw the map"), ("pages/search.py", "Search")])
def test_a_map_and_a_search_are_refused_too(opened, hosted, page, start):
    app = opened(MANY, page)
    assert REFUSED in "\n".join(messages(app, "warning"))
    assert not enabled(app)[start]
    assert "That takes about " in words(app)


def test_elsewhere_nothing_is_refused(opened, monkeypatch):
    monkeypatch.delenv(HOSTED, raising=False)
    app = opened(LONG, "pages/map.py")
    assert messages(app, "warning") == []
    assert enabled(app)["Draw the map"]
