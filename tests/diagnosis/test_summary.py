"""The line that says what is trained: every choice that is not the default is in it."""

from dataclasses import replace

import pytest
from configs import DEFAULT, FIELDS, each_field
from other_values import another_value, asking_for

from core import Config
from core.diagnosis.words import SAID, summary
from core.networks.data import load, to_download

USUAL = "digits, 1,400 training samples · 5 hidden layers of 64 relu units, he_normal · 21,450 parameters"


def test_it_says_what_is_trained():
    assert summary(Config()) == f"{USUAL} · sgd, learning rate 0.05"
    words = summary(Config(width=32, depth=3, activation="tanh", samples=1200, learning_rate=1e-5))
    assert words == (
        "digits, 1,200 training samples · 3 hidden layers of 32 tanh units, he_normal · 4,522 parameters"
        " · sgd, learning rate 1e-5"
    )
    assert "no hidden layer, " in summary(Config(depth=0, normalization="batch_norm"))
    assert "5 hidden layers of 64 relu units with batch_norm, he" in summary(Config(normalization="batch_norm"))
    assert "1 hidden layer of 1 relu unit, he" in summary(Config(depth=1, width=1))
    assert summary(Config(dataset="upload")).startswith("upload, at most 1,400 training samples · ")


def test_what_else_is_not_at_its_default_is_named():
    scaled = replace(DEFAULT, weight_scale=2.5, bias_init=-0.5)
    assert summary(scaled) == f"{USUAL} · sgd, learning rate 0.05 · Weight scale 2.5 · Bias init −0.5"
    assert summary(replace(DEFAULT, batch_size=2000)).endswith(" · Batch size 2,000")
    assert summary(replace(DEFAULT, loss_function="mse")).endswith(" · Loss mse")


def test_where_much_differs_all_of_it_is_named():
    many = replace(DEFAULT, weight_scale=2, bias_init=1, dropout=0.5, seed=7, steps=10)
    assert summary(many).endswith("learning rate 0.05 · Weight scale 2 · Bias init 1 · Dropout 0.5 · Steps 10 · Seed 7")


def test_what_makes_no_difference_is_not_named():
    assert summary(replace(DEFAULT, momentum=0.5)) == summary(DEFAULT)  # sgd has none
    assert summary(replace(DEFAULT, optimizer="momentum", momentum=0.5)).endswith(" · Momentum 0.5")


@each_field
def test_every_field_that_differs_is_seen(name):
    """Also one that is new tomorrow: those that the sentence itself speaks of, and all others by their labels."""
    base = DEFAULT.with_instead(**asking_for(name))
    config = base.with_instead(**{name: another_value(name)})
    assert config.matters(name)
    if name not in SAID:
        assert f" · {FIELDS[name].label} " in summary(config)
    if name != "table":  # of a table that is not here, nothing is known
        assert summary(config) != summary(base)


def test_numbers_are_those_of_the_samples_that_there_are():
    """Of digits there are 1,797 samples, of which a fifth is held out."""
    config = replace(DEFAULT, samples=60_000)
    assert summary(config).startswith(f"digits, {len(load(config).inputs):,} training samples")
    assert len(load(config).inputs) < 1500


@pytest.mark.parametrize("dataset", ["mnist", "upload"])
def test_of_data_that_is_not_at_hand_only_the_most_is_known(dataset, no_mnist):
    config = replace(DEFAULT, dataset=dataset)
    assert dataset != "mnist" or to_download(config) is not None or "at most" in summary(config)
    assert summary(config).startswith(f"{dataset}, at most 1,400 training samples · ")
    assert "parameters" not in summary(config)
