"""The map of units: the dead, the lost, and units that share a cell."""

from dataclasses import replace

import numpy as np
import pytest
from situations import SMALL

from core import record
from core.charts import charts
from core.charts.recording.units import unit_map


def test_the_map_marks_the_dead_and_no_others():
    recording = record(replace(SMALL, bias_init=-0.5, width=40))
    for step in recording.steps:
        frame = unit_map.frame_of(recording, step)
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
    assert frame.query("layer == 3")["active"].mean() == pytest.approx(active[0, 2].mean(), rel=1e-5)


def test_units_that_share_a_cell_are_dead_together_or_not_at_all():
    recording = record(replace(SMALL, depth=20, width=500, bias_init=-0.1, steps=0, activation="relu"))
    together = 4  # 10,000 units in at most 3,000 cells
    dead = (recording.data["unit_active_fraction"][0] == 0).sum("unit").values
    frame = unit_map.frame_of(recording)
    cells = (frame["mark"] == "dead").groupby(frame["layer"]).sum()
    assert len(frame) == 20 * 500 / together
    assert cells.tolist() == (dead // together).tolist()
    assert 0 < dead.sum() < 10_000
    mean = frame["active"].groupby(frame["layer"]).mean()
    np.testing.assert_allclose(mean, recording.data["unit_active_fraction"][0].mean("unit"), rtol=1e-5)
