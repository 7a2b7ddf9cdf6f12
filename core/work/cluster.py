"""Cluster: the executor that the environment names, so that a sweep runs on many machines.

`VITALS_CLUSTER=tcp://host:8786` is the address of a Dask scheduler. Its workers need the same version of this project
and the same requirements. A worker that dies costs time and nothing else: its chunks are worked off elsewhere.
"""

import os
from concurrent.futures import Executor
from importlib.util import find_spec
from socket import create_connection
from threading import Lock
from typing import TYPE_CHECKING

from core.words.said import Sentence
from core.work import words

if TYPE_CHECKING:
    from distributed import Client

VARIABLE = "VITALS_CLUSTER"
TIMEOUT = 10.0  # seconds that a scheduler has to answer

_clients: dict[str, "Client"] = {}  # one connection a scheduler, shared by all who sweep
_connecting = Lock()


def executor() -> Executor | None:
    """Where to work off chunks: the cluster that VITALS_CLUSTER names, None without that variable.

    Raises RuntimeError if the package distributed is not installed, if that is no address, and if no scheduler with a
    worker answers there in time.
    """
    address = os.environ.get(VARIABLE, "").strip()
    if not address:
        return None
    if find_spec("distributed") is None:
        raise RuntimeError(Sentence(words.NOT_INSTALLED, variable=VARIABLE))
    # Impure: sweeps that share a chunk share no task, so that stopping one leaves the other alone.
    made: Executor = _client(address).get_executor(pure=False)  # type: ignore[no-untyped-call]
    return made


def _client(address: str) -> "Client":
    """The connection to this scheduler; a new one if there is none, or if it was lost."""
    with _connecting:
        client = _clients.get(address)
        if client is not None and client.status != "running":
            client.close()  # type: ignore[no-untyped-call]
            client = None
        if client is None:
            client = _clients[address] = _connect(address)
        return client


def _connect(address: str) -> "Client":
    from distributed import Client
    from distributed.comm.addressing import get_address_host_port

    try:
        # A Client that fails to connect would be left half made, with a thread of its own.
        create_connection(get_address_host_port(address), TIMEOUT).close()
        client = Client(address, timeout=TIMEOUT, set_as_default=False)  # type: ignore[no-untyped-call]
    except ValueError as problem:
        raise RuntimeError(Sentence(words.NO_ADDRESS, variable=VARIABLE, address=address)) from problem
    except OSError as problem:  # a time-out is one
        silent = Sentence(words.NO_ANSWER, address=address, seconds=TIMEOUT, variable=VARIABLE)
        raise RuntimeError(silent) from problem
    try:
        client.wait_for_workers(1, timeout=TIMEOUT)
    except TimeoutError as problem:
        client.close()  # type: ignore[no-untyped-call]
        raise RuntimeError(Sentence(words.NO_WORKER, address=address, seconds=TIMEOUT)) from problem
    return client
