from dataclasses import replace
from math import nan, pi
from pathlib import Path
from threading import Event
from time import monotonic, sleep
from typing import Any

import numpy as np
import pytest
import streamlit as st
import torch
from drawn import assert_drawn_from
from streamlit.testing.v1 import AppTest

from core import Config
from core.charts.experiments.batch_norm import (
    answers_frame,
    answers_spec,
    pre_activation_frame,
    pre_activation_spec,
    trained_frame,
    trained_spec,
)
from core.experiments.batch_norm import (
    FAR_IF_NORMAL,
    KINDS,
    RATES,
    REACH,
    SEEDS,
    TRAINED,
    answers,
    beside,
    learning_rates,
    pre_activations,
    trained,
    training,
    verdicts,
)
from core.networks import build
from core.networks.data import load
from core.sweeps.sweeps import Partial

APP = str(Path(__file__).parents[2] / "streamlit_app.py")
SIZES = (2, 8, 64)


def network(normalization: str, **choices: Any) -> Config:
    shape = {"dataset": "gaussian", "features": 100, "samples": 512, "probe_size": 512, "width": 100, "depth": 10}
    return Config(normalization=normalization, **{**shape, **choices}, steps=0)


def test_batch_norm_fixes_mean_and_variance_whatever_weights_and_biases_are():
    for choices in ({"weight_scale": 0.1}, {"weight_scale": 10.0}, {"bias_init": -2.0}, {"dataset": "digits"}):
        found = pre_activations(network("batch_norm", **choices))
        np.testing.assert_allclose(found.spread, 1, atol=0.03)  # pixels that never vary, and ε
        assert found.dead == 0
    bare = pre_activations(network("none", weight_scale=0.1))
    np.testing.assert_allclose(bare.spread[1:] / bare.spread[:-1], 0.1, rtol=0.25)


def test_batch_norm_does_not_make_pre_activations_normal():
    """Three times as many are far out as if it did, or with tanh hardly any."""
    assert pytest.approx(0.0027, abs=1e-5) == FAR_IF_NORMAL
    found = pre_activations(network("batch_norm", dataset="digits"))
    assert found.far[-1] > 3 * FAR_IF_NORMAL
    assert pre_activations(network("batch_norm", activation="tanh")).far[-1] < FAR_IF_NORMAL


def test_gradients_grow_by_one_factor_under_batch_norm():
    """Row 11 of the formulas: π/(π − 1) = 1.4669 for ReLU, whatever the weights."""
    for scale in (0.3, 1.0, 3.0):
        assert pre_activations(network("batch_norm", weight_scale=scale)).growth == pytest.approx(
            pi / (pi - 1), rel=0.02
        )
        assert pre_activations(network("none", weight_scale=scale)).growth == pytest.approx(scale**2, rel=0.05)


ENDS = [
    {"dataset": data, "activation": activation, "weight_scale": scale, "bias_init": bias, "samples": 160}
    for data in ("digits", "gaussian")
    for activation in ("relu", "tanh")
    for scale in (0.1, 10.0)
    for bias in (-2.0, 2.0)
]  # of the lesson's controls


@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: " ".join(map(str, ends.values())))
def test_what_the_lesson_says_holds_at_every_end_of_its_controls(ends):
    """Mean 0, variance 1, no unit dead, tanh hardly saturated, and γ = σ and β = μ take it back."""
    bare, normed = (pre_activations(network(kind, **ends)) for kind in KINDS)
    np.testing.assert_allclose(normed.spread, 1, atol=0.03)
    assert normed.dead == 0
    if ends["activation"] == "tanh":
        assert normed.saturated < 0.03
        assert normed.far[-1] < FAR_IF_NORMAL
    else:
        assert normed.far[-1] > 2 * FAR_IF_NORMAL
    undone = pre_activations(network("batch_norm", **ends), undone=True)
    np.testing.assert_allclose(undone.spread, bare.spread, rtol=1e-5)
    np.testing.assert_allclose(undone.shares, bare.shares, atol=1e-3)  # rounding moves some across an edge
    assert (undone.dead, undone.saturated) == pytest.approx((bare.dead, bare.saturated), abs=1e-3)
    assert undone.expected_in_words == "no theory"


def test_batch_norm_keeps_tanh_from_saturating_unless_it_is_undone():
    wide = {"activation": "tanh", "weight_scale": 10.0}
    assert pre_activations(network("none", **wide)).saturated > 0.8
    assert pre_activations(network("batch_norm", **wide)).saturated == pytest.approx(
        0.0286, abs=0.005
    )  # |N(0, 1)| > 2.18
    found = pre_activations(network("batch_norm", **wide), undone=True)
    assert found.flat.name == "Saturated"
    assert found.flat.number == f"{found.saturated:.1%}"
    assert found.saturated > 0.8
    assert "nearly flat" in found.flat.sentence


