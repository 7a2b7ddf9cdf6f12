"""Config: everything one run depends on, the seed included, as one frozen value.

Equal Configs give equal Recordings. A share link is a Config in a URL; a cache is a dictionary keyed by Config. Every
field declares its default, what is allowed, a sentence of help and all else that is to be known of it; nothing else in
the project repeats that. Those of training and measuring are here, those before them in `core.config.setup`.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from hashlib import blake2b

from torch import Generator

from core.choices.activations import activations
from core.choices.losses import losses, misfit
from core.choices.optimizers import optimizers
from core.choices.preprocessing import turns
from core.choices.schedules import schedules
from core.config.declared import ConflictError
from core.config.fields import choice, number, whole
from core.config.limits import excess
from core.config.needs import ALWAYS, DATA, TURNING, Names, parts
from core.config.setup import MEASURING, TRAINING, Setup
from core.datasets import datasets

REMEMBERED = 1024  # Configs whose beginning is remembered


@dataclass(frozen=True, kw_only=True)
class Config(Setup):
    """All choices of a run. Raises ValueError, with field, value and what is allowed, for anything else."""

    loss_function: str = choice("auto", losses, group=TRAINING, label="Loss", help="What training makes small.")
    optimizer: str = choice(
        "sgd",
        optimizers,
        group=TRAINING,
        label="Optimizer",
        at_start=False,
        free=True,
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
        free=True,
        knob=7,
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
        free=True,
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
        free=True,
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
        free=True,
        knob=8,
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
        within="samples",
        knob=6,
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
        free=True,
        decides_on_data=True,
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
        within="samples",
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
        size = cache(self._size)
        if too_large := excess(size, self.activation, lambda: self.parts(size)):
            raise ConflictError(*too_large)

    @property
    def needs(self) -> int:
        """How many bytes it takes to measure and train the network, roughly; see `core.config.needs`."""
        return ALWAYS + sum(self.parts(self._size).values())

    def parts(self, size: Callable[[str], int]) -> Mapping[Names, int]:
        """The same, part by part. `size` tells how much a field counts."""
        normalized, turned = self.normalization != "none", turns(self.preprocessing)
        return parts(size, trained=self.steps > 0, normalized=normalized, turned=turned)

    @property
    def loading(self) -> int:
        """How many bytes of that it takes to load the data."""
        needed = self.parts(self._size)
        return ALWAYS + needed[DATA] + needed[TURNING]

    def _size(self, name: str) -> int:
        """How much a field counts towards the memory. The features are those that the data set is known to have; where
        only loading tells, it has limits of its own."""
        if name == "features":
            return self.known_features or 0
        if name == "activation":
            return activations[self.activation].pieces
        return int(self.effective(name)) if self.matters(name) else 0

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
