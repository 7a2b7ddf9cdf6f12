"""A gradient that is nothing but rounding is told from one that is only small, whatever the network."""

from dataclasses import replace
from random import Random

import numpy as np
import pytest
import torch

from core import Config, record, sweep
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.losses import loss_for
from core.measuring.rounding import TRUE_SHARE, only_rounding
from core.measuring.snapshot import _in_double, look_at
from core.networks.data import load
from core.networks.network import build

UNTRAINED = Config(samples=200, probe_size=64, width=16, steps=0)
U = 2.0**-24  # of float32
DRAWN = 200
CHOSEN = {
    "activation": list(activations),
    "initializer": [*initializers, *["constant"] * len(initializers)],
    "dataset": ["digits", "moons", "curve"],
    "depth": [1, 2, 6, 30],
    "width": [1, 2, 16],
    "weight_scale": [1e-3, 0.3, 1, 1, 3, 30, 1e3],
    "bias_init": [0, 0, 0.5, -2],
}


def rounding(**choices) -> np.ndarray:
    return only_rounding(record(replace(UNTRAINED, **choices)))[-1]


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid", "gelu", "identity"])
@pytest.mark.parametrize("depth", [1, 5, 12])
def test_equal_weights_at_the_outputs_let_no_gradient_through(activation, depth):
    """What reaches a hidden unit is 0.1 times the sum over the classes of p − y, which is 0."""
    assert rounding(activation=activation, initializer="constant", depth=depth).all()


@pytest.mark.parametrize("normalization", ["batch_norm", "layer_norm"])
def test_also_where_the_layers_are_normalized(normalization):
    recording = record(replace(UNTRAINED, activation="tanh", initializer="constant", normalization=normalization))
    assert (only_rounding(recording) | (recording.variables["gradient_rms"].values == 0)).all()


@pytest.mark.parametrize(
    "choices",
    [
        {},
        {"activation": "sigmoid", "depth": 10},
        {"activation": "sigmoid", "depth": 30},
        {"weight_scale": 100.0},
        {"activation": "tanh", "weight_scale": 30.0, "depth": 40},  # chaotic: no digit of its activations is sure
        {"weight_scale": 1e-3},
        {"activation": "relu6", "normalization": "batch_norm", "depth": 40, "width": 5},
        {"initializer": "positive"},
        {"initializer": "constant", "dataset": "curve"},  # one output, whose errors do not add up to 0
        {"initializer": "constant", "loss_function": "mse"},
        {"initializer": "constant", "steps": 5, "learning_rate": 0.001},  # after a step the output weights differ
    ],
    ids=str,
)
def test_what_is_only_small_or_large_is_a_gradient(choices):
    assert not rounding(**choices).any()


def test_rounding_enters_at_the_layer_where_the_terms_cancel():
    """Layer norm of few units that is scaled up loses all but the rounding, on the way from layer 2 to 1."""
    choices = {"activation": "leaky_relu", "initializer": "xavier_normal", "normalization": "layer_norm"}
    scaled = {"dataset": "moons", "depth": 2, "width": 2, "weight_scale": 1000.0, "seed": 87}
    assert rounding(**choices, **scaled).tolist() == [True, False]


def _float64(config: Config) -> np.ndarray:
    """RMS of dL/dz of a network that computes all in double precision, there and back."""
    data = load(config)
    trace = build(config, data).double().trace(data.probe_inputs.double(), batch_statistics=True)
    loss = loss_for(config.loss_function, data.classes)(trace.outputs, data.probe_targets)
    gradients = torch.autograd.grad(loss, trace.pre_activations)
    return np.array([float(each.square().mean().sqrt()) * len(data.probe_inputs) for each in gradients])


def _again(config: Config) -> np.ndarray:
    """RMS of dL/dz on a second way back in double precision, whether there is a doubt or not."""
    data, network = load(config), build(config)
    loss, probe = loss_for(config.loss_function, data.classes), (data.probe_inputs, data.probe_targets)
    activations = network.trace(data.probe_inputs, batch_statistics=True).activations
    found = _in_double(network, loss, *probe, activations)
    return found.square().mean((-2, -1)).sqrt().numpy()


