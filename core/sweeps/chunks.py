"""Chunks: Configs of one shape that are trained in one pass.

A chunk is a value: the same Configs in the same order give the same numbers, wherever and how often it is worked off.
So it may go to any executor, be worked off again if it was lost, and be remembered.
"""

from collections.abc import Callable, Collection, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from core.choices.activations import activations
from core.config import Config
from core.datasets.sheets import MOST_COLUMNS
from core.measuring.recorder import Recorder
from core.memory.budget import most
from core.memory.caches import Cache
from core.memory.gate import GATE
from core.networks.data import VALIDATION_PART
from core.networks.ensemble import FREE, Ensemble, shape
from core.networks.threads import one_thread
from core.training import passes

if TYPE_CHECKING:
    import xarray as xr

Chunk = tuple[Config, ...]

# Of weights and activations in one pass. Measured (benchmarks/sweeps.py): with less, starting each operation costs more
# than the operation; with more, the tensors leave the cache.
CHUNK_BYTES = 8 * 2**20
MOST_RUNS = 128  # in a chunk; beyond that little is gained, and progress comes in lumps
MEMORY_BYTES = min(512 * 2**20, most() // 2)  # that a look at all networks of a chunk may need
WEIGHT_COPIES = 5  # of weights and activations that a step holds at once: with gradients, steps, an optimizer's own
PROBE_TENSORS = 9  # of the size of the probe in all layers that a look holds at once; measured
STOPPED = "the sweep was stopped"

ENTRY_BYTES, RUN_BYTES = 15_000, 600  # what a remembered chunk takes beside its numbers, and each Config of its key


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


def _alike(config: Config) -> tuple[Any, ...]:
    """Neighbours in this order share their functions and their samples. However given, they lie in one order."""
    return tuple(getattr(config, name) for name in ("activation", "optimizer", "seed", *sorted(FREE)))


def chunk_size(config: Config) -> int:
    """How many networks of this shape to train in one pass. The Config decides; on a small server, its memory too."""
    return max(1, min(MOST_RUNS, CHUNK_BYTES // step_bytes(config), MEMORY_BYTES // look_bytes(config)))


def step_bytes(config: Config) -> int:
    """Bytes of weights and activations that one step of one network touches, roughly."""
    batch = int(config.effective("batch_size"))
    return 4 * (1 + config.depth * _outputs(config) * (config.width + batch))


def look_bytes(config: Config) -> int:
    """Bytes that one look at one network needs at most, roughly: the probe in every layer, and the held-out samples."""
    probe, held_out = int(config.effective("probe_size")), config.samples // VALIDATION_PART
    features = config.known_features or MOST_COLUMNS  # the Config alone decides, not what was uploaded
    outputs = _outputs(config)
    return 4 * (PROBE_TENSORS * config.depth * outputs * probe + held_out * (features + 2 * outputs))


def _outputs(config: Config) -> int:
    """How many linear functions a hidden layer has."""
    return config.width * activations[config.activation].pieces


def cost(config: Config) -> int:
    """The work that a network is, in a unit of its own."""
    return step_bytes(config) * (config.steps + 1)


@one_thread()
def work_off(
    chunk: Chunk, names: Collection[str], device: str = "cpu", stopped: Callable[[], bool] = lambda: False
) -> "xr.Dataset":
    """Train the networks of one chunk, measured by name, once there is memory for them. Raises DataUnavailable,
    NoRoomError; InterruptedError once stopped.
    """
    needs = len(chunk) * (look_bytes(chunk[0]) + WEIGHT_COPIES * step_bytes(chunk[0]))
    with GATE.reserve(min(needs, most()), stopped):
        recorder = Recorder(Ensemble(chunk, device=device), names)
        for _ in passes(recorder):
            if stopped():
                raise InterruptedError(STOPPED)
        return recorder.dataset()


def recall(chunk: Chunk, names: Collection[str], device: str) -> "xr.Dataset | None":
    """What was measured of a chunk when it was worked off before; None if it was not, or is forgotten."""
    return _known.get(chunk, tuple(names), device)


def keep(chunk: Chunk, names: Collection[str], device: str, found: "xr.Dataset") -> None:
    """Remember a chunk, for a sweep that is taken up again or shares it."""
    _known.put(found, chunk, tuple(names), device)


def forget() -> None:
    """Forget all chunks, as a restart would; for tests."""
    _known.clear()


def _bytes(found: "xr.Dataset") -> int:
    return ENTRY_BYTES + RUN_BYTES * found.sizes["run"] + found.nbytes


_known: "Cache[xr.Dataset]" = Cache(1 / 16, 100_000_000, _bytes)
