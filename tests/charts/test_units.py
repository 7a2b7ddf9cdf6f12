"""The map of units: the dead, the lost, and units that share a cell."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from situations import SMALL

from core import record
from core.charts import charts
from core.charts.picture import HEIGHT
from core.charts.recording.units import unit_map
from core.choices.activations import activations
from core.words.numbers import percent


def cells_of(frame: pd.DataFrame) -> pd.DataFrame:
    """All rows but those of the words beside the layers."""
    return frame[frame["mark"] != "words"]


def words_of(frame: pd.DataFrame) -> list[str]:
    return frame[frame["mark"] == "words"]["words"].tolist()


def test_the_map_marks_the_dead_and_no_others():
    recording = record(replace(SMALL, bias_init=-0.5, width=40))
    for step in recording.steps:
        frame = cells_of(unit_map.frame_of(recording, step))
        active = recording.data["unit_active_fraction"].sel(step=step).values
        assert frame["active"].tolist() == active.ravel().tolist()
        assert (frame["mark"] == "dead").tolist() == (active == 0).ravel().tolist()
        assert frame["layer"].tolist() == np.repeat(np.arange(1, 6), 40).tolist()
        assert 0 < (active == 0).sum() < active.size


def test_units_that_share_a_cell_with_one_that_is_lost_are_lost():
    """Sorted, what is NaN comes last: two units of layer 1 share a cell, and all of layer 2 are lost."""
    recording = record(replace(SMALL, depth=60, width=100, steps=0))
    active = recording.variables["unit_active_fraction"].values.copy()
    active[0, 0, :2], active[0, 1, :] = np.nan, np.nan
    changed = replace(recording.variables["unit_active_fraction"], values=active)
    frame = charts["unit_map"].frame_of(
        replace(recording, variables={**recording.variables, "unit_active_fraction": changed})
    )
    lost = frame.query("mark == 'lost'").groupby("layer").size()
    assert lost.to_dict() == {1: 1, 2: 50}
    assert cells_of(frame).query("layer == 3")["active"].mean() == pytest.approx(active[0, 2].mean(), rel=1e-5)


def test_units_that_share_a_cell_are_dead_together_or_not_at_all():
    recording = record(replace(SMALL, depth=20, width=500, bias_init=-0.1, steps=0, activation="relu"))
    together = 4  # 10,000 units in at most 3,000 cells
    dead = (recording.data["unit_active_fraction"][0] == 0).sum("unit").values
    frame = cells_of(unit_map.frame_of(recording))
    cells = (frame["mark"] == "dead").groupby(frame["layer"]).sum()
    assert len(frame) == 20 * 500 / together
    assert cells.tolist() == (dead // together).tolist()
    assert 0 < dead.sum() < 10_000
    mean = frame["active"].groupby(frame["layer"]).mean()
    np.testing.assert_allclose(mean, recording.data["unit_active_fraction"][0].mean("unit"), rtol=1e-5)


@pytest.mark.parametrize("activation", activations)
def test_a_cell_is_filled_by_what_is_saturated_and_by_what_is_of_slope_0(activation):
    """Whatever the activation is, what is of slope 0 is saturated as well, and the words are those of the layer."""
    recording = record(replace(SMALL, activation=activation, weight_scale=4, depth=3, steps=0))
    frame, data = unit_map.frame_of(recording), recording.data.isel(step=0)
    cells = cells_of(frame)
    np.testing.assert_allclose(cells["flat"], data["unit_saturated_fraction"].values.ravel(), rtol=1e-6)
    assert (cells["flat"] >= 1 - cells["active"] - 1e-6).all()
    zero = 1 - data["unit_active_fraction"].mean("unit").values
    for words, saturated, still in zip(words_of(frame), data["saturated_fraction"].values, zero, strict=True):
        if saturated - still >= 0.005:
            assert words == f"{percent(saturated)} saturated"
        else:
            assert words == (f"{percent(still)} slope 0" if still >= 0.005 else "")


@pytest.mark.parametrize(
    ("activation", "words"), [("tanh", "saturated"), ("sigmoid", "saturated"), ("relu", "slope 0"), ("identity", "")]
)
def test_the_words_beside_a_layer_are_those_of_its_activation(activation, words):
    recording = record(replace(SMALL, activation=activation, weight_scale=5, depth=3, steps=0))
    assert all(said.endswith(words) and bool(said) == bool(words) for said in words_of(unit_map.frame_of(recording)))


def test_units_that_share_a_cell_keep_what_is_saturated():
    recording = record(replace(SMALL, depth=20, width=500, activation="tanh", weight_scale=3, steps=0))
    frame = cells_of(unit_map.frame_of(recording))
    saturated = recording.data["saturated_fraction"][0]
    np.testing.assert_allclose(frame["flat"].groupby(frame["layer"]).mean(), saturated, rtol=1e-5)
    assert ((frame["flat"] >= 0) & (frame["flat"] <= 1)).all()


def sizes_of(picture: str, words: str) -> list[float]:
    """How large the letters are of what ends so."""
    return [float(size) for size in re.findall(rf'font-size="([\d.]+)px"[^>]*>[^<]*{words}<', picture)]


def test_words_stand_beside_as_many_layers_as_have_room():
    shallow, deep = (unit_map.svg(record(replace(SMALL, depth=depth, steps=0))) for depth in (5, 50))
    assert sizes_of(shallow, "slope 0") == [11] * 5
    seen = [size for size in sizes_of(deep, "slope 0") if size]
    assert seen
    assert set(seen) == {11}
    assert len(seen) <= HEIGHT / 11


def test_crosses_of_neighbours_stay_apart():
    dead = replace(SMALL, bias_init=-100, depth=2, steps=0)
    narrow, wide = (sizes_of(unit_map.svg(record(replace(dead, width=width))), "×") for width in (4, 64))
    assert narrow == [11] * 8
    assert len(wide) == 128
    assert 0 < max(wide) < 8
