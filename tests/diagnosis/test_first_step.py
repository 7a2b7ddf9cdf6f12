"""How long the first step will be, as it is told before, against the one that is made."""

from dataclasses import replace

import numpy as np
import pytest

from core import Config, diagnose, record
from core.choices.optimizers import optimizers
from core.diagnosis.signs import OF_ALL, Signs

PLAIN = Config(
    dataset="gaussian", features=32, samples=200, probe_size=1000, batch_size=1000, width=16, depth=3, steps=1
)


def told(config: Config) -> "np.ndarray | None":
    return Signs(record(replace(config, steps=0))).first_step


@pytest.mark.parametrize("optimizer", sorted(optimizers.keys() - set(OF_ALL)))
@pytest.mark.parametrize("activation", ["relu", "maxout"])
def test_it_is_as_long_as_it_turns_out_to_be(optimizer, activation):
    config = replace(PLAIN, optimizer=optimizer, activation=activation, learning_rate=1e-5)
    made = record(config).data["update_ratio"].sel(step=1).values
    # Adadelta alone neither follows the gradient's size nor its sign: weights with a small gradient move by less.
    assert told(config) == pytest.approx(made, rel=0.2 if optimizer == "adadelta" else 0.05)


@pytest.mark.parametrize(
    "unknown",
    [
        {"schedule": "warm_up"},
        {"normalization": "layer_norm"},
        {"clip_norm": 1.0},
        {"optimizer": "lbfgs"},
        {"depth": 0},
    ],
    ids=str,
)
def test_where_nothing_can_be_said_nothing_is(unknown):
    config = replace(PLAIN, learning_rate=1e6, **unknown)
    assert told(config) is None
    assert diagnose(record(replace(config, steps=0))).verdict == "alive"


def test_weights_of_0_have_no_share_that_could_change():
    assert told(replace(PLAIN, initializer="zeros")) is None


def test_a_rate_that_is_far_too_high_leaves_it_in_doubt_before_training_whether_the_network_will_learn():
    diagnosis = diagnose(record(Config(learning_rate=100.0, steps=0)))
    assert (diagnosis.verdict, diagnosis.cause, diagnosis.reason.knobs) == ("unknown", None, ("learning_rate",))
