"""What is predicted for a network: the lecture's rows, the words of what is missing, and numbers that are numbers."""

from dataclasses import replace
from math import isnan, log, log10, pi, sqrt

import numpy as np
import pytest
from curves_of import SHARES
from hypothesis import given, settings
from hypothesis import strategies as st
from lecture import LECTURE

from core import Config, DataUnavailable, record
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import normalizations
from core.datasets import datasets
from core.measuring.measures import measures
from core.networks.curves import curve
from core.theory import predict, why_not
from core.theory.phase import BIASES, phases
from core.theory.words import REASONS, remarks

pytestmark = pytest.mark.numerics


def predicted(name: str, **choices) -> np.ndarray:
    return predict(replace(LECTURE, **choices)).variables[name]


def test_b1_b2_b5_b6_b9_predicted():
    """The lecture's rows, for inputs whose mean square is within 0.3 % of 1."""
    small = predicted("activation_std", activation="tanh", initializer="normal")
    assert small[:5] == pytest.approx([0.2131, 0.0476, 0.0106, 0.00238, 0.00053], rel=0.01)
    gradients = predicted("gradient_rms", activation="tanh", initializer="normal") ** 2
    assert (gradients[:-1] / gradients[1:])[5:-1] == pytest.approx(0.05, rel=0.03)
    even = predicted("activation_std", activation="tanh", initializer="lecun_normal")
    assert even[[0, 1, 2, 3, 4, 9]] == pytest.approx([0.6279, 0.4863, 0.4082, 0.3576, 0.3216, 0.2285], abs=2e-3)
    mean, std = (predicted(f"activation_{name}", initializer="lecun_normal") for name in ("mean", "std"))
    assert (mean[0], std[0]) == pytest.approx((0.3989, 0.5838), rel=0.003)
    assert mean[1:] / mean[:-1] == pytest.approx(sqrt(0.5))
    shrinking = predicted("activation_std", initializer="normal", weight_scale=2.0)
    assert shrinking[1:] / shrinking[:-1] == pytest.approx(0.3162, abs=1e-4)


def test_b3_b4_predicted():
    large = {"activation": "tanh", "initializer": "normal", "weight_scale": 100.0}
    assert predicted("activation_std", **large) == pytest.approx(0.9817, abs=5e-4)
    assert sqrt(predicted("chi", **large)[-1]) == pytest.approx(3.48, rel=0.005)
    gradient = predicted("gradient_rms", **large)
    assert gradient[1:-2] / gradient[2:-1] == pytest.approx(3.48, rel=0.005)


def test_b7_b8_predicted():
    assert predicted("activation_mean") == pytest.approx(0.5642, rel=0.003)
    assert predicted("activation_std") == pytest.approx(0.8256, rel=0.003)
    published = [0, 0, 0.001, 0.006, 0.015, 0.029, 0.044, 0.060, 0.077, 0.093]
    assert predicted("dead_fraction") == pytest.approx(published, abs=0.02)
    assert predicted("dead_fraction", weight_scale=8.0) == pytest.approx(predicted("dead_fraction"), abs=1e-3)


def test_c4_predicted():
    deep = predict(replace(LECTURE, initializer="pytorch_default", depth=30))
    assert deep.variables["chi"] == pytest.approx(1 / 6)
    assert deep.numbers["q_star"] / 2 == pytest.approx(0.2 / 500)
    assert deep.variables["q"][-1] == pytest.approx(deep.numbers["q_star"], rel=1e-6)


def test_d1_predicted():
    with_bias, without = (1 - predicted("zero_fraction", bias_init=bias)[0] for bias in (0.01, 0.0))
    assert (with_bias, without) == pytest.approx((0.5028, 0.5), abs=2e-4)


def test_numbers_of_a_deep_network():
    numbers = predict(Config(activation="tanh", weight_scale=2.0, initializer="lecun_normal")).numbers
    assert numbers["weight_variance"] == pytest.approx(4)
    assert numbers["critical_weight_scale"] == pytest.approx(1)
    assert numbers["xi_c"] == pytest.approx(-1 / log(numbers["chi"]))
    relu = predict(Config(weight_scale=1.5)).numbers
    assert relu["gradient_slope"] == pytest.approx(-log10(1.5**2))
    assert relu["weight_gradient_slope"] == pytest.approx(0)
    assert predict(replace(LECTURE, width=3)).numbers["born_dead"] == pytest.approx(0.7369, abs=1e-4)


