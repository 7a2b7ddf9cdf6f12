"""The app as its users meet it: a server of its own on a free port, and a browser that looks at it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from typing import NamedTuple
from urllib.request import urlopen

from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
FLOOR, FLOOR_OF_START = "benchmarks/floors/floor.py", "benchmarks/floors/floor_of_start.py"
WATCH = Path(__file__).with_name("watch.js")
AT_REST = "() => watch.atRest()"
ENDED = "() => [...document.querySelectorAll('button')].some(button => button.textContent.includes('Start again'))"
PATIENCE = 60  # seconds
GLANCE = 200  # milliseconds


class Server(NamedTuple):
    """A running server: its address and its process."""

    url: str
    process: subprocess.Popen[bytes]

    def megabytes(self) -> float:
        """The memory that its process holds now (resident)."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        kilobytes = next(line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kilobytes) / 1024


@contextmanager
def server(*, wait: bool = True, script: str = "streamlit_app.py") -> Iterator[Server]:
    """A server for as long as the block runs; with `wait` it answers before the block begins."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    options += ["--logger.level", "error"]
    command = [sys.executable, "-m", "streamlit", "run", script, *options]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        env={**os.environ, "NO_PROXY": "127.0.0.1", "PYTHONPATH": str(ROOT)},
    )
    try:
        running = Server(f"http://127.0.0.1:{port}", process)
        if wait:
            wait_until_healthy(running)
        yield running
    finally:
        process.terminate()
        process.wait()


def wait_until_healthy(running: Server) -> None:
    """Return as soon as the server answers."""
    end = monotonic() + PATIENCE
    while monotonic() < end and running.process.poll() is None:
        try:
            urlopen(f"{running.url}/_stcore/health").read()
        except OSError:
            sleep(0.02)
        else:
            return
    raise RuntimeError(f"the server did not answer within {PATIENCE} s")


@contextmanager
def chromium() -> Iterator[Browser]:
    """The Chromium of this machine, without a window."""
    path = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if path is None:
        raise RuntimeError("there is no Chromium on this machine; install one (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


def open_lab(browser: Browser, url: str, *, width: int = 1280, height: int = 800) -> Page:
    """A page of its own that shows the lab at rest, every chart drawn."""
    page = open_page(browser, url, width=width, height=height)
    at_rest(page)
    return page


def open_page(browser: Browser, url: str, *, width: int = 1280, height: int = 800) -> Page:
    """A page of its own, on which `watch` is there to look at it."""
    context = browser.new_context(viewport={"width": width, "height": height})
    context.add_init_script(path=WATCH)
    page = context.new_page()
    page.goto(url)
    return page


def at_rest(page: Page) -> None:
    """Wait until no script runs and every chart is drawn."""
    page.wait_for_function(AT_REST, timeout=1e3 * PATIENCE)


def train_to_the_end(page: Page) -> None:
    """Press "Start training" and wait until the run has ended and its result is on the screen."""
    page.get_by_role("button", name="Start training").click()
    # Looked at now and then: a locator would search the whole page in every frame, at the cost of what is measured.
    page.wait_for_function(ENDED, polling=GLANCE, timeout=1e3 * PATIENCE)
    at_rest(page)
