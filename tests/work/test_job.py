from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from threading import Event
from threading import enumerate as all_threads
from time import monotonic, sleep

import pytest
import xarray as xr
from endless import counting

from core import Config, sweep
from core.sweeps import grid
from core.sweeps.sweeps import sweeping
from core.work.job import JOBS, Job
from core.work.line import Line, Standing

CELLS = grid(Config(depth=1, width=8, samples=60, probe_size=16, steps=5, snapshots=2), seed=range(4))
ENDLESS = [Config(steps=100_000, width=256, seed=seed) for seed in range(2)]


@pytest.fixture
def start():
    """Starts jobs that end with the test, and sees that their threads do."""
    jobs = []

    def start(task, line=None):
        jobs.append(Job(task, line or Line(places=1)))
        return jobs[-1]

    yield start
    for job in jobs:
        job.stop()
    for job in jobs:
        job.join(30)
    assert [thread.name for thread in all_threads() if thread.name.startswith("job-")] == []


def swept(configs, stop, variables=()):
    return sweeping(configs, variables=variables, stop=stop)


def until(condition):
    end = monotonic() + 30
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.002)


def ended(job):
    job.join(60)
    assert not job.active
    return job


def test_a_sweep_on_a_thread_finds_what_the_sweep_finds(start):
    job = ended(start(partial(swept, CELLS, variables=["dead_fraction"])))
    assert (job.state, job.problem) == ("finished", None)
    assert job.newest.progress.done == 4
    xr.testing.assert_identical(job.newest.dataset(), sweep(CELLS, variables=["dead_fraction"]))


def test_a_job_that_is_stopped_keeps_what_is_known(start):
    job = start(partial(swept, [replace(ENDLESS[0], steps=2), *ENDLESS]))
    until(lambda: job.newest is not None)
    job.stop()
    assert ended(job).state == "stopped"
    assert job.newest.progress.done == 1


def test_stopping_what_has_ended_changes_nothing(start):
    job = ended(start(partial(swept, CELLS)))
    job.stop()
    assert (job.state, job.newest.progress.done) == ("finished", 4)


def test_jobs_wait_for_one_another(start):
    line = Line(places=1)
    first, second, third = start(partial(swept, ENDLESS), line), start(partial(swept, CELLS), line), None
    until(lambda: first.state == "running")
    assert (second.state, second.active) == ("queued", True)
    third = start(partial(swept, CELLS), line)
    third.stop()
    assert (ended(third).state, third.newest) == ("stopped", None)
    first.stop()
    assert ended(second).state == "finished"


def test_a_job_that_is_stopped_while_it_waits_keeps_what_it_was_given(start):
    line = Line(places=1)
    first = start(partial(swept, ENDLESS), line)
    job = Job(partial(swept, CELLS), line, newest="known before")
    assert (job.state, job.newest) == ("queued", "known before")
    job.stop()
    assert (ended(job).state, job.newest) == ("stopped", "known before")
    first.stop()


def test_all_jobs_of_a_process_stand_in_one_line():
    job = ended(Job(partial(swept, CELLS)))
    assert job.line is JOBS


def test_what_went_wrong_is_told_and_the_next_has_its_turn(start):
    line = Line(places=1)

    def broken(stop: Event) -> Iterator[int]:
        yield 1
        raise OSError("no more room")

    job = ended(start(broken, line))
    assert (job.state, str(job.problem), job.newest) == ("failed", "no more room", 1)
    job = ended(start(partial(swept, CELLS, variables=["size"]), line))
    assert (job.state, str(job.problem)) == ("failed", "variables must be names of measures; got size")
    assert ended(start(partial(swept, CELLS), line)).state == "finished"


def test_jobs_take_turns_with_all_their_threads(start):
    line = Line(places=1, slice_seconds=0.05)
    first, second = (start(counting, line) for _ in range(2))
    until(lambda: first.newest and second.newest)
    states = set()
    until(lambda: states.add((first.state, second.state)) or {("running", "queued"), ("queued", "running")} <= states)
    job = ended(start(partial(swept, CELLS, variables=["dead_fraction"]), line))
    xr.testing.assert_identical(job.newest.dataset(), sweep(CELLS, variables=["dead_fraction"]))


def test_a_job_rests_and_goes_on(start):
    line = Line(places=1)
    first, second = (start(counting, line) for _ in range(2))
    until(lambda: first.newest)
    first.pause()
    until(lambda: second.newest)
    assert (first.state, first.active, second.state) == ("paused", True, "running")
    assert first.standing == Standing(ahead=0, others=0, seconds=0.0)
    known = first.newest
    first.resume()
    assert (first.state, first.standing.ahead) == ("queued", 1)
    second.pause()
    until(lambda: first.newest > known + 2)
    second.stop()
    assert ended(second).state == "stopped"


def test_a_job_that_waits_may_rest_as_well(start):
    line = Line(places=1)
    first, second = (start(counting, line) for _ in range(2))
    until(lambda: first.state == "running")
    second.pause()
    first.stop()
    ended(first)
    assert second.state == "paused"
    second.resume()
    until(lambda: second.newest)
