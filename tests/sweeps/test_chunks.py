"""Chunks: which networks share a pass, and who works them off."""

import subprocess
import sys
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
import torch
import xarray as xr
from alike import assert_alike
from small_sweeps import BASE, Lossy

from core import Config, sweep
from core.choices.optimizers import optimizers
from core.datasets.csv_file import read_sheet
from core.datasets.uploads import keep as keep_table
from core.datasets.uploads import table_of
from core.sweeps import grid
from core.sweeps.chunks import MEMORY_BYTES, MOST_RUNS, chunk_size, chunks, forget, work_off
from core.sweeps.sweeps import TRIES

pytestmark = pytest.mark.usefixtures("nothing_known")

ROOT = Path(__file__).parents[2]


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


def test_a_stopped_chunk_says_so():
    with pytest.raises(InterruptedError, match="the sweep was stopped"):
        work_off([BASE], (), "cpu", lambda: True)


def test_a_process_can_end_in_the_middle_of_a_sweep():
    script = """if True:
        from core import Config
        from core.work.job import Job
        from core.sweeps.sweeps import sweeping
        configs = [Config(steps=100_000, width=256, seed=seed) for seed in range(12)]
        job = Job(lambda stop: sweeping(configs, stop=stop))
        while job.state != "running": pass
        print(job.state)"""
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stdout, done.stderr) == (0, "running\n", "")


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
