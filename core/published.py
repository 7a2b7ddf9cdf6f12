"""Published figures, to be shown beside ours: what slides and papers print, and where."""

from typing import NamedTuple

from core.config import Config


class Printed(NamedTuple):
    """What a slide prints of each layer and says of it, and the choices of the network that it is about."""

    initializer: str
    weight_scale: float
    activation: str
    statistic: str
    numbers: tuple[float, ...]
    words: str


# cs231n, Lecture 6, "Weight initialization": 1000 inputs of N(0, 1), ten layers of 500 units, one run each.
SLIDES = (
    Printed(
        *("normal", 1.0, "tanh", "activation_std"),
        (0.213081, 0.047551, 0.010630, 0.002378, 0.000532, 0.000119, 0.000026, 0.000006, 0.000001, 0.000000),
        "A fifth is left at every layer. The last number of the slide is 0.000000, and a logarithmic axis has no 0.",
    ),
    Printed(
        *("normal", 100.0, "tanh", "activation_std"),
        (0.98,) * 10,  # "about 0.98" in every layer
        "About 0.98 at every layer, “almost all neurons completely saturated”. The other chart counts what is flat.",
    ),
    Printed(
        *("he_normal", 1.0, "relu", "activation_mean"),
        (0.562488, 0.553614, 0.545867, 0.565396, 0.547678, 0.587103, 0.596867, 0.623214, 0.567498, 0.552531),
        "The slide shows one network, and so do we: with ReLU two of them differ by more, the deeper the layer.",
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
    own = config.initializer, config.weight_scale, config.activation
    return next((slide for slide in SLIDES if slide[:3] == own), None)


def nielsen_printed(config: Config) -> tuple[float, ...]:
    """What Nielsen prints of such a network, a number for each hidden layer; nothing where he does not."""
    his = (config.activation, config.weight_scale, config.width) == ("sigmoid", 1.0, 30)
    return NIELSEN.get(config.depth, ()) if his else ()
