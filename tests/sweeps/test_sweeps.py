"""Sweeps: the axes and coordinates of what they give, how far they are, stopped and taken up again."""

import pickle
from dataclasses import replace
from math import inf
from threading import Event
from threading import enumerate as all_threads

import pytest
import xarray as xr
from alike import assert_alike
from small_sweeps import BASE, Lossy

from core import DataUnavailable, record, sweep
from core.measuring.measures import measures
from core.sweeps import grid
from core.sweeps.chunks import _bytes, forget, recall
from core.sweeps.sweeps import sweeping

pytestmark = pytest.mark.usefixtures("nothing_known")


def test_a_grid_has_the_axes_of_its_fields():
    cells = grid(replace(BASE, depth=1), learning_rate=[0.01, 0.1], activation=["relu", "tanh"], seed=range(3))
    assert len(cells) == 12
    assert cells[0] == replace(BASE, depth=1, learning_rate=0.01)
    assert cells[-1] == replace(BASE, depth=1, learning_rate=0.1, activation="tanh", seed=2)
    assert list(cells[1:3]) == [replace(cells[0], seed=1), replace(cells[0], seed=2)]
    data = sweep(cells)
    assert data["loss"].dims == ("learning_rate", "activation", "seed", "step", "split")
    assert data["dead_fraction"].dims == ("learning_rate", "activation", "seed", "step", "layer")
    one = data.sel(learning_rate=0.1, activation="tanh", seed=1)
    config = replace(cells[0], learning_rate=0.1, activation="tanh", seed=1)
    assert_alike(config, record(config).data, one)
    assert data.attrs["width"] == BASE.width
    assert "seed" not in data.attrs


def test_networks_of_different_shapes_lie_side_by_side():
    data = sweep(grid(BASE, depth=[1, 3], width=[4, 12], steps=[0, 3]))
    assert data["dead_fraction"].sizes["layer"] == 3
    shallow = data.sel(depth=1, width=4, steps=3)
    assert shallow["gradient_rms"].sel(layer=[2, 3]).isnull().all()
    assert shallow["unit_active_fraction"].sel(unit=slice(5, None)).isnull().all()
    assert data["loss"].sel(steps=0, step=3).isnull().all()
    small = replace(BASE, depth=1, width=4, steps=3)
    assert_alike(small, record(small).data, shallow)


def test_what_varies_is_a_coordinate_of_the_runs():
    data = sweep([BASE, replace(BASE, seed=1, bias_init=0.5)])
    assert data["seed"].values.tolist() == [0, 1]
    assert data["bias_init"].values.tolist() == [0.0, 0.5]
    assert data.attrs["activation"] == "relu"


def test_only_what_is_asked_for_is_measured():
    data = sweep([BASE], variables=["dead_fraction", "gradient_rms"])
    assert set(data.data_vars) == {"loss", "accuracy", "dead_fraction", "gradient_rms"}
    whole = sweep([BASE])
    assert set(whole.data_vars) == {"loss", "accuracy", *measures}
    assert data["dead_fraction"].equals(whole["dead_fraction"])


def test_what_is_known_can_be_looked_at_and_the_rest_be_left(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 1)
    configs = grid(replace(BASE, steps=100_000, width=256), seed=range(4))
    configs = [replace(configs[0], steps=2), *configs[1:]]
    work = sweeping(configs)
    first = next(work).dataset()
    assert first["end"].values.tolist() == ["finished", "", "", ""]
    assert first["loss"].isel(run=slice(1, None)).isnull().all()
    work.close()
    assert not [thread for thread in all_threads() if thread.name.startswith("sweep")]


def test_a_sweep_that_is_taken_up_again_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 2)
    configs = grid(BASE, seed=range(6))
    work = sweeping(configs, executor=Lossy(0))
    next(work)
    work.close()
    again = Lossy(0)
    whole = sweep(configs, executor=again)
    assert again.given == 2
    forget()
    xr.testing.assert_identical(whole, sweep(configs))


def test_an_event_stops_a_sweep_from_another_thread(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 1)
    stop, configs = Event(), [replace(BASE, steps=2), replace(BASE, steps=100_000, width=256)]
    work = sweeping(configs, stop=stop)
    assert next(work).progress.done == 1
    stop.set()
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        next(work)


def test_a_sweep_leaves_the_event_of_its_caller_alone():
    stop = Event()
    list(sweeping([BASE], stop=stop))
    assert not stop.is_set()


def test_the_time_left_is_that_of_the_work_left(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 1)
    sweep([replace(BASE, seed=seed) for seed in range(3)])
    told = []
    configs = [*(replace(BASE, seed=seed) for seed in range(4)), replace(BASE, steps=20)]
    sweep(configs, progress=told.append, executor=Lossy(0))
    assert [step.done for step in told] == [1, 2, 3, 4, 5]
    shares = [step.share for step in told]
    assert shares in ([0, 0, 0, 7 / 28, 1], [0, 0, 0, 21 / 28, 1])  # whichever of the two was done first
    assert [step.seconds_left for step in told][:3] == [inf] * 3
    assert told[3].seconds_left == pytest.approx(told[3].seconds * (1 / shares[3] - 1))


def test_what_is_remembered_is_bounded(monkeypatch):
    found = sweep([BASE], variables=())
    assert recall((BASE,), (), "cpu") is not None
    real = len(pickle.dumps((BASE, found)))
    assert _bytes(found) > real


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sweep([]), "a sweep needs at least one Config; got none"),
        (lambda: sweep([BASE], variables=["loss", "size"]), "variables must be names of measures; got loss, size"),
        (lambda: grid(BASE, speed=[1]), "an axis of a grid must be a field of Config; got 'speed'"),
        (lambda: grid(BASE, depth=[]), r"the axis depth must have values that differ; got \[\]"),
        (lambda: grid(BASE, depth=[1, 1]), r"the axis depth must have values that differ; got \[1, 1\]"),
        (lambda: grid(BASE), "a grid needs at least one axis; got none"),
        (lambda: grid(BASE, depth=3), "the axis depth must be a list of values; got 3"),
        (lambda: grid(BASE, depth=[[1]]), r"depth must be a whole number from 0 to 100; got \[1\]"),
        (lambda: grid(BASE, depth=[-1]), "depth must be a whole number from 0 to 100; got -1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_grids_are_values():
    one, other = grid(BASE, depth=[1, 2], seed=[0, 1]), grid(BASE, depth=[1, 2], seed=[0, 1])
    assert one == other
    assert hash(one) == hash(other)
    assert one != grid(BASE, seed=[0, 1], depth=[1, 2])


def test_data_that_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    with pytest.raises(DataUnavailable, match="MNIST"):
        sweep([replace(BASE, dataset="mnist", seed=4711)])
