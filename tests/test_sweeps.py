from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import product
from math import isfinite
from multiprocessing import get_context
from threading import Event
from threading import enumerate as all_threads

import numpy as np
import pytest
import torch
import xarray as xr

from core import Config, DataUnavailable, grid, record, sweep
from core.activations import activations
from core.initializers import initializers
from core.measures import measures
from core.optimizers import optimizers
from core.sweeps import MOST_RUNS, TRIES, _known, chunk_size, chunks, sweeping, work_off

# Two correct programs disagree where rounding is blown up. So: small learning rates, and features that vary in every
# batch, as batch norm leaves others a gradient that is nothing but rounding, of which Adam makes whole steps.
BASE = Config(
    dataset="gaussian",
    features=20,
    depth=3,
    width=12,
    samples=200,
    probe_size=48,
    batch_size=25,
    steps=6,
    snapshots=4,
    learning_rate=0.001,
)


@pytest.fixture(autouse=True)
def nothing_known():
    """Every sweep of these tests is worked off, none comes from the cache."""
    _known.clear()


def assert_same(alone: xr.Dataset, among: xr.Dataset) -> None:
    """The recording of one network, and the same one out of a sweep."""
    among = among.sel(step=alone["step"])
    assert among["measured"].values.all()
    for name, variable in alone.data_vars.items():
        ours, theirs = variable.values, among[name].values
        if name.endswith("histogram"):
            moved = np.abs(ours - theirs).sum(-1) / 2  # entries on the other side of an edge, by rounding
            assert (moved <= 1 + 0.002 * ours.sum(-1)).all(), name
            assert (theirs.sum(-1) == ours.sum(-1)).all()
        else:
            scale = np.abs(ours[np.isfinite(ours)]).max(initial=0)
            np.testing.assert_allclose(theirs, ours, rtol=2e-3, atol=2e-4 * scale, err_msg=name)
    np.testing.assert_allclose(among["activation_right"], alone["activation_right"], rtol=1e-5)


def in_company(config: Config) -> tuple[Config, ...]:
    """64 Configs of one shape with many differences among them; `config` is in the middle."""
    rates, scales = np.geomspace(1e-4, 1e-2, 7), (0.5, 1.0, 2.0)
    others = [
        replace(config, learning_rate=float(rate), weight_scale=scale, seed=seed, initializer=name)
        for rate, scale, seed, name in product(rates, scales, range(1), list(initializers)[:3])
    ]
    return (*others[:32], config, *others[32:63])


@pytest.mark.parametrize("batch_norm", [False, True], ids=["plain", "batch norm"])
@pytest.mark.parametrize("optimizer", optimizers)
def test_one_alone_equals_itself_among_64(optimizer, batch_norm):
    config = replace(BASE, optimizer=optimizer, batch_norm=batch_norm, seed=3, bias_init=0.1)
    company = in_company(config)
    assert len(company) == 64
    assert len(chunks(company)) == 1
    assert_same(record(config).data, sweep(company).isel(run=32))


@pytest.mark.parametrize("field", ["activation", "initializer"])
def test_every_entry_of_a_registry_trains_in_one_pass_with_all_others(field):
    names = {"activation": activations, "initializer": initializers}[field]
    configs = [replace(BASE, **{field: name}) for name in names]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        alone = record(config).data
        if config.initializer == "constant":  # all units are copies, so rounding decides which class has most
            alone = alone.drop_vars("accuracy")
        assert_same(alone, together.isel(run=run))


def test_optimizers_and_their_settings_share_a_pass():
    configs = [
        replace(BASE, optimizer=optimizer, learning_rate=rate, weight_decay=decay, momentum=0.5 + rate)
        for optimizer, rate, decay in product(optimizers, (0.001, 0.002), (0.0, 0.01))
    ]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_same(record(config).data, together.isel(run=run))


@pytest.mark.parametrize(
    "change", [{"dropout": 0.3}, {"dataset": "spiral"}, {"depth": 0}, {"batch_size": 10**4}], ids=str
)
def test_every_run_has_the_random_numbers_it_has_alone(change):
    configs = [replace(BASE, seed=seed, **change) for seed in (0, 1, 0)]
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_same(record(config).data, together.isel(run=run))


