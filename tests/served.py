"""Served: a real server of the app, in a process that tells what its threads do."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http.client import HTTPException
from pathlib import Path
from socket import socket
from time import monotonic, sleep
from urllib.request import urlopen

ROOT = Path(__file__).parents[1]
PATIENCE = 60  # seconds that anything may take on a busy machine
STARTING, ANSWER = 3 * PATIENCE, 5  # that a server may take until it answers, and that one answer may take
# The streamlit command, in a process that writes down what all its threads do when it is asked to. Python does that
# itself, between two of its instructions: faulthandler reads threads while they run, and now and then that is a crash.
END = "that is all"
STREAMLIT = f"""
import pathlib, signal, sys, traceback
file = pathlib.Path(sys.argv.pop(1))
def write(*_):
    stacks = [line for frame in sys._current_frames().values() for line in traceback.format_stack(frame)]
    file.write_text("".join([*stacks, "{END}"]))
signal.signal(signal.SIGUSR1, write)
from streamlit.web.cli import main
sys.argv[0] = "streamlit"
main()
"""


def until(condition: Callable[[], object], seconds: float = PATIENCE) -> None:
    """Wait for what another process does, which is slowed down by looks at it."""
    end = monotonic() + seconds
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.1)


@dataclass(frozen=True)
class Server:
    """A server of the app, at `url`. It writes into `folder` what it says, and at SIGUSR1 what its threads do."""

    process: subprocess.Popen[bytes]
    url: str
    folder: Path

    def wait_until_up(self) -> None:
        """Until it answers, as long as it takes on a busy machine; where it does not, it says what it does instead."""
        try:
            until(self._is_up, STARTING)
        except AssertionError as never:
            said = (self.folder / "log.txt").read_text()
            raise AssertionError(f"no answer from {self.url}: {never}\n{said}\n{self._stacks()}") from never

    def is_training(self) -> bool:
        """Whether any of its threads is inside a run."""
        return "live.py" in self._stacks()

    def _is_up(self) -> bool:
        assert self.process.poll() is None, "it has ended"
        try:
            return urlopen(f"{self.url}/_stcore/health", timeout=ANSWER).status == 200
        except (OSError, HTTPException):  # nobody listens yet, or is too busy
            return False

    def _stacks(self) -> str:
        """What its threads do, if it has not ended."""
        file = self.folder / "stacks.txt"
        file.write_text("")
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGUSR1)
            until(lambda: file.read_text().endswith(END))
        return file.read_text()


def start(folder: Path, **environment: str) -> Server:
    """Start a server on a free port, and wait until it answers."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    options = ["--server.port", str(port), "--server.address", "127.0.0.1", "--server.headless", "true"]
    command = [sys.executable, "-c", STREAMLIT, str(folder / "stacks.txt"), "run", "streamlit_app.py", *options]
    with (folder / "log.txt").open("w") as log:
        process = subprocess.Popen(
            [*command, "--server.fileWatcherType", "none"],
            cwd=ROOT,
            env={**os.environ, "OMP_NUM_THREADS": "1", **environment},
            stdout=log,
            stderr=log,
        )
    server = Server(process, f"http://127.0.0.1:{port}", folder)
    server.wait_until_up()
    return server