def test_batch_norm_makes_gradients_grow():
    theory = predict(replace(LECTURE, normalization="batch_norm"))
    gradient = theory.variables["gradient_rms"] ** 2
    assert (gradient[:-1] / gradient[1:])[1:] == pytest.approx(pi / (pi - 1), rel=0.1)
    assert gradient[0] / gradient[1] == pytest.approx(pi / (pi - 1), rel=0.01)
    assert theory.numbers["chi"] == pytest.approx(theory.variables["chi"][-1], rel=1e-12)  # found in two ways
    assert "q_star" not in theory.numbers


def test_a_prediction_has_the_variables_and_the_axis_of_a_recording():
    data = predict(Config()).data
    recorded = record(Config(steps=0)).data.isel(step=0)
    assert data["layer"].values.tolist() == recorded["layer"].values.tolist()
    both = set(data) & set(recorded)
    assert both == {*SHARES, "activation_mean", "activation_std", "gradient_rms", "weight_gradient_norm"}
    assert both <= set(measures)
    assert data["activation_std"].dims == recorded["activation_std"].dims == ("layer",)
    assert (data["activation_std_low"] < data["activation_std"]).all()
    assert data.attrs["chi"] == pytest.approx(1)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"depth": 0}, "There is no hidden layer."),
        ({"initializer": "constant"}, "constant draws no independent weights of one variance around 0."),
        ({"initializer": "zeros"}, "zeros draws no independent weights of one variance around 0."),
        ({"weight_scale": 0.0}, "Every weight is 0, or too small for float32 numbers."),
        ({"weight_scale": 8.4e-282, "bias_init": 1.0}, "Every weight is 0, or too small for float32 numbers."),
        ({"initializer": "sparse"}, "sparse draws no independent weights of one variance around 0."),
        ({"normalization": "batch_norm_after"}, "Of batch_norm_after no simple formula is known"),
        ({"normalization": "batch_norm", "probe_size": 15}, "Batch norm of fewer than 16 samples makes no normal"),
        ({"weight_scale": 1e-36, "initializer": "normal"}, "The signal leaves the range of float32 numbers."),
    ],
)
def test_what_has_no_theory_says_why(choices, reason):
    theory = predict(Config(**choices))
    assert why_not(theory).startswith(reason)
    assert [len(part) for part in (theory.variables, theory.bands, theory.numbers)] == [0, 0, 0]
    assert theory.data.attrs["reason"] == theory.reason.name
    assert theory.reason.name in REASONS


@pytest.mark.parametrize(("scale", "held"), [(1e6, 6), (1e-6, 6)])
def test_a_signal_that_leaves_the_range_of_numbers_is_followed_up_to_there(scale, held):
    config = Config(weight_scale=scale, depth=30, steps=0)
    theory, short = predict(config), predict(replace(config, depth=held))
    assert set(theory.variables) == set(short.variables) - {"gradient_rms", "weight_gradient_norm"}
    for name, values in theory.variables.items():
        assert np.isnan(values[held:]).all()
        assert values[:held] == pytest.approx(short.variables[name])
    for name in ("activation_mean", "activation_std"):
        for end, whole in zip(theory.bands[name], short.bands[name], strict=True):
            assert np.isnan(end[held:]).all()
            assert end[:held] == pytest.approx(whole)
    assert theory.bands.keys() == {"activation_mean", "activation_std"}
    assert theory.numbers.keys() == short.numbers.keys() - {"born_dead"}
    assert remarks(theory)[0] == f"From layer {held + 1} on, the signal leaves the range of float32 numbers."
    assert remarks(theory)[1:] == remarks(short)
    low, high = theory.bands["activation_std"]
    measured = record(config).variables["activation_std"].values[0, : held - 1]
    assert ((low[: held - 1] < measured) & (measured < high[: held - 1])).mean() >= 0.8


