"""What a visitor has: it rests when nobody is there, and is ended after a while."""

from time import monotonic, sleep

import pytest
from endless import counting

from core import Config
from core.work.line import Line
from ui.jobs import visitors
from ui.jobs.jobs import Slot
from ui.jobs.visitors import GRACE_SECONDS, Visit, end_all, is_busy, make_room
from ui.lab.runs import Desk

ENDLESS = Config(steps=100_000, depth=1, width=8)


def until(condition):
    end = monotonic() + 30
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.002)


@pytest.fixture
def visit():
    """A visitor with a run and a job, which are at work."""
    visit = Visit({"desk": Desk(), "slot": Slot()})
    visit.things["desk"].start(ENDLESS)
    visit.things["slot"].start("asked", counting, line=Line(places=1))
    yield visit
    visit.end()
    end_all()


def test_what_nobody_watches_rests_and_goes_on_when_somebody_is_back(visit):
    run, job = visit.things["desk"].run, visit.things["slot"].job
    until(lambda: run.steps_done and job.newest)
    assert visit.attend(here=False)
    until(lambda: (run.state, job.state) == ("paused", "paused"))
    assert visit.attend(here=True)
    until(lambda: (run.state, job.state) == ("running", "running"))
    assert visit.things["desk"].run is run


def test_a_run_that_was_paused_by_hand_stays_so(visit):
    run = visit.things["desk"].run
    run.pause()
    until(lambda: run.state == "paused")
    visit.attend(here=False)
    visit.attend(here=True)
    assert run.state == "paused"


def test_what_nobody_comes_back_to_is_ended(visit):
    run, job = visit.things["desk"].run, visit.things["slot"].job
    assert visit.attend(here=False)
    visit.gone_since -= GRACE_SECONDS
    assert not visit.attend(here=False)
    run.join(30)
    job.join(30)
    assert (run.state, job.state, visit.things) == ("stopped", "stopped", {})


def test_one_run_and_one_job_of_a_visitor_are_at_work_at_a_time():
    line, other = Line(places=1), Line(places=1)
    first, second, third = (visitors.belonging(name, Slot) for name in ("first", "second", "third"))
    first.start("a", counting, line=line)
    second.start("b", counting, line=other)
    assert is_busy(line)
    third.start("c", counting, line=line)
    first.job.join(30)
    assert (first.job.state, first.ousted, second.job.active, second.ousted) == ("stopped", True, True, False)
    make_room(line, but=third)
    assert third.job.active
    end_all()
    assert not is_busy(line)


def test_what_was_ended_with_a_visit_is_remembered(visit, monkeypatch):
    monkeypatch.setattr(visitors, "_is_here", lambda session: False)
    idle = Visit()
    for one, session in ((visit, "busy"), (idle, "idle")):
        assert visitors._attended(session, one)
        one.gone_since -= GRACE_SECONDS
        assert not visitors._attended(session, one)
    assert (visitors._ended["busy"], visitors._ended["idle"]) == (True, False)
    assert "of-another-server" not in visitors._ended


def test_who_comes_back_before_the_visit_is_ended_is_told_of_no_restart(visit, monkeypatch):
    """Streamlit forgets a session after two minutes, and all but the newest 128 sooner."""
    monkeypatch.setattr(visitors, "_visits", {"busy": visit, "idle": Visit()})
    told = {}
    for before in ("", "busy", "idle", "of-another-server"):
        monkeypatch.setattr(visitors, "_before", lambda before=before: before)
        told[before] = visitors.what_became()
    assert told == {"": "", "busy": visitors.AWAY, "idle": "", "of-another-server": visitors.RESTARTED}
