"""How far work is, by hand."""

from math import inf

from core.work.progress import Progress


def test_the_rest_takes_as_long_as_its_share_of_the_work_at_the_speed_so_far():
    assert Progress(10, 40, 5.0, 0.25, "steps").seconds_left == 15
    assert Progress(10, 40, 5.0, 0.5).seconds_left == 5  # the networks that are left are small
    assert Progress(40, 40, 5.0, 0.9).seconds_left == 0


def test_nothing_is_known_of_the_rest_before_any_work_is_done():
    assert Progress(0, 40, 5.0, 0.0).seconds_left == inf
    assert Progress(10, 40, 5.0, 0.0).seconds_left == inf  # all that is done was known before


def test_the_pace_is_what_is_done_in_a_second():
    assert Progress(10, 40, 5.0, 0.25).pace == 2
    assert Progress(0, 40, 0.0, 0.0).pace == 0
