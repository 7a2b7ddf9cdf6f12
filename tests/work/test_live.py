import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from math import inf, isfinite
from pathlib import Path
from threading import enumerate as all_threads
from time import monotonic, sleep

import pytest

from core import Config, record, train
from core.memory.gate import Gate
from core.work.line import Line
from core.work.live import LINE, Run

SHORT = Config(depth=2, width=8, samples=60, probe_size=16, batch_size=20, steps=6, snapshots=4)
LONG = replace(SHORT, steps=100_000, snapshots=500)

Start = Callable[..., Run]


@pytest.fixture
def start() -> Iterator[Start]:
    """Starts runs that end with the test, and sees that their threads do."""
    runs: list[Run] = []

    def start(config: Config, line: Line | None = None) -> Run:
        runs.append(Run(config, line or Line(places=1)))
        return runs[-1]

    yield start
    for run in runs:
        run.stop()
    for run in runs:
        run.join(30)
    assert [thread.name for thread in all_threads() if thread.name.startswith("run-")] == []


@pytest.fixture
def pause_at_0(start) -> Callable[[Config], Run]:
    """Starts runs that pause before their first step, by asking for it while they still stand in line."""

    def pause_at_0(config: Config) -> Run:
        line = Line(places=1)
        with line.changed:  # it does not begin yet
            run = start(config, line)
            run.pause()
        until(lambda: run.state == "paused")
        assert run.steps_done == 0
        return run

    return pause_at_0


def until(condition: Callable[[], bool]) -> None:
    """Wait for what another thread does. It has half a minute, on however busy a machine."""
    end = monotonic() + 30
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.002)


def ended(run: Run) -> Run:
    run.join(30)
    assert not run.active
    return run


def test_a_run_gives_what_record_gives(start):
    config = replace(SHORT, seed=11)
    *_, expected = train(config)
    run = ended(start(config))
    assert (run.state, run.problem, run.steps_done) == ("finished", None, 6)
    assert run.recording.data.identical(expected.data)
    assert repr(run.recording.end) == repr(expected.end)  # in which NaN is NaN


def test_a_finished_run_need_not_be_recorded_again(start):
    config = replace(SHORT, seed=12)
    run = ended(start(config))
    assert record(config) is run.recording


def test_a_diverged_run_says_so_and_need_not_be_recorded_again(start):
    config = replace(SHORT, learning_rate=1e6, steps=200, seed=13)
    run = ended(start(config))
    assert run.state == run.recording.end.reason == "diverged"
    assert record(config) is run.recording


def test_no_steps_are_a_run_as_well(start):
    run = ended(start(replace(SHORT, steps=0)))
    assert (run.state, run.steps_done, run.recording.steps) == ("finished", 0, [0])


def test_progress_is_published_while_it_runs(start):
    run = start(LONG)
    until(lambda: run.steps_done > 20)
    first = run.recording
    until(lambda: len(run.recording.steps) > len(first.steps))
    assert run.state == "running"
    assert first.end.reason == "running"
    assert run.recording.steps[: len(first.steps)] == first.steps
    assert isfinite(run.progress.seconds_left)
    assert run.progress.pace > 0


def test_a_stopped_run_keeps_what_it_measured(start):
    run = start(LONG)
    until(lambda: run.steps_done > 20)
    run.stop()
    ended(run)
    assert run.state == run.recording.end.reason == "stopped"
    assert 20 < run.steps_done == run.recording.end.step < 100_000
    assert run.recording.steps[-1] <= run.steps_done
    for wish in (run.resume, run.pause, run.advance, run.stop):
        wish()
        assert (run.state, run.active) == ("stopped", False)


def test_a_stopped_run_is_not_taken_for_the_whole(pause_at_0):
    config = replace(SHORT, seed=14)
    run = pause_at_0(config)
    run.advance()
    until(lambda: run.state == "paused" and run.steps_done == 1)
    run.stop()
    assert ended(run).recording.end.reason == "stopped"
    assert record(config).end.reason == "finished"


def test_a_paused_run_rests_and_goes_on_as_if_nothing_had_happened(pause_at_0):
    config = replace(SHORT, seed=15)
    *_, expected = train(config)
    run = pause_at_0(config)
    assert run.active
    run.advance()
    until(lambda: run.state == "paused" and run.steps_done == 1)
    speed = run.progress.pace
    assert run.progress.pace == speed > 0  # the time of the pause does not count
    run.resume()
    assert ended(run).recording.data.identical(expected.data)


def test_a_step_goes_to_the_next_snapshot(pause_at_0):
    run = pause_at_0(replace(SHORT, steps=40, snapshots=6))
    for expected in ([0, 1], [0, 1, 11], [0, 1, 11, 20]):
        run.advance()
        until(lambda steps=expected: run.state == "paused" and len(run.recording.steps) >= len(steps))
        assert run.recording.steps == expected
        assert run.steps_done == expected[-1]


def test_the_last_step_ends_the_run(pause_at_0):
    run = pause_at_0(replace(SHORT, steps=1))
    run.advance()
    assert ended(run).state == "finished"


