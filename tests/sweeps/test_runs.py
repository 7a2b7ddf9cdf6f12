"""The Recordings of the networks of a sweep are those of the networks alone, as far as they go."""

import numpy as np
import pytest

from core import Config, record, sweep
from core.sweeps.runs import recordings_of
from core.sweeps.sweeps import sweeping

SMALL = Config(dataset="blobs", width=8, steps=20, snapshots=5)
MEASURED = ("activation_std", "dead_fraction", "update_ratio")


@pytest.mark.numerics
def test_a_run_is_what_it_is_alone():
    configs = [SMALL, Config(dataset="line", depth=2, width=4, steps=20, snapshots=5), Config(depth=0, steps=0)]
    for config, found in zip(configs, recordings_of(sweep(configs), configs), strict=True):
        alone = record(config)
        assert found.variables.keys() == alone.variables.keys()
        assert (found.steps, found.depth, found.end.reason) == (alone.steps, alone.depth, alone.end.reason)
        assert found.layer_widths.tolist() == alone.layer_widths.tolist()
        assert repr(found.guess) == repr(alone.guess)  # which may hold NaN
        assert (found.classes, found.config) == (alone.classes, alone.config)
        assert found.input_sizes.means.tolist() == alone.input_sizes.means.tolist()
        for name in ("loss", *MEASURED):
            assert found.variables[name].axes == alone.variables[name].axes
            np.testing.assert_allclose(found.variables[name].values, alone.variables[name].values, rtol=1e-4, atol=1e-7)


def test_a_run_that_diverged_ends_where_it_did():
    wild = Config(dataset="blobs", width=8, steps=20, snapshots=5, learning_rate=1e9)
    (found,) = recordings_of(sweep([wild]), [wild])
    assert found.end.reason == "diverged"
    assert found.end.step == record(wild).end.step


def test_what_is_not_known_yet_is_none():
    configs = [SMALL, Config(dataset="moons", width=4, steps=10)]
    first = next(iter(sweeping(configs, variables=MEASURED))).dataset()
    assert [found is None for found in recordings_of(first, configs)].count(True) == 1
