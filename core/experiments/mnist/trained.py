"""The networks of the MNIST notebooks, trained and tested live: on pixels as in training, and on pixels as they lie.

Where there is no MNIST on this machine, they learn digits instead.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from threading import Event
from time import monotonic

import torch

from core.config import Config
from core.datasets.datasets import MNIST
from core.experiments.published import Notebook
from core.measuring import Recording
from core.measuring.recorder import Recorder
from core.networks.data import draw_samples
from core.networks.ensemble import Ensemble
from core.training import passes
from core.work.progress import Progress

SNAPSHOTS = 13
STOPPED = "the training was stopped"


def to_train(notebook: Notebook, steps: int) -> Config:
    """The network of a notebook, trained for so many steps: on MNIST where that is at hand, on digits elsewhere."""
    config = replace(notebook.config, steps=steps, snapshots=SNAPSHOTS)
    return config if MNIST.here else replace(config, dataset="digits", samples=Config().samples)


@dataclass(frozen=True)
class Reached:
    """The accuracy on held-out samples of a network that was trained: on pixels from 0 to 1, and on those that are
    `largest` times as large, as they lie in the file. `name` is that of its notebook."""

    name: str
    config: Config
    scaled: float
    raw: float
    largest: int


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
