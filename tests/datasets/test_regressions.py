"""Regressions train at their defaults, whatever the table: they do not diverge, and know more than the mean."""

import numpy as np
import pytest
from regressions import MADE, TARGET, content
from tables import AUTO_MPG

from core import Config, sweep
from core.config.tasks import suited
from core.datasets import datasets
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep, table_of
from core.measuring import Recording
from core.sweeps.runs import recordings_of

SEEDS = range(3)
BUILT_IN = [name for name in datasets if datasets[name].task == "regression"]


def of_file(data: bytes, target: str) -> Config:
    return suited(Config(dataset="upload", table=keep(table_of(read_sheet(data), target))))


def trained(config: Config) -> list[Recording]:
    """Runs of several seeds at the defaults, but for how often is measured, and on how many samples: all of them."""
    configs = [config.with_instead(seed=seed, snapshots=5, probe_size=config.samples) for seed in SEEDS]
    return recordings_of(sweep(configs), configs)


def assert_learned(config: Config) -> None:
    assert config.learning_rate == Config().learning_rate
    for run in trained(config):
        assert run.end.reason == "finished"
        assert run.guess is not None
        ends = run.variables["loss"].values[-1]
        assert np.isfinite(ends).all()
        assert (ends < run.guess.spreads).any()


@pytest.mark.numerics
@pytest.mark.parametrize("name", BUILT_IN)
def test_the_built_in_ones_do(name):
    assert_learned(suited(Config(dataset=name)))


@pytest.mark.numerics
@pytest.mark.parametrize("name", MADE)
def test_tables_do(name):
    assert_learned(of_file(content(name), TARGET))


@pytest.mark.numerics
def test_the_cars_do():
    if not AUTO_MPG.is_file():
        pytest.skip(f"{AUTO_MPG} is not here")
    assert_learned(of_file(AUTO_MPG.read_bytes(), "MPG"))


@pytest.mark.numerics
def test_without_what_suits_them_some_leave_the_range_of_numbers():
    """So that the default is there for a reason."""
    assert "diverged" in [run.end.reason for run in trained(Config(dataset="curve"))]
