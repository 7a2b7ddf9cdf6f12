"""Theory against what is measured: the mean of a few networks, and the bands that most networks lie in."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
from curves_of import SHARES
from lecture import LECTURE

from core import Config, record
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep, table_of
from core.theory import formulas, predict
from core.theory.words import remarks

pytestmark = pytest.mark.numerics

MEASURED = {  # what is measured may differ by this factor, mean of three seeds
    "lecture": (replace(LECTURE, depth=5), 1.15),
    "tanh": (replace(LECTURE, depth=5, activation="tanh", initializer="lecun_normal", weight_scale=1.5), 1.05),
    "a constant bias": (replace(LECTURE, depth=5, activation="tanh", bias_init=0.6), 1.05),
    "a bias below zero": (replace(LECTURE, depth=4, bias_init=-0.3), 1.15),
    "sigmoid": (replace(LECTURE, depth=4, activation="sigmoid"), 1.05),
    "sigmoid, large logits": (replace(LECTURE, depth=4, activation="sigmoid", weight_scale=3.0), 1.15),
    "elu": (replace(LECTURE, depth=5, activation="elu"), 1.1),
    "large logits": (replace(LECTURE, depth=4, weight_scale=3.0), 1.15),
    "batch norm": (replace(LECTURE, depth=5, normalization="batch_norm"), 1.05),
    "digits": (Config(width=256, steps=0), 1.25),
    "digits as they are": (Config(width=256, steps=0, preprocessing="none"), 1.25),
    "digits with batch norm": (Config(width=256, steps=0, normalization="batch_norm"), 1.1),
    "torch's biases": (Config(width=256, steps=0, initializer="pytorch_default"), 1.25),
    "orthogonal": (replace(LECTURE, depth=4, width=300, initializer="orthogonal", activation="elu"), 1.1),
    "orthogonal, few inputs": (
        replace(LECTURE, depth=3, features=60, initializer="orthogonal", activation="gelu"),
        1.1,
    ),
    "maxout": (replace(LECTURE, depth=4, width=300, activation="maxout", initializer="xavier_normal"), 1.1),
    "maxout with a bias": (replace(LECTURE, depth=4, width=300, activation="maxout", bias_init=0.5), 1.1),
    "maxout on digits": (Config(width=200, steps=0, activation="maxout", initializer="pytorch_default"), 1.2),
    "maxout with batch norm": (Config(width=200, steps=0, activation="maxout", normalization="batch_norm"), 1.2),
    "layer norm": (replace(LECTURE, depth=4, normalization="layer_norm", bias_init=-0.7), 1.1),
    "layer norm, tanh": (replace(LECTURE, depth=4, normalization="layer_norm", activation="tanh"), 1.05),
    "layer norm on digits": (Config(width=200, steps=0, normalization="layer_norm", activation="silu"), 1.15),
    "squared error": (replace(LECTURE, depth=3, activation="tanh", loss_function="mse", weight_scale=1.2), 1.05),
    "squared error, small outputs": (
        Config(width=256, steps=0, loss_function="mse", initializer="pytorch_default"),
        1.1,
    ),
    "one output": (
        Config(width=256, steps=0, dataset="moons", loss_function="binary_cross_entropy", activation="softsign"),
        1.25,
    ),
    "step": (replace(LECTURE, depth=3, activation="step", bias_init=0.4), 1.05),
    "the plane": (Config(width=256, steps=0, dataset="moons", activation="tanh"), 1.25),
}


@pytest.mark.parametrize("case", MEASURED)
def test_what_is_measured_is_near_what_is_predicted(case):
    config, factor = MEASURED[case]
    configs = [replace(config, seed=seed) for seed in range(3)]
    found = [record(config).data.isel(step=0) for config in configs]
    expected = [predict(config).variables for config in configs]
    for name in ("activation_std", "gradient_rms"):
        if not expected[0][name].any():
            assert not any(run[name].any() for run in found), name
            continue
        ratio = np.mean([np.log(run[name] / theory[name]) for run, theory in zip(found, expected, strict=True)], axis=0)
        assert np.abs(ratio).max() < log(factor), name
    for name in SHARES:
        gap = np.mean([run[name] - theory[name] for run, theory in zip(found, expected, strict=True)], axis=0)
        assert np.abs(gap).max() < 0.06, name
    mean = np.mean(
        [run["activation_mean"] - e["activation_mean"] for run, e in zip(found, expected, strict=True)], axis=0
    )
    assert (np.abs(mean) < 0.1 * expected[0]["activation_std"] + 0.01).all()


def test_squared_errors_of_many_outputs_in_narrow_layers_are_said_to_be_off():
    """60 networks of the default have 1.6 times the gradient in layer 1 that theory expects."""
    narrow = predict(Config(steps=0, loss_function="mse"))
    assert any("gradients are larger than theory says" in remark for remark in remarks(narrow))
    assert "gradient_rms" not in narrow.bands
    for config in (Config(steps=0), Config(steps=0, loss_function="mse", width=512)):
        assert "gradient_rms" in predict(config).bands
        assert not any("Squared errors" in remark for remark in remarks(predict(config)))


@pytest.mark.parametrize(
    "config",
    [
        Config(steps=0),
        Config(steps=0, activation="tanh"),
        replace(LECTURE, probe_size=1, samples=4, width=100),
        Config(steps=0, activation="maxout"),
        Config(steps=0, activation="relu", initializer="orthogonal"),
        Config(steps=0, activation="elu", normalization="layer_norm"),
        Config(steps=0, activation="tanh", loss_function="mse", width=256),
        Config(steps=0, dataset="circles", loss_function="binary_cross_entropy"),
    ],
    ids=["digits", "tanh", "one sample", "maxout", "orthogonal", "layer norm", "squared error", "one output"],
)
def test_most_networks_lie_in_the_bands(config):
    """Of 20 networks, whose layers are not independent, at least 75 % of layers: measured are 79 to 100 %."""
    inside = {name: [] for name in predict(config).bands}
    for seed in range(20):
        run, bands = record(replace(config, seed=seed)), predict(replace(config, seed=seed)).bands
        for name, (low, high) in bands.items():
            values = run.variables[name].values[0]
            inside[name] += ((low <= values) & (values <= high)).tolist()
    assert {name: np.mean(hits) > 0.75 for name, hits in inside.items()} == dict.fromkeys(inside, True)


def test_the_band_of_one_sample_is_formula_7():
    config = replace(LECTURE, probe_size=1, width=100)
    low, high = predict(config).bands["activation_std"]
    layers = np.arange(1, config.depth + 1)
    expected = [formulas.finite_width_log_std([100] * layer) for layer in layers]
    assert np.log(high / low) / 2 == pytest.approx(expected, rel=1e-6)


def test_a_regression_is_predicted_with_the_sizes_of_its_targets():
    """Of networks in which no two samples are alike, so that each gradient is a mean over many."""
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 60))
    lines = [",".join(f"{value:.4f}" for value in [*row, abs(row[0]) ** 3]) for row in x]
    sheet = read_sheet("\n".join([",".join([*(f"x{i}" for i in range(60)), "y"]), *lines]).encode())
    config = Config(dataset="upload", table=keep(table_of(sheet, "y")), activation="tanh", width=400, depth=4, steps=0)
    for choices in ({"weight_scale": 1.8}, {"weight_scale": 0.5}):
        scaled = replace(config, **choices)
        found, expected = record(scaled).variables["gradient_rms"].values[0], predict(scaled).variables["gradient_rms"]
        assert found == pytest.approx(expected, rel=0.1), choices
