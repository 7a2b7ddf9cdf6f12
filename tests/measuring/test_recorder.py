import numpy as np
import pytest
import torch

from core import Config, build, record
from core.measuring.pictures import GRID
from core.measuring.recorder import Recorder
from core.networks.data import load
from core.networks.ensemble import Ensemble


def test_a_plane_shows_what_the_network_says_at_each_point():
    config = Config(dataset="spiral", depth=1, width=16, samples=400, steps=0, seed=2)
    plane, network, data = record(config).plane, build(config), load(config)
    points = torch.from_numpy(np.stack(np.meshgrid(plane.horizontal, plane.vertical), -1))  # (vertical, horizontal, 2)
    assert np.array_equal(plane.prediction[0], network.trace(points).outputs.argmax(-1))
    assert plane.prediction.shape == (1, GRID, GRID)
    assert len(np.unique(plane.prediction)) > 1
    assert np.array_equal(plane.points, data.inputs[:300])
    assert np.array_equal(plane.labels, data.targets[:300])


def test_a_plane_reaches_beyond_the_data():
    config = Config(dataset="moons", depth=1, width=4, samples=40, steps=0)
    plane, inputs = record(config).plane, load(config).inputs
    for axis, side in enumerate((plane.horizontal, plane.vertical)):
        low, high = inputs[:, axis].min().item(), inputs[:, axis].max().item()
        margin = 0.15 * (high - low)
        assert side[[0, -1]].tolist() == pytest.approx([low - margin, high + margin], rel=1e-5)


@pytest.mark.parametrize("features", [1, 3])
def test_only_data_of_two_features_have_a_plane(features):
    config = Config(dataset="gaussian", features=features, depth=1, width=4, samples=40, steps=0)
    assert record(config).plane is None


def test_a_row_is_written_for_every_look():
    config = Config(depth=1, width=4, samples=20, steps=3, snapshots=2)
    recorder = Recorder(Ensemble(config))
    network = recorder.ensemble.network
    recorder.write(0, {})
    with torch.no_grad():
        network.weights[0].mul_(2)
    recorder.write(2, {network.weights[0]: network.weights[0] / 4})
    recording = recorder.recording()
    assert recording.steps == [0, 2]
    first, second = recording.data["weight_norm"].values[:, 0]
    assert second == pytest.approx(2 * first)
    assert recording.data["update_ratio"].values[:, 0].tolist() == pytest.approx([np.nan, 0.25], nan_ok=True)


def test_activation_bins_are_those_of_the_untrained_network():
    untrained, trained = (record(Config(depth=2, width=8, samples=60, steps=steps)) for steps in (0, 5))
    assert untrained.data["activation_right"].identical(trained.data["activation_right"])
