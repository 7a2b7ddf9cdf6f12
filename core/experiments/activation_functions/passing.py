"""What passes through an activation: normally distributed numbers, what becomes of them, and the slopes they meet.

On the way back a gradient is multiplied by the slope φ'(z) of each unit, so E φ'(z)² is what is left of its square.
"""

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.config import Config
from core.networks.curves import curve
from core.theory.gauss import GaussianLayer

SAMPLES = 50_000


def passing(config: Config, mean: float, spread: float) -> xr.Dataset:
    """What the activation of a Config makes of SAMPLES numbers from N(mean, spread²), drawn with its seed.

    z, activation, slope (sample,); measured, expected (moment,): the `moments` of the samples, and by theory; φ lies
    between low and high, and its slope is at most max_slope. The attributes say what passes through what: activation,
    mean and spread.
    """
    function = curve(config)
    standard = torch.randn(SAMPLES, generator=config.generator("passing"), dtype=torch.float64).numpy()
    z = mean + spread * standard
    outputs, slopes = function.phi(z), function.slope(z)
    expected = moments(config, mean, spread)
    return xr.Dataset(
        {
            "z": ("sample", z),
            "activation": ("sample", outputs),
            "slope": ("sample", slopes),
            "measured": ("moment", list(_measured(outputs, slopes).values())),
            "expected": ("moment", list(expected.values())),
            "low": function.activation.low,
            "high": function.activation.high,
            "max_slope": function.max_slope,
        },
        {"moment": list(expected)},
        {"activation": config.activation, "mean": mean, "spread": spread},
    )


def _measured(outputs: Array, slopes: Array) -> dict[str, float]:
    return {
        "mean": float(outputs.mean()),
        "std": float(outputs.std()),
        "slope_square": float(np.square(slopes).mean()),
    }


def moments(config: Config, mean: float, spread: float) -> dict[str, float]:
    """The mean and the standard deviation of φ(z) and E φ'(z)² for z from N(mean, spread²), exact by theory."""
    layer = GaussianLayer(curve(config), np.square(spread), np.float64(mean))
    exact = {"mean": layer.mean, "std": layer.std, "slope_square": layer.slope_square}
    # A sum that stands for an integral misses a zero by 1e-17.
    return {name: round(float(moment), 12) + 0.0 for name, moment in exact.items()}
