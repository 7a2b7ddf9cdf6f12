"""A Config: frozen, equal where its values are, and what each field is for."""

import pickle
from dataclasses import FrozenInstanceError, replace
from itertools import groupby

import pytest
import torch
from configs import DEFAULT, FIELDS, each_field
from other_values import another_value

from core import Config, record
from core.config.fields import Choice, Number

SMALL = Config(depth=2, width=8, samples=40, probe_size=16)


def test_the_number_of_features_is_known_as_far_as_it_can_be():
    assert Config(dataset="gaussian", features=7).known_features == 7
    assert Config(dataset="mnist", features=7).known_features == 784
    assert Config(dataset="upload", features=7).known_features is None


def test_it_is_frozen():
    with pytest.raises(FrozenInstanceError):
        DEFAULT.depth = 3  # type: ignore[misc]


def test_equal_values_are_equal_configs():
    assert Config(weight_scale=2, bias_init=0) == Config(weight_scale=2.0, bias_init=-0.0)
    assert hash(Config(weight_scale=2, bias_init=0)) == hash(Config(weight_scale=2.0, bias_init=-0.0))
    assert Config(weight_scale=2).to_query() == Config(weight_scale=2.0).to_query() == {"weight_scale": "2.0"}
    assert Config(bias_init=-0.0).to_query(full=True)["bias_init"] == "0.0"


@each_field
def test_every_field_says_all_that_a_control_needs(name):
    field = FIELDS[name]
    assert field.check(getattr(DEFAULT, name)) == getattr(DEFAULT, name)
    assert field.label
    assert field.group
    assert field.help.endswith(".")
    assert field.asked_by is None or isinstance(FIELDS[field.asked_by], Choice)


@pytest.mark.parametrize("name", [name for name, field in FIELDS.items() if isinstance(field, Number)])
def test_sliders_show_allowed_values_with_the_default_among_them(name):
    field = FIELDS[name]
    assert field.low <= field.slider[0] <= getattr(DEFAULT, name) <= field.slider[1] <= field.high
    assert field.step > 0
    assert not field.log or field.slider[0] > 0


def test_at_start_forgets_what_only_training_uses():
    network = {
        "activation": "tanh",
        "weight_scale": 2.0,
        "depth": 3,
        "seed": 4,
        "normalization": "batch_norm",
        "probe_size": 9,
    }
    training = {"learning_rate": 3.0, "optimizer": "adam", "batch_size": 7, "steps": 9, "dropout": 0.5, "snapshots": 5}
    config = Config(**network, **training)
    assert config != Config(**network)
    assert config.at_start() == Config(**network, steps=0)
    assert config.at_start().at_start() == config.at_start()


@each_field
def test_a_field_is_forgotten_at_start_only_if_the_untrained_network_does_without_it(name):
    """`at_start` is a promise: the measurements of the untrained network do not depend on the field."""
    if not FIELDS[name].at_start:
        config = replace(SMALL, **{name: another_value(name), "steps": 0})
        assert record(config).data.identical(record(replace(SMALL, steps=0)).data)


def test_a_number_has_no_effect_beyond_what_it_is_within():
    config = Config(batch_size=64, probe_size=500, samples=300)
    assert [config.effective(name) for name in ("batch_size", "probe_size", "width")] == [64, 300, config.width]
    assert Config(batch_size=4000, probe_size=4000, samples=300).effective("batch_size") == 300


def test_a_field_matters_where_the_chosen_entry_asks_for_it():
    assert not Config(dataset="digits").matters("noise")
    assert Config(dataset="moons").matters("noise")
    assert Config(dataset="gaussian").matters("features")
    assert Config(dataset="upload").matters("table")
    assert not Config(dataset="digits").matters("table")
    assert not Config(optimizer="sgd").matters("momentum")
    assert Config(optimizer="momentum").matters("momentum")
    assert Config(optimizer="nesterov").matters("momentum")
    assert Config(optimizer="lbfgs").matters("history")
    assert not Config(optimizer="adamw").matters("history")
    assert Config(optimizer="adamw").matters("weight_decay")
    assert Config().matters("depth")


def test_each_purpose_has_random_numbers_of_its_own():
    def numbers(config: Config, purpose: str) -> list[float]:
        return torch.rand(3, generator=config.generator(purpose)).tolist()

    assert numbers(DEFAULT, "data") == numbers(Config(depth=2), "data")
    assert numbers(DEFAULT, "data") != numbers(DEFAULT, "weights")
    assert numbers(DEFAULT, "data") != numbers(replace(DEFAULT, seed=1), "data")


def test_random_numbers_are_the_same_on_every_machine():
    """A link shared today must show the same network tomorrow."""
    assert torch.randint(1000, (4,), generator=DEFAULT.generator("data")).tolist() == [729, 891, 783, 613]


def test_it_can_be_sent_to_another_process():
    config = Config(activation="tanh", depth=3)
    assert pickle.loads(pickle.dumps(config)) == config


def test_the_fields_of_a_group_stand_together():
    groups = [group for group, _ in groupby(field.group for field in FIELDS.values())]
    assert len(groups) == len(set(groups))


def test_no_field_has_the_name_of_something_measured():
    """A sweep's Dataset has both, side by side."""
    data = record(Config(depth=1, width=4, samples=20, steps=0, snapshots=2)).data
    assert not FIELDS.keys() & {*data.variables, *data.dims, "run", "measured", "end", "end_step", "end_loss"}


def test_other_values_put_defaults_in_place_of_what_no_longer_fits():
    config = Config(dataset="moons", loss_function="binary_cross_entropy", depth=3)
    assert config.with_instead(dataset="digits") == Config(dataset="digits", loss_function="auto", depth=3)
    assert config.with_instead(depth=2) == replace(config, depth=2)
    with pytest.raises(ValueError, match="depth must be"):
        config.with_instead(depth=-1)
    with pytest.raises(ValueError, match="depth · width · width must be at most"):
        config.with_instead(depth=100, width=1024, batch_size=1, probe_size=1)
