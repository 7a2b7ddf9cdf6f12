"""The chart of activations: shares of the histogram, and what is said beside a ridge."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from situations import SITUATIONS

from core import record
from core.charts import charts
from core.charts.recording.distribution import BAR, ROW


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


@pytest.mark.parametrize("situation", ["default", "S-curve", "diverged", "all zero", "one layer"])
def test_heights_are_on_one_scale_for_all_layers_and_steps(situation):
    recording = record(SITUATIONS[situation])
    for step in recording.steps:
        frame = charts["distribution"].frame_of(recording, step)
        ridges, bars = (frame[frame["mark"] == mark] for mark in ("ridge", "note"))
        height = (ridges["base"] - ridges["top"]).to_numpy()
        np.testing.assert_allclose(height**2, ridges["share"] / ROW, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(bars["base"] - bars["top"], BAR * bars["share"], atol=1e-5)


def counted(**shares: float) -> pd.DataFrame:
    """The frame of layers in which these shares of 1,000 are in bins of these kinds, and no other."""
    recording = record(SITUATIONS["S-curve"])
    counts = recording.variables["activation_histogram"]
    values = np.zeros_like(counts.values)
    for kind, share in shares.items():
        values[..., 31 if kind == "inside" else recording.bin(kind)] = round(1000 * share)
    changed = recording.variables | {"activation_histogram": replace(counts, values=values)}
    return charts["distribution"].frame_of(replace(recording, variables=changed))


def test_a_layer_in_one_bin_stays_on_the_chart():
    frame = counted(inside=1)
    assert frame["top"].min() == pytest.approx(frame.loc[frame["mark"] == "corner", "base"].min())
    assert frame["top"].min() == pytest.approx(1 - ROW**-0.5)


def test_what_is_bounded_is_shown_over_its_whole_range():
    ridges = charts["distribution"].frame_of(record(SITUATIONS["S-curve"])).query("mark == 'ridge'")
    assert ridges["x"].min() == pytest.approx(-1, abs=0.02)
    assert ridges["x"].max() == pytest.approx(1, abs=0.02)


def test_the_standard_deviation_stands_at_each_row(recording):
    if recording.depth:
        spreads = charts["distribution"].frame_of(recording).query("mark == 'spread'").set_index("layer")["share"]
        assert spreads.index.tolist() == list(range(1, recording.depth + 1))
        expected = recording.data["activation_std"].isel(step=-1)
        np.testing.assert_allclose(spreads, expected, rtol=1e-6)


@pytest.mark.parametrize(
    ("std", "words"),
    [
        (0.987, "std 0.99"),
        (0, "std 0"),
        (489.9, "std 490"),
        (0.00123, "std 0.0012"),
        (1.3e-7, "std 1.3e-7"),
        (np.nan, "no std"),
        (np.inf, "no std"),
    ],
)
@pytest.mark.parametrize("situation", ["default", "deep"])
def test_a_standard_deviation_is_written_short(situation, std, words):
    recording = record(SITUATIONS[situation])
    known = recording.variables["activation_std"]
    changed = {"activation_std": replace(known, values=np.full_like(known.values, std))}
    picture = charts["distribution"].svg(replace(recording, variables=recording.variables | changed))
    assert len(re.findall(f">{words}<", picture)) >= 5


@pytest.mark.parametrize(
    ("share", "words"),
    [(1, "100% exactly 0"), (0.999, ">99% exactly 0"), (0.5, "50% exactly 0"), (0.006, "<1% exactly 0"), (0.001, "")],
)
def test_nearly_all_is_not_said_to_be_all(share, words):
    assert set(counted(zero=share, inside=1 - share).query("mark == 'note'")["note"]) == {words}


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
    assert set(frame["mark"]) == {"cell", "zero", "beyond", "spread", "corner"}
    shares = frame[~frame["mark"].isin(["spread", "corner"])].groupby("layer")["share"].sum()
    assert shares.index.tolist() == list(range(1, 51))
    assert shares.tolist() == pytest.approx([1] * 50, rel=1e-5)
