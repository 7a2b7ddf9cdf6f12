"""Allocator: how memory that nobody needs any more goes back to the machine.

glibc keeps what was freed, in an arena for each few threads, and raises by itself the size above which a block is
mapped, and so given back at once. A server of many short threads then holds a third more than it uses. Mapping costs
time, though, a sixth where tensors are large: it is for where memory is short.
"""

import ctypes
from contextlib import suppress
from typing import Any

ARENAS, MAP_BYTES = 2, 1_000_000
M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # glibc's malloc.h


def _glibc() -> Any:
    """The C library, if it is glibc; else None."""
    with suppress(OSError, AttributeError):
        library = ctypes.CDLL("libc.so.6")
        library.malloc_trim.argtypes = [ctypes.c_size_t]
        return library
    return None


_library = _glibc()


def settle() -> None:
    """Set for the whole process how memory is kept. Nothing where the C library is another one."""
    if _library is not None:
        _library.mallopt(M_ARENA_MAX, ARENAS)
        _library.mallopt(M_MMAP_THRESHOLD, MAP_BYTES)


def give_back() -> None:
    """Hand what is free to the machine: milliseconds. Nothing where the C library is another one."""
    if _library is not None:
        _library.malloc_trim(0)
