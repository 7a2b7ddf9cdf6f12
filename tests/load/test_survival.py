"""What a visitor has started survives a break of the network and whatever other visitors do."""

import re
from time import sleep

from streamlit.proto.BackMsg_pb2 import BackMsg

from .test_turns import ENDLESS, progress
from .visitor import Visitor


def steps(visitor):
    """How many steps the run has done, as the board says."""
    found = re.match(r"Step ([\d,]+) of", progress(visitor))
    return int(found[1].replace(",", "")) if found else 0


def trains(visitor):
    """See that the run of a visitor goes on."""
    now = steps(visitor)
    visitor.until(lambda: steps(visitor) > now)


def test_nobody_ends_the_runs_of_others(visitors):
    one, other = visitors("lab", ENDLESS), visitors("learn")
    one.press("Start training")
    trains(one)
    other.send(BackMsg(clear_cache=True))
    other.rerun()
    trains(one)
    one.rerun()
    trains(one)
    assert one.buttons()["Stop training"]
    one.press("Stop training")


def test_a_run_is_found_again_after_a_break(visitors):
    visitor = visitors("lab", ENDLESS)
    visitor.press("Start training")
    trains(visitor)
    before = steps(visitor)
    visitor.drop()
    sleep(2.5)  # longer than the server takes to see that nobody is there
    visitor.connect()
    trains(visitor)
    assert steps(visitor) > before
    visitor.press("Stop training")
    visitor.until(lambda: "Start again" in visitor.buttons())


def test_what_nobody_watches_keeps_nobody_waiting(visitors):
    gone, here = visitors("lab", ENDLESS), visitors("lab", f"{ENDLESS}&seed=1")
    gone.press("Start training")
    here.press("Start training")
    here.until(lambda: "in turns with 1 other" in progress(here))
    gone.drop()
    here.until(lambda: "steps/s" in progress(here) and "in turns" not in progress(here))
    gone.connect()
    here.until(lambda: "in turns with 1 other" in progress(here))
    for visitor in (gone, here):
        visitor.press("Stop training")


def test_who_finds_another_server_is_told_so_and_may_go_on(server):
    visitor = Visitor(server.url, "lab", ENDLESS)
    visitor.session = "of-a-server-that-was-before"
    with visitor:
        (board,) = visitor.boards()
        assert board["message"]["text"].startswith("The server was started again since this page was opened.")
        assert board["message"]["actions"] == [["restart", "Start training"]]
        visitor.press("Start training")
        trains(visitor)
        assert visitor.boards()[0]["message"] is None
        visitor.press("Stop training")
    with Visitor(server.url, "lab", ENDLESS) as first:
        assert first.boards()[0]["message"] is None


def test_who_had_nothing_going_on_is_told_nothing(visitors, server):
    before = visitors("learn")
    with Visitor(server.url, "lab", ENDLESS) as after:
        assert after.boards()[0]["message"] is None
    after.session = before.session
    before.drop()
    after.connect()  # in the session of the one before, which the server still knows
    assert after.session == before.session
    assert after.boards()[0]["message"] is None
    after.drop()


def test_to_start_another_job_ends_the_one_before(visitors):
    visitor = visitors("search")
    visitor.press("Search")
    visitor.until(lambda: visitor.buttons().get("Stop the search"))
    visitor.visit("deep")
    visitor.press("Train them")
    visitor.visit("search")
    visitor.until(lambda: "one job of a visitor works at a time. “Continue” takes it up again." in visitor.words())
    assert visitor.buttons()["Continue"]
