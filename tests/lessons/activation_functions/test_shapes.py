import numpy as np
import pytest
from drawn import assert_drawn_from

from core import Config
from core.charts.experiments.activation_functions import (
    MOST,
    met_slopes_frame,
    output_frame,
    shape_frame,
    shape_spec,
    share_spec,
    slope_frame,
)
from core.choices.activations import activations
from core.experiments.activation_functions.passing import passing

SIX = ("relu", "tanh", "sigmoid", "gelu", "selu", "step")


def of(*names: str) -> list[Config]:
    return [Config(activation=name) for name in names]


def lines(frame, name):
    return frame[(frame["mark"] == "line") & (frame["activation"] == name)]


def test_the_curves_are_the_functions_and_their_slopes():
    shapes, slopes = shape_frame(of(*SIX)), slope_frame(of(*SIX))
    z = lines(shapes, "tanh")["z"]
    np.testing.assert_allclose(lines(shapes, "tanh")["value"], np.tanh(z), atol=1e-6)
    np.testing.assert_allclose(lines(slopes, "tanh")["value"], 1 - np.tanh(z) ** 2, atol=1e-6)
    np.testing.assert_allclose(lines(shapes, "relu")["value"], np.maximum(0, z), atol=1e-6)
    np.testing.assert_allclose(lines(slopes, "relu")["value"], z > 0, atol=1e-6)


@pytest.mark.parametrize(
    ("name", "pieces"), [("relu", 2), ("hard_tanh", 3), ("hard_sigmoid", 3), ("tanh", 1), ("elu", 1)]
)
def test_the_line_of_a_slope_is_broken_where_it_jumps(name, pieces):
    assert lines(slope_frame(of(name)), name)["piece"].nunique() == pieces
    assert lines(shape_frame(of(name)), name)["piece"].nunique() == 1


def test_the_axis_reaches_as_far_as_a_curve_bends():
    assert shape_frame(of("relu"))["z"].max() == 4
    assert shape_frame(of("relu", "relu6"))["z"].max() == 7


@pytest.mark.parametrize("count", [0, MOST + 1])
def test_curves_that_cannot_be_told_apart_are_refused(count):
    for frame in (shape_frame, slope_frame):
        with pytest.raises(ValueError, match=f"from 1 to 6 curves can be told apart; got {count}"):
            frame(of(*list(activations)[:count]))


@pytest.mark.parametrize("spread", [0.01, 1.0, 10.0])
@pytest.mark.parametrize("mean", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("name", activations)
def test_a_histogram_drops_nothing_and_stays_on_its_axis(name, mean, spread):
    passed = passing(Config(activation=name), mean, spread)
    for frame in (output_frame(passed), met_slopes_frame(passed)):
        drawn, ends = frame[frame["mark"] != "corner"], frame[frame["mark"] == "corner"]
        assert drawn["share"].sum() == pytest.approx(1, abs=1e-5)
        assert drawn["share"].max() < ends["share"].max()
        assert drawn["x"].between(*ends["x"]).all()
        assert len(frame) < 100


def test_what_many_numbers_equal_exactly_is_apart_and_said():
    heap = output_frame(passing(Config(activation="relu"), 0.0, 1.0)).query("mark == 'heap'")
    assert heap["x"].tolist() == [0]
    assert heap["share"].item() == pytest.approx(0.5, abs=0.01)
    assert heap["words"].item().endswith("% exactly 0")
    slopes = met_slopes_frame(passing(Config(activation="relu"), 0.0, 1.0)).query("mark == 'heap'")
    assert slopes["x"].tolist() == [0, 1]
    assert slopes["side"].tolist() == ["left", "right"]
    assert not (output_frame(passing(Config(activation="tanh"), 0.0, 1.0))["mark"] == "heap").any()


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    passed = passing(Config(), 0.0, 1.0)
    shape, share = shape_spec(SIX, "φ", dark=dark), share_spec("φ", dark=dark)
    drawn = ((shape, shape_frame(of(*SIX))), (share, output_frame(passed)), (share, met_slopes_frame(passed)))
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)


def test_six_curves_differ_in_colour_and_in_dashes():
    (line,) = [layer for layer in shape_spec(SIX, "φ", dark=False)["layer"] if layer["mark"]["type"] == "line"]
    for channel in ("color", "strokeDash", "strokeWidth"):
        assert len({str(look) for look in line["encoding"][channel]["scale"]["range"]}) == len(SIX)


@pytest.mark.parametrize("frame_of", [shape_frame, slope_frame])
def test_a_steep_curve_is_one_line_where_it_has_no_step(frame_of):
    steep = frame_of([Config(activation="elu", alpha=5.0)])
    left = steep[(steep["z"] < 0) & (steep["mark"] == "line")]
    assert left["piece"].nunique() == 1
