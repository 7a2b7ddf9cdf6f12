"""Served: a real server of the app, in a process that tells what its threads do."""

import signal
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from urllib.error import URLError
from urllib.request import urlopen

PATIENCE = 60  # seconds that anything may take on a busy machine
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


def until(condition: Callable[[], object]) -> None:
    """Wait for what another process does, which is slowed down by looks at it."""
    end = monotonic() + PATIENCE
    while not condition():
        assert monotonic() < end, "it never happened"
        sleep(0.1)


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
