from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from streamlit.testing.v1 import AppTest
from torch.nn.functional import cross_entropy

from core import Config
from core.charts.experiments.preprocessing import WAYS as NAMES
from core.charts.experiments.preprocessing import descent as descent_drawn
from core.charts.experiments.preprocessing import descent_table
from core.charts.experiments.preprocessing import pictures as pictures_drawn
from core.datasets import DataUnavailable
from core.experiments.preprocessing import (
    COMPARED,
    CROSS,
    DEPTH,
    MOST_STEPS,
    REACHED,
    SHOWN,
    STEPS,
    WAYS,
    Bowl,
    available,
    bowl,
    bowl_of,
    bowls,
    cloud,
    common,
    descents,
    gain,
    layered,
    pictures,
)
from core.networks.data import load
from core.theory.formulas import curvature, relu_correlation
from ui.jobs.visitors import end_all

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


def told(bowls: dict[str, Bowl], share: float) -> pd.Series:
    """What the table says of the steps of each way."""
    return descent_table(descents(bowls, share))["Steps to 10% of the loss"]


@pytest.mark.parametrize("share", [0.3, 0.9, 1.01])
def test_the_loss_that_is_left_is_that_of_gradient_descent(share):
    np.testing.assert_allclose(SMALL.left(np.arange(31), share), descent(share, 30), rtol=1e-6)


def test_steps_are_counted_until_a_tenth_of_the_loss_is_left():
    steps = int(SMALL.steps(0.5))
    assert SMALL.left(steps, 0.5) <= REACHED < SMALL.left(steps - 1, 0.5)
    slow = bowl_of(np.diag([1.0, 1e-4]), np.array([[0.0], [1.0]]))
    assert slow.steps(0.5) == np.inf > MOST_STEPS
    assert told({"raw": slow}, 0.5).tolist() == [f"> {MOST_STEPS:,}"]


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.99, 1.01])
@pytest.mark.parametrize("way", WAYS)
def test_the_steps_of_the_table_are_those_of_the_line(way, share):
    """At every end of the lesson's slider, by looking at each step."""
    of_way = bowl("digits", way)
    left = of_way.left(np.arange(3000), share)
    reached = (left <= REACHED).any()
    assert of_way.steps(share) == (left <= REACHED).argmax() if reached else of_way.steps(share) == np.inf
    words = told({way: of_way}, share).loc[NAMES[way]]
    assert (left[-1] > 1) == (share > 1) == words.endswith("diverges")
    assert words.startswith(f"{of_way.steps(share):,.0f}" if reached else "diverges")


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
    found = bowls("digits")
    table = descent_table(descents(found, 0.5))
    assert table.index.tolist() == list(NAMES.values())
    assert table.loc[NAMES["raw"], "Condition number"] == "29.8 million"
    assert table.loc[NAMES["whitened"]].tolist() == ["2.00", "1", "1.00"]
    assert told(found, 1.01).tolist() == ["57, then diverges", *["diverges"] * 4]


def test_every_way_has_a_name():
    assert list(NAMES) == list(WAYS)


def test_the_lab_opens_with_what_was_chosen():
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["preprocessing_way"], app.query_params["preprocessing_activation"] = "whitened", "tanh"
    app.switch_page("pages/preprocessing.py").run()
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
    clouds = {way: cloud(way) for way in WAYS}
    means = [abs(clouds[way]["point"].mean("sample")).max().item() for way in WAYS]
    assert [round(mean, 5) == 0 for mean in means] == [False, *[True] * 4]
    np.testing.assert_allclose(clouds["standardized"]["point"].std("sample"), 1, rtol=1e-6)
    correlation = {way: clouds[way]["correlation"].item() for way in WAYS}
    assert correlation["decorrelated"] == pytest.approx(0, abs=1e-6)
    assert correlation["whitened"] == pytest.approx(0, abs=1e-6)
    assert correlation["raw"] == pytest.approx(correlation["standardized"]) == pytest.approx(0.83, abs=0.005)
    conditions = [clouds[way]["condition"].item() for way in COMPARED]
    assert conditions == sorted(conditions, reverse=True)
    assert conditions[-1] == pytest.approx(1)


