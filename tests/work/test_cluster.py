import os
import signal
from dataclasses import replace
from threading import enumerate as all_threads

import pytest
import xarray as xr

from core import Config, sweep
from core.sweeps import grid
from core.sweeps.chunks import chunks, forget
from core.work import cluster

BASE = Config(depth=2, width=8, samples=100, probe_size=32, batch_size=20, steps=400, snapshots=3)
NOBODY = "tcp://127.0.0.1:9"


@pytest.fixture(autouse=True)
def nothing_known():
    """Every sweep of these tests is worked off, none comes from the cache."""
    forget()


@pytest.fixture(scope="module")
def two_workers():
    """A scheduler with two worker processes."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=":0") as made:
        yield made


@pytest.fixture
def named(two_workers, monkeypatch):
    """VITALS_CLUSTER names the scheduler; connections are closed at the end."""
    monkeypatch.setenv(cluster.VARIABLE, two_workers.scheduler_address)
    monkeypatch.setattr(cluster, "_clients", clients := {})
    yield
    for client in clients.values():
        client.close()


def kill_a_busy_worker(client) -> int:
    """Kill a worker process in the middle of a chunk; its process id."""
    processes = client.run(os.getpid)
    busy = next(address for address, chunks in client.processing().items() if chunks)
    os.kill(processes[busy], signal.SIGKILL)
    return processes[busy]


def test_a_worker_that_dies_in_the_middle_changes_nothing(named, monkeypatch):
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 1)
    configs = grid(BASE, learning_rate=[0.001, 0.002, 0.005, 0.01], seed=range(2))
    assert len(chunks(configs)) == 8
    executor, killed, done = cluster.executor(), [], []
    (client,) = cluster._clients.values()
    before = set(client.run(os.getpid).values())

    def watch(progress):
        done.append(progress.done)
        if not killed:
            killed.append(kill_a_busy_worker(client))

    there = sweep(configs, executor=executor, progress=watch)
    assert done == list(range(1, 9))
    assert killed[0] in before
    assert killed[0] not in client.run(os.getpid).values()
    forget()
    xr.testing.assert_identical(there, sweep(configs))


def test_a_scheduler_without_workers_is_told(monkeypatch):
    distributed = pytest.importorskip("distributed")
    monkeypatch.setattr(cluster, "TIMEOUT", 2.0)
    with distributed.LocalCluster(n_workers=0, dashboard_address=":0") as made:
        monkeypatch.setenv(cluster.VARIABLE, made.scheduler_address)
        with pytest.raises(RuntimeError) as raised:
            cluster.executor()
    assert str(raised.value) == (
        f"The Dask scheduler at {made.scheduler_address} has no worker after 2 seconds; start one, see docs/cluster.md."
    )


def test_a_connection_that_fails_leaves_no_thread(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv(cluster.VARIABLE, NOBODY)
    before = len(all_threads())
    for _ in range(3):
        with pytest.raises(RuntimeError):
            cluster.executor()
    assert len(all_threads()) == before


def test_all_sweeps_share_one_connection(named):
    first, second = cluster.executor(), cluster.executor()
    (client,) = cluster._clients.values()
    assert first.submit(sum, (1, 2)).result() == second.submit(sum, (1, 2)).result() == 3
    client.close()
    assert cluster.executor().submit(sum, (3, 4)).result() == 7


def test_a_scheduler_that_is_gone_is_told(named, two_workers, monkeypatch):
    """The last of its tests: the scheduler does not come back."""
    monkeypatch.setattr("core.sweeps.chunks.MOST_RUNS", 1)
    configs = grid(replace(BASE, steps=3000), seed=range(6))
    with pytest.raises(ConnectionError, match="has dropped it; is the scheduler alive"):
        sweep(configs, executor=cluster.executor(), progress=lambda _: two_workers.close())


@pytest.mark.parametrize("address", [None, "", " "])
def test_without_an_address_there_is_no_cluster(monkeypatch, address):
    if address is None:
        monkeypatch.delenv(cluster.VARIABLE, raising=False)
    else:
        monkeypatch.setenv(cluster.VARIABLE, address)
    assert cluster.executor() is None


def test_a_cluster_without_its_package(monkeypatch):
    monkeypatch.setenv(cluster.VARIABLE, NOBODY)
    monkeypatch.setattr(cluster, "find_spec", lambda name: None)
    with pytest.raises(RuntimeError) as raised:
        cluster.executor()
    assert str(raised.value) == (
        "VITALS_CLUSTER asks for a cluster, which needs `pip install -r requirements-cluster.txt` in this environment."
    )


def test_a_scheduler_that_does_not_answer(monkeypatch):
    pytest.importorskip("distributed")
    monkeypatch.setenv(cluster.VARIABLE, NOBODY)
    monkeypatch.setattr(cluster, "TIMEOUT", 0.5)
    with pytest.raises(RuntimeError) as raised:
        cluster.executor()
    assert str(raised.value) == (
        f"No Dask scheduler answered at {NOBODY} within 0.5 seconds; VITALS_CLUSTER names its address."
    )


@pytest.mark.parametrize("address", ["nonsense://host:1", "tcp://host:port"])
def test_what_is_no_address(monkeypatch, address):
    pytest.importorskip("distributed")
    monkeypatch.setenv(cluster.VARIABLE, address)
    with pytest.raises(RuntimeError) as raised:
        cluster.executor()
    assert str(raised.value) == (
        f"VITALS_CLUSTER must be the address of a Dask scheduler, such as tcp://127.0.0.1:8786; got {address!r}."
    )
