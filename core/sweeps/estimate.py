"""Estimate: how long networks take to train, before the first of them has begun.

It counts multiplications, and what it costs to start each operation, at the speed of one core of a small server
(benchmarks/README.md): good to a factor of two or three, enough to tell seconds from hours.
"""

import os
from functools import lru_cache

from core.choices.activations import activations
from core.config import Config
from core.sweeps.chunks import chunk_size
from core.sweeps.grid import Grid

MULTIPLIED_A_SECOND = 3.5e10  # multiplications with their additions
STEP_SECONDS = 35e-6  # to start the operations of one layer for one step
LOOK_SECONDS = 6e-4  # and for one look
STEP_PRODUCTS, LOOK_PRODUCTS = 3, 6  # forward, backward and the weights' gradient; a look does more
FIXED_LAYERS = 3  # what a step costs besides its hidden layers, in layers


def run_seconds(config: Config) -> float:
    """How long one network takes, by itself."""
    return _started(config) + _multiplied(config)


@lru_cache(maxsize=8)
def sweep_seconds(configs: Grid | tuple[Config, ...]) -> float:
    """How long a sweep takes on all cores, each of which multiplies half as fast then as alone (measured:
    benchmarks/README.md). What is started once for a chunk is shared by its networks."""
    alone = sum(_multiplied(config) + _started(config) / chunk_size(config) for config in configs)
    return alone / max(1.0, (os.cpu_count() or 1) / 2)


def _started(config: Config) -> float:
    """Seconds to start all operations of a run."""
    layers = config.depth + FIXED_LAYERS
    return layers * (STEP_SECONDS * config.steps + LOOK_SECONDS * config.snapshots)


def _multiplied(config: Config) -> float:
    """Seconds of its products: weights times the samples of each step and of each look."""
    outputs = config.width * activations[config.activation].pieces
    weights = config.width * outputs * max(0, config.depth - 1) + outputs * (config.known_features or config.features)
    seen = config.steps * STEP_PRODUCTS * int(config.effective("batch_size"))
    looked = config.snapshots * LOOK_PRODUCTS * int(config.effective("probe_size"))
    return weights * (seen + looked) / MULTIPLIED_A_SECOND
