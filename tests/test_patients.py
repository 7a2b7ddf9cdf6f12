"""The networks that a doctor is judged on: drawn from a seed alone, and sick in what is said to be their cause."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.patients import healthy, learned, sick
from core import Config, record

SEEDS = range(200)


def test_equal_seeds_give_equal_networks():
    assert [healthy(3), sick(3)] == [healthy(3), sick(3)]
    assert len({healthy(seed) for seed in SEEDS}) == len(SEEDS)


def test_the_cause_is_what_was_turned():
    for patient in map(sick, SEEDS):
        turned = {name for name in Config.fields() if getattr(patient.config, name) != getattr(patient.base, name)}
        assert patient.cause == turned
        assert turned
        assert all(patient.config.matters(name) for name in turned)


def test_many_kinds_of_causes_are_drawn():
    causes = Counter(name for patient in map(sick, SEEDS) for name in patient.cause)
    assert len(causes) >= 12
    assert max(causes.values()) < len(SEEDS) / 4


@pytest.mark.parametrize("dataset", ["blobs", "line"])
def test_the_held_out_score_tells_whether_a_network_learned(dataset):
    config = Config(dataset=dataset, depth=1, steps=100)
    assert learned(record(config))
    assert not learned(record(Config(dataset=dataset, depth=1, steps=0)))
    with np.errstate(all="ignore"):
        assert not learned(record(Config(dataset=dataset, depth=1, steps=100, learning_rate=1e9)))
