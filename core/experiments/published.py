"""Published figures, to be shown beside ours: what slides and papers print, and where."""

from dataclasses import replace
from typing import NamedTuple

from core.config import Config


class Printed(NamedTuple):
    """What a slide prints of each layer, the choices of the network that it is about, and its id."""

    initializer: str
    weight_scale: float
    activation: str
    statistic: str
    numbers: tuple[float, ...]
    name: str


# cs231n, Lecture 6, "Weight initialization": 1000 inputs of N(0, 1), ten layers of 500 units, one run each.
SLIDES = (
    Printed(
        *("normal", 1.0, "tanh", "activation_std"),
        (0.213081, 0.047551, 0.010630, 0.002378, 0.000532, 0.000119, 0.000026, 0.000006, 0.000001, 0.000000),
        "small",
    ),
    Printed(
        *("normal", 100.0, "tanh", "activation_std"),
        (0.98,) * 10,  # "about 0.98" in every layer
        "large",
    ),
    Printed(
        *("he_normal", 1.0, "relu", "activation_mean"),
        (0.562488, 0.553614, 0.545867, 0.565396, 0.547678, 0.587103, 0.596867, 0.623214, 0.567498, 0.552531),
        "he",
    ),
)


# Nielsen, "Neural networks and deep learning", chapter 5: the norm of dL/db in each hidden layer, one network each.
NIELSEN = {2: (0.07, 0.31), 3: (0.012, 0.060, 0.283), 4: (0.003, 0.017, 0.070, 0.285)}

# He et al. 2015, "Delving deep into rectifiers": the most layers that converge on ImageNet, of those that they tried.
CONVERGED = {"xavier_normal": 22, "he_normal": 30}

SHAPE = {"dataset": "gaussian", "features": 500, "width": 500, "depth": 10, "bias_init": 0.0, "normalization": "none"}


def printed(config: Config) -> Printed | None:
    """What a slide prints of such a network; None where none does."""
    if any(getattr(config, name) != value for name, value in SHAPE.items()):
        return None
    chosen = config.initializer, config.weight_scale, config.activation
    return next((slide for slide in SLIDES if slide[:3] == chosen), None)


def nielsen_printed(config: Config) -> tuple[float, ...]:
    """What Nielsen prints of such a network, a number for each hidden layer; nothing where he does not."""
    his = (config.activation, config.weight_scale, config.width) == ("sigmoid", 1.0, 30)
    return NIELSEN.get(config.depth, ()) if his else ()


class Notebook(NamedTuple):
    """A network of the MNIST notebooks: the test accuracy that is printed, and its whole training as a Config.

    `name` is an id. `raw` says whether it was tested on pixels from 0 to 255; all were trained on pixels from 0 to 1.
    """

    name: str
    accuracy: float
    raw: bool
    config: Config


NOTEBOOKS_AT = "https://github.com/deeplearningzerotoall/PyTorch"

# deeplearningzerotoall/PyTorch, lab-09_1 to lab-09_7: Adam, batches of 100 and 15 epochs; with batch norm and beside it
# batches of 32 and 10 epochs. Biases start from PyTorch's default there. What is printed of the deep network is of its
# first three layers, and SELU had an alpha dropout of 0.3.
_SOFTMAX = Config(
    dataset="mnist",
    samples=60_000,
    preprocessing="none",
    depth=0,
    initializer="normal",
    weight_scale=100,
    optimizer="adam",
    learning_rate=0.001,
    batch_size=100,
    steps=15 * 600,
)
_NORMAL = replace(_SOFTMAX, depth=2, width=256)
_XAVIER = replace(_NORMAL, initializer="xavier_uniform", weight_scale=1)
_DEEP = replace(_XAVIER, depth=4, width=512)
_NARROW = replace(_XAVIER, width=32, initializer="pytorch_default", batch_size=32, steps=10 * 1875, learning_rate=0.01)
NOTEBOOKS = (
    Notebook("softmax", 0.8944, True, _SOFTMAX),
    Notebook("normal", 0.9423, True, _NORMAL),
    Notebook("xavier", 0.9805, True, _XAVIER),
    Notebook("deep", 0.9819, True, _DEEP),
    Notebook("dropout", 0.9772, True, replace(_DEEP, dropout=0.3)),
    Notebook("selu", 0.8196, True, replace(_DEEP, activation="selu")),
    Notebook("narrow", 0.96, False, _NARROW),
    Notebook("narrow_batch_norm", 0.97, False, replace(_NARROW, normalization="batch_norm_after")),
)
