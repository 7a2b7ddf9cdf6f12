"""How deep a network of ReLUs can train: theory, autograd, and what is known of a sweep."""

from threading import Event

import numpy as np
import pytest
import torch
import xarray as xr

from core.charts.experiments.deep import gradient
from core.charts.experiments.deep import scores as scores_drawn
from core.config import Config
from core.experiments import deep
from core.experiments.deep import (
    DEPTHS,
    INITIALIZERS,
    INPUTS,
    LAYERS,
    LEARNED,
    NETWORKS,
    SEEDS,
    deepest,
    reach,
    scores,
    training,
    trials,
)
from core.networks import build
from core.networks.data import load


def by_autograd(initializer: str, width: int, depth: int) -> tuple[float, float]:
    """What is left of signal and gradient in the first network, cut after `depth` layers."""
    config = Config(activation="relu", initializer=initializer, width=width, depth=LAYERS, steps=0)
    weights, data = [weight.detach() for weight in build(config).weights], load(config)
    signal, before, signals = data.inputs[:INPUTS], [], []
    for weight in weights[:depth]:
        before.append((signal @ weight.T).requires_grad_())
        signal = torch.relu(before[-1])
        signals.append(signal.detach())
    loss = torch.nn.functional.cross_entropy(signal @ weights[-1].T, data.targets[:INPUTS])
    first, last = torch.autograd.grad(loss, [before[0], before[-1]])
    return tuple(float(a.norm() / b.norm()) for a, b in ((signals[-1], signals[0]), (first, last)))


@pytest.mark.parametrize("initializer", INITIALIZERS)
@pytest.mark.parametrize("depth", [1, 2, 9, 30])
def test_what_is_left_is_what_autograd_finds(initializer, depth):
    found, (signal, gradient) = reach(32).sel(initializer=initializer), by_autograd(initializer, 32, depth)
    assert dict(found.sizes) == {"network": NETWORKS, "depth": LAYERS}
    first = found.sel(depth=depth).isel(network=0)
    assert first["signal"].item() == pytest.approx(signal, rel=1e-4)
    assert first["gradient"].item() == pytest.approx(gradient, rel=1e-4)


def test_xavier_halves_the_square_at_each_layer_and_he_keeps_it():
    found = reach(128)
    np.testing.assert_allclose(found["expected"].sel(initializer="xavier_normal"), 0.5 ** (np.arange(LAYERS) / 2))
    np.testing.assert_allclose(found["expected"].sel(initializer="he_normal"), 1)
    # The logarithm of an RMS strays by √(5 depth/n)/2 among networks of width n, its mean by the square of that.
    strays = np.sqrt(5 * np.arange(LAYERS) / 128) / 2
    for measured in (found["signal"], found["gradient"]):
        off = np.abs(np.log(measured.median("network") / found["expected"]))
        assert (off <= strays + strays**2 + 0.1).all()


def test_narrow_layers_stray_farther():
    at_the_end = [reach(width)["signal"].sel(initializer="he_normal", depth=LAYERS) for width in (16, 128)]
    narrow, wide = (float(np.log(signal).std()) for signal in at_the_end)
    assert narrow > 1.5 * wide


def test_the_trials_are_all_depths_of_both_kinds():
    asked = trials(16, "adam", 100, batch_norm=True)
    assert asked.axes == {"depth": DEPTHS, "initializer": INITIALIZERS, "seed": (0, 1, 2)}
    base = asked.base
    assert (base.dataset, base.width, base.activation) == ("digits", 16, "relu")
    assert (base.optimizer, base.learning_rate, base.steps) == ("adam", 0.001, 100)
    assert base.normalization == "batch_norm"
    assert trials(16, "momentum", 100, batch_norm=False).base.normalization == "none"


def test_results_come_in_as_they_are_found(monkeypatch):
    monkeypatch.setattr(deep, "DEPTHS", (1, 3))
    monkeypatch.setattr(deep, "SEEDS", 2)
    first, *_, last = training(trials(16, "momentum", 100, batch_norm=False), Event())
    known = scores(first.dataset())["middle"]
    assert sorted(np.isnan(known).all("initializer").values.tolist()) == [False, True]  # one of two depths is known
    assert (last.progress.done, last.progress.total) == (8, 8)
    found = scores(last.dataset())
    assert ((found["low"] <= found["middle"]) & (found["middle"] <= found["high"])).all()
    assert float(found["middle"].sel(depth=1, initializer="he_normal")) > 0.5


def test_a_stopped_training_ends():
    stop = Event()
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        list(training(trials(16, "sgd", 1000, batch_norm=False), stop))


def made_up(xavier: list[float], he: list[float]) -> xr.Dataset:
    middle = xr.DataArray([he, xavier], {"initializer": ["he_normal", "xavier_normal"], "depth": [2, 6, 10]})
    shares = {"low": middle - 0.1, "middle": middle, "high": middle + 0.1}
    return xr.Dataset(shares, attrs={"learned": LEARNED, "seeds": SEEDS})


def test_the_deepest_is_where_all_flatter_ones_learn():
    assert deepest(made_up([0.9, 0.4, 0.6], [0.9, 0.8, 0.5])) == {"xavier_normal": 2, "he_normal": 10}
    assert deepest(made_up([0.1, 0.9, 0.9], [np.nan, np.nan, np.nan])) == {"xavier_normal": 0, "he_normal": 0}
    assert deepest(made_up([0.9, np.nan, 0.9], [np.nan, 0.9, 0.1])) == {"xavier_normal": 10, "he_normal": 6}


def test_the_frames_hold_what_was_found():
    found = reach(16)
    frame = gradient.frame_of(found, 7)
    he = frame.query("weights == 'He' and mark == 'line'")
    np.testing.assert_allclose(he["value"], found["gradient"].sel(initializer="he_normal").median("network"), rtol=1e-6)
    np.testing.assert_allclose(he["expected"], 1)
    assert frame.query("mark == 'now'")["depth"].tolist() == [7]
    known = scores_drawn.frame_of(made_up([0.9, np.nan, np.nan], [0.9, 0.8, np.nan])).query("mark == 'line'")
    assert known.groupby("weights", observed=True)["depth"].apply(list).to_dict() == {"He": [2, 6], "Xavier": [2]}
