from math import pi
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import numpy as np
import pandas as pd
import pytest
import streamlit as st
import torch
from drawn import assert_drawn_from
from streamlit.testing.v1 import AppTest

from core import Config
from core.batch_norm import (
    FAR_IF_NORMAL,
    KINDS,
    RATES,
    REACH,
    SEEDS,
    Sums,
    answers,
    learning_rates,
    sums,
    trained,
    training,
    verdicts,
)
from core.charts.batch_norm import (
    answers_frame,
    answers_spec,
    sums_frame,
    sums_spec,
    trained_frame,
    trained_spec,
)
from core.data import load
from core.network import build
from core.sweeps import Partial

APP = str(Path(__file__).parents[1] / "streamlit_app.py")
SIZES = (2, 8, 64)


def network(normalization: str, **choices: Any) -> Config:
    shape = {"dataset": "gaussian", "features": 100, "samples": 512, "probe_size": 512, "width": 100, "depth": 10}
    return Config(normalization=normalization, **{**shape, **choices}, steps=0)


def test_batch_norm_fixes_mean_and_variance_whatever_weights_and_biases_are():
    for choices in ({"weight_scale": 0.1}, {"weight_scale": 10.0}, {"bias_init": -2.0}, {"dataset": "digits"}):
        found = sums(network("batch_norm", **choices))
        np.testing.assert_allclose(found.spread, 1, atol=0.03)  # pixels that never vary, and ε
        assert found.dead == 0
    bare = sums(network("none", weight_scale=0.1))
    np.testing.assert_allclose(bare.spread[1:] / bare.spread[:-1], 0.1, rtol=0.25)


def test_batch_norm_does_not_make_sums_normal():
    """Three times as many are far out as if it did, or with tanh hardly any."""
    assert pytest.approx(0.0027, abs=1e-5) == FAR_IF_NORMAL
    found = sums(network("batch_norm", dataset="digits"))
    assert found.far[-1] > 3 * FAR_IF_NORMAL
    assert sums(network("batch_norm", activation="tanh")).far[-1] < FAR_IF_NORMAL


def test_gradients_grow_by_one_factor_under_batch_norm():
    """Row 11 of the formulas: π/(π − 1) = 1.4669 for ReLU, whatever the weights."""
    for scale in (0.3, 1.0, 3.0):
        assert sums(network("batch_norm", weight_scale=scale)).growth == pytest.approx(pi / (pi - 1), rel=0.02)
        assert sums(network("none", weight_scale=scale)).growth == pytest.approx(scale**2, rel=0.05)


def test_what_is_measured_agrees_with_theory():
    for normalization in KINDS:
        for activation in ("relu", "tanh"):
            found = sums(network(normalization, activation=activation, weight_scale=0.5))
            assert found.growth == pytest.approx(found.expected, rel=0.05)
            assert found.growth_in_words == f"× {found.growth:#.3g}"
            assert found.expected_in_words == f"theory × {found.expected:#.3g}"


def test_a_network_that_is_all_dead_is_said_to_be():
    found = sums(network("none", weight_scale=0.1, bias_init=-2.0))
    assert found.dead > 0.9
    assert np.isnan([found.growth, found.far[-1]]).all()
    assert (found.far_in_words, found.growth_in_words) == ("all equal", "no gradient")
    assert found.expected_in_words == "no theory"


def test_no_sum_is_dropped():
    for scale in (0.1, 10.0):
        found = sums(network("none", weight_scale=scale))
        np.testing.assert_allclose(found.shares.sum(1) + found.beyond, 1)
    assert found.beyond[-1] > 0.99


def test_one_layer_is_not_compared():
    with pytest.raises(ValueError, match="sums are compared from layer to layer, so two are needed; depth is 1"):
        sums(Config(depth=1))


def test_of_two_samples_one_gets_plus_and_the_other_minus_one():
    found = answers(2, 1.0, 0.0)
    assert np.abs(found.in_training).mean() == pytest.approx(1, abs=0.01)
    assert (found.in_training > 0).mean() > 0.7  # the sample lies above the mean
    wide = answers(256, 1.0, 0.0)
    assert wide.in_training.std() < found.in_training.std() / 5
    np.testing.assert_allclose([wide.in_use, wide.in_training.mean()], 1, atol=0.02)


@pytest.mark.parametrize("size", SIZES)
def test_training_divides_by_the_biased_variance_and_the_unbiased_one_is_kept(size):
    """Trap 6."""
    found = answers(size, 1.0, 0.0)
    assert found.biased == pytest.approx((size - 1) / size, rel=0.05)
    assert found.unbiased == pytest.approx(1, rel=0.05)


@pytest.mark.parametrize("size", SIZES)
def test_scale_and_shift_come_last(size):
    plain, moved = answers(size, 1.0, 0.0), answers(size, 2.0, -1.0)
    np.testing.assert_allclose(moved.in_training, 2 * plain.in_training - 1)
    assert moved.in_use == pytest.approx(2 * plain.in_use - 1)


