"""Sweep: hundreds of Configs, measured as one xarray.Dataset with an axis run.

Configs of one shape are trained together, in chunks, by the loop that trains one network (core.training). A chunk is a
value: the same Configs in the same order give the same numbers, wherever and how often it is worked off. So chunks can
go to any executor with the `submit` of concurrent.futures, and one that was lost is simply worked off again.

    configs = grid(Config(steps=300), learning_rate=[0.01, 0.1], seed=range(6))
    sweep(configs)["loss"]   # (learning_rate, seed, step, split)
"""

import os
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product
from threading import Event, Lock
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

import torch
from cachetools import LRUCache

from core.config import Config
from core.datasets import DataUnavailable
from core.ensemble import Ensemble, shape
from core.measures import measures
from core.tape import Tape
from core.training import passes

if TYPE_CHECKING:
    import xarray as xr

# Of weights and activations in one pass. Measured (benchmarks/sweeps.py): with less, starting each operation costs more
# than the operation; with more, the tensors leave the cache.
CHUNK_BYTES = 8 * 2**20
MOST_RUNS = 128  # in a chunk; beyond that little is gained, and progress comes in lumps
CACHE_BYTES = 100_000_000
LOOK_SECONDS = 0.2  # how often a sweep looks whether it is to stop
TRIES = 3  # how often a chunk is given to an executor that loses it


@dataclass(frozen=True)
class Grid(Sequence[Config]):
    """Configs at every combination of values. `axes` are names of fields with their values; the last runs fastest."""

    base: Config
    axes: Mapping[str, tuple[Any, ...]]

    @cached_property
    def _configs(self) -> tuple[Config, ...]:
        return tuple(replace(self.base, **dict(zip(self.axes, values, strict=True))) for values in self._values())

    def _values(self) -> Iterator[tuple[Any, ...]]:
        return product(*self.axes.values())

    def __len__(self) -> int:
        return len(self._configs)

    def __getitem__(self, index: Any) -> Any:
        return self._configs[index]


def grid(base: Config, **axes: Iterable[Any]) -> Grid:
    """Every combination of these values of fields; all else as in `base`.

    Raises ValueError for a name that is no field, for an axis without values or with the same value twice, and for
    values that the field does not allow.
    """
    values = {name: tuple(axis) for name, axis in axes.items()}
    for name, axis in values.items():
        if name not in Config.fields():
            raise ValueError(f"an axis of a grid must be a field of Config; got {name!r}")
        if not axis or len(set(axis)) < len(axis):
            raise ValueError(f"the axis {name} must have values that differ; got {list(axis)}")
    made = Grid(base, values)
    len(made)  # makes the Configs, which check themselves
    return made


@dataclass(frozen=True)
class Partial:
    """A sweep that goes on: how far it is, and what is known so far."""

    progress: "Progress"
    configs: Sequence[Config]
    parts: tuple["xr.Dataset", ...]

    def dataset(self) -> "xr.Dataset":
        """What is known. Runs that are not known yet hold NaN, and 0 where counts would be."""
        return _joined(self.parts, self.configs)


@dataclass(frozen=True)
class Progress:
    """How far a sweep is: runs done and in all, and the seconds since it began."""

    done: int
    total: int
    seconds: float

    @property
    def seconds_left(self) -> float:
        """At the speed so far; infinite before the first chunk."""
        return self.seconds * (self.total - self.done) / self.done if self.done else float("inf")


def sweep(
    configs: Sequence[Config],
    *,
    executor: Executor | None = None,
    progress: Callable[[Progress], object] | None = None,
    variables: Collection[str] | None = None,
    device: str = "cpu",
) -> "xr.Dataset":
    """Train and measure all Configs. The variables of a Recording, with an axis run, or with the axes of a `grid`.

    executor: anything with the `submit` of concurrent.futures; threads of this process unless told otherwise.
    progress: is called with a Progress when a chunk is done. variables: the measures to take, all unless told
    otherwise; loss and accuracy are always there. Raises ValueError for no Config or an unknown variable,
    DataUnavailable.
    """
    for partial in sweeping(configs, executor=executor, variables=variables, device=device):
        if progress is not None:
            progress(partial.progress)
    return partial.dataset()


def sweeping(
    configs: Sequence[Config],
    *,
    executor: Executor | None = None,
    variables: Collection[str] | None = None,
    device: str = "cpu",
    stop: Event | None = None,
) -> Iterator[Partial]:
    """`sweep` step by step: what is known after each chunk.

    Closing the generator stops the work; so does setting `stop`, from any thread, after which the generator ends.
    Chunks that were worked off before, by this sweep or another, come at once from a bounded cache.
    """
    unknown = set(variables or ()) - measures.keys()
    if unknown:
        raise ValueError(f"variables must be names of measures; got {', '.join(sorted(unknown))}")
    if not len(configs):
        raise ValueError("a sweep needs at least one Config; got none")
    names = tuple(name for name in measures if variables is None or name in variables)
    began, parts, done = monotonic(), [], 0
    for places, part in _worked_off(chunks(configs), configs, _Works(executor, names, device, stop or Event())):
        parts.append(part.assign_coords(run=places))
        done += len(places)
        yield Partial(Progress(done, len(configs), monotonic() - began), configs, tuple(parts))


