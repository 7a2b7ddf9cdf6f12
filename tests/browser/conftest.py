"""A real server and a real browser, whose tests have the marker "browser". Without Chromium they are skipped."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.error import URLError
from urllib.parse import urlsplit
from urllib.request import urlopen

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright

ROOT = Path(__file__).parents[2]
CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
PATIENCE = 60  # seconds that anything may take on a busy machine

expect.set_options(timeout=PATIENCE * 1000)

# The streamlit command, in a process that writes down what all its threads do when it is asked to. Python does that
# itself, between two of its instructions: faulthandler reads threads while they run, and now and then that is a crash.
END = "that is all"
STREAMLIT = f"""
import pathlib, signal, sys, traceback
from streamlit.web.cli import main
file = pathlib.Path(sys.argv.pop(1))
def write(*_):
    stacks = [line for frame in sys._current_frames().values() for line in traceback.format_stack(frame)]
    file.write_text("".join([*stacks, "{END}"]))
signal.signal(signal.SIGUSR1, write)
sys.argv[0] = "streamlit"
main()
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does, which is slowed down by looks at it."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.2)


@dataclass(frozen=True)
class Server:
    """A server of the app, at `url`. It writes what its threads do to the file `stacks` at SIGUSR1."""

    process: subprocess.Popen[bytes]
    url: str
    stacks: Path

    def is_up(self) -> bool:
        assert self.process.poll() is None, "the server has ended"
        try:
            return urlopen(f"{self.url}/_stcore/health", timeout=PATIENCE).status == 200
        except URLError:
            return False

    def is_training(self) -> bool:
        """Whether any of its threads is inside a run."""
        self.stacks.write_text("")
        self.process.send_signal(signal.SIGUSR1)
        until(lambda: self.stacks.read_text().endswith(END))
        return "live.py" in self.stacks.read_text()


@pytest.fixture(scope="session")
def start_server(tmp_path_factory) -> Iterator[Callable[[], Server]]:
    """Starts servers on free ports, and ends them."""
    servers = []

    def start() -> Server:
        with socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        stacks = tmp_path_factory.mktemp("server") / "stacks.txt"
        options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
        command = [sys.executable, "-c", STREAMLIT, str(stacks), "run", "streamlit_app.py", *options]
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        process = subprocess.Popen(
            [*command, "--server.fileWatcherType", "none"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
            **quiet,
        )
        servers.append(Server(process, f"http://127.0.0.1:{port}", stacks))
        until(servers[-1].is_up)
        return servers[-1]

    yield start
    for server in servers:
        server.process.terminate()
    for server in servers:
        server.process.wait(PATIENCE)


@pytest.fixture(scope="session")
def server(start_server) -> Server:
    return start_server()


@pytest.fixture(scope="session")
def browser() -> Iterator[BrowserContext]:
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        context = browser.new_context(accept_downloads=True)
        context.set_default_timeout(PATIENCE * 1000)
        yield context
        browser.close()


@pytest.fixture
def new_page(browser) -> Iterator[Callable[..., Page]]:
    """Opens pages, each with a session of its own, and sees that none of them complained.

    A tab is used by one test after another, for it keeps the scripts that it has loaded: that halves what a visit
    costs. Nothing is animated, which would cost as much as the tests while they wait.
    """
    complaints: list[str] = []
    idle = browser.pages

    def listen(message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        elsewhere = urlsplit(address).hostname not in (
            None,
            "127.0.0.1",
        )  # icons of other hosts: there may be no network
        probe = re.search(r"/\w+/_stcore/", address)  # Streamlit looks for its root this way on deep links
        if message.type == "error" and not elsewhere and not probe:
            complaints.append(f"{message.text} {address}")

    def fail(error: WebError) -> None:
        complaints.append(str(error.error))

    def new_page(width: int = 1280, *, dark: bool = False) -> Page:
        page = idle.pop() if idle else browser.new_page()
        page.set_viewport_size({"width": width, "height": 900})
        page.emulate_media(color_scheme="dark" if dark else "light", reduced_motion="reduce")
        return page

    browser.on("console", listen)
    browser.on("weberror", fail)
    yield new_page
    exceptions = [page.get_by_test_id("stException").count() for page in browser.pages]
    for page in browser.pages:
        page.goto("about:blank")
    browser.remove_listener("console", listen)
    browser.remove_listener("weberror", fail)
    assert complaints == []
    assert not any(exceptions)


@pytest.fixture
def page(new_page) -> Page:
    return new_page()
