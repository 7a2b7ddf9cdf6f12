"""Pre-activations of untrained networks with and without batch norm, and how they are drawn and told."""

from math import pi
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import xarray as xr
from streamlit.testing.v1 import AppTest

from core import Config
from core.charts.experiments.batch_norm import KINDS as NAMES
from core.charts.experiments.batch_norm import beside, flat, ridges
from core.experiments.batch_norm import FAR_IF_NORMAL, KINDS, pre_activations

APP = str(Path(__file__).parents[3] / "streamlit_app.py")


def network(normalization: str, **choices: Any) -> Config:
    shape = {"dataset": "gaussian", "features": 100, "samples": 512, "probe_size": 512, "width": 100, "depth": 10}
    return Config(normalization=normalization, **{**shape, **choices}, steps=0)


def far_out(found: xr.Dataset) -> float:
    """The share of the last layer's pre-activations that lie far from their mean."""
    return found["far"].isel(layer=-1).item()


def numbers_of(found: xr.Dataset) -> dict[str, str]:
    """What the table says of one network."""
    return beside(found).iloc[:, 0].to_dict()


def test_batch_norm_fixes_mean_and_variance_whatever_weights_and_biases_are():
    for choices in ({"weight_scale": 0.1}, {"weight_scale": 10.0}, {"bias_init": -2.0}, {"dataset": "digits"}):
        found = pre_activations(network("batch_norm", **choices))
        np.testing.assert_allclose(found["spread"], 1, atol=0.03)  # pixels that never vary, and ε
        assert found["dead"] == 0
    spread = pre_activations(network("none", weight_scale=0.1))["spread"].values
    np.testing.assert_allclose(spread[1:] / spread[:-1], 0.1, rtol=0.25)


def test_batch_norm_does_not_make_pre_activations_normal():
    """Three times as many are far out as if it did, or with tanh hardly any."""
    assert pytest.approx(0.0027, abs=1e-5) == FAR_IF_NORMAL
    found = pre_activations(network("batch_norm", dataset="digits"))
    assert far_out(found) > 3 * FAR_IF_NORMAL
    assert far_out(pre_activations(network("batch_norm", activation="tanh"))) < FAR_IF_NORMAL


def test_gradients_grow_by_one_factor_under_batch_norm():
    """Row 11 of the formulas: π/(π − 1) = 1.4669 for ReLU, whatever the weights."""
    for scale in (0.3, 1.0, 3.0):
        bare, normed = (pre_activations(network(kind, weight_scale=scale))["growth"].item() for kind in KINDS)
        assert normed == pytest.approx(pi / (pi - 1), rel=0.02)
        assert bare == pytest.approx(scale**2, rel=0.05)


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
    np.testing.assert_allclose(normed["spread"], 1, atol=0.03)
    assert normed["dead"] == 0
    if ends["activation"] == "tanh":
        assert normed["saturated"] < 0.03
        assert far_out(normed) < FAR_IF_NORMAL
    else:
        assert far_out(normed) > 2 * FAR_IF_NORMAL
    undone = pre_activations(network("batch_norm", **ends), undone=True)
    np.testing.assert_allclose(undone["spread"], bare["spread"], rtol=1e-5)
    np.testing.assert_allclose(undone["share"], bare["share"], atol=1e-3)  # rounding moves some across an edge
    for name in ("dead", "saturated"):
        assert undone[name].item() == pytest.approx(bare[name].item(), abs=1e-3)
    assert np.isnan(undone["expected"])


def test_batch_norm_keeps_tanh_from_saturating_unless_it_is_undone():
    wide = {"activation": "tanh", "weight_scale": 10.0}
    bare, normed = (pre_activations(network(kind, **wide)) for kind in KINDS)
    assert bare["saturated"] > 0.8
    assert normed["saturated"].item() == pytest.approx(0.0286, abs=0.005)  # |N(0, 1)| > 2.18
    undone = pre_activations(network("batch_norm", **wide), undone=True)
    assert undone["saturated"] > 0.8
    assert undone.attrs["flat"] == "saturated"
    assert numbers_of(undone)["Saturated, on 512 samples"] == f"{undone['saturated'].item():.1%}"
    assert "nearly flat" in flat(undone)


def test_dead_units_are_told_with_the_samples_that_they_were_judged_on():
    found = pre_activations(network("none", bias_init=-2.0, weight_scale=0.1))
    assert (found.attrs["flat"], found.attrs["probe"]) == ("dead", 512)
    assert numbers_of(found)["Dead units, on 512 samples"] == f"{found['dead'].item():.1%}"
    assert "on every sample of the probe" in flat(found)