def test_a_network_that_diverges_changes_nothing_for_its_neighbours():
    calm = [replace(BASE, seed=seed, learning_rate=0.05) for seed in range(4)]
    wild = [replace(BASE, learning_rate=1e7), replace(BASE, weight_scale=1e6, seed=2)]
    alone, disturbed = sweep(calm), sweep([calm[0], wild[0], *calm[1:3], wild[1], calm[3]])
    assert disturbed["end"].values.tolist() == ["finished", "diverged", "finished", "finished", "diverged", "finished"]
    own = disturbed.isel(run=[0, 2, 3, 5]).sel(step=alone["step"])
    for name in alone.data_vars:
        np.testing.assert_allclose(own[name].values, alone[name].values, rtol=1e-4, atol=1e-6, err_msg=name)
    assert not own["loss"].isnull().any()


def test_a_diverged_run_is_told_as_its_recording_tells_it():
    config = replace(BASE, learning_rate=1e7, steps=20)
    recording, together = record(config), sweep([BASE, replace(BASE, steps=20), config]).isel(run=2)
    assert recording.end.reason == "diverged"
    assert (together["end"].item(), together["end_step"].item()) == ("diverged", recording.end.step)
    assert not isfinite(together["end_loss"].item())
    measured = together["step"].values[together["measured"].values]
    assert measured.tolist() == recording.steps
    later = together.sel(step=~together["step"].isin(recording.steps))
    assert later["loss"].isnull().all()
    assert (later["activation_histogram"] == 0).all()


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
    assert_same(record(replace(cells[0], learning_rate=0.1, activation="tanh", seed=1)).data, one)
    assert data.attrs["width"] == BASE.width
    assert "seed" not in data.attrs


def test_networks_of_different_shapes_lie_side_by_side():
    data = sweep(grid(BASE, depth=[1, 3], width=[4, 12], steps=[0, 3]))
    assert data["dead_fraction"].sizes["layer"] == 3
    shallow = data.sel(depth=1, width=4, steps=3)
    assert shallow["gradient_rms"].sel(layer=[2, 3]).isnull().all()
    assert shallow["unit_active_fraction"].sel(unit=slice(5, None)).isnull().all()
    assert data["loss"].sel(steps=0, step=3).isnull().all()
    small = record(replace(BASE, depth=1, width=4, steps=3)).data
    assert_same(small, shallow.sel(layer=small["layer"], unit=small["unit"]))


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


def test_results_do_not_depend_on_the_size_of_chunks(monkeypatch):
    configs = grid(BASE, learning_rate=[0.001, 0.01], weight_scale=[0.5, 1.0], seed=range(2))
    whole = sweep(configs)
    monkeypatch.setattr("core.sweeps.MOST_RUNS", 3)
    assert len(chunks(configs)) == 3
    pieces = sweep(configs)
    for name in whole.data_vars:
        np.testing.assert_allclose(pieces[name].values, whole[name].values, rtol=1e-3, atol=2, err_msg=name)
    np.testing.assert_allclose(pieces["loss"], whole["loss"], rtol=1e-5)


def test_equal_configs_in_any_order_fall_into_the_same_chunks():
    configs = list(grid(BASE, optimizer=list(optimizers), seed=range(2), depth=[1, 2]))
    parts = chunks(configs)
    assert sorted(place for part in parts for place in part) == list(range(len(configs)))
    assert all(len({configs[place].depth for place in part}) == 1 for part in parts)
    assert chunks(configs) == parts


@pytest.mark.parametrize(
    ("change", "size"),
    [({"width": 2, "depth": 1}, MOST_RUNS), ({"width": 1024, "depth": 20, "batch_size": 10}, 1)],
    ids=["small", "large"],
)
def test_small_networks_share_a_pass_and_large_ones_do_not(change, size):
    assert chunk_size(replace(BASE, **change)) == size


class Lossy(Executor):
    """Works at once, but loses the first results of every chunk."""

    def __init__(self, losses: int) -> None:
        self.losses, self.given = losses, 0

    def submit(self, function, *arguments):
        future: Future = Future()
        self.given += 1
        if self.given <= self.losses:
            future.set_exception(ConnectionError("the worker is gone"))
        else:
            future.set_result(function(*arguments))
        return future