def test_answers_are_those_of_torch():
    """A batch norm of torch that keeps what ours keeps gives the same answer in use."""
    unit = Config(depth=1, steps=0)
    with torch.no_grad():
        every = build(unit).trace(load(unit).inputs).pre_activations[0][:, :1].double()
        theirs = torch.nn.BatchNorm1d(1, momentum=1.0).double()
        theirs(every)
        one = every[((every - every.mean()) / every.std(correction=0) - 1).abs().argmin()]
        assert theirs.eval()(one[None]).item() == pytest.approx(answers(256, 1.0, 0.0).in_use, abs=0.02)


def test_a_batch_of_one_has_no_answer():
    with pytest.raises(ValueError, match="a batch has a variance from two samples on; got 1"):
        answers(1, 1.0, 0.0)


@pytest.fixture(scope="module")
def few() -> list[Partial]:
    """What is known on the way of two learning rates and seeds."""
    return list(training(learning_rates((0.3, 3.0), seeds=2), Event()))


def test_batch_norm_widens_the_range_of_learning_rates_that_train(few):
    table = trained(few[-1].dataset())
    assert table["kind"].tolist() == ["without batch norm"] * 2 + ["with batch norm"] * 2
    assert table["rate"].tolist() == [0.3, 3.0, 0.3, 3.0]
    assert (table["accuracy"] > 0.85).tolist() == [True, False, True, True]
    assert (table["diverged"] > 0.5).tolist() == [False, True, False, False]
    assert trained_frame(table)["mark"].tolist()[:4] == ["line", "lost", "line", "line"]
    assert len(learning_rates()) == len(KINDS) * len(RATES) * SEEDS


def test_what_is_not_known_yet_is_left_out(few):
    table = trained(few[0].dataset())
    assert table["kind"].nunique() == 1
    assert len(verdicts(table)) == 1


def test_a_verdict_names_the_rates_that_train_and_the_units_that_died():
    good = {"rate": [0.1, 1.0, 10.0], "accuracy": [0.91, 0.95, 0.1], "dead": [0.0, 0.25, 0.5]}
    bad = {"rate": [0.1, 1.0, 10.0], "accuracy": [0.5, 0.0, 0.0], "dead": [0.0, np.nan, np.nan]}
    kinds = list(KINDS.values())
    table = pd.concat([pd.DataFrame(rows).assign(kind=kind) for kind, rows in zip(kinds, (bad, good), strict=True)])
    assert verdicts(table).to_numpy().tolist() == [["none", "–"], ["0.1 to 1", "25%"]]
    assert verdicts(table).columns.tolist() == ["Learning rates with an accuracy of 90%", "Dead units at 1"]


def test_ridges_are_as_high_as_their_share_in_the_scale_of_the_normal_curve():
    frame = sums_frame(sums(network("batch_norm")))
    ridge, normal = (frame.query(f"mark == '{mark}'") for mark in ("ridge", "normal"))
    assert (ridge["base"] - ridge["top"]).between(0, 0.86).all()
    areas = [(part["base"] - part["top"]).groupby(part["layer"]).sum() for part in (ridge, normal)]
    np.testing.assert_allclose(*areas, rtol=0.02)
    assert len(frame) < 3100


def test_what_is_off_the_axis_is_said():
    notes = sums_frame(sums(network("none", weight_scale=10.0))).query("mark == 'note'")["note"].tolist()
    assert notes[-1] == "100% off the axis"
    flat = Sums(*[np.zeros((1, 2)), np.array([-REACH, 0.0, REACH]), np.zeros(1), np.zeros(1), np.zeros(1), 0, 0, 0])
    assert sums_frame(flat).query("mark == 'note'")["note"].tolist() == [""]


def test_every_answer_is_in_a_bar():
    for size in SIZES:
        for scale, shift in ((1.0, 0.0), (2.0, 1.0)):
            frame = answers_frame(answers(size, scale, shift))
            assert frame.query("mark == 'bar'")["share"].sum() == pytest.approx(1)


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark, few):
    drawn = (
        (sums_spec(dark=dark), sums_frame(sums(network("none")))),
        (answers_spec(dark=dark), answers_frame(answers(8, 1.0, 0.0))),
        (trained_spec(dark=dark), trained_frame(trained(few[-1].dataset()))),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)


def test_the_learning_rates_are_trained_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("core.batch_norm.learning_rates", lambda: learning_rates((0.3, 3.0), seeds=2))
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/batch_norm.py").run()
    charts = len(app.main.get("vega_lite_chart"))
    next(button for button in app.button if "Train them" in button.label).click().run()
    end = monotonic() + 60
    while len(app.main.table) < 1 or len(app.main.table[0].value) < len(KINDS):
        assert monotonic() < end
        assert not app.exception
        sleep(0.2)
        app.run()
    assert len(app.main.get("vega_lite_chart")) == charts + 1
    assert app.main.table[0].value.index.tolist() == list(KINDS.values())
    st.cache_resource.clear()
