"""The networks of the MNIST notebooks, trained and tested live: on pixels as in training, and on pixels as they lie.

Where there is no MNIST on this machine, they learn digits instead. And how much of a network learns when the forward
pass leaves its last layers out, as that of the deep notebook did.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from math import log
from threading import Event
from time import monotonic

import torch
from torch import nn

from core.config import Config
from core.datasets.datasets import MNIST
from core.experiments.published import Notebook
from core.measuring import Recording
from core.measuring.recorder import Recorder
from core.networks.data import draw_samples, load
from core.networks.ensemble import Ensemble
from core.sweeps.sweeps import Progress
from core.training import passes
from core.words.numbers import readable

SNAPSHOTS = 13
FAR = 1.5  # times the loss of guessing: from here on a first loss is called far above it
STOPPED = "the training was stopped"


def to_train(notebook: Notebook, steps: int) -> Config:
    """The network of a notebook, trained for so many steps: on MNIST where that is at hand, on digits elsewhere."""
    config = replace(notebook.config, steps=steps, snapshots=SNAPSHOTS)
    return config if MNIST.here else replace(config, dataset="digits", samples=Config().samples)


def epochs(config: Config) -> float:
    """How often each training sample is seen; both data sets have as many as are asked for."""
    return config.steps * config.batch_size / config.samples


def length_in_words(config: Config, notebook: Notebook) -> str:
    """How long a training is beside that of its notebook."""
    printed = notebook.config
    said = (
        f"{config.steps:,} steps go {_times(epochs(config))} × through the training samples of {config.dataset}. "
        f"The notebook's {printed.steps:,} go {_times(epochs(printed))} × through those of {printed.dataset}."
    )
    shorter = config.dataset == printed.dataset and config.steps < printed.steps
    return f"{said} Expect less of the shorter training." if shorter else said


def _times(passes: float) -> str:
    return f"{passes:,.0f}" if passes >= 10 else f"{passes:.2g}"


def start_in_words(recording: Recording) -> str:
    """Where the loss starts beside guessing; why that is far above, and how far so many steps can get."""
    config, baseline = recording.config, recording.guess
    if config is None or baseline is None:
        raise ValueError(f"what is said is of a notebook's Config; this recording of {recording.source} has none")
    guess = baseline.loss
    first = float(recording.variables["loss"].values[0, 0])
    if first < FAR * guess:
        return f"It starts at {readable(first)}, where guessing gives {readable(guess)}."
    return (
        f"It starts at {readable(first)}, far above the {readable(guess)} of guessing: first weights from N(0, 1) are "
        f"large, so the network is sure of random answers. A step of Adam moves a weight, whose size is "
        f"about 1, by about {config.learning_rate:g}: all {config.steps:,} together hardly by more than "
        f"{config.learning_rate * config.steps:g}."
    )


@dataclass(frozen=True)
class Reached:
    """The accuracy on held-out samples of a network that was trained: on pixels from 0 to 1, and on those that are
    `largest` times as large, as they lie in the file."""

    name: str
    config: Config
    scaled: float
    raw: float
    largest: int

    @property
    def training(self) -> str:
        """On what it was trained, and how long."""
        return training_in_words(self.config)


def training_in_words(config: Config) -> str:
    """What tells trainings of one network apart: their data and their length."""
    return f"{config.dataset}, {config.steps:,} steps"


@dataclass(frozen=True)
class Training:
    """A training that goes on: how far it is, what was recorded of it, and all that were tested so far."""

    progress: Progress
    recording: Recording | None
    tested: tuple[Reached, ...]


def waiting(config: Config, before: Sequence[Reached]) -> Training:
    """A training that has not begun; `before` are the networks that were tested."""
    return Training(_progress(0, config, 0.0), None, tuple(before))


def trained(name: str, config: Config, before: Sequence[Reached], stop: Event) -> Iterator[Training]:
    """Train a network and test it; `before` are those that were. Setting `stop` raises InterruptedError."""
    others = tuple(before)
    recorder, began = Recorder(Ensemble(config), ()), monotonic()
    for step, news in passes(recorder):
        if stop.is_set():
            raise InterruptedError(STOPPED)
        if news:
            known = Training(_progress(step, config, monotonic() - began), recorder.recording(), others)
            yield known
    tested = _tested(name, recorder.ensemble)
    yield replace(known, tested=(*(other for other in others if other.name != name), tested))


def _progress(step: int, config: Config, seconds: float) -> Progress:
    return Progress(step, config.steps, seconds, step / config.steps, "steps")


def _tested(name: str, ensemble: Ensemble) -> Reached:
    data, (config,) = ensemble.data, ensemble.configs
    largest = round(1 / draw_samples(config).scale)
    with torch.no_grad():
        scaled, raw = (
            float(ensemble.loss.accuracy(ensemble.network.outputs(inputs), data.validation_targets))
            for inputs in (data.validation_inputs, data.validation_inputs * largest)
        )
    return Reached(name, config, scaled, raw, largest)


LAYERS, UNITS, IMAGES = 5, 512, 100  # of the deep notebook, and digits in the batch on which it is looked at
SOURCE = Config(dataset="digits", preprocessing="none", samples=IMAGES)


@dataclass(frozen=True)
class Forward:
    """What learns of a network of LAYERS layers whose forward pass goes through the first of them only.

    gradients: the norm of dL/dW of each layer, None where autograd gives it none. loss: before training.
    """

    gradients: tuple[float | None, ...]
    outputs: int
    loss: float
    parameters: int
    learning: int

    @property
    def guess(self) -> float:
        """The loss of guessing among all outputs, ln n."""
        return log(self.outputs)

    def in_words(self) -> str:
        """What becomes of layers without a gradient, or that there are none."""
        if None in self.gradients:
            return "None is not 0: autograd, which finds the gradients, never met these layers, so no step moves them."
        return f"All {len(self.gradients)} layers get a gradient, so every step moves them all."


@lru_cache(maxsize=LAYERS)
def forward(used: int) -> Forward:
    """One forward and backward pass through the first `used` layers. Raises ValueError where there are not as many."""
    if not 1 <= used <= LAYERS:
        raise ValueError(f"a forward pass uses from 1 to {LAYERS} layers; got {used!r}")
    data = load(SOURCE)
    sizes = [data.inputs.shape[1], *[UNITS] * (LAYERS - 1), data.classes]
    # Made without numbers, as torch would draw them from the generator of the whole process.
    layers = [nn.utils.skip_init(nn.Linear, *ends) for ends in pairwise(sizes)]  # type: ignore[no-untyped-call]
    generator = SOURCE.generator("weights")
    for layer in layers:
        nn.init.xavier_uniform_(layer.weight, generator=generator)
        nn.init.zeros_(layer.bias)
    between = [module for layer in layers[:used] for module in (layer, nn.ReLU())][:-1]
    outputs = nn.Sequential(*between)(data.inputs)
    loss = nn.functional.cross_entropy(outputs, data.targets)
    loss.backward()  # type: ignore[no-untyped-call]  # torch has no types here
    weights = [layer.weight for layer in layers]
    parameters = [parameter for layer in layers for parameter in layer.parameters()]
    return Forward(
        gradients=tuple(None if weight.grad is None else float(weight.grad.norm()) for weight in weights),
        outputs=outputs.shape[1],
        loss=loss.item(),
        parameters=sum(parameter.numel() for parameter in parameters),
        learning=sum(parameter.numel() for parameter in parameters if parameter.grad is not None),
    )
