"""Threads: what is recorded is computed on one thread of torch's, however many the process gives it.

A sum that several threads share is rounded otherwise than one that is found in a row, so equal Configs would give
unequal Recordings in the app, which gives torch one thread, and in a script, which gives it all. Networks as small as
ours are as fast with one; many of them are spread over the processors by threads of our own.

How many threads torch uses is kept for each thread that calls it, so nobody else's work becomes slower; only a thread
that calls torch for the first time while this holds begins with one, too.
"""

from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from functools import wraps
from typing import ParamSpec, TypeVar

import torch

Given = ParamSpec("Given")
Yielded = TypeVar("Yielded")


@contextmanager
def one_thread() -> Iterator[None]:
    """Let torch compute on the calling thread alone, and afterwards as before. It decorates functions as well."""
    before = torch.get_num_threads()
    if before == 1:
        yield
        return
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def each_on_one_thread(function: Callable[Given, Generator[Yielded]]) -> Callable[Given, Generator[Yielded]]:
    """Let a generator make each of its items on one thread; between them whoever asks for them is free."""

    @wraps(function)
    def items(*args: Given.args, **kwargs: Given.kwargs) -> Generator[Yielded]:
        with closing(function(*args, **kwargs)) as made:
            while True:
                with one_thread():
                    try:
                        item = next(made)
                    except StopIteration:
                        return
                yield item

    return items
