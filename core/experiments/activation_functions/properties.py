"""Properties of activation functions: what is known of each, and what it makes of −∞, NaN and both zeros.

Also ReLU written in two ways, which are equal on paper only.
"""

from collections.abc import Sequence
from math import inf, nan

import numpy as np
import xarray as xr

from core.config import Config
from core.networks.curves import curve

SPECIAL = {"minus_infinity": -inf, "nan": nan, "zero": 0.0, "minus_zero": -0.0}
ASKED = {"minus_infinity": -inf, "minus_one": -1.0, "minus_zero": -0.0, "zero": 0.0, "one": 1.0, "nan": nan}


def properties(configs: Sequence[Config]) -> xr.Dataset:
    """What is known of the activation of each Config, and what it makes of SPECIAL numbers, computed as float32.

    low, high (activation,): the bounds of φ; zero_centred; saturates: where φ′ goes to 0, which is "never", "left",
    "right" or "both"; max_slope: the largest |φ′|; answer (activation, asked): φ(number).
    """
    curves = [curve(config) for config in configs]
    known = [function.activation for function in curves]
    special = np.array(list(SPECIAL.values()), np.float32)
    return xr.Dataset(
        {
            "low": ("activation", [phi.low for phi in known]),
            "high": ("activation", [phi.high for phi in known]),
            "zero_centred": ("activation", [phi.activation.zero_centred for phi in known]),
            "saturates": ("activation", [phi.saturates for phi in known]),
            "max_slope": ("activation", [phi.max_slope for phi in known]),
            "answer": (("activation", "asked"), np.stack([function.phi(special) for function in curves])),
            "number": ("asked", list(SPECIAL.values())),
        },
        {"activation": [config.activation for config in configs], "asked": list(SPECIAL)},
    )


def relu_in_two_ways() -> xr.Dataset:
    """What NumPy answers to two ways of writing ReLU. answer (way, asked): what it makes of the number (asked,)."""
    x = np.array(list(ASKED.values()))
    with np.errstate(invalid="ignore"):  # −∞ · 0, which is the point
        answers = {"maximum": np.maximum(0, x), "product": x * (x > 0)}
    return xr.Dataset(
        {"answer": (("way", "asked"), np.stack(list(answers.values()))), "number": ("asked", x)},
        {"way": list(answers), "asked": list(ASKED)},
    )
