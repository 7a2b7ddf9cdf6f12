import pickle
import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from itertools import cycle, product
from math import inf, isfinite
from multiprocessing import get_context
from pathlib import Path
from threading import Event
from threading import enumerate as all_threads

import numpy as np
import pytest
import torch
import xarray as xr
from alike import assert_alike
from other_values import another_value, asking_for

from core import Config, DataUnavailable, record, sweep
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import normalizations
from core.choices.optimizers import optimizers
from core.choices.schedules import schedules
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep as keep_table
from core.datasets.uploads import table_of
from core.measuring.measures import measures
from core.networks.ensemble import shape
from core.sweeps import grid
from core.sweeps.chunks import MEMORY_BYTES, MOST_RUNS, _bytes, chunk_size, chunks, forget, recall, work_off
from core.sweeps.sweeps import TRIES, sweeping
from core.training import snapshot_steps

ROOT = Path(__file__).parents[2]

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
    forget()


# Ways to train; five of them, so that neighbours in the product of `in_company` differ in every respect.
WAYS = [
    {"seed": 0, "schedule": "constant"},
    {"seed": 0, "schedule": "step", "clip_norm": 0.05},
    {"seed": 0, "schedule": "cosine", "weight_decay": 0.1, "clip_norm": 0.0},
    {"seed": 0, "schedule": "warm_up", "clip_norm": 0.5, "weight_decay": 0.01},
    {"seed": 1, "schedule": "linear", "weight_decay": 0.0},
]


def in_company(config: Config) -> tuple[Config, ...]:
    """64 Configs of one shape with many differences among them; `config` is in the middle."""
    rates, scales = np.geomspace(1e-4, 1e-2, 7), (0.5, 1.0, 2.0)
    others = [
        replace(config, learning_rate=float(rate), weight_scale=scale, initializer=name, **ways)
        for (rate, scale, name), ways in zip(product(rates, scales, list(initializers)[:3]), cycle(WAYS), strict=False)
    ]
    return (*others[:32], config, *others[32:63])


@pytest.mark.numerics
@pytest.mark.parametrize("normalization", normalizations)
@pytest.mark.parametrize("optimizer", optimizers)
@pytest.mark.parametrize(
    "ways", [{}, {"schedule": "cosine", "clip_norm": 0.05, "weight_decay": 0.1}], ids=["simply", "in every way"]
)
def test_one_alone_equals_itself_among_64(optimizer, normalization, ways):
    config = replace(BASE, optimizer=optimizer, normalization=normalization, seed=3, bias_init=0.1, **ways)
    company = in_company(config)
    assert len(company) == 64
    assert len(chunks(company)) == 1
    assert_alike(config, record(config).data, sweep(company).isel(run=32))


@pytest.mark.numerics
@pytest.mark.parametrize("field", ["activation", "initializer"])
def test_every_entry_of_a_registry_trains_beside_all_others(field):
    names = {"activation": activations, "initializer": initializers}[field]
    configs = [replace(BASE, **{field: name}) for name in names]
    assert len(chunks(configs)) == len({shape(config) for config in configs}) <= 3  # maxout and prelu have more weights
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.parametrize("name", [name for name, field in Config.fields().items() if field.free])
def test_networks_that_differ_in_a_free_field_are_trained_in_one_pass(name):
    """`free` is a promise: beside the other, each is what it is alone."""
    base = replace(BASE, **asking_for(name))
    configs = [base, replace(base, **{name: another_value(name)})]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.numerics
def test_optimizers_and_their_settings_share_a_pass():
    configs = [
        replace(BASE, optimizer=optimizer, learning_rate=rate, weight_decay=decay, momentum=0.5 + rate)
        for optimizer, rate, decay in product(optimizers, (0.001, 0.002), (0.0, 0.01))
    ]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.numerics
