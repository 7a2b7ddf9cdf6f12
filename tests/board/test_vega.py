"""The library that draws in the browser lies here as the renderer that is installed makes it."""

import gzip
import subprocess
import sys

from ui.board import vega


def test_what_lies_here_is_what_the_renderer_makes():
    """In a process of its own: the renderer lets nobody else do anything for seconds, and keeps its memory."""
    write = "from ui.board.vega import made; print(made(), end='')"
    found = subprocess.run([sys.executable, "-c", write], capture_output=True, text=True, check=True, encoding="utf-8")
    assert found.stdout == gzip.decompress(vega.FILE.read_bytes()).decode("utf-8"), "run python -m ui.board.vega"
