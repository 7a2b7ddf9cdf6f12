"""The chart of activations: shares of the histogram, and what is said beside a ridge."""

import numpy as np
import pytest
from situations import SITUATIONS

from core import record
from core.charts import charts
from core.charts.recording.distribution import PEAK


@pytest.mark.parametrize("situation", ["default", "S-curve", "diverged", "diverged at once", "all zero"])
def test_ridges_are_the_shares_of_the_histogram(situation):
    recording = record(SITUATIONS[situation])
    for step in recording.steps:
        frame = charts["distribution"].frame_of(recording, step)
        counts = recording.data["activation_histogram"].sel(step=step).values
        shares = counts / counts.sum(-1, keepdims=True)
        ridges = frame[frame["mark"] == "ridge"]
        np.testing.assert_allclose(ridges["share"], shares[:, 1:62].ravel(), rtol=1e-6)
        notes = frame[frame["mark"] == "note"]
        np.testing.assert_allclose(notes["share"], shares[:, recording.bin("zero")], rtol=1e-6)


def test_every_ridge_is_as_high_as_the_others():
    frame = charts["distribution"].frame_of(record(SITUATIONS["S-curve"])).query("mark == 'ridge'")
    assert (frame["base"] - frame["top"]).groupby(frame["layer"]).max().tolist() == pytest.approx([PEAK] * 5, rel=1e-5)
    assert frame["x"].min() == pytest.approx(-1, abs=0.02)  # tanh is shown over its whole range
    assert frame["x"].max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("situation", "layer", "words"),
    [
        ("all zero", 1, "100% exactly 0"),
        ("S-curve", 1, ""),
        ("diverged at once", 6, "off the axis"),
        ("diverged", 5, "off the axis"),
    ],
)
def test_what_is_not_on_a_ridge_is_said_beside_it(situation, layer, words):
    recording = record(SITUATIONS[situation])
    notes = charts["distribution"].frame_of(recording).query("mark == 'note'").set_index("layer")["note"]
    assert words in notes[layer]
    assert words or notes[layer] == ""


def test_a_heat_map_holds_every_entry():
    recording = record(SITUATIONS["deep"])
    frame = charts["distribution"].frame_of(recording)
    assert set(frame["mark"]) == {"cell", "zero", "beyond", "corner"}
    shares = frame[frame["mark"] != "corner"].groupby("layer")["share"].sum()
    assert shares.index.tolist() == list(range(1, 51))
    assert shares.tolist() == pytest.approx([1] * 50, rel=1e-5)