@pytest.mark.parametrize(
    "change", [{"dropout": 0.3}, {"dataset": "spiral"}, {"depth": 0}, {"batch_size": 10**4}], ids=str
)
def test_every_run_has_the_random_numbers_it_has_alone(change):
    configs = [replace(BASE, seed=seed, **change) for seed in (0, 1, 0)]
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.parametrize("optimizer", optimizers)
def test_a_neighbour_that_diverges_changes_nothing_for_any_optimizer(optimizer):
    """It explodes before the first step, so all that the rule keeps of it is NaN from then on."""
    ways = {"optimizer": optimizer, "schedule": "warm_up", "clip_norm": 0.5, "weight_decay": 0.01}
    calm = [replace(BASE, depth=6, seed=seed, **ways) for seed in range(4)]
    wild = [replace(config, weight_scale=1e6) if config.seed == 1 else config for config in calm]
    assert len(chunks(wild)) == 1
    alone, disturbed = sweep(calm), sweep(wild)
    assert disturbed["end"].values.tolist() == ["finished", "diverged", "finished", "finished"]
    for name in alone.data_vars:
        for run in (0, 2, 3):
            np.testing.assert_array_equal(disturbed[name].isel(run=run), alone[name].isel(run=run), err_msg=name)


@pytest.mark.parametrize("schedule", schedules)
def test_every_schedule_shares_a_pass_with_all_others(schedule):
    configs = [
        replace(BASE, schedule=name, learning_rate=rate, clip_norm=clip)
        for name, (rate, clip) in product(schedules, [(0.001, 0.0), (0.002, 0.05)])
    ]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        if config.schedule == schedule:
            assert_alike(config, record(config).data, together.isel(run=run))


def test_a_network_that_diverges_changes_nothing_for_its_neighbours():
    calm = [replace(BASE, seed=seed, learning_rate=0.05) for seed in range(5)]
    wild = {1: replace(calm[1], learning_rate=1e7), 3: replace(calm[3], weight_scale=1e6)}
    configs = [wild.get(place, config) for place, config in enumerate(calm)]
    assert len(chunks(calm)) == len(chunks(configs)) == 1
    alone, disturbed = sweep(calm), sweep(configs)
    assert disturbed["end"].values.tolist() == ["finished", "diverged", "finished", "diverged", "finished"]
    for name in alone.data_vars:
        for run in (0, 2, 4):
            np.testing.assert_array_equal(disturbed[name].isel(run=run), alone[name].isel(run=run), err_msg=name)


def test_a_diverged_run_is_told_as_its_recording_tells_it():
    config = replace(BASE, learning_rate=1e7, steps=20)
    recording, together = record(config), sweep([replace(BASE, steps=20), config]).isel(run=1)
    assert recording.end.reason == "diverged"
    assert (together["end"].item(), together["end_step"].item()) == ("diverged", recording.end.step)
    assert not isfinite(together["end_loss"].item())
    looks = together["measured"].values
    assert together["step"].values[looks].tolist() == [
        step for step in snapshot_steps(20, 4) if step < recording.end.step
    ]
    before = together.sel(step=looks)
    np.testing.assert_allclose(before["loss"], recording.data["loss"].sel(step=before["step"]), rtol=1e-4)
    assert together["loss"].sel(step=~looks).isnull().all()
    assert (together["activation_histogram"].sel(step=~looks) == 0).all()


def test_many_that_diverge_at_many_steps_need_no_more_room():
    base = replace(BASE, activation="identity", steps=60)
    data = sweep([replace(base, learning_rate=float(rate)) for rate in np.geomspace(0.5, 1e5, 24)])
    assert len(set(data["end_step"].values.tolist())) > 4
    assert data["step"].values.tolist() == snapshot_steps(60, 4)


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


def test_results_do_not_depend_on_the_size_of_chunks(monkeypatch):
    configs = list(grid(BASE, learning_rate=[0.001, 0.01], weight_scale=[0.5, 1.0], seed=range(2)))
    whole = sweep(configs)
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 3)
    assert len(chunks(configs)) == 3
    pieces = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, whole.isel(run=run), pieces.isel(run=run))


def test_configs_in_any_order_fall_into_the_same_chunks(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 3)
    configs = list(grid(BASE, optimizer=list(optimizers), learning_rate=[0.01, 0.1], seed=range(2), depth=[1, 2]))

    def together(configs):
        return {tuple(configs[place] for place in part) for part in chunks(configs)}

    parts = chunks(configs)
    assert sorted(place for part in parts for place in part) == list(range(len(configs)))
    assert all(len({configs[place].depth for place in part}) == 1 for part in parts)
    assert together(configs) == together(configs[::-1]) == together(configs[7:] + configs[:7])


