"""What is set once for the whole process that serves the app."""

import gc
import os
import sys
from functools import cache
from threading import Thread
from time import sleep

from streamlit import config

# Read when torch is loaded. Otherwise each new thread, and every press of a slider is answered by one, would first
# start a team of helpers for its matrix products: 10 to 30 ms.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import torch

from core.datasets.csv_file import most_bytes
from core.memory.allocator import settle
from core.memory.budget import SHORT, budget
from core.memory.gate import GATE
from ui.lab import lab  # noqa: F401  # loads everything that the pages need

SWITCH_SECONDS = 0.001
TIDY_SECONDS = 5.0  # between two looks for memory that nobody needs any more


@cache
def prepare() -> None:
    """One thread a run: at these sizes a second one gains nothing and takes the core of another visitor.

    The imported modules are taken out of the garbage collector's sight, which otherwise walks them all again and again.
    Threads change places more often than Python's 5 ms, so that redraws need not wait for one that trains. What those
    who have left do not need any more goes back to the machine.
    """
    if budget() < SHORT:
        settle()
    sys.setswitchinterval(SWITCH_SECONDS)
    torch.set_num_threads(1)
    gc.collect()
    gc.freeze()
    config.set_option("server.maxUploadSize", most_bytes() // 10**6)  # at home more than the file of options says
    _tidy_up()


@cache
def _tidy_up() -> None:
    Thread(target=_tidy, name="tidy", daemon=True).start()


def _tidy() -> None:
    while True:
        sleep(TIDY_SECONDS)
        GATE.tidy()
