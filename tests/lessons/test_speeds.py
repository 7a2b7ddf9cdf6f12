"""Layers that learn at different speeds: Nielsen's figures, and autograd."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
import torch
import xarray as xr

from core.charts.experiments.speeds import at_start, learning
from core.config import Config
from core.config.chosen import phi
from core.datasets.downloads import Download
from core.experiments.published import NIELSEN, nielsen_printed
from core.experiments.speeds import (
    NETWORKS,
    STEPS,
    Affine,
    Images,
    errors,
    images,
    nielsen,
    norm,
    speeds,
    while_trained,
)

DIGITS = replace(nielsen(3), dataset="digits")


def small(depth: int, activation: str) -> tuple[list[Affine], Config, Images]:
    """A network in doubles, on noise."""
    source, config = torch.Generator().manual_seed(depth), replace(DIGITS, activation=activation)
    sizes = [7, *[5] * depth, 3]
    layers = [
        Affine(
            torch.randn(out, into, generator=source, dtype=torch.float64).requires_grad_(),
            torch.randn(1, out, generator=source, dtype=torch.float64).requires_grad_(),
        )
        for into, out in pairwise(sizes)
    ]
    inputs = torch.rand(20, 7, generator=source, dtype=torch.float64)
    return layers, config, Images(inputs, torch.eye(3, dtype=torch.float64)[torch.arange(20) % 3])


@pytest.mark.parametrize("activation", ["sigmoid", "tanh", "relu"])
@pytest.mark.parametrize("depth", [1, 4])
def test_the_errors_are_those_of_autograd(depth, activation):
    layers, config, seen = small(depth, activation)
    deltas, signals = errors(layers, phi(config), seen)
    signal = seen.inputs
    for layer in layers[:-1]:
        signal = phi(config)(signal @ layer.weight.T + layer.bias)
    outputs = signal @ layers[-1].weight.T + layers[-1].bias
    loss = torch.nn.functional.binary_cross_entropy_with_logits(outputs, seen.targets, reduction="sum") / 20
    for layer, delta, entering in zip(layers, deltas, signals, strict=True):
        of_weight, of_bias = torch.autograd.grad(loss, layer, retain_graph=True)
        torch.testing.assert_close(delta.mean(0, keepdim=True), of_bias)
        torch.testing.assert_close(delta.T @ entering / 20, of_weight)
        torch.testing.assert_close(norm(delta), of_bias.norm())


@pytest.mark.parametrize("depth", NIELSEN)
def test_nielsens_networks_are_among_ours(local_data, depth):
    config = nielsen(depth)
    if config.dataset != "mnist":
        pytest.skip(f"MNIST is not in {local_data}")
    typical, printed = speeds(config)["typical"], np.array(nielsen_printed(config))
    # one network of his: between the 5th and the 95th percentile
    assert ((typical.sel(quantile=0.05) < printed) & (printed < typical.sel(quantile=0.95))).all()
    np.testing.assert_allclose(typical.sel(quantile=0.5), printed, rtol=0.3)


@pytest.mark.numerics
@pytest.mark.parametrize("depth", NIELSEN)
def test_digits_give_nearly_the_same(depth):
    found = speeds(replace(nielsen(depth), dataset="digits"))
    typical, printed = found["typical"], np.array(NIELSEN[depth])
    assert found["norm"].sizes == {"network": NETWORKS, "layer": depth}
    np.testing.assert_allclose(typical.sel(quantile=0.5), printed, rtol=0.35)
    assert ((typical.sel(quantile=0.05) < printed) & (typical.sel(quantile=0.95) > printed)).all()
    np.testing.assert_allclose(found["ratio"].sel(quantile=0.5), 4.7 ** (depth - 1), rtol=0.15)


@pytest.mark.numerics
def test_large_weights_and_relu_keep_step():
    large, relu = {"weight_scale": 8.0}, {"activation": "relu", "weight_scale": 1.4}
    assert speeds(replace(DIGITS, depth=4, **large))["ratio"].sel(quantile=0.5) < 3
    assert speeds(replace(DIGITS, depth=4, **relu))["ratio"].sel(quantile=0.5) < 2
    assert speeds(replace(DIGITS, depth=4))["ratio"].sel(quantile=0.05) > 50


def test_only_his_networks_are_printed():
    assert nielsen_printed(DIGITS) == (0.012, 0.060, 0.283)
    for other in ({"depth": 5}, {"activation": "tanh"}, {"weight_scale": 2.0}, {"width": 64}):
        assert nielsen_printed(replace(DIGITS, **other)) == ()


@pytest.mark.numerics
def test_a_trained_network_starts_as_one_of_the_untrained_and_its_first_layer_stays_behind():
    found = while_trained(DIGITS)["norm"]
    assert found.sizes == {"step": STEPS + 1, "layer": 3}
    np.testing.assert_allclose(found.sel(step=0), speeds(DIGITS)["norm"].sel(network=0), rtol=1e-5)
    assert (found.diff("layer") > 0).all()
    assert (found.sel(step=STEPS) < found.sel(step=0)).all()


def test_a_step_is_gradient_descent_with_decay_of_the_weights_alone(monkeypatch):
    """One step of torch's own, with weight decay 5/n for weights and none for biases."""
    monkeypatch.setattr("core.experiments.speeds.STEPS", 1)
    config = replace(DIGITS, seed=5)
    found, seen = while_trained(config), images("digits")
    linears = []
    for place, (into, out) in enumerate([(64, 30), (30, 30), (30, 30), (30, 10)]):
        source = config.generator(f"layer {place}")
        linear = torch.nn.Linear(into, out)
        linear.weight.data = torch.randn(NETWORKS, out, into, generator=source)[0] / into**0.5
        linear.bias.data = torch.randn(NETWORKS, 1, out, generator=source)[0, 0]
        linears.append(linear)
    parts = [part for linear in linears for part in (linear, torch.nn.Sigmoid())][:-1]
    groups = [
        {"params": [linear.weight for linear in linears], "weight_decay": 5.0 / 1000},
        {"params": [linear.bias for linear in linears]},
    ]
    optimizer = torch.optim.SGD(groups, lr=0.1)
    for row in found["norm"]:
        optimizer.zero_grad()
        outputs = torch.nn.Sequential(*parts)(seen.inputs)
        loss = torch.nn.functional.binary_cross_entropy_with_logits(outputs, seen.targets, reduction="sum")
        (loss / len(seen.inputs)).backward()
        np.testing.assert_allclose(row, [float(linear.bias.grad.norm()) for linear in linears[:-1]], rtol=1e-4)
        optimizer.step()