def test_a_gradient_that_leaves_the_range_of_numbers_leaves_the_signal_its_theory():
    config = Config(activation="tanh", weight_scale=1e6, depth=30)
    theory = predict(config)
    assert remarks(theory)[0] == "On its way back the gradient leaves the range of float32 numbers."
    assert theory.variables["activation_std"] == pytest.approx(1, abs=0.01)
    assert "gradient_rms" not in {*theory.variables, *theory.bands}


@pytest.mark.parametrize("name", ["gelu", "silu", "mish"])
def test_an_edge_that_no_signal_comes_to_is_not_told(name):
    """At zero bias q = 0 is critical at 1/φ'(0)² = 4, or 1/0.36, but signals leave it long before."""
    assert phases(curve(Config(activation=name))).edge[len(BIASES) // 2] < 1.6
    theory = predict(Config(activation=name, initializer="lecun_normal"))
    assert "critical_weight_scale" not in theory.numbers


def test_after_training_there_is_no_theory():
    assert why_not(predict(Config(), step=7)) == "Theory speaks of the untrained network only, and not of step 7."
    assert predict(Config(steps=9)).variables is predict(Config(steps=0, learning_rate=1.0)).variables


def test_inputs_that_are_all_zero(monkeypatch):
    monkeypatch.setattr(
        "core.theory.prediction.probe_of", lambda config: type("P", (), {"squares": np.zeros(3), "classes": 2})
    )
    assert why_not(predict(Config(seed=91))) == "All inputs are 0, or batch norm makes 0 of them."


def test_data_that_cannot_be_had(monkeypatch):
    def unavailable(config: Config) -> None:
        raise DataUnavailable("No data today.")

    monkeypatch.setattr("core.theory.prediction.probe_of", unavailable)
    assert why_not(predict(Config(seed=92))) == "No data today."


def test_what_is_approximate_is_said():
    told = remarks(predict(Config(dataset="moons", width=4)))
    assert told[0] == "Sums of 2 inputs are taken as normally distributed."
    assert told[1] == "A layer of 4 units is far from an infinitely wide one."
    assert told[2].startswith("Inputs that are alike in part are followed in groups")
    assert remarks(predict(LECTURE)) == []


small = st.builds(
    Config,
    activation=st.sampled_from(list(activations)),
    initializer=st.sampled_from(list(initializers)),
    dataset=st.sampled_from([name for name, entry in datasets.items() if entry.features and not entry.download]),
    preprocessing=st.sampled_from(["none", "center", "standardize"]),
    depth=st.integers(0, 20),
    width=st.integers(1, 40),
    weight_scale=st.floats(0, 1e6) | st.floats(0.1, 5),
    bias_init=st.floats(-1e9, 1e9) | st.floats(-2, 2) | st.just(0.0),
    normalization=st.sampled_from(list(normalizations)),
    samples=st.integers(2, 60),
    probe_size=st.integers(1, 60),
    seed=st.integers(0, 99),
    steps=st.just(0),
)


@given(small)
@settings(max_examples=150)
def test_a_prediction_is_finite_or_says_why_it_is_not_there(config):
    theory = predict(config)
    if theory.reason:
        assert why_not(theory).endswith(".")
        assert not theory.variables
        return
    left = next((remark.facts["layer"] for remark in theory.remarks if remark.name == "out_of_range_from"), None)
    held = config.depth if left is None else left - 1
    for values in [*theory.variables.values(), *(end for band in theory.bands.values() for end in band)]:
        assert values.shape == (config.depth,)
        assert np.isfinite(values[:held]).all()
        assert np.isnan(values[held:]).all()
    assert all((low[:held] <= high[:held]).all() for low, high in theory.bands.values())
    shares = np.array([theory.variables[name][:held] for name in SHARES])
    assert ((shares >= 0) & (shares <= 1)).all()
    whole = not {"out_of_range_from", "gradient_out_of_range"} & {remark.name for remark in theory.remarks}
    assert ("born_dead" in theory.numbers) == whole
    assert 0 <= theory.numbers.get("born_dead", 0) <= 1
    assert not any(isnan(number) for number in theory.numbers.values())