def test_dead_units_are_told_with_the_samples_that_they_were_judged_on():
    found = pre_activations(network("none", bias_init=-2.0, weight_scale=0.1))
    assert (found.flat.name, found.flat.number, found.probe) == ("Dead units", f"{found.dead:.1%}", 512)
    assert "on every sample of the probe" in found.flat.sentence


def test_networks_stand_beside_one_another_in_words():
    found = {kind: pre_activations(network(kind, weight_scale=0.5)) for kind in KINDS}
    table = beside(found)
    assert table.columns.tolist() == list(KINDS)
    assert table.index.tolist() == [
        "Spread of the last layer's sums",
        "Beyond 3 spreads (normal 0.27%)",
        "Dead units, on 512 samples",
        "Gradient², a layer",
        "Gradient², a layer, in theory",
    ]
    bare = found["none"]
    said = [
        f"{bare.spread[-1]:#.3g}",
        bare.far_in_words,
        bare.flat.number,
        bare.growth_in_words,
        bare.expected_in_words,
    ]
    assert table["none"].tolist() == said


def test_theory_starts_from_the_data_and_alike_samples_multiply_gradients_by_more():
    """As the lesson says: by π/(π − 1) where samples are independent."""
    for activation in ("relu", "tanh"):
        digits, gaussian = (
            pre_activations(network("batch_norm", dataset=data, activation=activation)).expected
            for data in ("digits", "gaussian")
        )
        assert 1 < digits / gaussian < 1.05


def test_nothing_is_undone_where_there_is_no_batch_norm():
    np.testing.assert_array_equal(
        pre_activations(network("none"), undone=True).shares, pre_activations(network("none")).shares
    )


def test_what_is_measured_agrees_with_theory():
    for normalization in KINDS:
        for activation in ("relu", "tanh"):
            found = pre_activations(network(normalization, activation=activation, weight_scale=0.5))
            assert found.growth == pytest.approx(found.expected, rel=0.05)
            assert found.growth_in_words == f"× {found.growth:#.3g}"
            assert found.expected_in_words == f"× {found.expected:#.3g}"


def test_a_network_that_is_all_dead_is_said_to_be():
    found = pre_activations(network("none", weight_scale=0.1, bias_init=-2.0))
    assert found.dead > 0.9
    assert np.isnan([found.growth, found.far[-1]]).all()
    assert (found.far_in_words, found.growth_in_words) == ("all equal", "no gradient")
    assert found.expected_in_words == "no theory"


def test_no_sum_is_dropped():
    for scale in (0.1, 10.0):
        found = pre_activations(network("none", weight_scale=scale))
        np.testing.assert_allclose(found.shares.sum(1) + found.beyond, 1)
    assert found.beyond[-1] > 0.99


def test_one_layer_is_not_compared():
    with pytest.raises(ValueError, match="sums are compared from layer to layer, so two are needed; depth is 1"):
        pre_activations(Config(depth=1))


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
    """What is known on the way of three learning rates and three seeds: of two, one decides on the median."""
    return list(training(learning_rates((0.3, 1.0, 3.0), seeds=3), Event()))


@pytest.mark.numerics
def test_batch_norm_widens_the_range_of_learning_rates_that_train(few):
    table = trained(few[-1].dataset())
    assert table["kind"].tolist() == ["without batch norm"] * 3 + ["with batch norm"] * 3
    assert table["rate"].tolist() == [0.3, 1.0, 3.0] * 2
    assert (table["accuracy"] > 0.85).tolist() == [True, False, False, True, True, True]
    lost = (table["diverged"] > 0.5).tolist()
    assert [lost[0], *lost[2:]] == [False, True, False, False, False]  # rounding decides how many do at 1.0 without it
    assert trained_frame(table)["mark"].tolist()[:6] == ["lost" if gone else "line" for gone in lost]
    assert len(learning_rates()) == len(KINDS) * len(RATES) * SEEDS


def test_what_is_not_known_yet_is_left_out(few):
    table = trained(few[0].dataset())
    assert table["kind"].nunique() == 1
    assert len(verdicts(table)) == 1
    part = few[0].dataset()
    part["end"].loc[{"learning_rate": 1.0, "seed": 1}] = ""
    assert not len(trained(part))  # so that every mark is the median of all seeds, and no range has an unknown inside
    assert verdicts(trained(part)).empty


