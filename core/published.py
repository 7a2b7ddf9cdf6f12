"""Published figures, to be shown beside ours: what slides and papers print, and where."""

from typing import NamedTuple

import pandas as pd

from core.config import Config
from core.recording import Recording


class Printed(NamedTuple):
    """What a slide prints of each layer, and the choices of the network that it is about."""

    initializer: str
    weight_scale: float
    activation: str
    statistic: str
    numbers: tuple[float, ...]


# cs231n, Lecture 6, "Weight initialization": 1000 inputs of N(0, 1), ten layers of 500 units, one run each.
SLIDES = (
    Printed(
        *("normal", 1.0, "tanh", "activation_std"),
        (0.213081, 0.047551, 0.010630, 0.002378, 0.000532, 0.000119, 0.000026, 0.000006, 0.000001, 0.000000),
    ),
    Printed(
        *("he_normal", 1.0, "relu", "activation_mean"),
        (0.562488, 0.553614, 0.545867, 0.565396, 0.547678, 0.587103, 0.596867, 0.623214, 0.567498, 0.552531),
    ),
)


# Nielsen, "Neural networks and deep learning", chapter 5: the norm of dL/db in each hidden layer, one network each.
NIELSEN = {2: (0.07, 0.31), 3: (0.012, 0.060, 0.283), 4: (0.003, 0.017, 0.070, 0.285)}

SHAPE = {"dataset": "gaussian", "features": 500, "width": 500, "depth": 10, "bias_init": 0.0, "normalization": "none"}


def printed(config: Config) -> Printed | None:
    """What a slide prints of such a network; None where none does."""
    if any(getattr(config, name) != value for name, value in SHAPE.items()):
        return None
    own = config.initializer, config.weight_scale, config.activation
    return next((slide for slide in SLIDES if slide[:3] == own), None)


def beside(recording: Recording) -> pd.DataFrame | None:
    """A row for what the slide prints and one for what was measured, a column a layer; None where no slide fits."""
    slide = printed(recording.config)
    if slide is None:
        return None
    measured = recording.variables[slide.statistic].values[0]
    rows = {"cs231n's slide": slide.numbers, "this network": measured}
    frame = pd.DataFrame({f"layer {n + 1}": [values[n] for values in rows.values()] for n in range(len(measured))})
    frame.insert(0, recording.variables[slide.statistic].label, list(rows))
    return frame


def nielsen_printed(config: Config) -> tuple[float, ...]:
    """What Nielsen prints of such a network, a number for each hidden layer; nothing where he does not."""
    his = (config.activation, config.weight_scale, config.width) == ("sigmoid", 1.0, 30)
    return NIELSEN.get(config.depth, ()) if his else ()
