"""The body: from the parameters of every step the very network that was measured is found again."""

from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import nn

from core import Config, record, train
from core.measuring.body import (
    NARROW,
    answers_at,
    answers_on_probe,
    biases_of,
    full_size,
    network_at,
    points_of,
    raw_probe,
    weights_of,
)
from core.networks.data import load
from core.networks.network import build

MOONS = Config(dataset="moons", depth=2, width=5, samples=200, steps=12, snapshots=4, probe_size=64)
VARIED = [
    {},
    {"normalization": "batch_norm", "dropout": 0.2},
    {"normalization": "layer_norm", "activation": "prelu"},
    {"activation": "maxout", "optimizer": "adam"},
    {"dataset": "digits", "activation": "rrelu"},
    {"dataset": "curve", "activation": "tanh"},
]


@pytest.mark.parametrize("choices", VARIED, ids=str)
def test_what_units_answer_is_what_was_measured(choices):
    recording = record(replace(MOONS, **choices))
    for row in range(len(recording.steps)):
        answers = answers_on_probe(network_at(recording, row), recording.body)
        std = recording.variables["activation_std"].values[row]
        np.testing.assert_allclose(answers.hidden.std((1, 2), dtype=np.float64), std, rtol=1e-5)
    untrained = build(recording.config)
    for name, part in network_at(recording, 0).state_dict().items():
        assert torch.equal(part, untrained.state_dict()[name])


def test_the_network_is_that_of_torch():
    """The state is written layer by layer: weights, then biases, as torch's own linear layers have them."""
    recording = record(MOONS)
    body = recording.body
    rest = torch.tensor(body.state[-1])
    sizes = [(5, 2), (5, 5), (2, 5)]
    weights = rest[: sum(a * b for a, b in sizes)].split([a * b for a, b in sizes])
    biases = rest[sum(a * b for a, b in sizes) :].split([5, 5, 2])
    layers = [nn.Linear(b, a) for a, b in sizes]
    for layer, weight, bias in zip(layers, weights, biases, strict=True):
        layer.load_state_dict({"weight": weight.view_as(layer.weight), "bias": bias})
    points = points_of(body, 7)
    plain = nn.Sequential(layers[0], nn.ReLU(), layers[1], nn.ReLU(), layers[2])
    answers = answers_at(network_at(recording, -1), points)
    with torch.no_grad():
        np.testing.assert_allclose(answers.outputs, plain(torch.tensor(points)), atol=1e-6)
        np.testing.assert_allclose(answers.hidden[1], plain[:4](torch.tensor(points)), atol=1e-6)
    for found, layer in zip(weights_of(recording), layers, strict=True):
        np.testing.assert_array_equal(found[-1], layer.weight.detach())
    np.testing.assert_array_equal(biases_of(recording, 2)[-1, :, 0], layers[1].bias.detach())


def test_what_the_first_layer_sees_of_the_plane_is_one_side_of_a_line():
    recording = record(MOONS)
    points = points_of(recording.body, 9)
    weights, bias = weights_of(recording)[0][-1], biases_of(recording, 1)[-1, :, 0]
    seen = answers_at(network_at(recording, -1), points).hidden[0]
    np.testing.assert_allclose(seen, np.maximum(points @ weights.T + bias, 0), atol=1e-5)


def test_the_points_begin_at_the_top_left_of_the_decision_regions():
    recording = record(MOONS)
    plane, points = recording.plane, points_of(recording.body, 48).reshape(48, 48, 2)
    np.testing.assert_allclose(points[0, :, 0], plane.horizontal, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(points[::-1, 0, 1], plane.vertical, rtol=1e-5, atol=1e-6)
    outputs = answers_at(network_at(recording, -1), points.reshape(-1, 2)).outputs
    answers = outputs.argmax(1).reshape(48, 48)[::-1]
    assert (answers != plane.prediction[-1]).mean() < 0.002  # rounding of places, at the border


def test_of_a_unit_of_two_pieces_the_stronger_weight_counts():
    recording = record(replace(MOONS, activation="maxout", steps=0))
    both = build(recording.config).weights[0].detach().numpy().reshape(2, 5, 2)
    larger = np.where(np.abs(both[0]) >= np.abs(both[1]), both[0], both[1])
    np.testing.assert_array_equal(weights_of(recording)[0][0], larger)
    assert biases_of(recording, 1).shape == (1, 5, 2)


@pytest.mark.parametrize(
    ("choices", "kept"),
    [({"width": NARROW}, True), ({"width": NARROW + 1}, False), ({"depth": 0}, False), ({"width": 1}, True)],
)
def test_only_narrow_networks_keep_their_parameters(choices, kept):
    recording = record(replace(MOONS, steps=0, **choices))
    assert (recording.body is not None) == kept
    if not kept:
        with pytest.raises(ValueError, match="kept up to 12 units a layer"):
            network_at(recording, 0)


def test_a_partial_recording_has_what_is_known_so_far():
    whole = record(MOONS)
    for known in train(MOONS):
        np.testing.assert_array_equal(known.body.state, whole.body.state[: len(known.steps)])
    with pytest.raises(ValueError, match="read-only"):
        whole.body.state[0, 0] = 1


def test_pixels_are_pixels_until_features_are_mixed():
    digits = record(replace(MOONS, dataset="digits", steps=0))
    assert digits.body.pixels == (8, 8, 1)
    raw = load(replace(digits.config, preprocessing="none"))
    np.testing.assert_array_equal(raw_probe(digits), raw.probe_inputs)
    assert (raw.probe_targets.numpy() == digits.body.targets).all()
    assert record(replace(digits.config, preprocessing="whiten")).body.pixels == ()
    assert raw_probe(record(MOONS)) is record(MOONS).body.inputs


@pytest.mark.parametrize(
    ("choices", "full"),
    [
        ({"activation": "tanh"}, 1),
        ({"activation": "relu6"}, 2),
        ({"activation": "relu"}, 2),
        ({"activation": "tanh", "normalization": "batch_norm_after"}, 2),
    ],
)
def test_full_colours_are_for_what_is_large(choices, full):
    assert full_size(replace(MOONS, **choices)) == full
