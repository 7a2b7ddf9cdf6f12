"""Which learning rates train with and without batch norm, and how that is drawn and told."""

from math import nan
from pathlib import Path
from threading import Event
from time import monotonic, sleep

import pytest
from streamlit.testing.v1 import AppTest

from core.charts.experiments.batch_norm import KINDS as NAMES
from core.charts.experiments.batch_norm import rates, verdicts
from core.experiments.batch_norm import KINDS, RATES, SEEDS, TRAINED, learning_rates, trained, training
from core.networks.data import load
from core.sweeps.sweeps import Partial
from ui.jobs.visitors import end_all

APP = str(Path(__file__).parents[3] / "streamlit_app.py")


@pytest.fixture(scope="module")
def few() -> list[Partial]:
    """What is known on the way of three learning rates and three seeds: of two, one decides on the median."""
    return list(training(learning_rates((0.3, 1.0, 3.0), seeds=3), Event()))


@pytest.mark.numerics
def test_batch_norm_widens_the_range_of_learning_rates_that_train(few):
    found = trained(few[-1].dataset())
    assert found["normalization"].values.tolist() == list(KINDS)
    assert found["learning_rate"].values.tolist() == [0.3, 1.0, 3.0]
    bare, normed = ((found["accuracy"] > 0.85).sel(normalization=kind).values.tolist() for kind in KINDS)
    assert (bare, normed) == ([True, False, False], [True, True, True])
    bare, normed = ((found["diverged"] > 0.5).sel(normalization=kind).values.tolist() for kind in KINDS)
    assert [bare[0], bare[2], *normed] == [False, True, False, False, False]  # rounding decides on 1.0 without it
    marks = rates.frame_of(found)["mark"].tolist()
    assert marks[:6] == ["lost" if gone else "line" for gone in (*bare, *normed)]
    assert len(learning_rates()) == len(KINDS) * len(RATES) * SEEDS


def test_what_is_not_known_yet_is_left_out(few):
    found = trained(few[0].dataset())
    assert found.sizes["normalization"] == 1
    assert len(verdicts(found)) == 1
    part = few[0].dataset()
    part["end"].loc[{"learning_rate": 1.0, "seed": 1}] = ""
    found = trained(part)  # so that every mark is the median of all seeds, and no range has an unknown inside
    assert not found.sizes["normalization"]
    assert verdicts(found).empty


def test_a_verdict_names_the_rates_that_train_and_the_units_that_died(few):
    seen = few[-1].dataset()
    found = trained(seen)
    accuracy, dead = [[0.95, 0.4, nan], [0.95, 0.97, 0.92]], [[0.1, 0.27, nan], [0.0, 0.0, 0.0]]
    told = verdicts(found.assign(accuracy=(found["accuracy"].dims, accuracy), dead=(found["dead"].dims, dead)))
    assert told.to_numpy().tolist() == [["0.3", "27%"], ["0.3 to 3", "0%"]]
    assert told.columns.tolist() == [
        "Learning rates with an accuracy of 90%",
        f"Dead units at learning rate 1, on {len(load(TRAINED).probe_inputs)} samples",
    ]
    seen["end"].loc[{"normalization": "none", "learning_rate": 1.0}] = "diverged"
    assert verdicts(trained(seen)).loc[NAMES["none"]].tolist() == ["0.3", "diverged"]


@pytest.mark.parametrize(
    ("accuracies", "words"),
    [
        ([0.95, 0.2, 0.95], "0.3, 3"),
        ([0.2, 0.95, 0.95], "1 to 3"),
        ([0.2, 0.95, 0.2], "1"),
        ([0.1, 0.2, 0.3], "none"),
    ],
)
def test_a_rate_that_does_not_train_parts_those_around_it(few, accuracies, words):
    found = trained(few[0].dataset())
    assert verdicts(found.assign(accuracy=(found["accuracy"].dims, [accuracies]))).iloc[0, 0] == words


def test_the_learning_rates_are_trained_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("core.experiments.batch_norm.learning_rates", lambda: learning_rates((0.3, 1.0, 3.0), seeds=2))
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/batch_norm.py").run()
    charts = len(app.main.get("vega_lite_chart"))
    next(button for button in app.button if "Train them" in button.label).click().run()
    end = monotonic() + 60
    while len(app.main.table) < 2 or len(app.main.table[1].value) < len(KINDS):
        assert monotonic() < end
        assert not app.exception
        sleep(0.2)
        app.run()
    assert len(app.main.get("vega_lite_chart")) == charts + 1
    assert app.main.table[1].value.index.tolist() == list(NAMES.values())
    end_all()


def test_every_kind_of_network_has_a_name():
    assert list(NAMES) == list(KINDS)
