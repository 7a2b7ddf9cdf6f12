"""The charts over all steps: scores, curves and dead units are those of the recording."""

from dataclasses import replace

import numpy as np
import pytest
from situations import LOGARITHMIC, SITUATIONS, SMALL, longer, walk

from core import record
from core.charts import charts
from core.charts.recording.over_time import dead_over_time
from core.networks.data import load

SCORES = ("loss", "accuracy")


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_those_of_the_recording(name, recording):
    if not recording.has(name):
        pytest.skip("numbers have no accuracy")
    frame = charts[name].frame_of(recording)
    for split in ("train", "validation"):
        values = recording.data[name].sel(split=split).values
        rows = frame[frame["split"] == split]
        assert rows["step"].tolist() == recording.steps
        top = frame[frame["mark"] == "corner"]["shown"].max()
        expected = ["lost" if not np.isfinite(value) else "above" if value > top else "line" for value in values]
        assert rows["mark"].tolist() == expected
        np.testing.assert_array_equal(rows["value"], values.astype(np.float32))


def test_guessing_is_drawn_where_theory_has_it():
    recording = record(SMALL)
    guess = {name: charts[name].frame_of(recording).query("mark == 'guess'")["shown"].item() for name in SCORES}
    shares = np.bincount(load(SMALL).targets) / 200
    assert guess == pytest.approx({"loss": -(shares * np.log(shares)).sum(), "accuracy": shares.max()})


def test_curves_over_time_are_those_of_the_recording():
    recording = record(SMALL)
    for name in ("gradient_over_time", "update_ratio_over_time"):
        (variable,) = LOGARITHMIC[name]
        frame = charts[name].frame_of(recording).query("mark == 'line'")
        table = frame.pivot(index="step", columns="layer", values="value")
        expected = recording.data[variable].sel(step=table.index.to_numpy())
        np.testing.assert_allclose(table, expected, rtol=1e-6)
        assert table.shape == (5 - (name == "update_ratio_over_time"), 5)


def test_long_runs_are_thinned_but_end_at_their_end():
    recording = longer(record(SITUATIONS["deep"]), 200)
    frame = charts["gradient_over_time"].frame_of(recording).query("mark != 'corner'")
    steps = frame["step"].unique()
    assert len(steps) < 200
    assert (steps.min(), steps.max()) == (0, 199)


def test_dead_units_over_time_are_counted():
    recording = record(replace(SMALL, bias_init=-0.5, width=40))
    frame = dead_over_time.frame_of(recording).query("mark == 'line'")
    expected = recording.data["dead_fraction"] * 40
    assert frame["value"].tolist() == expected.values.ravel().round(3).tolist()
    assert 0 < frame["value"].sum() < 40 * len(frame)


def test_dead_units_name_the_size_of_the_probe():
    spec = dead_over_time.spec(record(SMALL), dark=False)
    assert "Dead units (of 64, on 64 samples)" in [value for key, value in walk(spec) if key == "title"]