def test_the_cross_lies_along_the_axes_once_the_cloud_is_turned():
    ends = np.abs(cloud("whitened")["cross"].stack(place=("end", "arm")).transpose("place", "feature"))
    np.testing.assert_allclose(np.sort(ends, 1), [[0, CROSS]] * 4, atol=1e-5)


def test_pictures_are_those_that_the_network_gets():
    inputs = load(Config(dataset="digits", preprocessing="center")).inputs
    shown = pictures("digits", "centred")["value"].values
    np.testing.assert_array_equal(shown.reshape(SHOWN, -1), inputs[:SHOWN])


def test_what_all_samples_share_comes_back_behind_relu_and_not_behind_tanh():
    """Centred inputs of one layer of ReLU share 1/π in theory, the cosine of two that were orthogonal (row C3)."""
    relu, tanh, sigmoid = (common("digits", activation)["share"] for activation in ("relu", "tanh", "sigmoid"))
    raw, others = relu.sel(way="raw"), relu.drop_sel(way="raw")
    np.testing.assert_allclose(others.sel(layer=0), 0, atol=1e-6)
    np.testing.assert_allclose(others.sel(layer=1), relu_correlation(0.0), atol=0.04)
    assert (others < raw + 0.01).all()
    assert raw.sel(layer=0) > 0.6
    gap = abs(raw - relu.sel(way="centred"))
    assert gap.sel(layer=DEPTH) < 0.05 < gap.sel(layer=1)
    assert tanh.sel(way="centred").max() < 0.01 < 0.5 < tanh.sel(way="raw").min()
    assert sigmoid.sel(layer=slice(1, None)).min() > 0.85


def test_pictures_that_cannot_be_read_are_said(monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    (tmp_path / "MNIST").mkdir()
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params["preprocessing_data"] = "mnist"
    app.switch_page("pages/preprocessing.py").run()
    assert not app.exception
    assert "MNIST is damaged" in app.error[0].value
    assert len(app.main.get("vega_lite_chart")) == 4
    end_all()


def test_squares_of_a_picture_hold_its_numbers():
    shown = pictures("digits", "standardized")
    frame = pictures_drawn.frame_of(shown).query("mark == 'cell'")
    np.testing.assert_allclose(frame["value"], shown["value"].values.ravel(), rtol=1e-6)
    assert frame["shown"].abs().max() == pytest.approx(1)
    assert frame[["x2", "y2"]].max().tolist() == pytest.approx([2.1, 1])
    assert (pictures_drawn.frame_of(shown.where(False, 0.0))["shown"].dropna() == 0).all()


def test_a_line_ends_where_it_leaves_the_axis():
    frame = descent_drawn.frame_of(descents(bowls("digits"), 1.01))
    for name in NAMES.values():
        line, gone = (frame.query(f"mark == '{mark}' and way == '{name}'") for mark in ("line", "gone"))
        assert line["left"].iloc[:-1].max() == 1 == line["left"].iloc[0]
        assert line["left"].iloc[-1] > 1
        assert gone[["step", "left"]].to_numpy().tolist() == [[line["step"].iloc[-1], 1]]
    whitened = frame[(frame["mark"] == "line") & (frame["way"] == NAMES["whitened"])]
    assert whitened["step"].tolist() == [0, 1]


@pytest.mark.parametrize("share", [0.1, 0.99])
def test_a_line_that_converges_is_whole(share):
    found = descents(bowls("digits"), share)
    frame = descent_drawn.frame_of(found)
    assert not (frame["mark"] == "gone").any()
    for way, name in NAMES.items():
        line = frame.query(f"mark == 'line' and way == '{name}'")
        np.testing.assert_allclose(line["left"], found["left"].sel(way=way), rtol=1e-6, atol=1e-12)
