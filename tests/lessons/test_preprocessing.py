from pathlib import Path

import numpy as np
import pytest
import streamlit as st
import torch
from drawn import assert_drawn_from
from streamlit.testing.v1 import AppTest
from torch.nn.functional import cross_entropy

from core import Config
from core.charts.experiments.preprocessing import (
    STEPS,
    cloud_frame,
    cloud_spec,
    common_frame,
    common_spec,
    descent_frame,
    descent_spec,
    pictures_frame,
    pictures_spec,
)
from core.datasets import DataUnavailable
from core.experiments.preprocessing import (
    COMPARED,
    CROSS,
    DEPTH,
    INITIALIZERS,
    MOST_STEPS,
    REACHED,
    SHOWN,
    WAYS,
    Bowl,
    available,
    bowl,
    bowl_of,
    bowl_table,
    bowls,
    cloud,
    common,
    gain,
    layered,
    pictures,
)
from core.networks.data import load
from core.theory.formulas import curvature, relu_correlation

APP = str(Path(__file__).parents[2] / "streamlit_app.py")

generator = torch.Generator().manual_seed(1)
INPUTS = torch.randn(50, 4, generator=generator, dtype=torch.float64) + 1
TARGETS = torch.randn(50, 3, generator=generator, dtype=torch.float64)
SMALL = bowl_of(INPUTS.numpy(), TARGETS.numpy())


def descent(share: float, steps: int) -> list[float]:
    """What autograd makes of the loss, in the part of it that there is to lose."""
    weights = torch.zeros(4, 3, dtype=torch.float64, requires_grad=True)
    least = (INPUTS @ torch.linalg.lstsq(INPUTS, TARGETS).solution - TARGETS).square().sum(1).mean() / 2
    left = []
    for _ in range(steps + 1):
        loss = (INPUTS @ weights - TARGETS).square().sum(1).mean() / 2
        left.append(float((loss - least).detach()))
        (gradient,) = torch.autograd.grad(loss, weights)
        weights = (weights - share * SMALL.stable_rate * gradient).detach().requires_grad_()
    return [value / left[0] for value in left]


@pytest.mark.parametrize("share", [0.3, 0.9, 1.01])
def test_the_loss_that_is_left_is_that_of_gradient_descent(share):
    np.testing.assert_allclose(SMALL.left(np.arange(31), share), descent(share, 30), rtol=1e-6)


def test_steps_are_counted_until_a_tenth_of_the_loss_is_left():
    steps = int(SMALL.steps(0.5))
    assert SMALL.left(steps, 0.5) <= REACHED < SMALL.left(steps - 1, 0.5)
    slow = bowl_of(np.diag([1.0, 1e-4]), np.array([[0.0], [1.0]]))
    assert slow.steps(0.5) == np.inf > MOST_STEPS
    assert slow.steps_in_words(0.5) == f"> {MOST_STEPS:,}"


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 1.01])
@pytest.mark.parametrize("way", WAYS)
def test_the_steps_of_the_table_are_those_of_the_line(way, share):
    """At every end of the lesson's slider, by looking at each step."""
    of_way = bowl("digits", way)
    left = of_way.left(np.arange(3000), share)
    reached = (left <= REACHED).any()
    assert of_way.steps(share) == (left <= REACHED).argmax() if reached else of_way.steps(share) == np.inf
    assert (left[-1] > 1) == (share > 1) == of_way.steps_in_words(share).endswith("diverges")
    assert of_way.steps_in_words(share).startswith(f"{of_way.steps(share):,.0f}" if reached else "diverges")


def test_curvatures_are_those_of_the_hessian():
    """Of a linear unit, and of a softmax at weights of 0, whose largest is 1/C of it."""
    labels = torch.arange(50) % 3

    def softmax(weights: torch.Tensor) -> torch.Tensor:
        return cross_entropy(INPUTS @ weights.view(4, 3), labels)

    hessian = torch.autograd.functional.hessian(softmax, torch.zeros(12, dtype=torch.float64))
    assert SMALL.softmax_rate(3) == pytest.approx(2 / float(torch.linalg.eigvalsh(hessian)[-1]))
    assert SMALL.stable_rate == pytest.approx(2 / curvature(INPUTS.numpy()))
    assert SMALL.condition == pytest.approx(np.linalg.cond(INPUTS.numpy()) ** 2)


