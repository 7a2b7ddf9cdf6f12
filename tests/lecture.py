"""The network of the lecture, before training: the table of truths is about it."""

from dataclasses import replace

import xarray as xr

from core import Config, record

WIDTH, DEPTH = 500, 10

# cs231n: 1000 inputs of 500 features from N(0, 1), 10 layers of 500 units, looked at before training.
LECTURE = Config(
    dataset="gaussian",
    features=WIDTH,
    samples=1000,
    probe_size=1000,
    preprocessing="none",
    depth=DEPTH,
    width=WIDTH,
    steps=0,
)


def start(**choices) -> xr.Dataset:
    """The measurements of the untrained network."""
    return record(replace(LECTURE, **choices)).data.isel(step=0)