@pytest.mark.parametrize("name", sorted(activations))
def test_double_precision_is_what_autograd_finds_there(name):
    config = replace(UNTRAINED, activation=name, depth=3)
    np.testing.assert_allclose(_again(config), _float64(config), rtol=1e-4)
    np.testing.assert_allclose(_again(config), record(config).variables["gradient_rms"].values[0], rtol=1e-4)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_the_truth_of_equal_weights_is_nothing(activation):
    config = replace(UNTRAINED, activation=activation, initializer="constant")
    recorded = record(config).variables["gradient_rms"].values[0]
    assert (recorded > 0).all()
    assert (_float64(config) < 64 * U * recorded).all()


def test_the_activations_are_those_of_the_recording():
    """The network is chaotic, so a pass in double precision of its own would go elsewhere."""
    config = replace(UNTRAINED, activation="tanh", weight_scale=30.0, depth=40, width=64)
    np.testing.assert_allclose(_again(config), record(config).variables["gradient_rms"].values[0], rtol=0.05)
    assert _float64(config)[0] != pytest.approx(_again(config)[0], rel=0.05)


def test_without_double_precision_nothing_is_called_rounding():
    recording = record(replace(UNTRAINED, initializer="constant"))
    known = {name: each for name, each in recording.variables.items() if name != "gradient_rms_in_double"}
    assert only_rounding(recording).all()
    assert not only_rounding(replace(recording, variables=known)).any()
    unseen = replace(known["gradient_rms"], values=np.full((1, 5), np.nan))
    blind = replace(recording, variables={**known, "gradient_rms_in_double": unseen})
    assert not only_rounding(blind).any()


def test_nine_tenths_are_rounding_or_more():
    recording = record(UNTRAINED)
    recorded = recording.variables["gradient_rms"]
    for share, expected in ((0.99 * TRUE_SHARE, True), (1.01 * TRUE_SHARE, False)):
        found = replace(recorded, values=share * recorded.values)
        changed = replace(recording, variables={**recording.variables, "gradient_rms_in_double": found})
        assert (only_rounding(changed) == expected).all()


def _drawn(number: int) -> Config:
    random = Random(number)
    chosen = {name: random.choice(values) for name, values in CHOSEN.items()}
    return UNTRAINED.with_instead(**chosen, seed=number)


def test_no_rounding_goes_without_a_doubt():
    missed, rounding = [], 0
    for config in map(_drawn, range(DRAWN)):
        recording, again = record(config), _again(config)
        recorded = recording.variables["gradient_rms"].values[0]
        is_rounding = np.isfinite(recorded) & (recorded > 0) & (again < TRUE_SHARE * recorded)
        rounding += is_rounding.any()
        missed += [config] * bool((only_rounding(recording)[0] != is_rounding).any())
    assert not missed
    assert rounding > DRAWN / 10


def test_the_second_way_back_is_gone_only_where_there_is_a_doubt_and_it_is_wanted():
    for config, found in (
        (UNTRAINED, torch.float32),
        (replace(UNTRAINED, bias_init=-1000.0), torch.float32),  # all units are dead, so the gradient is exactly 0
        (replace(UNTRAINED, initializer="constant"), torch.float64),
        (replace(UNTRAINED, normalization="batch_norm"), torch.float64),
    ):
        data, network = load(config), build(config)
        probe = data.probe_inputs, data.probe_targets
        look, _ = look_at(network, loss_for("auto", 10), *probe)
        assert look.layers[0].gradient_in_double.dtype == found
        look, _ = look_at(network, loss_for("auto", 10), *probe, {"gradient"})
        assert look.layers[0].gradient_in_double is None
        assert all(weight.dtype == torch.float32 and weight.grad is None for weight in network.weights)


def test_among_others_each_network_has_its_own_doubt():
    configs = [replace(UNTRAINED, initializer=each) for each in ("he_normal", "constant", "xavier_normal")]
    together = sweep(configs)
    for run, config in enumerate(configs):
        alone, among = record(config), together.isel(run=run)
        recorded, again = (among[name].values[0] for name in ("gradient_rms", "gradient_rms_in_double"))
        assert ((again < TRUE_SHARE * recorded) == only_rounding(alone)[0]).all()
        assert np.allclose(again, recorded, rtol=1e-6) != only_rounding(alone).any()
