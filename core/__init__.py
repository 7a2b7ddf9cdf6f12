"""Vitals' core: build, train and measure small networks. It never imports Streamlit.

from core import Config, record, train
recording = record(Config(activation="tanh", steps=0))
recording.data["activation_std"].sel(step=0)
"""

from core.config import Config
from core.grid import grid
from core.network import build
from core.recording import Recording
from core.samples import DataUnavailable
from core.sweeps import sweep
from core.training import record, train

__all__ = ["Config", "DataUnavailable", "Recording", "build", "grid", "record", "sweep", "train"]
