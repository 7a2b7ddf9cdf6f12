"""Work that never ends, for tests of what becomes of it."""

from itertools import count
from time import sleep


def counting(stop):
    """Something that never ends, and does what it can in its turns."""
    for number in count():
        if stop.is_set():
            raise InterruptedError
        sleep(0.001)
        yield number
