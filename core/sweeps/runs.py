"""Runs: the Recordings of the networks of a sweep, as far as they are known.

A sweep keeps what it measured of many networks as one Dataset. Whoever judges one network needs a Recording: the same
numbers without the axis run, up to where that run ended.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from core.array import Array
from core.choices.losses import loss_for
from core.config import Config
from core.measuring import Recording
from core.measuring.given import guess_of, sizes_of
from core.measuring.recording import End
from core.measuring.rows import variable
from core.networks.data import load
from core.networks.network import Network

if TYPE_CHECKING:
    import xarray as xr


def recordings_of(known: "xr.Dataset", configs: Sequence[Config]) -> list[Recording | None]:
    """The Recordings of the runs of a sweep of these Configs; None of each that is not known yet."""
    measured = known["measured"].values
    return [
        _recording(known.isel(run=place), config, measured[place]) if measured[place].any() else None
        for place, config in enumerate(configs)
    ]


def _recording(run: "xr.Dataset", config: Config, measured: Array) -> Recording:
    data, layers = load(config), np.arange(1, config.depth + 1)
    taken = run.isel(step=np.flatnonzero(measured))
    absent = set() if data.classes else {"accuracy"}  # of others in the sweep
    names = [str(name) for name in taken.data_vars if name not in absent]
    return Recording(
        variables={name: variable(name, _of_layers(taken[name], config.depth)) for name in names},
        coordinates={
            "step": ("step", taken["step"].values),
            "layer": ("layer", layers),
            "layer_name": ("layer", layers.astype(str)),
            "layer_width": ("layer", np.full(config.depth, config.width)),
        },
        end=End(run["end"].item(), int(run["end_step"]), float(run["end_loss"])),
        source=Network.__name__,
        probe_size=len(data.probe_inputs),
        training_size=len(data.inputs),
        classes=data.classes,
        config=config,
        guess=guess_of(loss_for(config.loss_function, data.classes), data),
        input_sizes=sizes_of(data),
    )


def _of_layers(variable: "xr.DataArray", depth: int) -> Array:
    """The values of the layers that a network has; others of the sweep may have more."""
    values: Array = (variable.isel(layer=slice(depth)) if "layer" in variable.dims else variable).values
    return values
