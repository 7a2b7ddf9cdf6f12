"""A real server and a real browser, whose tests have the marker "browser". Without Chromium they are skipped."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError, expect, sync_playwright
from served import PATIENCE, Server, start

CHROMIUM = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)

# To optimize a script that soon is gone with its page costs more than it saves.
FLAGS = ["--no-sandbox", "--js-flags=--max-opt=1"]

expect.set_options(timeout=PATIENCE * 1000)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker("browser")


@pytest.fixture(scope="session")
def start_server(tmp_path_factory) -> Iterator[Callable[[], Server]]:
    """Starts servers on free ports, and ends them."""
    servers = []

    def start_another() -> Server:
        servers.append(start(tmp_path_factory.mktemp("server")))
        return servers[-1]

    yield start_another
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
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
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
        if page.url.startswith("http"):
            page.evaluate(
                "localStorage.clear()"
            )  # there Streamlit remembers for the next visit that the sidebar is shut
        page.goto("about:blank")
    browser.remove_listener("console", listen)
    browser.remove_listener("weberror", fail)
    assert complaints == []
    assert not any(exceptions)


@pytest.fixture
def page(new_page) -> Page:
    return new_page()
