import pytest

from core.work.line import ALONE, Standing
from ui.jobs.pace import WAITING_SECONDS, seconds_between


def test_who_is_alone_is_drawn_as_often_as_ever():
    assert seconds_between(0.4, "running", ALONE) == 0.4
    assert seconds_between(0.4, "running", Standing(0, 0)) == 0.4


def test_the_more_work_the_seldomer_it_is_drawn():
    times = [seconds_between(0.4, "running", Standing(0, others)) for others in (0, 1, 4, 16, 49)]
    assert times == sorted(times)
    assert times[-1] == pytest.approx(2.0)


def test_who_waits_looks_once_a_second_and_far_back_less_often():
    times = [seconds_between(0.4, "queued", Standing(ahead, 50)) for ahead in (1, 5, 50)]
    assert times == [WAITING_SECONDS, WAITING_SECONDS, 10.0]
    assert seconds_between(2.0, "queued", Standing(1, 1)) == 2.0
