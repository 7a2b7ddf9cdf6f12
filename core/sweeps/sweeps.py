"""Sweep: hundreds of Configs, measured as one xarray.Dataset with an axis run.

Configs of one shape are trained together, in chunks, by the loop that trains one network (core.training). Chunks go to
any executor with the `submit` of concurrent.futures, and one that was lost is simply worked off again.

    configs = grid(Config(steps=300), learning_rate=[0.01, 0.1], seed=range(6))
    sweep(configs)["loss"]   # (learning_rate, seed, step, split)
"""

import os
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass
from itertools import chain
from threading import Event
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from core.config import Config
from core.datasets import DataUnavailable
from core.measuring.measures import measures
from core.sweeps import words
from core.sweeps.chunks import STOPPED, Chunk, chunks, cost, keep, recall, work_off
from core.sweeps.grid import Grid
from core.words.said import Sentence
from core.work.daemons import Daemons
from core.work.progress import Progress

if TYPE_CHECKING:
    import xarray as xr

LOOK_SECONDS = 0.2  # how often a sweep looks whether it is to stop
TRIES = 3  # how often a chunk is given to an executor that loses it

Places = tuple[int, ...]  # of the Configs of a chunk among those of the sweep


@dataclass(frozen=True)
class Partial:
    """A sweep that goes on: how far it is, and what is known so far."""

    progress: Progress
    configs: Sequence[Config]
    parts: tuple["xr.Dataset", ...]

    def dataset(self) -> "xr.Dataset":
        """What is known. Runs that are not known yet hold NaN, and 0 where counts would be."""
        return _joined(self.parts, self.configs)


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

    Closing the generator stops the work; so does setting `stop`, from any thread, upon which it raises
    InterruptedError. An executor of yours finishes the chunks it is at; it gets none of an uploaded table, which only
    this process knows. Chunks that were worked off before, by this sweep or another, come at once from a bounded cache.
    """
    unknown = set(variables or ()) - measures.keys()
    if unknown:
        raise ValueError(Sentence(words.NO_MEASURE, names=", ".join(sorted(unknown))))
    if not len(configs):
        raise ValueError(Sentence(words.NO_CONFIG))
    names = tuple(name for name in measures if variables is None or name in variables)
    all_parts = {tuple(places): tuple(configs[place] for place in places) for places in chunks(configs)}
    recalled = {places: recall(chunk, names, device) for places, chunk in all_parts.items()}
    known = {places: found for places, found in recalled.items() if found is not None}
    fresh = {places: chunk for places, chunk in all_parts.items() if places not in known}
    if any(config.matters("table") for config in configs):
        executor = None
    work, worked, done, parts = sum(map(cost, chain(*fresh.values()))), 0, 0, []
    began = monotonic()
    with _Workers(executor, names, device, stop or Event()) as workers:
        for places, part in chain(known.items(), workers.off(fresh)):
            parts.append(part.assign_coords(run=list(places)))
            done += len(places)
            worked += sum(map(cost, fresh.get(places, ())))
            progress = Progress(done, len(configs), monotonic() - began, worked / work if work else 1.0)
            yield Partial(progress, configs, tuple(parts))


class _Workers:
    """Where chunks are worked off: somebody's executor, or threads of this process. Leaving it stops the work."""

    def __init__(self, executor: Executor | None, names: tuple[str, ...], device: str, stop: Event) -> None:
        self._names, self._device, self._stop, self._left = names, device, stop, Event()
        self._own = Daemons(os.cpu_count() or 1, "sweep") if executor is None else None
        self._executor = executor or self._own
        self._waiting: dict[Future[xr.Dataset], Places] = {}

    def off(self, parts: Mapping[Places, Chunk]) -> "Iterator[tuple[Places, xr.Dataset]]":
        """Each chunk with what was measured of it, as they come in. Raises InterruptedError once stopped."""
        tries: Counter[Places] = Counter()
        for places, chunk in parts.items():
            self._give(places, chunk)
        while self._waiting:
            for future in wait(self._waiting, LOOK_SECONDS, FIRST_COMPLETED).done:
                places = self._waiting.pop(future)
                if future.cancelled():  # not by us
                    raise ConnectionError(Sentence(words.DROPPED))
                problem = future.exception()
                tries[places] += 1
                if problem is None:
                    keep(parts[places], self._names, self._device, future.result())
                    yield places, future.result()
                elif isinstance(problem, DataUnavailable | InterruptedError) or tries[places] == TRIES:
                    raise problem
                else:
                    self._give(places, parts[places])
            if self._waiting and self._stop.is_set():
                raise InterruptedError(STOPPED)

    def _give(self, places: Places, chunk: Chunk) -> None:
        assert self._executor is not None
        stopped = (self._is_over,) if self._own else ()  # an event does not travel to other processes
        self._waiting[self._executor.submit(work_off, chunk, self._names, self._device, *stopped)] = places

    def _is_over(self) -> bool:
        return self._left.is_set() or self._stop.is_set()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._left.set()
        for future in self._waiting:
            future.cancel()
        if self._own:
            self._own.shutdown()


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
