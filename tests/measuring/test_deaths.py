"""Dead units on all training samples, when a run is over."""

import numpy as np
import pytest
import torch

from core import Config, build, record
from core.diagnosis.headlines import headlines
from core.diagnosis.words import told
from core.measuring import deaths
from core.networks.data import load

KILLED = Config(optimizer="adam", learning_rate=0.5, width=16, depth=3, samples=500, probe_size=50, steps=40)


def shares(config: Config, samples: int) -> np.ndarray:
    """The dead share of each layer of the untrained network, found on so many training samples at once."""
    network = build(config)
    trace = network.trace(load(config).inputs[:samples])
    slopes = network.slope(torch.stack(trace.pre_activations))
    return (slopes == 0).all(1).double().mean(1).numpy()


@pytest.mark.parametrize("activation", ["relu", "prelu", "tanh"])
def test_they_are_those_of_all_samples_at_once(activation):
    config = Config(activation=activation, bias_init=-2.0, width=16, depth=3, samples=500, probe_size=30)
    still = config.with_instead(learning_rate=0.0, steps=1)  # which trains nothing
    found = record(still).deaths
    assert found.samples == len(load(config).inputs) == 500
    np.testing.assert_array_equal(found.shares, shares(config, 500))
    np.testing.assert_array_equal(record(still).variables["dead_fraction"].values[-1], shares(config, 30))


def test_no_more_are_dead_than_on_the_probe_alone():
    recording = record(KILLED)
    assert (recording.deaths.shares <= recording.variables["dead_fraction"].values[-1]).all()
    assert recording.deaths.shares.any()


def test_units_that_are_dead_on_the_probe_alone_are_said_to_be_active():
    recording = record(Config(dataset="moons", width=8, depth=1, samples=300, probe_size=1, steps=20))
    assert not recording.deaths.shares.any()
    (dead,) = (told(each) for each in headlines(recording, 20) if each.name == "dead")
    assert dead.sentence == "Of 8, on the one sample of the probe; on 300 training samples none."


@pytest.mark.parametrize("probe", [1, 256])
def test_batch_norm_is_given_samples_enough(probe):
    config = Config(normalization="batch_norm", width=16, depth=2, samples=514, probe_size=probe, steps=40)
    assert not record(config).deaths.shares.any()


def test_a_large_data_set_is_looked_at_in_part(monkeypatch):
    monkeypatch.setattr(deaths, "MOST_SAMPLES", 120)
    config = Config(bias_init=-2.0, width=16, depth=3, samples=500, probe_size=50, learning_rate=0.0, steps=2)
    found = record(config).deaths
    assert found.samples == 120
    np.testing.assert_array_equal(found.shares, shares(config, 120))


@pytest.mark.parametrize("config", [Config(steps=0), Config(depth=0, steps=5), Config(learning_rate=100.0, steps=20)])
def test_they_are_not_known_before_training_without_a_layer_or_of_a_run_that_diverged(config):
    assert record(config).deaths is None


def test_the_headline_counts_them_at_the_end_of_the_run_only():
    recording = record(KILLED)
    remain = round(float(recording.deaths.shares.sum() * 16))
    last, before = (
        next(told(each).sentence for each in headlines(recording, step) if each.name == "dead")
        for step in (recording.steps[-1], recording.steps[-2])
    )
    assert last.endswith(f", on 50 samples of the probe; on 500 training samples {remain}: no gradient reaches these.")
    assert before.endswith("no gradient reaches them.")
