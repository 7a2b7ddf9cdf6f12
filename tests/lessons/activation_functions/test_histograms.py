"""Histograms of what comes out of an activation, and of the slopes that are met."""

import pytest

from core import Config
from core.charts.experiments.activation_functions import met_slopes, outputs
from core.choices.activations import activations
from core.experiments.activation_functions.passing import passing


@pytest.mark.parametrize("spread", [0.01, 1.0, 10.0])
@pytest.mark.parametrize("mean", [-5.0, 0.0, 5.0])
@pytest.mark.parametrize("name", activations)
def test_a_histogram_drops_nothing_and_stays_on_its_axis(name, mean, spread):
    passed = passing(Config(activation=name), mean, spread)
    for frame in (outputs.frame_of(passed), met_slopes.frame_of(passed)):
        drawn, ends = frame[frame["mark"] != "corner"], frame[frame["mark"] == "corner"]
        assert drawn["share"].sum() == pytest.approx(1, abs=1e-5)
        assert drawn["share"].max() < ends["share"].max()
        assert drawn["x"].between(*ends["x"]).all()
        assert len(frame) < 100


def test_what_many_numbers_equal_exactly_is_apart_and_said():
    heap = outputs.frame_of(passing(Config(activation="relu"), 0.0, 1.0)).query("mark == 'heap'")
    assert heap["x"].tolist() == [0]
    assert heap["share"].item() == pytest.approx(0.5, abs=0.01)
    assert heap["words"].item().endswith("% exactly 0")
    slopes = met_slopes.frame_of(passing(Config(activation="relu"), 0.0, 1.0)).query("mark == 'heap'")
    assert slopes["x"].tolist() == [0, 1]
    assert slopes["side"].tolist() == ["left", "right"]
    assert not (outputs.frame_of(passing(Config(activation="tanh"), 0.0, 1.0))["mark"] == "heap").any()