def test_networks_stand_beside_one_another_in_words():
    found = [pre_activations(network(kind, weight_scale=0.5)) for kind in KINDS]
    table = beside(*found)
    assert table.columns.tolist() == [NAMES[kind] for kind in KINDS]
    assert table[NAMES["none"]].to_dict() == {
        "Spread of the last layer's sums": f"{found[0]['spread'].values[-1]:#.3g}",
        "Beyond 3 spreads (normal 0.27%)": f"{far_out(found[0]):.2%}",
        "Dead units, on 512 samples": f"{found[0]['dead'].item():.1%}",
        "Gradient², a layer": f"× {found[0]['growth'].item():#.3g}",
        "Gradient², a layer, in theory": f"× {found[0]['expected'].item():#.3g}",
    }


def test_theory_starts_from_the_data_and_alike_samples_multiply_gradients_by_more():
    """As the lesson says: by π/(π − 1) where samples are independent."""
    for activation in ("relu", "tanh"):
        digits, gaussian = (
            pre_activations(network("batch_norm", dataset=data, activation=activation))["expected"].item()
            for data in ("digits", "gaussian")
        )
        assert 1 < digits / gaussian < 1.05


def test_nothing_is_undone_where_there_is_no_batch_norm():
    bare, undone = (pre_activations(network("none"), undone=undone)["share"] for undone in (False, True))
    np.testing.assert_array_equal(undone, bare)


def test_what_is_measured_agrees_with_theory():
    for normalization in KINDS:
        for activation in ("relu", "tanh"):
            found = pre_activations(network(normalization, activation=activation, weight_scale=0.5))
            assert found["growth"].item() == pytest.approx(found["expected"].item(), rel=0.05)


def test_a_network_that_is_all_dead_is_said_to_be():
    found = pre_activations(network("none", weight_scale=0.1, bias_init=-2.0))
    assert found["dead"] > 0.9
    assert np.isnan([found["growth"].item(), far_out(found), found["expected"].item()]).all()
    told = numbers_of(found)
    assert told["Beyond 3 spreads (normal 0.27%)"] == "all equal"
    assert told["Gradient², a layer"] == "no gradient"
    assert told["Gradient², a layer, in theory"] == "no theory"


def test_no_sum_is_dropped():
    for scale in (0.1, 10.0):
        found = pre_activations(network("none", weight_scale=scale))
        np.testing.assert_allclose(found["share"].sum("bin") + found["beyond"], 1)
    assert found["beyond"].values[-1] > 0.99


def test_one_layer_is_not_compared():
    with pytest.raises(ValueError, match="sums are compared from layer to layer, so two are needed; depth is 1"):
        pre_activations(Config(depth=1))


def test_ridges_are_as_high_as_their_share_in_the_scale_of_the_normal_curve():
    frame = ridges.frame_of(pre_activations(network("batch_norm")))
    ridge, normal = (frame.query(f"mark == '{mark}'") for mark in ("ridge", "normal"))
    assert (ridge["base"] - ridge["top"]).between(0, 0.86).all()
    areas = [(part["base"] - part["top"]).groupby(part["layer"]).sum() for part in (ridge, normal)]
    np.testing.assert_allclose(*areas, rtol=0.02)
    assert len(frame) < 3100


def test_what_is_off_the_axis_is_said():
    found = pre_activations(network("none", weight_scale=10.0))
    assert notes(found)[-1] == "100% off the axis"
    assert set(notes(found.assign(beyond=0 * found["beyond"]))) == {""}


def notes(found: xr.Dataset) -> list[str]:
    """What is written beside the ridges."""
    return ridges.frame_of(found).query("mark == 'note'")["note"].tolist()


def test_the_lab_opens_with_what_was_chosen():
    app = AppTest.from_file(APP, default_timeout=60)
    chosen = {"data": "gaussian", "activation": "tanh", "scale": "3.0", "bias": "-2.0"}
    for name, value in chosen.items():
        app.query_params[f"batch_norm_{name}"] = value
    app = app.switch_page("pages/batch_norm.py").run()
    next(button for button in app.button if button.label == "Open in the lab").click().run()
    assert not app.exception
    link = {name: app.query_params[name] for name in ("dataset", "activation", "weight_scale", "bias_init")}
    said = Config.from_query({**link, "normalization": app.query_params["normalization"]})
    assert (said.dataset, said.activation, said.weight_scale, said.bias_init) == ("gaussian", "tanh", 3.0, -2.0)
    assert said.normalization == "batch_norm"
