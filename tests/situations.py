"""Situations: the recordings that every chart of a recording must be able to draw, and how tests look into a chart."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from core import Config, Recording

MOST_BYTES = 50 * 1024  # "under 50 kB a chart"
SMALL = Config(samples=200, steps=6, snapshots=5, batch_size=32, probe_size=64)
SITUATIONS = {
    "default": SMALL,
    "untrained": replace(SMALL, steps=0),
    "one layer": replace(SMALL, depth=1, width=1),
    "no hidden layer": replace(SMALL, depth=0),
    "deep": replace(SMALL, depth=50, width=64, steps=1),
    "diverged": replace(SMALL, learning_rate=100, steps=100),
    "diverged at once": replace(SMALL, weight_scale=1e6, depth=6),
    "plane": replace(SMALL, dataset="moons"),
    "plane of three classes": replace(SMALL, dataset="spiral"),
    "plane of few units": replace(SMALL, dataset="moons", depth=3, width=8, bias_init=-0.5),
    "few units": replace(SMALL, depth=2, width=12, normalization="batch_norm"),
    "few units, deep": replace(SMALL, depth=50, width=12, steps=1),
    "plane of few units, diverged": replace(SMALL, width=3, dataset="moons", activation="identity", learning_rate=1e4),
    "curve": replace(SMALL, dataset="curve", learning_rate=0.005),
    "all zero": replace(SMALL, initializer="zeros"),
    "all dead": replace(SMALL, bias_init=-1000),
    "all weights gone": replace(SMALL, weight_scale=0, depth=2),
    "S-curve": replace(SMALL, activation="tanh"),
}
LOGARITHMIC = {
    "spread": ("activation_std", "activation_mean"),
    "gradient_profile": ("gradient_rms", "weight_gradient_norm"),
    "gradient_over_time": ("gradient_rms",),
    "update_ratio_over_time": ("update_ratio",),
}  # charts, with what they show on a logarithmic axis


def longer(recording: Recording, steps: int) -> Recording:
    """The recording as if its last step had been seen again and again, `steps` times in all."""
    rows = np.minimum(np.arange(steps), len(recording.steps) - 1)
    variables = {name: replace(v, values=v.values[rows]) for name, v in recording.variables.items()}
    along_steps = {"step": ("step", np.arange(steps)), "diverged": ("step", np.zeros(steps, bool))}
    config = replace(recording.config, steps=steps - 1)
    plane, curve = (p and replace(p, prediction=p.prediction[rows]) for p in (recording.plane, recording.curve))
    body = recording.body and replace(recording.body, state=recording.body.state[rows])
    pictures = {"plane": plane, "curve": curve, "body": body}
    coordinates = {**recording.coordinates, **along_steps}
    return replace(recording, config=config, variables=variables, coordinates=coordinates, **pictures)


def nbytes(frame: pd.DataFrame) -> int:
    """How long the frame is on its way to the browser."""
    table, sink = pa.Table.from_pandas(frame), pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    return sink.getvalue().size


def walk(spec: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a nested spec with its value."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from walk(value)
    elif isinstance(spec, list):
        for part in spec:
            yield from walk(part)
