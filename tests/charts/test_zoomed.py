"""Activations zoomed: each layer in its own standard deviations, as far as its quantiles tell."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from situations import SITUATIONS

from core import Recording, record
from core.charts import charts, charts_in, zoomed_in
from core.charts.recording.distribution import ZOOM
from ui.lab.views import FIRST

FADING = replace(SITUATIONS["S-curve"], initializer="normal", depth=10, steps=0)


def shares(frame: pd.DataFrame) -> np.ndarray:
    """What is drawn of each layer (layer, bin)."""
    return frame.query("mark == 'ridge'")["share"].to_numpy().reshape(-1, len(ZOOM) - 1)


def scaled(recording: Recording, by: float) -> Recording:
    """The recording as if all activations were so many times as large."""
    names = ("activation_mean", "activation_std", "activation_quantile")
    larger = {name: replace(recording.variables[name], values=by * recording.variables[name].values) for name in names}
    return replace(recording, variables=recording.variables | larger)


def test_a_narrow_layer_shows_as_much_shape_as_a_wide_one():
    recording = record(FADING)
    spike = charts["distribution"].frame_of(recording).query("mark == 'ridge'").groupby("layer")["share"].max()
    assert spike[10] > 0.9
    drawn = shares(charts["zoomed"].frame_of(recording))
    assert (drawn.max(1) < 0.1).all()
    np.testing.assert_allclose(drawn.sum(1), 0.98, atol=1e-5)


@pytest.mark.parametrize("situation", ["default", "S-curve", "one layer"])
def test_the_size_of_activations_makes_no_difference(situation):
    recording = record(SITUATIONS[situation])
    before, after = (charts["zoomed"].frame_of(each) for each in (recording, scaled(recording, 1e-4)))
    np.testing.assert_allclose(shares(after), shares(before), atol=1e-4)


def test_shares_are_those_between_quantiles():
    recording = record(SITUATIONS["S-curve"])
    layer = recording.data.isel(step=-1, layer=0)
    place = (layer["activation_quantile"] - layer["activation_mean"]) / layer["activation_std"]
    drawn = np.append(0, shares(charts["zoomed"].frame_of(recording))[0].cumsum())
    found = np.interp(place, ZOOM, drawn)
    np.testing.assert_allclose(found, place["quantile"] - 0.01, atol=0.02)


def test_exact_zeros_stand_where_zero_is():
    recording = record(SITUATIONS["default"])
    frame, last = charts["zoomed"].frame_of(recording), recording.data.isel(step=-1)
    notes = frame.query("mark == 'note'")
    np.testing.assert_allclose(notes["at"], -last["activation_mean"] / last["activation_std"], rtol=1e-4)
    together = shares(frame).sum(1) + notes["share"]
    assert ((together > 0.97) & (together < 1.0001)).all()


def test_layers_that_are_all_alike_have_no_shape():
    frame = charts["zoomed"].frame_of(record(SITUATIONS["all zero"]))
    assert shares(frame).max() == 0
    assert frame.query("mark == 'note'")["at"].tolist() == [0] * 5
    assert frame.query("mark == 'note'")["top"].max() < 5


def test_nothing_is_drawn_of_what_is_no_number():
    recording = record(SITUATIONS["diverged"])
    drawn = shares(charts["zoomed"].frame_of(recording))
    assert np.isfinite(drawn).all()


def test_it_takes_the_place_of_what_it_zooms():
    names = charts_in(FIRST)
    assert zoomed_in(names) == ["zoomed" if name == "distribution" else name for name in names]
    assert zoomed_in(["loss"]) == ["loss"]
