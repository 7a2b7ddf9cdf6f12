"""Searched: a small network, two knobs of it, and a score without training, for tests of searches."""

import numpy as np

from core import Config
from core.sweeps.knobs import Knob

TINY = Config(depth=1, width=8, samples=100, steps=10, snapshots=2, probe_size=32)
RATE, SCALE = Knob("learning_rate", 1e-3, 1), Knob("weight_scale", 0.1, 10)


def bowl():
    """A score without training: squared distance to (0.3, 0.6) along the two knobs, in the unit cube."""

    def score(configs):
        rate = np.log([config.learning_rate / RATE.low for config in configs]) / np.log(RATE.high / RATE.low)
        scale = np.log([config.weight_scale / SCALE.low for config in configs]) / np.log(SCALE.high / SCALE.low)
        return (rate - 0.3) ** 2 + (scale - 0.6) ** 2

    return score
