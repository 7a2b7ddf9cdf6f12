"""The visitor of these tests is what the server takes it for: somebody with a browser."""

import pytest

from .visitor import Visitor


def test_a_page_is_opened_moved_and_left_for_another(visitors):
    visitor = visitors("lab", "depth=3&width=8")
    assert "3 hidden layers of 8" in visitor.words()
    visitor.turn("Depth", 2)
    assert "2 hidden layers of 8" in visitor.words()
    assert visitor.buttons()["Start training"]
    visitor.visit("learn")
    assert "Start training" not in visitor.buttons()


def test_who_comes_back_is_the_same_session(visitors):
    visitor = visitors("learn")
    session = visitor.session
    visitor.drop()
    assert not visitor.connected
    visitor.connect()
    assert visitor.session == session


def test_only_servers_of_this_machine_are_visited():
    with pytest.raises(AssertionError, match="only servers of this machine"):
        Visitor("http://example.org")
