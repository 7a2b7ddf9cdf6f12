"""Vitals' core: build, train and measure small networks. It never imports Streamlit.

from core import Config, record, train
recording = record(Config(activation="tanh", steps=0))
recording.data["activation_std"].sel(step=0)

The rooms, from those that import most to those that import least: `charts`, `claims`, `experiments`, `diagnosis`,
`sweeps`, `work`, `training` (the only loop), `theory`, `measuring`, `networks`, `config`, `choices`, `datasets`,
`memory`, `words`, `registry`, `array`. A room imports those further down. A new thing goes into the lowest room that
has all it needs.

The names of this face are found when they are asked for, so that a room that needs no torch does not wait for it.
Imports config, datasets, diagnosis, measuring, networks, sweeps and training then.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from core.config import Config
    from core.datasets import DataUnavailable
    from core.diagnosis import diagnose, prescribe
    from core.measuring import Recording
    from core.networks import build
    from core.networks.plain import script
    from core.sweeps import grid, sweep
    from core.training import record, train

__all__ = [
    "Config",
    "DataUnavailable",
    "Recording",
    "build",
    "diagnose",
    "grid",
    "prescribe",
    "record",
    "script",
    "sweep",
    "train",
]

_ROOMS = {
    "Config": "config",
    "DataUnavailable": "datasets",
    "Recording": "measuring",
    "build": "networks",
    "diagnose": "diagnosis",
    "grid": "sweeps",
    "prescribe": "diagnosis",
    "record": "training",
    "script": "networks.plain",
    "sweep": "sweeps",
    "train": "training",
}


def __getattr__(name: str) -> Any:
    if name not in _ROOMS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_ROOMS[name]}"), name)
