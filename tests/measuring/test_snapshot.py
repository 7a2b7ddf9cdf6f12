from math import exp, log, tanh

import pytest
import torch

from core import Config, build
from core.choices.losses import losses
from core.config.chosen import phi
from core.measuring.snapshot import look_at, validate
from core.networks.data import load
from core.networks.network import Network

LOSS = losses["cross_entropy"]


def test_gradients_of_a_network_of_two_weights_by_hand():
    """x → tanh(w₁x) → tanh(w₂a₁) → logits (v·a₂, 0), all targets class 0, so L = mean log(1 + exp(−v·a₂))."""
    w1, w2, v, inputs = 0.8, -1.5, 2.0, (0.7, -0.3)
    weights = [torch.tensor([[w1]]), torch.tensor([[w2]]), torch.tensor([[v], [0.0]])]
    biases = [torch.zeros(1), torch.zeros(1), torch.zeros(2)]
    network = Network(weights, biases, phi=phi(Config(activation="tanh")))
    look, scores = look_at(network, LOSS, torch.tensor(inputs)[:, None], torch.tensor([0, 0]))
    (seen,) = look.groups

    a1 = [tanh(w1 * x) for x in inputs]
    a2 = [tanh(w2 * a) for a in a1]
    dz2 = [-v / (1 + exp(v * a)) * (1 - a**2) for a in a2]  # of each sample's own loss
    dz1 = [d * w2 * (1 - a**2) for d, a in zip(dz2, a1, strict=True)]
    assert seen.activation.flatten().tolist() == pytest.approx([*a1, *a2])
    assert seen.slope.flatten().tolist() == pytest.approx([1 - a**2 for a in (*a1, *a2)])
    assert seen.gradient.flatten().tolist() == pytest.approx([*dz1, *dz2])
    dw1, dw2 = (sum(d * a for d, a in zip(*pair, strict=True)) / 2 for pair in ((dz1, inputs), (dz2, a1)))
    assert [g.item() for g in seen.weight_gradient] == pytest.approx([dw1, dw2])
    assert scores["loss"].item() == pytest.approx(sum(log(1 + exp(-v * a)) for a in a2) / 2)


def test_what_is_seen_is_stacked_by_layer():
    config = Config(depth=3, width=9, samples=50, probe_size=20)
    data, network = load(config), build(config)
    look, _ = look_at(network, LOSS, data.probe_inputs, data.probe_targets)
    (seen,) = look.groups
    assert [layer.name for layer in look.layers] == ["hidden_1", "hidden_2", "hidden_3"]
    for name in ("activation", "slope", "gradient"):
        assert getattr(seen, name).shape == (3, 20, 9)
    for name in ("ordered_activation", "ordered_gradient"):
        assert getattr(seen, name).shape == (3, 180)
        assert (getattr(seen, name).diff() >= 0).all()
    assert [tuple(w.shape) for w in seen.weight_gradient] == [tuple(w.shape) for w in network.weights[:-1]]


def test_a_look_leaves_the_network_as_it_was():
    config = Config(depth=2, width=9, samples=50, normalization="batch_norm", dropout=0.5)
    data, network = load(config), build(config)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    first, _ = look_at(network, LOSS, data.probe_inputs, data.probe_targets)
    again, _ = look_at(network, LOSS, data.probe_inputs, data.probe_targets)
    validate(network, LOSS, data)
    assert torch.equal(first.groups[0].activation, again.groups[0].activation)
    assert all(torch.equal(before[name], value) for name, value in network.state_dict().items())
    assert network.training
    assert all(parameter.grad is None for parameter in network.parameters())


def test_batch_norm_uses_the_statistics_of_the_probe_and_running_ones_for_validation():
    config = Config(
        depth=1, width=9, samples=50, normalization="batch_norm", activation="identity", preprocessing="none"
    )
    data, network = load(config), build(config)
    look, _ = look_at(network, LOSS, data.probe_inputs, data.probe_targets)
    torch.testing.assert_close(look.layers[0].activation.mean(-2), torch.zeros(9), rtol=0, atol=1e-5)
    expected = torch.nn.functional.cross_entropy(network.eval()(data.validation_inputs), data.validation_targets)
    torch.testing.assert_close(validate(network, LOSS, data)["loss"], expected)


def test_without_hidden_layers_there_are_scores_alone():
    config = Config(depth=0, samples=20)
    data = load(config)
    look, scores = look_at(build(config), LOSS, data.probe_inputs, data.probe_targets)
    (seen,) = look.groups
    assert not look.layers
    assert len(seen.activation) == len(seen.gradient) == len(seen.weight_gradient) == 0
    assert scores["loss"].isfinite()
