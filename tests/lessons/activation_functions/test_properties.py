import math

import pytest

from core import Config
from core.choices.activations import activations
from core.experiments.activation_functions.properties import properties, relu_in_two_ways, spelled


def test_what_is_known_stands_in_the_table():
    table = properties([Config(activation=name) for name in ("sigmoid", "tanh", "relu", "selu")])
    assert table.index.tolist() == ["sigmoid", "tanh", "relu", "selu"]
    assert table["Range"].tolist() == ["0 to 1", "−1 to 1", "0 to ∞", "−1.76 to ∞"]
    assert table["Zero-centred"].tolist() == ["no", "yes", "no", "no"]
    assert table["Saturates"].tolist() == ["on both sides", "on both sides", "on the left", "on the left"]
    assert table["Largest |φ′|"].tolist() == ["0.25", "1", "1", "1.76"]


def test_settings_change_what_is_known():
    (row,) = properties([Config(activation="leaky_relu", negative_slope=0.0)]).to_dict("records")
    assert (row["Range"], row["Saturates"]) == ("0 to ∞", "on the left")


def test_special_numbers_are_computed():
    table = properties([Config(activation=name) for name in activations])
    assert set(table["φ(NaN)"]) == {"NaN"}
    assert table.loc["gelu", "φ(−∞)"] == "NaN"  # −∞ · 0, although the limit is 0
    assert table.loc[["sigmoid", "tanh", "relu", "leaky_relu"], "φ(−∞)"].tolist() == ["0", "−1", "0", "−∞"]
    assert table.loc[["sigmoid", "tanh", "softplus"], "φ(0)"].tolist() == ["0.5", "0", "0.693"]
    assert table.loc[["tanh", "identity"], "φ(−0)"].tolist() == ["−0", "−0"]


def test_two_ways_of_relu_differ_at_minus_infinity_and_in_the_sign_of_zero():
    table = relu_in_two_ways()
    assert table["x = −∞"].tolist() == ["0", "NaN"]
    assert table["x = −1"].tolist() == ["0", "−0"]
    assert table["x = 1"].tolist() == ["1", "1"]
    assert table.loc["x * (x > 0)", "x = −0"] == "−0"  # the other one depends on the processor


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0.0, "0"),
        (-0.0, "−0"),
        (math.nan, "NaN"),
        (-math.inf, "−∞"),
        (math.inf, "∞"),
        (-1.7581, "−1.76"),
        (0.25, "0.25"),
    ],
)
def test_numbers_are_spelled_with_their_signs(number, words):
    assert spelled(number) == words
