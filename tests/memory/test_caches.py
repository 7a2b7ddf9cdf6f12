"""Caches: bounded by bytes, computed once, and forgotten when there is no room."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from time import sleep

import pytest

from core.memory import caches
from core.memory.caches import Cache


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other caches, and a room of a thousand bytes."""
    monkeypatch.setattr(caches, "ALL", [])
    monkeypatch.setattr(caches, "room", lambda: 1000)


def test_a_cache_takes_its_share_of_the_room_and_no_more_than_its_most():
    assert Cache(1 / 4, 1000, len).most == 250
    assert Cache(1 / 4, 100, len).most == 100


def test_what_was_not_used_for_longest_is_forgotten_first():
    cache: Cache[str] = Cache(1.0, 10, len)
    for key in "abc":
        cache.put(key * 4, key)
        cache.get("a")
    assert [cache.get(key) for key in "abc"] == ["aaaa", None, "cccc"]
    assert (len(cache), cache.held, cache.taken) == (2, 8, 8)


def test_what_is_larger_than_the_cache_is_not_remembered():
    cache: Cache[str] = Cache(1.0, 10, len)
    cache.put("a" * 11, "a")
    assert cache.remembers(lambda key: key * 11)("b") == "b" * 11
    assert len(cache) == 0


def test_what_is_just_computed_is_waited_for_and_not_computed_twice():
    cache: Cache[str] = Cache(1.0, 100, len)
    go_on, calls = Event(), []

    @cache.remembers
    def slow(key: str) -> str:
        calls.append(key)
        assert go_on.wait(20)
        return key

    with ThreadPoolExecutor(12) as pool:
        found = [pool.submit(slow, "a") for _ in range(12)]
        sleep(0.2)
        go_on.set()
        assert [each.result() for each in found] == ["a"] * 12
    assert calls == ["a"]


def test_what_went_wrong_is_tried_again():
    cache: Cache[int] = Cache(1.0, 100, lambda number: 1)
    inverse = cache.remembers(lambda number: 1 // number)
    for _ in range(2):
        with pytest.raises(ZeroDivisionError):
            inverse(0)
    assert len(cache) == 0


def test_the_largest_cache_forgets_first():
    small, large, owned = Cache(1.0, 100, len), Cache(1.0, 100, len), Cache(1.0, 100, len, owned=True)
    small.put("a", 1)
    large.put("aaaa", 1)
    large.put("bb", 2)
    owned.put("aaaa", 1)
    assert caches.taken() == 7  # what others count is theirs
    assert caches.forget()
    assert (len(small), len(large), len(owned)) == (1, 1, 1)
    assert [caches.forget() for _ in range(4)] == [True, True, True, False]
    assert caches.taken() == 0


def test_a_cache_can_be_cleared():
    cache: Cache[str] = Cache(1.0, 100, len)
    cache.put("a", 1)
    cache.clear()
    assert cache.get(1) is None
