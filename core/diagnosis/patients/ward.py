"""The ward: a sick network without its label. Which knob was turned wrong, and what mends it in two moves?

A number gives a patient, the same everywhere: `sick_network` draws it, and its cause is known by construction. Whether
it is ill, and can be saved, is tried: it is admitted if it does not learn and the network that it was before does. If
not, the next number has its turn. So whoever undoes what was turned saves it, and a move is not held against that: what
counts is whether the network learns. A new fault, or another way to draw, gives all numbers other patients.

    *_, admission = admitting(31)
    admission.patient.cause, options(31, admission.patient)
    *_, treated = training(replace(admission.patient.config, weight_scale=1.0))
    treated.recording, learns(treated.recording)
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import count
from random import Random
from threading import Event
from time import monotonic

import numpy as np

from core.config import Config
from core.config.fields import Choice
from core.diagnosis.patients.sick import Patient, sick_network
from core.diagnosis.signs import Signs
from core.measuring import Recording
from core.training import train
from core.work.progress import Progress

NUMBERS = 10_000  # of patients; after the last comes the first
MOVES = 2  # as many knobs as are turned wrong at most
OPTIONS = 5  # knobs of which one that was turned is to be named
SNAPSHOTS = 30
MOST_UNITS = 4_000  # as many as the largest network that is drawn

_DIGITS = tuple(float(f"{digit}e{power}") for power in range(-6, 2) for digit in (1, 2, 3, 5))
KNOBS: Mapping[str, tuple[float, ...]] = {  # that may be turned, by the faults and by who mends them, with their values
    "activation": (),  # none: all names that there are
    "weight_scale": tuple(digit for digit in _DIGITS if 0.003 <= digit <= 30),
    "depth": (1, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 40, 60),
    "learning_rate": _DIGITS,
    "bias_init": (-10, -5, -3, -2, -1, -0.5, -0.2, -0.1, 0, 0.1, 0.2, 0.5, 1, 2, 3, 5, 10),
    "preprocessing": (),
    "width": (1, 2, 4, 8, 16, 24, 32, 48, 64, 96, 128),
    "initializer": (),
    "dropout": (0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.8, 0.9),
    "optimizer": (),
    "momentum": (0, 0.5, 0.8, 0.9, 0.95, 0.99, 0.995, 0.999),
    "clip_norm": (0, *_DIGITS),
    "weight_decay": (0, *(digit for digit in _DIGITS if digit <= 10)),
    "batch_size": (1, 2, 4, 8, 16, 32, 64, 128, 256),
}


@dataclass(frozen=True)
class Trained:
    """How far the training of a network is, and what was recorded of it so far."""

    progress: Progress
    recording: Recording


@dataclass(frozen=True)
class Admission:
    """A patient by its number, which may not be ill: it is admitted once there is a `recording` of it."""

    number: int
    patient: Patient
    progress: Progress
    recording: Recording | None


@dataclass(frozen=True)
class Move:
    """A knob that was turned to save a patient, the Config that this makes, and its run."""

    knob: str
    config: Config
    recording: Recording


@dataclass
class Bed:
    """The patient of a number: nothing is known of it before it is admitted. `named` is the knob that was guessed.

    `asked` is the number that was asked for, of which the patient that is admitted may not be.
    """

    number: int
    asked: int
    admission: Admission | None = None
    named: str | None = None
    moves: list[Move] = field(default_factory=list)

    def after(self, turns: int) -> tuple[Config, Recording]:
        """The network as it is after so many moves, and its run."""
        if turns:
            return self.moves[turns - 1].config, self.moves[turns - 1].recording
        assert self.admission is not None
        assert self.admission.recording is not None
        return self.admission.patient.config, self.admission.recording

    @property
    def is_right(self) -> bool:
        """Whether the knob that was guessed is one that was turned wrong."""
        return self.admission is not None and self.named in self.admission.patient.cause

    @property
    def saved(self) -> bool:
        """Whether the network learns after the last move."""
        return bool(self.moves) and learns(self.moves[-1].recording)

    @property
    def over(self) -> bool:
        """Whether nothing is left to be done."""
        return self.saved or len(self.moves) == MOVES


def admitting(number: int, stop: Event | None = None) -> Iterator[Admission]:
    """Look for the first patient from this number on; what comes last is admitted. `stop` raises InterruptedError."""
    for tried in count(number):
        patient = sick_network(tried % NUMBERS)
        patient = replace(patient, config=replace(patient.config, snapshots=SNAPSHOTS))
        for known in training(patient.config, stop):
            yield Admission(tried % NUMBERS, patient, known.progress, None)
        if learns(known.recording):
            continue
        for before in training(replace(patient.base, snapshots=2), stop):
            yield Admission(tried % NUMBERS, patient, before.progress, None)
        if learns(before.recording):
            yield Admission(tried % NUMBERS, patient, before.progress, known.recording)
            return


def training(config: Config, stop: Event | None = None) -> Iterator[Trained]:
    """Train a network. Setting `stop` raises InterruptedError."""
    began = monotonic()
    with np.errstate(all="ignore"):  # what is sick may be infinite
        for recording in train(config):
            if stop is not None and stop.is_set():
                raise InterruptedError
            done = recording.end.step
            share = done / config.steps if recording.end.reason == "running" else 1.0
            yield Trained(Progress(done, config.steps, monotonic() - began, share, "steps"), recording)


def learns(recording: Recording) -> bool:
    """Whether the network of a finished run has learned."""
    return Signs(recording).learned is True


def options(number: int, patient: Patient) -> tuple[str, ...]:
    """The knobs of which one that was turned is to be named, in the order of the sidebar."""
    others = [name for name in KNOBS if name not in patient.cause and patient.config.matters(name)]
    drawn = {*patient.cause, *Random(f"options {number}").sample(others, OPTIONS - len(patient.cause))}
    return tuple(name for name in Config.fields() if name in drawn)


def knobs(config: Config) -> tuple[str, ...]:
    """The knobs that make a difference to a network, in the order of the sidebar."""
    return tuple(name for name in Config.fields() if name in KNOBS and config.matters(name))


def values(config: Config, name: str) -> list[float] | list[str]:
    """What a knob can be turned to, the value that it has among it, as long as the network stays small."""
    field, now = Config.fields()[name], getattr(config, name)
    if isinstance(field, Choice):
        return [option for option in field.options if _fits(config, name, option)]
    return sorted({value for value in KNOBS[name] if _fits(config, name, value)} | {now})


def _fits(config: Config, name: str, value: float | str) -> bool:
    try:
        turned = replace(config, **{name: value})  # type: ignore[arg-type]  # the Config checks it
    except ValueError:
        return False
    return turned.depth * turned.width <= MOST_UNITS
