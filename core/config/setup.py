"""Setup: the first fields of a Config, those in front of the sidebar, and those of the data and of the network.

The fields of training and measuring follow in `core.config.config`: together they would be one long file.
"""

from dataclasses import dataclass

from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import normalizations
from core.choices.preprocessing import preprocessings
from core.config.declared import Declared
from core.config.fields import choice, number, text, whole
from core.config.words import DIGITS
from core.datasets import datasets
from core.datasets.sheets import DIGEST_BYTES
from core.words.said import Sentence

FRONT, DATA, NETWORK, TRAINING, MEASURING = "Front", "Data", "Network", "Training", "Measuring"


@dataclass(frozen=True, kw_only=True)
class Setup(Declared):
    """What is learned, and by which network."""

    activation: str = choice(
        "relu",
        activations,
        group=FRONT,
        label="Activation",
        free=True,
        help="What every hidden unit does to its input, a = φ(z).",
    )
    weight_scale: float = number(
        1.0,
        0,
        1e6,
        group=FRONT,
        label="Weight scale",
        log=True,
        slider=(0.01, 100),
        free=True,
        knob=2,
        knob_range=(0.1, 10.0),
        help="Multiplies the weights that the initializer gives. 1 leaves them as they are.",
    )
    depth: int = whole(
        5,
        0,
        100,
        group=FRONT,
        label="Depth",
        slider=(1, 50),
        knob=4,
        knob_range=(1, 16),
        help="The number of hidden layers.",
    )
    learning_rate: float = number(
        0.05,
        0,
        1e9,
        group=FRONT,
        label="Learning rate",
        log=True,
        slider=(1e-5, 100),
        at_start=False,
        free=True,
        knob=1,
        knob_range=(1e-4, 10.0),
        help="How far each step moves the weights along the gradient.",
    )
    bias_init: float = number(
        0.0,
        -1e9,
        1e9,
        group=FRONT,
        label="Bias init",
        slider=(-2, 2),
        step=0.01,
        free=True,
        knob=3,
        help="Added to every hidden bias at the start. Far below zero, ReLU units never fire. Batch norm undoes it.",
    )

    dataset: str = choice(
        "digits", datasets, group=DATA, label="Data set", decides_on_data=True, help="What the network learns from."
    )
    samples: int = whole(
        1400,
        2,
        60_000,
        group=DATA,
        label="Training samples",
        slider=(100, 5000),
        step=100,
        decides_on_data=True,
        help="How many samples to train on, at most. A quarter as many again are held out for validation.",
    )
    features: int = whole(
        20,
        1,
        4096,
        group=DATA,
        label="Features",
        slider=(1, 1000),
        asked_by="dataset",
        decides_on_data=True,
        help="The number of inputs of each sample.",
    )
    noise: float = number(
        0.1,
        0,
        10,
        group=DATA,
        label="Noise",
        slider=(0, 1),
        step=0.01,
        asked_by="dataset",
        decides_on_data=True,
        help="How far the points are scattered around their shape.",
    )
    table: str = text(
        "",
        f"(?:[0-9a-f]{{{2 * DIGEST_BYTES}}})?",
        Sentence(DIGITS, digits=2 * DIGEST_BYTES),
        group=DATA,
        label="Table",
        asked_by="dataset",
        decides_on_data=True,
        help="The hash of an uploaded table: of its file, its target, its features and what fills its gaps.",
    )
    preprocessing: str = choice(
        "standardize",
        preprocessings,
        group=DATA,
        label="Preprocessing",
        decides_on_data=True,
        help="What is done to the inputs first, fitted on the training samples only.",
    )

    width: int = whole(
        64,
        1,
        1024,
        group=NETWORK,
        label="Width",
        slider=(2, 512),
        knob=5,
        knob_range=(4, 128),
        help="The number of units in every hidden layer.",
    )
    initializer: str = choice(
        "he_normal",
        initializers,
        group=NETWORK,
        label="Initializer",
        free=True,
        help="How the weights are drawn before training starts.",
    )
    normalization: str = choice(
        "none", normalizations, group=NETWORK, label="Normalization", help="What keeps the signal at one size."
    )
    negative_slope: float = number(
        0.01,
        0,
        10,
        group=NETWORK,
        label="Negative slope",
        slider=(0, 1),
        step=0.01,
        asked_by="activation",
        free=True,
        help="The slope of the activation where z is negative. 0 makes it a ReLU, 1 the identity.",
    )
    alpha: float = number(
        1.0,
        0.01,
        10,
        group=NETWORK,
        label="Alpha",
        slider=(0.1, 5),
        step=0.1,
        asked_by="activation",
        free=True,
        help="Where the activation levels off: at −α, far to the left.",
    )
    dropout: float = number(
        0.0,
        0,
        0.95,
        group=NETWORK,
        label="Dropout",
        step=0.05,
        at_start=False,
        help="The share of activations set to zero at random in each training step. Off while measuring.",
    )
