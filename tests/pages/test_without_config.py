"""A Recording of a network that no Config describes can be shown: what needs a Config is left out."""

from screen import charts, healthy, words
from streamlit.testing.v1 import AppTest


def shown(untold: bool) -> None:
    """Run by Streamlit as a page of its own, so it imports all that it needs."""
    from dataclasses import replace

    from core import Config, record
    from ui.lab.explore import explore
    from ui.lab.views import VIEWS, charts_of, lay_out

    recording = record(Config(depth=2, width=8, samples=100, probe_size=32, steps=0))
    recording = replace(recording, config=None) if untold else recording
    for view in VIEWS:
        lay_out(charts_of(view, recording), recording).fill(recording, 0)
    explore(recording)


def page(untold: bool) -> AppTest:
    return healthy(AppTest.from_function(shown, default_timeout=60, kwargs={"untold": untold}).run())


def test_only_what_needs_a_config_is_left_out():
    told, untold = page(untold=False), page(untold=True)
    buttons = [[button.label for button in app.get("download_button")] for app in (told, untold)]
    assert buttons == [["All numbers (CSV)", "Settings (JSON)", "PyTorch script", "Notebook"], ["All numbers (CSV)"]]
    body = {"body", "unit_activations", "unit_weights", "unit_samples"}  # in whose place the map of units stands
    assert charts(untold) == charts(told) - len(["phase", "phase_random"]) - len(body) + 1 > 0
    assert ["This is the untrained network" in words(app) for app in (told, untold)] == [True, False]