@pytest.mark.parametrize(
    ("change", "size"),
    [({"width": 2, "depth": 1}, MOST_RUNS), ({"width": 1024, "depth": 20, "batch_size": 10}, 1)],
    ids=["small", "large"],
)
def test_small_networks_share_a_pass_and_large_ones_do_not(change, size):
    assert chunk_size(replace(BASE, **change)) == size


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="this system does not tell a process's peak memory")
def test_a_chunk_fits_into_the_memory_however_large_its_probe():
    config = Config(depth=100, width=16, probe_size=10_000, samples=60_000, dataset="gaussian", batch_size=1)
    assert chunk_size(config) == 1
    small = replace(config, depth=40, width=8, probe_size=2000, samples=2000, steps=0, snapshots=2)
    script = f"""if True:
        from dataclasses import replace
        from pathlib import Path
        from core import Config, sweep
        from core.sweeps.chunks import chunk_size
        config = {small!r}
        sweep([replace(config, probe_size=10, samples=20)], variables=["dead_fraction"])
        def peak():  # in kilobytes; what getrusage tells is inherited from the parent
            return int(Path("/proc/self/status").read_text().split("VmHWM:")[1].split()[0])
        before = peak()
        configs = [replace(config, learning_rate=1 / (1 + run)) for run in range(chunk_size(config))]
        assert len(configs) > 1
        sweep(configs, variables=["dead_fraction", "gradient_rms"])
        print(1024 * (peak() - before))"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert MEMORY_BYTES / 4 < int(done.stdout) < 1.5 * MEMORY_BYTES


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
    forget()
    xr.testing.assert_identical(sweep([BASE], executor=executor), here)
    assert executor.given == TRIES


def test_a_chunk_that_is_always_lost_is_given_up():
    with pytest.raises(ConnectionError, match="the worker is gone"):
        sweep([BASE], executor=Lossy(100))


class Dropping(Executor):
    """Cancels what it is given, as an executor does whose scheduler is gone."""

    def submit(self, function, *arguments):
        future: Future = Future()
        future.cancel()
        future.set_running_or_notify_cancel()
        return future


def test_an_executor_that_drops_its_work_is_named():
    with pytest.raises(ConnectionError, match="has dropped it; is the scheduler alive"):
        sweep([BASE], executor=Dropping())


def test_other_processes_give_the_same_numbers():
    configs = grid(BASE, learning_rate=[0.001, 0.01], depth=[1, 2])
    here = sweep(configs)
    forget()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as executor:
        xr.testing.assert_identical(sweep(configs, executor=executor), here)


def test_progress_is_told_after_every_chunk(monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 2)
    told = []
    sweep(grid(BASE, seed=range(5)), progress=told.append)
    assert [step.done for step in told] in ([1, 3, 5], [2, 3, 5], [2, 4, 5])  # two at once end in any order
    assert all(step.total == 5 for step in told)
    assert told[-1].seconds_left == 0
    assert told[0].seconds_left > 0


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


def test_a_process_can_end_in_the_middle_of_a_sweep():
    script = """if True:
        from core import Config
        from core.work.job import Job
        from core.sweeps import sweeping
        configs = [Config(steps=100_000, width=256, seed=seed) for seed in range(12)]
        job = Job(lambda stop: sweeping(configs, stop=stop))
        while job.state != "running": pass
        print(job.state)"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "running\n", "")


def test_data_that_cannot_be_had(tmp_path, monkeypatch):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    monkeypatch.setattr("urllib.request.urlopen", lambda *_, **__: (_ for _ in ()).throw(OSError("no network")))
    with pytest.raises(DataUnavailable, match="MNIST"):
        sweep([replace(BASE, dataset="mnist", seed=4711)])


def test_an_uploaded_table_is_swept_in_this_process_whoever_else_would_do_it():
    lines = "".join(f"{i},{i % 7},{'ab'[i % 2]}\n" for i in range(60))
    table = keep_table(table_of(read_sheet(f"x,y,kind\n{lines}".encode()), "kind"))
    configs = grid(replace(BASE, dataset="upload", table=table), learning_rate=[0.01, 0.1])
    far_away = Lossy(0)
    data = sweep(configs, executor=far_away)
    assert far_away.given == 0
    assert data["loss"].notnull().all()
    assert data.attrs["table"] == table


@pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device on this machine")
def test_a_gpu_gives_the_same_networks():
    configs = grid(BASE, learning_rate=[0.001, 0.01], activation=["relu", "tanh"])
    here, there = sweep(configs), sweep(configs, device="cuda")
    np.testing.assert_allclose(there["loss"], here["loss"], rtol=1e-3)
    np.testing.assert_allclose(there["dead_fraction"], here["dead_fraction"], atol=0.1)
