"""Properties of activation functions: what is known, what is computed, and both in tables."""

import numpy as np

from core import Config
from core.charts.experiments.activation_functions import properties_table, ways_table
from core.choices.activations import activations
from core.experiments.activation_functions.properties import properties, relu_in_two_ways

FOUR = [Config(activation=name) for name in ("sigmoid", "tanh", "relu", "selu")]


def test_what_is_known_is_told_of_each():
    known = properties(FOUR)
    assert known["activation"].values.tolist() == ["sigmoid", "tanh", "relu", "selu"]
    assert known["zero_centred"].values.tolist() == [False, True, False, False]
    assert known["saturates"].values.tolist() == ["both", "both", "left", "left"]
    assert known["max_slope"].sel(activation=["sigmoid", "tanh", "relu"]).values.tolist() == [0.25, 1, 1]


def test_settings_change_what_is_known():
    known = properties([Config(activation="leaky_relu", negative_slope=0.0)])
    assert (known["low"], known["high"], known["saturates"]) == (0, np.inf, "left")


def test_special_numbers_are_computed():
    answer = properties([Config(activation=name) for name in activations])["answer"]
    assert np.isnan(answer.sel(asked="nan")).all()
    lowest, zero = answer.sel(asked="minus_infinity"), answer.sel(asked="zero")
    assert np.isnan(lowest.sel(activation="gelu"))  # −∞ · 0, although the limit is 0
    few = ["sigmoid", "tanh", "relu", "leaky_relu"]
    assert lowest.sel(activation=few).values.tolist() == [0, -1, 0, -np.inf]
    np.testing.assert_allclose(zero.sel(activation=["sigmoid", "tanh", "softplus"]), [0.5, 0, np.log(2)], rtol=1e-6)
    assert np.signbit(answer.sel(activation=["tanh", "identity"], asked="minus_zero")).all()


def test_two_ways_of_relu_differ_at_minus_infinity_and_in_the_sign_of_zero():
    answer = relu_in_two_ways()["answer"]
    lowest, below = answer.sel(asked="minus_infinity"), answer.sel(asked="minus_one")
    assert lowest.sel(way="maximum") == 0
    assert np.isnan(lowest.sel(way="product"))
    assert (below == 0).all()
    assert np.signbit(below).values.tolist() == [False, True]
    assert answer.sel(asked="one").values.tolist() == [1, 1]
    assert np.signbit(answer.sel(way="product", asked="minus_zero"))  # the other one depends on the processor


def test_a_table_spells_what_is_known():
    table = properties_table(properties(FOUR))
    assert table.index.tolist() == ["sigmoid", "tanh", "relu", "selu"]
    assert table["Range"].tolist() == ["0 to 1", "−1 to 1", "0 to ∞", "−1.76 to ∞"]
    assert table["Zero-centred"].tolist() == ["no", "yes", "no", "no"]
    assert table["Saturates"].tolist() == ["on both sides", "on both sides", "on the left", "on the left"]
    assert table["Largest |φ′|"].tolist() == ["0.25", "1", "1", "1.76"]
    assert table["φ(−∞)"].tolist() == ["0", "−1", "0", "−1.76"]
    assert table.loc["tanh", ["φ(NaN)", "φ(0)", "φ(−0)"]].tolist() == ["NaN", "0", "−0"]


def test_a_table_spells_the_two_ways():
    table = ways_table(relu_in_two_ways())
    assert table.index.tolist() == ["np.maximum(0, x)", "x * (x > 0)"]
    assert table["x = −∞"].tolist() == ["0", "NaN"]
    assert table["x = −1"].tolist() == ["0", "−0"]
    assert table["x = 1"].tolist() == ["1", "1"]
