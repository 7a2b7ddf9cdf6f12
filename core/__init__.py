"""Vitals' core: build, train and measure small networks. It never imports Streamlit.

from core import Config, record, train
recording = record(Config(activation="tanh", steps=0))
recording.data["activation_std"].sel(step=0)
"""

from core.config import Config
from core.datasets import DataUnavailable
from core.measuring import Recording
from core.networks import build
from core.sweeps import grid, sweep
from core.training import record, train

__all__ = ["Config", "DataUnavailable", "Recording", "build", "grid", "record", "sweep", "train"]
