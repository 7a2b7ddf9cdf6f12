"""Attempts to download, from hosts that fall silent, break off or never end: each ends, and leaves nothing behind."""

import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread, enumerate
from time import time
from types import SimpleNamespace

import pytest

from core import DataUnavailable
from core.datasets import downloads, fetching
from core.datasets.downloads import Download, data_folder
from core.datasets.fetching import fetch

CONTENT = b"numbers" * 1000
Answer = Callable[["Host"], None]


class Host(BaseHTTPRequestHandler):
    """Answers as the test says."""

    answer: Answer
    asked: list[str]

    def do_GET(self) -> None:
        self.asked.append(self.path)
        self.send_response(200)
        self.send_header("Content-Length", str(len(CONTENT)))
        self.end_headers()
        type(self).answer(self)

    def log_message(self, *_: object) -> None:
        pass


@contextmanager
def serving(answer: Answer) -> Iterator[tuple[str, list[str]]]:
    """The address of such a host, and the paths that it was asked for."""
    host = type("OneHost", (Host,), {"answer": answer, "asked": []})
    with ThreadingHTTPServer(("127.0.0.1", 0), host) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_address[1]}/", host.asked
        server.shutdown()


def whole(host: Host) -> None:
    host.wfile.write(CONTENT)


def broken(host: Host) -> None:
    host.wfile.write(CONTENT[:100])
    host.wfile.flush()
    host.connection.close()


def endless(host: Host) -> None:
    while True:
        try:
            host.wfile.write(b"more" * 1000)
        except OSError:
            return


def wrong(host: Host) -> None:
    host.wfile.write(CONTENT[::-1])


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    return tmp_path


def kind(*addresses: str) -> SimpleNamespace:
    """What torchvision would know of a data set of one file."""
    resources = [("a.gz", md5(CONTENT).hexdigest())]
    return SimpleNamespace(__name__="MNIST", mirrors=addresses, resources=resources)


def silent(event: Event) -> Answer:
    def answer(host: Host) -> None:
        host.wfile.write(CONTENT[:100])
        host.wfile.flush()
        event.wait(60)

    return answer


def test_a_file_comes_to_where_it_is_looked_for(here):
    with serving(whole) as (address, asked):
        fetch(kind(address), here, most=10**6)
    assert (here / "MNIST" / "raw" / "a.gz").read_bytes() == CONTENT
    assert asked == ["/a.gz"]


def test_a_second_host_is_asked_where_the_first_fails(here):
    with serving(broken) as (first, _), serving(whole) as (second, _):
        fetch(kind(first, second), here, most=10**6)
    assert (here / "MNIST" / "raw" / "a.gz").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("answer", "words"), [(endless, "takes too long, or does not end"), (wrong, "is not what it should be")]
)
def test_what_is_wrong_with_a_file_is_said(answer, words, here):
    most = 5000 if answer is endless else 10**6
    with serving(answer) as (address, _), pytest.raises(OSError, match=f"{re.escape(address)}a.gz.* {words}$"):
        fetch(kind(address), here, most)


def test_a_host_that_drips_runs_out_of_time(here, monkeypatch):
    monkeypatch.setattr(fetching, "DEADLINE_SECONDS", 0.0)
    with serving(whole) as (address, _), pytest.raises(OSError, match="takes too long, or does not end"):
        fetch(kind(address), here, most=10**6)


def test_a_file_that_breaks_off_is_none(here):
    with serving(broken) as (address, _), pytest.raises(OSError, match=r"\w"):
        fetch(kind(address), here, most=10**6)


def test_a_host_that_falls_silent_is_given_up(here, monkeypatch):
    monkeypatch.setattr(fetching, "SILENT_SECONDS", 0.3)
    go_on = Event()
    with serving(silent(go_on)) as (address, _):
        with pytest.raises(TimeoutError):
            fetch(kind(address), here, most=10**6)
        go_on.set()


def fetching_threads() -> list[Thread]:
    return [thread for thread in enumerate() if thread.name.startswith("fetch-")]


def test_all_who_want_a_data_set_wait_for_one_attempt_that_leaves_nothing(here, monkeypatch):
    """Its host hangs: all are told at once, by one thread that asked once."""
    download, go_on = Download("MNIST", "MNIST", 12), Event()
    monkeypatch.setattr(fetching, "SILENT_SECONDS", 1.0)
    with serving(silent(go_on)) as (address, asked):
        monkeypatch.setattr(Download, "_kind", lambda self: kind(address))
        with ThreadPoolExecutor(12) as pool:
            tries = [pool.submit(download.load) for _ in range(12)]
            problems = [each.exception() for each in tries]
        go_on.set()
    assert {str(problem) for problem in problems} == {str(problems[0])}
    assert isinstance(problems[0], DataUnavailable)
    assert str(problems[0]).startswith(f"MNIST is not in {here} and cannot be downloaded here.")
    assert asked == ["/a.gz"]
    assert list(data_folder().iterdir()) == []
    assert fetching_threads() == []
    assert downloads._attempts == {}


def test_another_attempt_can_be_made_after_one_that_failed(here, monkeypatch):
    monkeypatch.setattr(Download, "_kind", lambda self: kind("http://127.0.0.1:9/"))
    download = Download("MNIST", "MNIST", 12)
    first = download.begin()
    assert first.exception(60) is not None
    second = download.begin()
    assert second is not first
    assert second.exception(60) is not None


def test_what_is_here_needs_no_attempt(here):
    (here / "MNIST").mkdir()
    assert Download("MNIST", "MNIST", 12).begin().result(0) is None
    assert fetching_threads() == []


def test_what_a_process_that_died_has_left_is_removed(here, monkeypatch):
    monkeypatch.setattr(Download, "_kind", lambda self: kind("http://127.0.0.1:9/"))
    old, young, other = here / "fetching-old", here / "fetching-young", here / "CIFAR"
    for folder in (old, young, other):
        folder.mkdir()
        (folder / "part").write_bytes(CONTENT)
    os.utime(old, (time() - 10**5, time() - 10**5))
    with pytest.raises(DataUnavailable, match="cannot be downloaded here"):
        Download("MNIST", "MNIST", 12).load()
    assert sorted(here.iterdir()) == [other, young]