def test_a_verdict_names_the_rates_that_train_and_the_units_that_died(few):
    seen = few[-1].dataset()
    table = trained(seen).assign(accuracy=[0.95, 0.4, nan, 0.95, 0.97, 0.92], dead=[0.1, 0.27, nan, 0.0, 0.0, 0.0])
    assert verdicts(table).to_numpy().tolist() == [["0.3", "27%"], ["0.3 to 3", "0%"]]
    assert verdicts(table).columns.tolist() == [
        "Learning rates with an accuracy of 90%",
        f"Dead units at learning rate 1, on {len(load(TRAINED).probe_inputs)} samples",
    ]
    seen["end"].loc[{"normalization": "none", "learning_rate": 1.0}] = "diverged"
    assert verdicts(trained(seen)).to_numpy().tolist()[0] == ["0.3", "diverged"]


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
    table = trained(few[0].dataset()).assign(accuracy=accuracies)
    assert verdicts(table).iloc[0, 0] == words


def test_ridges_are_as_high_as_their_share_in_the_scale_of_the_normal_curve():
    frame = pre_activation_frame(pre_activations(network("batch_norm")))
    ridge, normal = (frame.query(f"mark == '{mark}'") for mark in ("ridge", "normal"))
    assert (ridge["base"] - ridge["top"]).between(0, 0.86).all()
    areas = [(part["base"] - part["top"]).groupby(part["layer"]).sum() for part in (ridge, normal)]
    np.testing.assert_allclose(*areas, rtol=0.02)
    assert len(frame) < 3100


def test_what_is_off_the_axis_is_said():
    notes = (
        pre_activation_frame(pre_activations(network("none", weight_scale=10.0)))
        .query("mark == 'note'")["note"]
        .tolist()
    )
    assert notes[-1] == "100% off the axis"
    flat = replace(
        pre_activations(network("none")),
        shares=np.zeros((1, 2)),
        edges=np.array([-REACH, 0.0, REACH]),
        beyond=np.zeros(1),
    )
    assert pre_activation_frame(flat).query("mark == 'note'")["note"].tolist() == [""]


def test_every_answer_is_in_a_bar_of_the_same_axes():
    ends = []
    for size in (2, 4, 8, 16, 32, 64, 256):
        for scale, shift in ((0.5, -1.0), (2.0, 1.0)):
            frame = answers_frame(answers(size, scale, shift))
            assert frame.query("mark == 'bar'")["share"].sum() == pytest.approx(1)
            ends.append(frame.query("mark == 'corner'")[["x", "share"]].to_numpy().tolist())
    assert all(end == ends[0] for end in ends)


def test_the_lab_opens_with_what_was_chosen():
    app = AppTest.from_file(APP, default_timeout=60)
    chosen = {"data": "gaussian", "activation": "tanh", "scale": "3.0", "bias": "-2.0"}
    for name, value in chosen.items():
        app.query_params[f"batch_norm_{name}"] = value
    app = app.switch_page("pages/lessons/batch_norm.py").run()
    next(button for button in app.button if button.label == "Open in the lab").click().run()
    assert not app.exception
    link = {name: app.query_params[name] for name in ("dataset", "activation", "weight_scale", "bias_init")}
    said = Config.from_query({**link, "normalization": app.query_params["normalization"]})
    assert (said.dataset, said.activation, said.weight_scale, said.bias_init) == ("gaussian", "tanh", 3.0, -2.0)
    assert said.normalization == "batch_norm"


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark, few):
    drawn = (
        (pre_activation_spec(dark=dark), pre_activation_frame(pre_activations(network("none")))),
        (answers_spec(dark=dark), answers_frame(answers(8, 1.0, 0.0))),
        (trained_spec(dark=dark), trained_frame(trained(few[-1].dataset()))),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)


def test_the_learning_rates_are_trained_when_it_is_asked_for(monkeypatch):
    monkeypatch.setattr("core.experiments.batch_norm.learning_rates", lambda: learning_rates((0.3, 1.0, 3.0), seeds=2))
    app = AppTest.from_file(APP, default_timeout=60).switch_page("pages/lessons/batch_norm.py").run()
    charts = len(app.main.get("vega_lite_chart"))
    next(button for button in app.button if "Train them" in button.label).click().run()
    end = monotonic() + 60
    while len(app.main.table) < 2 or len(app.main.table[1].value) < len(KINDS):
        assert monotonic() < end
        assert not app.exception
        sleep(0.2)
        app.run()
    assert len(app.main.get("vega_lite_chart")) == charts + 1
    assert app.main.table[1].value.index.tolist() == list(KINDS.values())
    st.cache_resource.clear()
