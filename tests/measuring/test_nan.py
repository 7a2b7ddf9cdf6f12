"""NaN is never dropped in silence, and never counted as something."""

import numpy as np
import pytest
import torch

from core import Config, record
from core.charts import charts
from core.choices.activations import activations
from core.choices.losses import losses
from core.config.chosen import phi
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.measuring.measures import measures
from core.measuring.recording import NO_CLASS


@pytest.fixture(scope="module")
def lost():
    recording = record(Config(dataset="moons", learning_rate=1e9, steps=20, depth=3, width=8))
    assert recording.end.reason == "diverged"
    assert recording.data["activation_mean"].isel(step=-1).isnull().any()
    return recording


@pytest.mark.parametrize("name", sorted(activations))
def test_nan_has_no_slope(name):
    slope = phi(Config(activation=name)).slope(torch.tensor([torch.nan, 0.5]))
    assert slope.isnan().tolist() == [True, False]


def test_a_unit_that_is_nan_is_neither_active_nor_dead_nor_saturated():
    slope = torch.tensor([[[1.0, torch.nan], [1.0, 1.0]], [[0.0, 1.0], [0.0, 0.0]]])  # (layer, sample, unit)
    active = measures["unit_active_fraction"](slope=slope)
    assert np.array_equal(active, [[1.0, np.nan], [0.0, 0.5]], equal_nan=True)
    assert np.array_equal(measures["dead_fraction"](unit_active_fraction=active), [np.nan, 0.5], equal_nan=True)
    saturated = measures["unit_saturated_fraction"](slope=slope, max_slope=1.0)
    assert np.array_equal(saturated, [[0.0, np.nan], [1.0, 0.5]], equal_nan=True)
    layers = measures["saturated_fraction"](unit_saturated_fraction=saturated)
    assert np.array_equal(layers, [np.nan, 0.75], equal_nan=True)


def test_the_accuracy_of_nan_is_nan():
    outputs, accuracy = torch.tensor([[1.0, 0.0], [torch.nan, 0.0]]), losses["cross_entropy"].accuracy
    assert accuracy(outputs, torch.tensor([0, 0])).isnan()
    assert accuracy(outputs[:1], torch.tensor([0])) == 1


def test_the_headlines_say_nan(lost):
    assert [headline.number for headline in map(told, headlines(lost, lost.steps[-1]))] == ["NaN"] * 4


def test_the_charts_show_nan(lost):
    for name in ("unit_map", "decision_boundary", "accuracy", "loss", "gradient_profile"):
        assert "lost" in set(charts[name].frame_of(lost)["mark"])
    assert (lost.plane.prediction[-1] == NO_CLASS).all()
    assert "lost" not in set(charts["decision_boundary"].frame_of(lost, 0)["mark"])
