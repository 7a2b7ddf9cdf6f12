"""Properties of activation functions in a table: what is known of each, and what it makes of −∞, NaN and both zeros.

Also ReLU written in two ways, which are equal on paper only.
"""

from math import copysign, inf, isinf, isnan, nan

import numpy as np
import pandas as pd

from core.config import Config
from core.networks.curves import curve

SPECIAL = (-inf, nan, 0.0, -0.0)
SIDES = {"never": "nowhere", "left": "on the left", "right": "on the right", "both": "on both sides"}


def properties(configs: list[Config]) -> pd.DataFrame:
    """A row for the activation of each Config, by its name; what it makes of special numbers is computed as float32."""
    names = [config.activation for config in configs]
    return pd.DataFrame([_row(config) for config in configs], index=pd.Index(names, name="φ"))


def _row(config: Config) -> dict[str, str]:
    function = curve(config)
    known = function.activation
    values = function.phi(np.array(SPECIAL, np.float32))
    return {
        "Range": f"{spelled(known.low)} to {spelled(known.high)}",
        "Zero-centred": "yes" if known.activation.zero_centred else "no",
        "Saturates": SIDES[known.saturates],
        "Largest |φ′|": spelled(known.max_slope),
        **{f"φ({spelled(z)})": spelled(float(value)) for z, value in zip(SPECIAL, values, strict=True)},
    }


def relu_in_two_ways() -> pd.DataFrame:
    """What NumPy answers to two ways of writing ReLU, a column for each number that they are asked."""
    asked = np.array([-inf, -1.0, -0.0, 0.0, 1.0, nan])
    with np.errstate(invalid="ignore"):  # −∞ · 0, which is the point
        answers = {"np.maximum(0, x)": np.maximum(0, asked), "x * (x > 0)": asked * (asked > 0)}
    rows = {code: list(map(spelled, map(float, values))) for code, values in answers.items()}
    columns = [f"x = {spelled(float(x))}" for x in asked]
    return pd.DataFrame.from_dict(rows, orient="index", columns=columns).rename_axis("ReLU")


def spelled(number: float) -> str:
    """A number with three digits, with the sign of a zero: 1.76, −0, −∞, NaN."""
    if isnan(number):
        return "NaN"
    size = "∞" if isinf(number) else f"{abs(number):.3g}"
    return f"−{size}" if copysign(1, number) < 0 else size
