"""A server that is told to end does so at once, without a word, whatever is going on."""

import signal
import subprocess
from pathlib import Path

import pytest
from served import start

from .test_survival import trains
from .test_turns import ENDLESS
from .visitor import Visitor

SECONDS = 60  # it takes two, and a busy machine has its time


def children(process: subprocess.Popen[bytes]) -> str:
    """The processes that a process has started, where the system tells."""
    told = Path(f"/proc/{process.pid}/task/{process.pid}/children")
    return told.read_text() if told.exists() else ""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_server_ends_at_once_while_runs_and_a_map_are_at_work(tmp_path, number):
    server = start(tmp_path, VITALS_DATA=str(tmp_path))
    visitors = [Visitor(server.url, "lab", f"{ENDLESS}&seed={seed}") for seed in range(2)]
    for visitor in visitors:
        visitor.connect()
        visitor.press("Start training")
    trains(visitors[0])
    drawing = Visitor(server.url, "map", "seed=7")
    drawing.connect()
    drawing.press("Draw the map")
    drawing.until(lambda: drawing.buttons().get("Stop the map"))
    assert children(server.process) == ""
    server.process.send_signal(number)
    assert server.process.wait(SECONDS) == 0
    told = (tmp_path / "log.txt").read_text()
    assert told.rstrip().endswith("Stopping...")
    assert "Error" not in told
    assert {path.name for path in tmp_path.iterdir()} == {"log.txt"}
    for visitor in (*visitors, drawing):
        visitor.drop()