def chunks(configs: Sequence[Config]) -> list[list[int]]:
    """Which Configs (by position) are trained together: of one shape, in order, as many as the cache is good for."""
    shapes: dict[Any, list[int]] = {}
    for place, config in enumerate(configs):
        shapes.setdefault(shape(config), []).append(place)
    made = []
    for places in shapes.values():
        places.sort(key=lambda place: _alike(configs[place]))
        count = -(-len(places) // chunk_size(configs[places[0]]))
        ends = [len(places) * part // count for part in range(count + 1)]  # all of about one size
        made += [places[start:end] for start, end in pairwise(ends)]
    return made


def _alike(config: Config) -> tuple[str, str, int]:
    """Neighbours in this order share their functions and their samples."""
    return config.activation, config.optimizer, config.seed


def chunk_size(config: Config) -> int:
    """How many networks of this shape to train in one pass. The Config alone decides: chunks are the same anywhere."""
    batch = min(config.batch_size, config.samples)
    weights = config.depth * config.width**2
    touched = 4 * (weights + batch * config.depth * config.width)  # bytes of weights and activations of one network
    return max(1, min(MOST_RUNS, CHUNK_BYTES // max(1, touched)))


def work_off(
    configs: Sequence[Config], names: Collection[str], device: str = "cpu", stopped: Callable[[], bool] = lambda: False
) -> "xr.Dataset":
    """Train the networks of one chunk, measured by name. Raises DataUnavailable, and InterruptedError once stopped."""
    tape = Tape(Ensemble(configs, device=device), names)
    for _ in passes(tape):
        if stopped():
            raise InterruptedError("the sweep was stopped")
    return tape.dataset()


def _worked_off(
    parts: list[list[int]], configs: Sequence[Config], works: "_Works"
) -> Iterator[tuple[list[int], "xr.Dataset"]]:
    """Each chunk with what was measured of it, as they come in."""
    with works:
        tries = [0] * len(parts)
        waiting: dict[Future[Any], int] = {}

        def give(part: int) -> None:
            tries[part] += 1
            waiting[works.submit(tuple(configs[place] for place in parts[part]))] = part

        for part in range(len(parts)):
            give(part)
        while waiting and not works.stop.is_set():
            for future in wait(waiting, LOOK_SECONDS, FIRST_COMPLETED).done:
                part = waiting.pop(future)
                problem = future.exception()
                if problem is None:
                    works.keep(tuple(configs[place] for place in parts[part]), future.result())
                    yield parts[part], future.result()
                elif works.stop.is_set():
                    return
                elif isinstance(problem, DataUnavailable) or tries[part] == TRIES:
                    raise problem
                else:
                    give(part)


class _Works:
    """Where chunks are worked off: somebody's executor, or threads of this process. Leaving it stops the work."""

    def __init__(self, executor: Executor | None, names: tuple[str, ...], device: str, stop: Event) -> None:
        self.stop = stop
        self._names, self._device = names, device
        threads = max(1, (os.cpu_count() or 1) // torch.get_num_threads())  # torch may use several in each
        self._own = ThreadPoolExecutor(threads, "sweep") if executor is None else None
        self._executor = executor or self._own
        self._futures: list[Future[Any]] = []

    def submit(self, configs: tuple[Config, ...]) -> "Future[xr.Dataset]":
        """The chunk of these Configs, now or later."""
        assert self._executor is not None
        future: Future[xr.Dataset]
        with _known_lock:
            known = _known.get((configs, self._names, self._device))
        if known is not None:
            future = Future()
            future.set_result(known)
            return future
        stopped = (self.stop.is_set,) if self._own else ()  # an event does not travel to other processes
        future = self._executor.submit(work_off, configs, self._names, self._device, *stopped)
        self._futures.append(future)
        return future

    def keep(self, configs: tuple[Config, ...], found: "xr.Dataset") -> None:
        """Keep a chunk for a sweep that is taken up again."""
        with _known_lock, suppress(ValueError):  # the cache refuses what is larger than itself
            _known[configs, self._names, self._device] = found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop.set()
        for future in self._futures:
            future.cancel()
        if self._own:
            self._own.shutdown()


_known: "LRUCache[Any, xr.Dataset]" = LRUCache(CACHE_BYTES, getsizeof=lambda dataset: dataset.nbytes)
_known_lock = Lock()


def _joined(parts: Sequence["xr.Dataset"], configs: Sequence[Config]) -> "xr.Dataset":
    """The chunks as one Dataset, in the order of the Configs, with the axes of a Grid where they are one."""
    import pandas as pd
    import xarray as xr

    counts = [name for name, variable in parts[0].data_vars.items() if variable.dtype.kind == "i"]
    missing: dict[Any, Any] = {**dict.fromkeys(counts, 0), "measured": False, "end": "", "end_step": -1}
    together = xr.concat(parts, "run", data_vars="all", coords="all", compat="equals", join="outer", fill_value=missing)
    together = together.reindex(run=range(len(configs)), fill_value=missing)
    settings = {name: [getattr(config, name) for config in configs] for name in Config.fields()}
    varied = {name: values for name, values in settings.items() if len(set(values)) > 1}
    together.attrs = {name: values[0] for name, values in settings.items() if name not in varied}
    if not isinstance(configs, Grid):
        return together.assign_coords({name: ("run", values) for name, values in varied.items()})
    index = pd.MultiIndex.from_product(list(map(list, configs.axes.values())), names=list(configs.axes))
    axes = xr.Coordinates.from_pandas_multiindex(index, "run")
    return together.drop_vars("run").assign_coords(axes).unstack("run").transpose(*configs.axes, ...)
