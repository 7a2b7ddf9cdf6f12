"""The comparison of alone with among many can fail: what is wrong is caught, also where rounding is blown up."""

import re
from dataclasses import replace

import numpy as np
import pytest
import xarray as xr
from alike import _spread, _tolerance, _twin, assert_alike

from core import Config, record, sweep
from core.networks.updater import Updater
from core.sweeps.chunks import forget

pytestmark = pytest.mark.numerics

CALM = Config(dataset="gaussian", features=20, depth=2, width=12, samples=200, probe_size=48, steps=4, snapshots=5)
SIGNS = replace(  # of gradients that are nothing but rounding: all units are copies, and what reaches them adds up to 0
    CALM, initializer="constant", activation="tanh", optimizer="rprop", learning_rate=0.001
)
CENTRED = replace(CALM, normalization="batch_norm_after", optimizer="lbfgs")  # means of 0, measured as rounding


def among(config: Config) -> xr.Dataset:
    return sweep([replace(config, seed=1), config, replace(config, learning_rate=0.002)]).isel(run=1)


def off(config: Config, name: str, factor: float, step: int = -1) -> xr.Dataset:
    """The network among others, with one variable of one step wrong."""
    found = among(config).copy(deep=True)
    found[name][{"step": step}] = found[name][{"step": step}] * factor
    return found


@pytest.mark.parametrize("config", [CALM, SIGNS, CENTRED], ids=["calm", "signs", "centred"])
def test_the_same_network_is_alike_and_another_is_not(config):
    alone = record(config).data
    assert_alike(config, alone, among(config))
    for wrong in ({"learning_rate": 1.2 * config.learning_rate}, {"seed": 2}, {"weight_decay": 0.5}):
        with pytest.raises(AssertionError):
            assert_alike(config, alone, among(replace(config, **wrong)))


@pytest.mark.parametrize(
    ("config", "name", "factor"),
    [(CALM, "loss", 1.005), (CALM, "activation_std", 1.005), (SIGNS, "loss", 1.005), (CENTRED, "loss", 1.005)],
    ids=["loss", "spread", "signs", "centred"],
)
def test_a_wrong_number_is_caught(config, name, factor):
    with pytest.raises(AssertionError, match=f"^{name} of Config"):
        assert_alike(config, record(config).data, off(config, name, factor))


def test_rounding_excuses_nothing_before_the_first_step():
    with pytest.raises(AssertionError, match="weight_norm of Config"):
        assert_alike(SIGNS, record(SIGNS).data, off(SIGNS, "weight_norm", 1.005, step=0))


def test_a_mean_that_is_0_may_be_as_far_from_it_as_rounding_and_no_farther():
    alone, found = record(CENTRED).data, among(CENTRED)
    found["activation_mean"] = alone["activation_mean"] + 1e-9
    assert_alike(CENTRED, alone, found)
    found["activation_mean"] = alone["activation_mean"] + 1e-4
    with pytest.raises(AssertionError, match="activation_mean of Config"):
        assert_alike(CENTRED, alone, found)


def test_no_entry_of_a_histogram_may_be_lost():
    found = among(CALM).copy(deep=True)
    counts = found["activation_histogram"].values
    counts[-1, 0, counts[-1, 0].argmax()] -= 1
    with pytest.raises(AssertionError, match="activation_histogram of Config"):
        assert_alike(CALM, record(CALM).data, found)


def test_a_number_that_is_missing_is_caught():
    with pytest.raises(AssertionError, match="loss of Config"):
        assert_alike(CALM, record(CALM).data, off(CALM, "loss", np.nan))


def test_where_nothing_cancels_the_floor_is_far_below_the_tolerance():
    alone = record(CALM).data
    family = [alone, *(_twin(CALM, number) for number in range(16))]
    for name in ("loss", "activation_std", "gradient_rms", "weight_norm", "weight_gradient_norm"):
        assert (_spread(name, family) < _tolerance(name, alone) / 10).all()


@pytest.mark.parametrize("choices", [{}, {"optimizer": "adam"}, {"normalization": "batch_norm"}], ids=str)
def test_a_fault_of_how_many_are_trained_is_found(choices, monkeypatch):
    """It is not in the family, which is trained alone: a learning rate that is one per cent too large."""
    config = replace(CALM, **choices)
    alone, setting = record(config).data, Updater._setting

    def wrong(updater, configs, name, dtype=None):
        found = setting(updater, configs, name, dtype)
        return 1.01 * found if name == "learning_rate" and not isinstance(configs, Config) else found

    monkeypatch.setattr(Updater, "_setting", wrong)
    forget()
    with pytest.raises(AssertionError, match=f"of {re.escape(str(config))}"):
        assert_alike(config, alone, among(config))
    forget()