def test_what_cannot_be_compared_is_refused():
    with pytest.raises(ValueError, match="a network without a hidden layer has no layers to compare"):
        speeds(replace(DIGITS, depth=0))
    with pytest.raises(ValueError, match="the data must have classes, one for each output; curve has none"):
        images("curve")


def test_mnist_is_taken_where_it_is(monkeypatch):
    for here, name in ((True, "mnist"), (False, "digits")):
        monkeypatch.setattr(Download, "here", here)
        assert nielsen(2).dataset == name


def test_the_images_are_the_first_ones_from_0_to_1():
    seen = images("digits")
    assert seen.inputs.shape == (1000, 64)
    assert (seen.inputs.min(), seen.inputs.max()) == (0, 1)
    assert seen.targets.argmax(1)[:5].tolist() == [0, 1, 2, 3, 4]


def test_the_frames_hold_what_was_found():
    found, his = speeds(DIGITS), nielsen_printed(DIGITS)
    frame = at_start.frame_of(found, his)
    np.testing.assert_allclose(
        frame.query("mark == 'line'")[["low", "value", "high"]].T, found["typical"].sortby("quantile"), rtol=1e-6
    )
    np.testing.assert_allclose(frame.query("mark == 'printed'")["value"], his, rtol=1e-6)
    assert (at_start.frame_of(found, ())["mark"] != "printed").all()
    training = while_trained(DIGITS)
    frame = learning.frame_of(training)
    lines = frame.query("mark == 'line'")
    np.testing.assert_allclose(lines.query("step == 100")["value"], training["norm"].sel(step=100), rtol=1e-6)
    assert frame.query("mark == 'name'")["layer"].tolist() == [1, 2, 3]
    assert len(frame) < 3100


def test_a_gradient_that_is_no_number_is_drawn_as_lost():
    norms = np.repeat([[1.0, 2.0], [np.nan, 0.0]], 5, 0)
    frame = learning.frame_of(
        xr.Dataset({"norm": (("step", "layer"), norms)}, {"step": np.arange(10), "layer": [1, 2]})
    )
    assert frame.query("step == 5 and mark != 'name'")["mark"].tolist() == ["lost", "zero"]
    assert not (frame["mark"] == "name").any()