def test_directions_without_variation_are_left_out():
    flat = np.concatenate([INPUTS.numpy(), np.zeros((50, 2))], 1)
    np.testing.assert_allclose(bowl_of(flat, TARGETS.numpy()).curvatures, SMALL.curvatures)


def test_centring_allows_larger_steps_and_turning_changes_nothing():
    found = bowls("digits")
    assert gain(found) == pytest.approx(15, rel=0.02)
    for share in (0.1, 0.5, 1.01):
        turned, centred = (found[way].left(STEPS[:60], share) for way in ("decorrelated", "centred"))
        np.testing.assert_allclose(turned, centred, rtol=1e-4)
    assert found["whitened"].condition == pytest.approx(1, rel=1e-4)
    assert found["whitened"].steps(0.5) == 1
    assert found["raw"].steps(0.5) > 10 * found["centred"].steps(0.5)


def test_centring_mnist_allows_steps_seven_times_as_large(local_data):
    """Row Z2, on some of the samples: there it is 7.4 on all 60,000."""
    try:
        raw, centred = (bowl("mnist", way) for way in ("raw", "centred"))
    except DataUnavailable as missing:
        pytest.skip(str(missing))
    assert centred.stable_rate / raw.stable_rate == pytest.approx(7.4, rel=0.02)
    assert raw.curvatures[0] == pytest.approx(38.09, rel=0.02)


def test_the_table_says_what_was_found():
    table = bowl_table("digits", 0.5)
    assert table.index.tolist() == list(WAYS)
    assert table.loc["raw", "Condition number"] == "29.8 million"
    assert table.loc["whitened"].tolist() == ["2.00", "1", "1.00"]
    steps = "Steps to 10% of the loss"
    assert bowl_table("digits", 1.01)[steps].tolist() == ["57, then diverges", *["diverges"] * 4]


@pytest.mark.parametrize(
    ("condition", "words"),
    [(55.50, "55.5"), (1000.0, "1,000"), (23_449.0, "23,400"), (2.98e7, "29.8 million"), (4.2e11, "420 billion")],
)
def test_condition_numbers_are_told_without_powers_of_ten(condition, words):
    assert Bowl(np.array([condition, 1.0]), np.array([0.5, 0.5])).condition_in_words == words


def test_the_lab_opens_with_what_was_chosen():
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["preprocessing_way"], app.query_params["preprocessing_activation"] = "whitened", "tanh"
    app.switch_page("pages/lessons/preprocessing.py").run()
    next(button for button in app.button if button.label == "Open in the lab").click().run()
    assert not app.exception
    assert layered("digits", "tanh", "whitened") == Config.from_query(
        {name: app.query_params[name] for name in ("preprocessing", "activation", "initializer", "depth", "width")}
    )


