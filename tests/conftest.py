"""What tests share: a profile for hypothesis, and data without a network."""

import os
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

# One thread, set before torch is imported: on a busy machine several spin while they wait for one another.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# A budget, read when the caches are made: what fits into the memory is the same on every machine.
os.environ.setdefault("VITALS_MEMORY", "4 GB")

BROWSER = "tests/browser"
SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"

# No deadline: how long an example takes says nothing on a busy machine. Derandomized: a red test stays red.
settings.register_profile("vitals", deadline=None, derandomize=True)
settings.load_profile("vitals")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """As many as there are cores; one more keeps them busy where tests of a browser wait."""
    return (os.cpu_count() or 1) + ("not browser" not in config.getoption("markexpr"))


LONGEST = (BROWSER, "tests/test_contributing.py")  # the tests in a browser, then the recipes


def part_of(test: str) -> str:
    """The part of the suite that a test is in, which one worker does: a file, or all that need a server and a browser.

    Tests of a file share what they have computed, and a server and a browser take longer to start than most visits.
    """
    return BROWSER if test.startswith(f"{BROWSER}/") else test.split("::")[0]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Hands out parts in their order, to whoever has nothing left to do."""
    from xdist.scheduler import LoadScopeScheduling

    class Parts(LoadScopeScheduling):
        def _split_scope(self, nodeid: str) -> str:
            return part_of(nodeid)

    return Parts(config, log)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What takes longest begins first, so that nobody waits for it in the end."""
    places = {part: place for place, part in enumerate(LONGEST)}
    items.sort(key=lambda item: places.get(part_of(item.nodeid), len(places)))


@pytest.fixture(autouse=True)
def main() -> Iterator[None]:
    """The main module stays what it is: Streamlit puts its page there, which each child process would run as well."""
    module = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = module


@pytest.fixture
def offline(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every download fails at once: all proxies are a port that nobody listens on."""
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")


@pytest.fixture
def local_data(offline: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The folder of data sets that lie beside this checkout; an empty one where there is none. No downloads."""
    folder = SHARED_DATA if SHARED_DATA.is_dir() else tmp_path
    monkeypatch.setenv("VITALS_DATA", str(folder))
    return folder


@pytest.fixture
def no_mnist(offline: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """The empty folder in which MNIST is looked for. No downloads."""
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    return tmp_path


@pytest.fixture
def opened() -> Iterator[Callable[..., Any]]:
    """Opens the app at an address with these parameters; the runs that it starts end with the test."""
    import streamlit as st  # here, for torch comes with what it imports, and not all tests need it
    from screen import LAB, opened_at

    from ui.jobs.visitors import end_all

    def opened(query: Mapping[str, Any] | None = None, page: str = LAB) -> Any:
        return opened_at(page, query or {})

    yield opened
    end_all()  # all sessions of AppTest are one to Streamlit: the next test would find the run
    st.cache_resource.clear()  # and the table


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> tuple[str, ...]:
    """Only a handful of quick claims, nothing of which is known or stored."""
    from core.claims import checks, claims, stored

    names = ("xor_alone", "a_quarter_a_layer", "name_of_relu", "xavier_on_mnist")
    monkeypatch.setattr(checks, "_known", {})
    monkeypatch.setattr(stored, "FILE", tmp_path / "no_verdicts.json")
    chosen = {name: claims[name] for name in names}
    for entry in list(claims):
        if entry not in chosen:
            monkeypatch.delitem(claims._entries, entry)
    return names


@pytest.fixture
def no_claims_data(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a claim trains one network on cannot be had."""
    from core.datasets import DataUnavailable

    def missing(*_: object, **__: object) -> None:
        raise DataUnavailable("MNIST is not in the usual folder")

    monkeypatch.setattr("core.claims.claim.training.train", missing)
