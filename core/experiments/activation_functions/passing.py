"""What passes through an activation: normally distributed numbers, what becomes of them, and the slopes they meet.

On the way back a gradient is multiplied by the slope φ'(z) of each unit, so E φ'(z)² is what is left of its square.
"""

from dataclasses import dataclass

import numpy as np
import torch

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory.gauss import Layer

SAMPLES = 50_000


@dataclass(frozen=True)
class Moments:
    """The mean and the standard deviation of φ(z), and E φ'(z)²."""

    mean: float
    std: float
    slope_square: float


@dataclass(frozen=True, eq=False)
class Passing:
    """Samples of z (sample,) with their activations and slopes, and their moments: measured, and exact by theory.

    The activation lies between `low` and `high`, its slope is at most `max_slope`.
    """

    z: Array
    activations: Array
    slopes: Array
    low: float
    high: float
    max_slope: float
    expected: Moments

    @property
    def measured(self) -> Moments:
        """The moments of the samples."""
        outputs = self.activations
        return Moments(float(outputs.mean()), float(outputs.std()), float(np.square(self.slopes).mean()))


def passing(config: Config, mean: float, spread: float) -> Passing:
    """What the activation of a Config makes of SAMPLES numbers from N(mean, spread²), drawn with its seed."""
    function = curve(config)
    standard = torch.randn(SAMPLES, generator=config.generator("passing"), dtype=torch.float64).numpy()
    z = mean + spread * standard
    layer = Layer(function, np.square(spread), np.float64(mean))
    # A sum that stands for an integral misses a zero by 1e-17.
    exact = (round(float(mean), 12) + 0.0 for mean in (layer.mean, layer.std, layer.slope_square))
    bounds = function.activation.low, function.activation.high
    return Passing(z, function.phi(z), function.slope(z), *bounds, function.max_slope, Moments(*exact))