def test_only_pictures_that_are_here_are_offered(monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    assert available() == ["digits"]
    (tmp_path / "MNIST").mkdir()
    assert available() == ["digits", "mnist"]


def test_a_cloud_is_centred_scaled_and_turned():
    assert [round(float(abs(cloud(way).points.mean(0)).max()), 5) == 0 for way in WAYS] == [False, *[True] * 4]
    np.testing.assert_allclose(cloud("standardized").points.std(0), 1, rtol=1e-6)
    for way in ("decorrelated", "whitened"):
        assert cloud(way).correlation == pytest.approx(0, abs=1e-6)
    assert [cloud(way).correlation_in_words for way in ("raw", "whitened")] == ["0.83", "0.00"]
    assert cloud("raw").correlation == pytest.approx(cloud("standardized").correlation) == pytest.approx(0.8, abs=0.05)
    conditions = [cloud(way).bowl.condition for way in COMPARED]
    assert conditions == sorted(conditions, reverse=True)
    assert conditions[-1] == pytest.approx(1)


def test_the_cross_lies_along_the_axes_once_the_cloud_is_turned():
    arms = np.abs(cloud("whitened").cross)
    np.testing.assert_allclose(np.sort(arms, 1), [[0, CROSS]] * 4, atol=1e-5)


def test_pictures_are_those_that_the_network_gets():
    inputs = load(Config(dataset="digits", preprocessing="center")).inputs
    np.testing.assert_array_equal(pictures("digits", "centred").reshape(SHOWN, -1), inputs[:SHOWN])


def test_what_all_samples_share_comes_back_behind_relu_and_not_behind_tanh():
    """Centred inputs of one layer of ReLU share 1/π in theory, the cosine of two that were orthogonal (row C3)."""
    shares = {way: common("digits", "relu", way) for way in COMPARED}
    for way in COMPARED[1:]:
        assert shares[way][0] == pytest.approx(0, abs=1e-6)
        assert shares[way][1] == pytest.approx(float(relu_correlation(0.0)), abs=0.04)
        assert (shares[way] < shares["raw"] + 0.01).all()
    assert shares["raw"][0] > 0.6
    assert abs(shares["raw"][-1] - shares["centred"][-1]) < 0.05 < shares["raw"][1] - shares["centred"][1]
    assert common("digits", "tanh", "centred").max() < 0.01 < 0.5 < common("digits", "tanh", "raw").min()
    for way in COMPARED:
        assert common("digits", "sigmoid", way)[1:].min() > 0.85
    assert all(len(common("digits", activation, "raw")) == 1 + DEPTH for activation in INITIALIZERS)


def test_pictures_that_cannot_be_read_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    (tmp_path / "MNIST").mkdir()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["preprocessing_data"] = "mnist"
    app.switch_page("pages/lessons/preprocessing.py").run()
    assert not app.exception
    assert "MNIST is damaged" in app.error[0].value
    assert len(app.main.get("vega_lite_chart")) == 4
    st.cache_resource.clear()


def test_squares_of_a_picture_hold_its_numbers():
    shown = pictures("digits", "standardized")
    frame = pictures_frame(shown).query("mark == 'cell'")
    np.testing.assert_allclose(frame["value"], shown.ravel(), rtol=1e-6)
    assert frame["shown"].abs().max() == pytest.approx(1)
    assert frame[["x2", "y2"]].max().tolist() == pytest.approx([2.1, 1])
    assert (pictures_frame(np.zeros((1, 2, 2)))["shown"].dropna() == 0).all()


def test_a_line_ends_where_it_leaves_the_axis():
    frame = descent_frame(bowls("digits"), 1.01)
    for way in WAYS:
        line, gone = (frame.query(f"mark == '{mark}' and way == '{way}'") for mark in ("line", "gone"))
        assert line["left"].iloc[:-1].max() == 1 == line["left"].iloc[0]
        assert line["left"].iloc[-1] > 1
        assert gone[["step", "left"]].to_numpy().tolist() == [[line["step"].iloc[-1], 1]]
    assert frame.query("mark == 'line' and way == 'whitened'")["step"].tolist() == [0, 1]


@pytest.mark.parametrize("share", [0.1, 0.99])
def test_a_line_that_converges_is_whole(share):
    frame = descent_frame(bowls("digits"), share)
    assert not (frame["mark"] == "gone").any()
    for way, of_way in bowls("digits").items():
        line = frame.query(f"mark == 'line' and way == '{way}'")
        np.testing.assert_allclose(line["left"], of_way.left(STEPS, share), rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    drawn = (
        (cloud_spec(dark=dark), cloud_frame(cloud("raw"))),
        (pictures_spec(dark=dark), pictures_frame(pictures("digits", "raw"))),
        (descent_spec(dark=dark), descent_frame(bowls("digits"), 0.5)),
        (common_spec(dark=dark), common_frame({"raw": common("digits", "relu", "raw")})),
    )
    for spec, frame in drawn:
        assert len(frame) < 3100
        assert_drawn_from(spec, frame)
