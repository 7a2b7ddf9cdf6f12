"""A real server, and visitors who need no browser."""

from collections.abc import Callable, Iterator

import pytest
from served import PATIENCE, Server, start

from .visitor import Visitor

Open = Callable[..., Visitor]


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """A server that all tests of this folder visit."""
    running = start(tmp_path_factory.mktemp("server"))
    yield running
    running.process.terminate()
    running.process.wait(PATIENCE)


@pytest.fixture
def visitors(server: Server) -> Iterator[Open]:
    """Opens visitors of the server, who leave with the test."""
    opened: list[Visitor] = []

    def visit(page: str = "lab", query: str = "", *, silent: bool = False) -> Visitor:
        opened.append(Visitor(server.url, page, query, silent=silent))
        opened[-1].connect()
        return opened[-1]

    yield visit
    for visitor in opened:
        visitor.drop()