def test_runs_wait_in_line_and_know_their_place(start):
    line = Line(places=1)
    first, second, third = (start(replace(LONG, seed=seed), line) for seed in range(3))
    until(lambda: first.state == "running")
    assert (second.state, third.state) == ("queued", "queued")
    assert [run.standing.ahead for run in (first, second, third)] == [0, 1, 2]
    assert (second.recording, second.progress.pace, second.progress.seconds_left) == (None, 0, inf)
    first.stop()
    until(lambda: second.state == "running")
    assert (third.state, third.standing.ahead) == ("queued", 1)
    second.stop()
    until(lambda: third.state == "running")


def test_two_places_are_two_runs_at_once(start):
    line = Line(places=2)
    first, second, third = (start(LONG, line) for _ in range(3))
    until(lambda: first.steps_done > 5 and second.steps_done > 5)
    assert (first.state, second.state, third.state) == ("running", "running", "queued")


def test_a_pause_lets_the_next_one_in_and_costs_the_place(start):
    line = Line(places=1)
    first, second, third = (start(LONG, line) for _ in range(3))
    until(lambda: first.state == "running")
    first.pause()
    until(lambda: second.state == "running")
    assert first.state == "paused"
    first.resume()
    until(lambda: first.standing.ahead == 2)
    assert (first.state, third.standing.ahead) == ("queued", 1)
    second.stop()
    third.stop()
    until(lambda: first.state == "running")


def test_runs_take_turns_and_each_gives_what_record_gives(start):
    line = Line(places=1, slice_seconds=0.05)
    first, second = (start(replace(LONG, seed=seed), line) for seed in (17, 18))
    until(lambda: first.steps_done > 5 and second.steps_done > 5)
    states = set()
    until(lambda: states.add((first.state, second.state)) or {("running", "queued"), ("queued", "running")} <= states)
    config = replace(SHORT, steps=300, seed=19)
    *_, expected = train(config)
    assert ended(start(config, line)).recording.data.identical(expected.data)
    assert first.active
    assert second.active


def test_who_waits_rests_at_once_and_stands_at_the_end_when_going_on(start):
    line = Line(places=1)
    first, second, third = (start(LONG, line) for _ in range(3))
    until(lambda: first.state == "running")
    second.pause()
    assert (second.state, third.standing.ahead) == ("paused", 1)
    second.resume()
    assert (second.state, second.standing.ahead) == ("queued", 2)
    first.stop()
    third.stop()
    until(lambda: second.state == "running")


def test_a_run_that_is_stopped_in_line_leaves_it(start):
    line = Line(places=1)
    first, second, third = (start(LONG, line) for _ in range(3))
    until(lambda: first.state == "running")
    second.stop()
    ended(second)
    assert (second.state, second.recording, second.steps_done) == ("stopped", None, 0)
    assert third.standing.ahead == 1
    first.stop()
    until(lambda: third.state == "running")


@pytest.mark.parametrize("wish", [Run.resume, Run.advance, Run.stop])
def test_who_asks_a_paused_run_for_more_does_not_see_it_paused_still(pause_at_0, wish):
    """Whoever draws it looks again until it rests or has ended, and would look no more."""
    run = pause_at_0(SHORT)
    with run._line.changed:  # its thread cannot do anything yet
        wish(run)
        assert run.state in ("queued", "running")


def test_a_paused_run_can_be_stopped_while_others_train(start):
    line = Line(places=1)
    first, second = (start(LONG, line) for _ in range(2))
    until(lambda: first.state == "running")
    first.pause()
    until(lambda: second.state == "running")
    first.stop()
    assert ended(first).state == "stopped"
    assert second.state == "running"


@pytest.mark.usefixtures("offline")
def test_a_run_that_fails_says_why_and_frees_its_place(start, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    line = Line(places=1)
    run = ended(start(replace(SHORT, dataset="mnist", seed=1717), line))
    assert run.state == "failed"
    assert run.problem.startswith(f"MNIST is not in {tmp_path} and cannot be downloaded here.")
    assert run.recording is None
    assert ended(start(SHORT, line)).state == "finished"


def test_all_runs_of_a_process_stand_in_one_line():
    run = Run(replace(SHORT, seed=16))
    assert run._line is LINE
    assert ended(run).state == "finished"


def test_a_process_can_end_in_the_middle_of_a_run():
    script = (
        "from core import Config\n"
        "from core.work.live import Run\n"
        "run = Run(Config(steps=100_000))\n"
        "while not run.steps_done: pass\n"
        "print(run.state)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "running\n", "")


def test_runs_that_have_no_room_beside_each_other_give_their_turns_away_and_all_finish(start, monkeypatch):
    large, line = replace(SHORT, width=400, depth=6), Line(places=1, slice_seconds=0.0)
    gate = Gate(lambda: 2 * large.needs)
    monkeypatch.setattr("core.training.GATE", gate)
    runs = [start(replace(large, seed=seed), line) for seed in range(3)]
    for run in runs:
        run.join(60)
    assert [(run.state, run.problem) for run in runs] == [("finished", None)] * 3
    assert gate.waiting == 0
