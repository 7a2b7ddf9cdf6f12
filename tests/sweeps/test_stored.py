"""The stored map: it is the one that the app begins with, its cells come out again, and nothing else is shown."""

import json
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import xarray as xr
from alike import assert_alike

from core import Config, record
from core.sweeps.grid import Grid, grid
from core.sweeps.maps import NEEDS
from core.sweeps.outcomes import outcome, outcomes, over_seeds
from core.sweeps.stored import FILE, first_map, map_in, store
from core.sweeps.sweeps import sweep

BASE = Config(dataset="gaussian", depth=1, width=4, samples=40, batch_size=20, steps=4, snapshots=2)
SMALL = grid(BASE, learning_rate=[0.01, 1e6], weight_scale=[0.5, 2.0], seed=[0, 1])
MOST_BYTES = 100_000
# Cells (learning rate, weight scale) from all parts of the map; none at an edge where rounding decides what becomes.
LEARNED = [(0.00464, 1.17), (0.0215, 0.858), (0.1, 0.631)]
LOST = [(10.0, 10.0), (10.0, 0.858), (0.0001, 10.0)]


@pytest.fixture(scope="module")
def first() -> xr.Dataset:
    found = map_in(FILE, first_map())
    assert found is not None, (
        "the stored map is of other Configs than the app begins with: run python -m core.diagnosis.causes"
    )
    return found.known.dataset()


def cells(places: list[tuple[float, float]]) -> list[dict[str, float]]:
    return [{"learning_rate": rate, "weight_scale": scale} for rate, scale in places]


def test_the_file_is_small_and_says_when_and_where_it_was_made():
    assert FILE.stat().st_size < MOST_BYTES
    origin = map_in(FILE, first_map()).origin
    assert origin.processor
    assert "torch" in origin.libraries


def test_every_cell_of_the_first_map_is_known(first):
    assert first["measured"].all()
    for name in ("loss", "accuracy", "diverged"):
        assert not np.isnan(over_seeds(name, first)).any()


@pytest.mark.numerics
@pytest.mark.parametrize("cell", cells(LEARNED), ids=str)
def test_a_cell_that_learned_comes_out_again(first, cell):
    for seed in first["seed"].values.tolist():
        config = replace(first_map().base, **cell, seed=seed)
        alone = record(config).data.isel(step=[-1])
        kept = first.sel(**cell, seed=seed)
        assert kept["end"] == "finished"
        assert_alike(config, alone[["loss", "accuracy", *NEEDS]].drop_vars("activation_right", errors="ignore"), kept)


@pytest.mark.numerics
@pytest.mark.parametrize("cell", cells(LOST), ids=str)
def test_a_cell_that_was_lost_is_lost_again(first, cell):
    configs = [replace(first_map().base, **cell, seed=seed) for seed in first["seed"].values.tolist()]
    assert sweep(configs, variables=())["end"].values.tolist() == first.sel(**cell)["end"].values.tolist()


@pytest.fixture
def kept(tmp_path) -> Any:
    """A file with a small map."""
    store(SMALL, sweep(tuple(SMALL), variables=NEEDS), tmp_path / "small.json")
    return tmp_path / "small.json"


def test_a_map_is_stored_with_all_its_outcomes(kept):
    found = map_in(kept, SMALL).known
    whole = sweep(SMALL, variables=NEEDS)
    assert found.progress.done == found.progress.total == len(SMALL)
    for name in outcomes:
        xr.testing.assert_allclose(over_seeds(name, found.dataset()), over_seeds(name, whole), rtol=1e-3)
    assert (found.dataset()["end"] == whole["end"]).all()


@pytest.mark.parametrize(
    "other",
    [
        grid(replace(BASE, width=5), **SMALL.axes),
        grid(BASE, **(SMALL.axes | {"weight_scale": [0.5, 2.1]})),
        grid(BASE, **(SMALL.axes | {"seed": [0]})),
        grid(BASE, weight_scale=[0.5, 2.0], learning_rate=[0.01, 1e6], seed=[0, 1], depth=[1]),
    ],
    ids=["another field", "another value", "fewer seeds", "another axis"],
)
def test_a_map_of_other_configs_is_not_known(kept, other):
    assert map_in(kept, other) is None


def test_a_field_that_is_new_or_gone_makes_the_map_unknown(kept, monkeypatch):
    plain = Config.to_dict
    monkeypatch.setattr(Config, "to_dict", lambda config: plain(config) | {"hue": 1.0})
    map_in.cache_clear()
    assert map_in(kept, SMALL) is None
    monkeypatch.setattr(Config, "to_dict", lambda config: {name: plain(config)[name] for name in ("width", "depth")})
    map_in.cache_clear()
    assert map_in(kept, SMALL) is None


def test_an_outcome_of_another_measure_makes_the_map_unknown(kept, monkeypatch):
    for part in ("_entries", "_help", "_asks_for"):
        monkeypatch.setattr(outcomes, part, dict(getattr(outcomes, part)))

    @outcome("Saturated", ends=(0.0, 1.0), good="low", needs=("saturated_fraction",))
    def saturated(last):
        """The share of saturated activations."""
        return last["saturated_fraction"].mean("layer")

    map_in.cache_clear()
    assert map_in(kept, SMALL) is None


def without(path: tuple[str, ...], value: Any = None) -> Any:
    """Change one place of a file: take it away, or put a value there."""

    def changed(entries: dict[str, Any]) -> Any:
        *above, last = path
        part = entries
        for name in above:
            part = part[name]
        if value is None:
            del part[last]
        else:
            part[last] = value
        return entries

    return changed


@pytest.mark.parametrize(
    "change",
    [
        without(("made",)),
        without(("made", "date"), "yesterday"),
        without(("runs",)),
        without(("runs", "data_vars")),
        without(("runs", "data_vars", "loss")),
        without(("runs", "data_vars", "loss", "data"), [[1, 2]]),
        without(("runs", "data_vars", "loss", "data"), "numbers"),
        without(("runs", "data_vars", "gradient_rms", "dims"), ["run", "sun"]),
        without(("runs", "coords", "end")),
        without(("axes",), 3),
    ],
)
def test_a_broken_file_is_as_good_as_none(kept, change):
    kept.write_text(json.dumps(change(json.loads(kept.read_text()))))
    map_in.cache_clear()
    assert map_in(kept, SMALL) is None


def test_without_a_file_no_map_is_known(tmp_path):
    assert map_in(tmp_path / "none.json", SMALL) is None


def test_the_first_map_is_a_grid_of_two_knobs_and_seeds():
    assert isinstance(first_map(), Grid)
    assert list(first_map().axes) == ["learning_rate", "weight_scale", "seed"]
