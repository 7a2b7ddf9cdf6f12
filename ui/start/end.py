"""The end of the server: within two seconds of SIGINT or SIGTERM, and without a word, whatever is being computed.

Streamlit ends on both signals. But Python then waits for each thread that draws a page, which may be measuring a large
network, and afterwards takes down those that train in the middle of PyTorch, which aborts the process. So whoever
computes is asked to stop; soon after that the process ends, whether all have stopped or not. Nothing is lost with it:
results are kept in memory only, and files are written under another name first.
"""

import atexit
import os
import sys
from contextlib import suppress
from functools import cache
from threading import Thread
from time import sleep

from streamlit.runtime import Runtime
from streamlit.runtime.runtime import RuntimeState

from core.work.line import stop_all

LOOK_SECONDS = 0.1  # between two looks whether the server was told to end
JOIN_SECONDS = 1.0  # that whoever computes has to stop
OVER = {RuntimeState.STOPPING, RuntimeState.STOPPED}


@cache
def end_with_the_server() -> None:
    """See to it, once for the process, that everything ends when the server does."""
    runtime = Runtime.instance() if Runtime.exists() else None
    if type(runtime) is not Runtime:  # the page runs in a test, without a server
        return
    atexit.register(_end, runtime)
    Thread(target=_wait, args=(runtime,), name="end", daemon=True).start()


def _wait(runtime: Runtime) -> None:
    while runtime.state not in OVER:
        sleep(LOOK_SECONDS)
    _end(runtime)


def _end(runtime: Runtime) -> None:
    """End the process, if it is not something else that has ended the server."""
    if runtime.state not in OVER:
        return
    stop_all(JOIN_SECONDS)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # nobody may be listening any more
            stream.flush()
    os._exit(0)
