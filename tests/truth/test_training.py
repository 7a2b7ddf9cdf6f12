"""The table of truths of training: what cannot move, what dies, and what a sign or a curvature decides."""

from dataclasses import replace
from math import log

import numpy as np
import pytest
import torch

from core import Config, build, record
from core.datasets import DataUnavailable
from core.networks.data import load
from core.theory.death import killing_learning_rate
from core.theory.formulas import curvature

pytestmark = pytest.mark.numerics

TRAINED = {"depth": 3, "width": 16, "samples": 300, "steps": 20, "snapshots": 5, "learning_rate": 0.1}


@pytest.mark.parametrize("activation", ["relu", "tanh"])
@pytest.mark.parametrize(("dataset", "classes"), [("digits", 10), ("spiral", 3), ("moons", 2)])
def test_s1_zero_weights_cannot_move(activation, dataset, classes):
    """W = 0: the loss is ln C, and every gradient of a hidden weight is exactly 0, for ever."""
    data = record(Config(initializer="zeros", activation=activation, dataset=dataset, **TRAINED)).data
    assert data["loss"].sel(step=0).values == pytest.approx([log(classes)] * 2, rel=1e-6)
    assert not data["weight_gradient_norm"].any()
    assert not data["weight_norm"].any()


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_s2_equal_weights_make_units_copies_for_ever(activation):
    """W = 0.1: each activation and each dL/dz occurs once for every unit, while the network learns."""
    data = record(Config(initializer="constant", activation=activation, **TRAINED)).data
    for name in ("activation_histogram", "gradient_histogram"):
        assert (data[name] % TRAINED["width"] == 0).all()
    assert (data["unit_active_fraction"] == data["unit_active_fraction"].isel(unit=0)).all()
    assert data["weight_gradient_norm"].any()
    assert data["loss"].sel(split="train")[-1] < data["loss"].sel(split="train")[0]


def test_bias_far_below_zero_kills_every_relu_unit():
    data = record(Config(bias_init=-1e9, steps=0)).data.isel(step=0)
    assert (data["dead_fraction"] == 1).all()
    assert (data["zero_fraction"] == 1).all()
    assert not data["unit_active_fraction"].any()
    assert not data["gradient_rms"].any()
    assert data["loss"].values == pytest.approx([log(10)] * 2)


FULL_BATCH = Config(
    preprocessing="none", depth=1, width=12, samples=12, batch_size=12, probe_size=12, steps=1, snapshots=2
)


def killing_rates(config: Config) -> np.ndarray:
    """The learning rate of each unit of layer 1 above which one step on all samples kills it."""
    network, data = build(config), load(config)
    loss = torch.nn.functional.cross_entropy(network(data.inputs), data.targets)
    weight, bias = torch.autograd.grad(loss, [network.weights[0], network.biases[0]])
    z = network.trace(data.inputs).pre_activations[0].detach()
    pull = data.inputs @ weight.T + bias
    return np.array([killing_learning_rate(*unit) for unit in zip(z.T.numpy(), pull.T.numpy(), strict=True)])


@pytest.mark.parametrize("seed", range(4))
def test_k1_a_relu_unit_dies_just_above_its_killing_learning_rate(seed):
    config = replace(FULL_BATCH, seed=seed)
    alive = record(config).data["unit_active_fraction"].sel(step=0, layer=1).values > 0
    rates = killing_rates(config)
    mortal = np.flatnonzero(np.isfinite(rates) & alive)
    assert len(mortal)
    for unit in mortal:
        for factor, lives in ((0.99, True), (1.01, False)):
            after = record(replace(config, learning_rate=float(factor * rates[unit]))).data["unit_active_fraction"]
            assert (after.sel(step=1, layer=1).values[unit] > 0) == lives, (unit, rates[unit], factor)


def test_k3_below_a_dead_layer_nothing_moves_under_plain_sgd():
    """Biases of −1000 kill every unit of both layers; the last layer, above them, goes on learning."""
    config = Config(depth=2, width=16, bias_init=-1000, samples=100, batch_size=20, learning_rate=0.5, steps=30)
    data = record(config).data
    assert (data["dead_fraction"] == 1).all()
    assert not data["update_ratio"].sel(step=slice(1, None)).any()
    assert (data["weight_norm"] == data["weight_norm"].isel(step=0)).all()
    assert len(set(data["loss"].sel(split="train").values.tolist())) > 5


def test_k3_but_momentum_drifts_on_and_weight_decay_shrinks():
    """Killed by one large step: momentum moves on by lr·μ/(1−μ)·g in all, weight decay takes lr·decay a step."""
    deadly = replace(FULL_BATCH, steps=30, snapshots=31)
    data = record(replace(deadly, bias_init=-1000, weight_decay=0.1, learning_rate=0.5)).data
    norms = data["weight_norm"].values[:, 0]
    np.testing.assert_allclose(norms[1:] / norms[:-1], 0.95, rtol=1e-5)
    moved = record(replace(deadly, optimizer="momentum", learning_rate=10.0)).data
    dead = moved["dead_fraction"].values[:, 0] == 1
    first = int(dead.argmax())
    assert dead[first:].all()
    assert first > 0
    ratios = (moved["update_ratio"] * moved["weight_norm"]).values[first + 1 :, 0]
    np.testing.assert_allclose(ratios[1:6] / ratios[:5], 0.9, rtol=1e-3)  # each step is μ times the one before


def one_signed(samples: int, seed: int) -> float:
    """The share of units of layer 1 whose weight gradients have one sign, for that many samples of positive inputs."""
    config = Config(dataset="digits", preprocessing="none", depth=2, width=200, samples=1400, seed=seed)
    network, data = build(config), load(config)
    inputs = data.inputs[:samples] + 0.01  # so that no pixel is 0
    loss = torch.nn.functional.cross_entropy(network(inputs), data.targets[:samples])
    (gradient,) = torch.autograd.grad(loss, [network.weights[0]])
    moving = gradient[gradient.any(1)]
    return float(((moving > 0).all(1) | (moving < 0).all(1)).float().mean())


def test_z1_positive_inputs_give_one_sign_for_one_sample_and_not_in_a_batch():
    assert [one_signed(1, seed) for seed in range(8)] == [1.0] * 8
    assert 0 < np.mean([one_signed(128, seed) for seed in range(4)]) < 0.5


@pytest.mark.parametrize(("preprocessing", "expected"), [("none", 38.09), ("center", 5.12)])
def test_z2_centring_allows_a_larger_step(local_data, preprocessing, expected):
    """The largest curvature of a linear unit's squared error on MNIST, and with it the largest stable step, 2/λ."""
    try:
        data = load(Config(dataset="mnist", samples=60_000, preprocessing=preprocessing))
    except DataUnavailable as missing:
        pytest.skip(str(missing))
    assert curvature(data.inputs.numpy()) == pytest.approx(expected, rel=0.005)
