from dataclasses import replace
from itertools import product

import numpy as np
import pytest

from core import Config, record, sweep
from core.sweeps import grid
from core.sweeps.chunks import chunks, work_off
from core.sweeps.outcomes import last, outcomes, over_seeds
from core.sweeps.sweeps import Partial
from core.work.progress import Progress

BASE = Config(activation="identity", depth=2, width=8, samples=100, probe_size=32, steps=12, snapshots=2)
CELLS = grid(BASE, learning_rate=[0.01, 1e7], seed=range(3))
NEEDS = sorted({need for entry in outcomes.values() for need in entry.needs})


FINAL = {  # what the recording of one network alone ends with
    "loss": lambda data: data["loss"].sel(split="validation"),
    "accuracy": lambda data: data["accuracy"].sel(split="validation"),
    "dead": lambda data: data["dead_fraction"].mean(),
    "gradient_ratio": lambda data: data["gradient_rms"][0] / data["gradient_rms"][-1],
    "diverged": lambda data: data.attrs["end"] == "diverged",
}


def final(name: str, config: Config) -> float:
    return float(FINAL[name](record(config).data.isel(step=-1)))


@pytest.mark.parametrize("name", outcomes)
def test_an_outcome_among_many_networks_is_that_of_each_alone(name):
    together = outcomes[name](sweep(CELLS, variables=NEEDS))
    assert together.dims == ("learning_rate", "seed")
    for rate, seed in product((0.01, 1e7), range(3)):
        alone = outcomes[name](sweep([replace(BASE, learning_rate=rate, seed=seed)], variables=outcomes[name].needs))
        assert alone.shape == (1,)
        assert together.sel(learning_rate=rate, seed=seed).item() == pytest.approx(alone.item(), rel=1e-3)


@pytest.mark.parametrize("name", outcomes)
def test_a_run_that_diverged_is_lost(name):
    values = outcomes[name](sweep(CELLS, variables=NEEDS)).sel(learning_rate=1e7)
    assert values.values.tolist() == [outcomes[name].lost] * 3


@pytest.mark.parametrize("name", FINAL)
def test_an_outcome_is_what_the_recording_ends_with(name):
    values = outcomes[name](sweep(CELLS, variables=NEEDS))
    assert values.dims == ("learning_rate", "seed")
    for seed in range(3):
        config = replace(BASE, learning_rate=0.01, seed=seed)
        assert values.sel(learning_rate=0.01, seed=seed).item() == pytest.approx(final(name, config), rel=1e-3)


def test_a_diverged_run_has_the_worst_scores():
    data = sweep(CELLS, variables=NEEDS)
    assert outcomes["loss"](data).sel(learning_rate=1e7).values.tolist() == [np.inf] * 3
    assert outcomes["accuracy"](data).sel(learning_rate=1e7).values.tolist() == [0.0] * 3
    assert outcomes["diverged"](data).values.tolist() == [[0.0] * 3, [1.0] * 3]
    for name in ("dead", "gradient_ratio"):
        assert outcomes[name](data).sel(learning_rate=1e7).values.tolist() == [np.inf] * 3


def test_one_seed_of_three_that_diverged_leaves_the_cell_a_number():
    data = sweep(CELLS, variables=NEEDS)
    data["end"][0, 1] = "diverged"
    for name in ("loss", "dead", "gradient_ratio"):
        assert over_seeds(name, data)[0].item() == np.sort(outcomes[name](data)[0].values)[1] < np.inf


def test_the_last_look_is_at_the_end_of_a_run():
    data = sweep(CELLS, variables=NEEDS)
    ended = last(data)
    assert "step" not in ended.dims
    assert np.array_equal(ended["step"].sel(learning_rate=0.01), data["end_step"].sel(learning_rate=0.01))


def test_what_is_not_known_yet_is_nan():
    places = [place for part in chunks(CELLS) for place in part if CELLS[place].seed == 1]
    part = work_off(tuple(CELLS[place] for place in places), NEEDS).assign_coords(run=places)
    partial = Partial(Progress(len(places), len(CELLS), 1.0, 0.5), CELLS, (part,)).dataset()
    for name in outcomes:
        values = outcomes[name](partial)
        assert values.sel(seed=[0, 2]).isnull().all()
        assert values.sel(seed=1).notnull().all() or name == "gradient_ratio"
        np.testing.assert_array_equal(over_seeds(name, partial), values.sel(seed=1))


def test_cells_show_the_median_of_their_seeds():
    data = sweep(CELLS, variables=NEEDS)
    assert np.array_equal(over_seeds("loss", data), np.median(outcomes["loss"](data), -1))
    assert over_seeds("diverged", data).values.tolist() == [0.0, 1.0]
    assert over_seeds("loss", data.isel(seed=0)).dims == ("learning_rate",)


def test_networks_of_any_depth_have_a_gradient_ratio():
    data = sweep(grid(BASE, depth=[0, 1, 3], seed=[0, 1]), variables=NEEDS)
    ratios = outcomes["gradient_ratio"](data)
    assert ratios.sel(depth=0).isnull().all()
    assert ratios.sel(depth=1).values.tolist() == [1.0, 1.0]
    deep = record(replace(BASE, depth=3)).data["gradient_rms"].isel(step=-1)
    assert ratios.sel(depth=3, seed=0).item() == pytest.approx((deep[0] / deep[-1]).item(), rel=1e-3)
    assert outcomes["gradient_ratio"](sweep([replace(BASE, depth=0)], variables=NEEDS)).isnull().all()
