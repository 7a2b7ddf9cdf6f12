"""The curves of activation functions and of their slopes, as they are drawn."""

import numpy as np
import pytest

from core import Config
from core.charts.experiments.activation_functions import MOST, answers, slopes
from core.choices.activations import activations

SIX = ("relu", "tanh", "sigmoid", "gelu", "selu", "step")


def of(*names: str) -> list[Config]:
    return [Config(activation=name) for name in names]


def lines(frame, name):
    return frame[(frame["mark"] == "line") & (frame["activation"] == name)]


def test_the_curves_are_the_functions_and_their_slopes():
    shapes, steepness = answers.frame_of(of(*SIX)), slopes.frame_of(of(*SIX))
    z = lines(shapes, "tanh")["z"]
    np.testing.assert_allclose(lines(shapes, "tanh")["value"], np.tanh(z), atol=1e-6)
    np.testing.assert_allclose(lines(steepness, "tanh")["value"], 1 - np.tanh(z) ** 2, atol=1e-6)
    np.testing.assert_allclose(lines(shapes, "relu")["value"], np.maximum(0, z), atol=1e-6)
    np.testing.assert_allclose(lines(steepness, "relu")["value"], z > 0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "pieces"), [("relu", 2), ("hard_tanh", 3), ("hard_sigmoid", 3), ("tanh", 1), ("elu", 1)]
)
def test_the_line_of_a_slope_is_broken_where_it_jumps(name, pieces):
    assert lines(slopes.frame_of(of(name)), name)["piece"].nunique() == pieces
    assert lines(answers.frame_of(of(name)), name)["piece"].nunique() == 1


def test_the_axis_reaches_as_far_as_a_curve_bends():
    assert answers.frame_of(of("relu"))["z"].max() == 4
    assert answers.frame_of(of("relu", "relu6"))["z"].max() == 7


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_curves_that_cannot_be_told_apart_are_refused(count):
    for picture in (answers, slopes):
        with pytest.raises(ValueError, match=f"from 1 to 6 curves can be told apart; got {count}"):
            picture.frame_of(of(*list(activations)[:count]))


def test_six_curves_differ_in_colour_and_in_dashes():
    (line,) = [layer for layer in answers.spec(of(*SIX), dark=False)["layer"] if layer["mark"]["type"] == "line"]
    for channel in ("color", "strokeDash", "strokeWidth"):
        assert len({str(look) for look in line["encoding"][channel]["scale"]["range"]}) == len(SIX)


@pytest.mark.parametrize("picture", [answers, slopes])
def test_a_steep_curve_is_one_line_where_it_has_no_step(picture):
    steep = picture.frame_of([Config(activation="elu", alpha=5.0)])
    left = steep[(steep["z"] < 0) & (steep["mark"] == "line")]
    assert left["piece"].nunique() == 1
