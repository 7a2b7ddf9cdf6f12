"""Config: everything one run depends on, the seed included, as one frozen value.

Equal Configs give equal Recordings. A share link is a Config in a URL; a cache is a dictionary keyed by Config. Every
field declares its default, what is allowed and a sentence of help; nothing else in the project repeats them.
"""

from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b

from torch import Generator

from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.losses import losses, misfit
from core.choices.normalizations import normalizations
from core.choices.optimizers import optimizers
from core.choices.preprocessing import preprocessings
from core.choices.schedules import schedules
from core.config.declared import ConflictError, Declared
from core.config.fields import choice, number, text, whole
from core.config.limits import excess
from core.datasets import datasets
from core.datasets.csv_file import DIGEST_BYTES

FRONT, DATA, NETWORK, TRAINING, MEASURING = "Front", "Data", "Network", "Training", "Measuring"
REMEMBERED = 1024  # Configs whose beginning is remembered


@dataclass(frozen=True, kw_only=True)
class Config(Declared):
    """All choices of a run. Raises ValueError, with field, value and what is allowed, for anything else."""

    activation: str = choice(
        "relu", activations, group=FRONT, label="Activation", help="What every hidden unit does to its input, a = φ(z)."
    )
    weight_scale: float = number(
        1.0,
        0,
        1e6,
        group=FRONT,
        label="Weight scale",
        log=True,
        slider=(0.01, 100),
        help="Multiplies the weights that the initializer gives. 1 leaves them as they are.",
    )
    depth: int = whole(5, 0, 100, group=FRONT, label="Depth", slider=(1, 50), help="The number of hidden layers.")
    learning_rate: float = number(
        0.05,
        0,
        1e9,
        group=FRONT,
        label="Learning rate",
        log=True,
        slider=(1e-5, 100),
        at_start=False,
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
        help="Added to every hidden bias at the start. Far below zero, ReLU units never fire. Batch norm undoes it.",
    )

    dataset: str = choice("digits", datasets, group=DATA, label="Data set", help="What the network learns from.")
    samples: int = whole(
        1400,
        2,
        60_000,
        group=DATA,
        label="Training samples",
        slider=(100, 5000),
        step=100,
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
        help="How far the points are scattered around their shape.",
    )
    table: str = text(
        "",
        f"(?:[0-9a-f]{{{2 * DIGEST_BYTES}}})?",
        f"{2 * DIGEST_BYTES} hexadecimal digits, or nothing",
        group=DATA,
        label="Table",
        asked_by="dataset",
        help="The hash of an uploaded table: of its file, its target and its features.",
    )
    preprocessing: str = choice(
        "standardize",
        preprocessings,
        group=DATA,
        label="Preprocessing",
        help="What is done to the inputs first, fitted on the training samples only.",
    )

    width: int = whole(
        64, 1, 1024, group=NETWORK, label="Width", slider=(2, 512), help="The number of units in every hidden layer."
    )
    initializer: str = choice(
        "he_normal",
        initializers,
        group=NETWORK,
        label="Initializer",
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

    loss_function: str = choice("auto", losses, group=TRAINING, label="Loss", help="What training makes small.")
    optimizer: str = choice(
        "sgd",
        optimizers,
        group=TRAINING,
        label="Optimizer",
        at_start=False,
        help="How a gradient becomes a step of the weights.",
    )
    momentum: float = number(
        0.9,
        0,
        0.999,
        group=TRAINING,
        label="Momentum",
        slider=(0, 0.99),
        step=0.01,
        asked_by="optimizer",
        at_start=False,
        help="How much of the last step is kept in the next one.",
    )
    history: int = whole(
        10,
        1,
        20,
        group=TRAINING,
        label="History",
        asked_by="optimizer",
        at_start=False,
        help="How many of its last steps the optimizer learns the curvature from.",
    )
    schedule: str = choice(
        "constant",
        schedules,
        group=TRAINING,
        label="Schedule",
        at_start=False,
        help="How the learning rate changes from the first step to the last.",
    )
    clip_norm: float = number(
        0.0,
        0,
        1e9,
        group=TRAINING,
        label="Clip gradients at",
        slider=(0, 10),
        step=0.1,
        at_start=False,
        help="A gradient of all weights together that is longer than this is shortened to it, before the optimizer and "
        "weight decay see it. 0 leaves all gradients alone. The charts show them as they were before.",
    )
    weight_decay: float = number(
        0.0,
        0,
        10,
        group=TRAINING,
        label="Weight decay",
        slider=(0, 0.1),
        step=0.001,
        at_start=False,
        help="Pulls every weight and bias towards zero: this times its value is added to its gradient. adamw subtracts "
        "it, times the learning rate, from the value itself.",
    )
    batch_size: int = whole(
        64,
        1,
        60_000,
        group=TRAINING,
        label="Batch size",
        slider=(1, 512),
        at_start=False,
        help="Samples in one step. All training samples, if it is larger.",
    )
    steps: int = whole(
        2000,
        0,
        100_000,
        group=TRAINING,
        label="Steps",
        slider=(100, 10_000),
        step=100,
        at_start=False,
        help="The number of updates of the weights. 0 measures the untrained network.",
    )

    seed: int = whole(
        0,
        0,
        2**31 - 1,
        group=MEASURING,
        label="Seed",
        slider=(0, 99),
        help="Which random numbers. Same seed, same run.",
    )
    probe_size: int = whole(
        256,
        1,
        10_000,
        group=MEASURING,
        label="Probe size",
        slider=(16, 1024),
        step=16,
        help="Training samples on which everything is measured. A unit that is silent on all of them is called dead.",
    )
    snapshots: int = whole(
        60,
        2,
        500,
        group=MEASURING,
        label="Snapshots",
        slider=(10, 200),
        at_start=False,
        help="How often the network is measured during training: at every step at first, then evenly.",
    )

    def check_together(self) -> None:
        """Raise ConflictError where the loss does not fit the data, or the run not into the memory."""
        classes = datasets[self.dataset].classes
        if classes is not None and (sentence := misfit(self.loss_function, classes)):
            raise ConflictError(("dataset", "loss_function"), sentence)
        if too_large := excess(self._size, self.activation):
            raise ConflictError(*too_large)

    def _size(self, name: str) -> int:
        """How much a field counts towards the memory. No batch and no probe has more samples than there are. The
        features are those that the data set is known to have; where only loading tells, it has limits of its own."""
        if name == "features":
            return self.known_features or 0
        if name == "activation":
            return activations[self.activation].pieces
        if not self.matters(name):
            return 0
        size: int = getattr(self, name)
        return min(size, self.samples) if name in ("batch_size", "probe_size") else size

    @property
    def known_features(self) -> int | None:
        """The number of inputs of a sample, as far as it is known without loading the data set."""
        return self.features if self.matters("features") else datasets[self.dataset].features

    def at_start(self) -> "Config":
        """The Config of the untrained network: steps 0, and defaults for all that only training uses."""
        return _at_start(self)

    def generator(self, purpose: str) -> Generator:
        """A fresh source of random numbers, determined by the seed and the purpose ("data", "weights", ...).

        One stream a purpose: changing the depth does not change the data or the order of the batches.
        """
        digest = blake2b(f"{self.seed} {purpose}".encode(), digest_size=8).digest()
        return Generator().manual_seed(int.from_bytes(digest, "big") >> 1)


@lru_cache(maxsize=REMEMBERED)
def _at_start(config: Config) -> Config:
    default = Config.default()
    unused = {name: getattr(default, name) for name, field in config.fields().items() if not field.at_start}
    return replace(config, **{**unused, "steps": 0})