def test_a_lost_chunk_is_worked_off_again():
    executor, here = Lossy(TRIES - 1), sweep([BASE])
    _known.clear()
    xr.testing.assert_identical(sweep([BASE], executor=executor), here)
    assert executor.given == TRIES


def test_a_chunk_that_is_always_lost_is_given_up():
    with pytest.raises(ConnectionError, match="the worker is gone"):
        sweep([BASE], executor=Lossy(100))


def test_other_processes_give_the_same_numbers():
    configs = grid(BASE, learning_rate=[0.001, 0.01], depth=[1, 2])
    here = sweep(configs)
    _known.clear()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        xr.testing.assert_identical(sweep(configs, executor=executor), here)


def test_progress_is_told_after_every_chunk(monkeypatch):
    monkeypatch.setattr("core.sweeps.MOST_RUNS", 2)
    told = []
    sweep(grid(BASE, seed=range(5)), progress=told.append)
    assert [step.done for step in told] == [2, 4, 5] or sorted(step.done for step in told)[-1] == 5
    assert all(step.total == 5 for step in told)
    assert told[-1].seconds_left == 0
    assert told[0].seconds_left > 0


def test_what_is_known_can_be_looked_at_and_the_rest_be_left(monkeypatch):
    monkeypatch.setattr("core.sweeps.MOST_RUNS", 1)
    configs = grid(replace(BASE, steps=100_000, width=256), seed=range(4))
    configs = [replace(configs[0], steps=2), *configs[1:]]
    work = sweeping(configs)
    first = next(work).dataset()
    assert first["end"].values.tolist() == ["finished", "", "", ""]
    assert first["loss"].isel(run=slice(1, None)).isnull().all()
    work.close()
    assert not [thread for thread in all_threads() if thread.name.startswith("sweep")]


def test_a_sweep_that_is_taken_up_again_goes_on_where_it_was(monkeypatch):
    monkeypatch.setattr("core.sweeps.MOST_RUNS", 2)
    configs = grid(BASE, seed=range(6))
    work = sweeping(configs, executor=Lossy(0))
    next(work)
    work.close()
    assert len(_known) == 1
    again = Lossy(0)
    whole = sweep(configs, executor=again)
    assert again.given == 2
    _known.clear()
    xr.testing.assert_identical(whole, sweep(configs))


def test_an_event_stops_a_sweep_from_another_thread(monkeypatch):
    monkeypatch.setattr("core.sweeps.MOST_RUNS", 1)
    stop, configs = Event(), [replace(BASE, steps=2), replace(BASE, steps=100_000, width=256)]
    known = []
    for partial in sweeping(configs, stop=stop):
        known.append(partial)
        stop.set()
    assert known[-1].progress.done == 1


def test_a_stopped_chunk_says_so():
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        work_off([BASE], (), "cpu", lambda: True)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: sweep([]), "a sweep needs at least one Config; got none"),
        (lambda: sweep([BASE], variables=["loss", "size"]), "variables must be names of measures; got loss, size"),
        (lambda: grid(BASE, speed=[1]), "an axis of a grid must be a field of Config; got 'speed'"),
        (lambda: grid(BASE, depth=[]), r"the axis depth must have values that differ; got \[\]"),
        (lambda: grid(BASE, depth=[1, 1]), r"the axis depth must have values that differ; got \[1, 1\]"),
        (lambda: grid(BASE, depth=[-1]), "depth must be a whole number from 0 to 100; got -1"),
    ],
)
def test_what_cannot_be_is_refused_in_words(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_data_that_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    with pytest.raises(DataUnavailable, match="MNIST"):
        sweep([replace(BASE, dataset="mnist", seed=4711)])


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_gpu_gives_the_same_networks():
    configs = grid(BASE, learning_rate=[0.001, 0.01], activation=["relu", "tanh"])
    here, there = sweep(configs), sweep(configs, device="cuda")
    np.testing.assert_allclose(there["loss"], here["loss"], rtol=1e-3)
    np.testing.assert_allclose(there["dead_fraction"], here["dead_fraction"], atol=0.1)
