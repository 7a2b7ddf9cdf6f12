"""Headlines: the four numbers to look at first, each with the verdict that follows from it; `words` has the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, isnan, nan

import numpy as np

from core.array import Array
from core.config import Config
from core.config.chosen import phi
from core.measuring import Recording

VANISHING = 1e-3  # first layer's gradient over the last one's: AUTOTRAINER (Zhang et al. 2021)
EXPLODING = 70.0  # likewise
SIMILAR = 3.0  # within this factor, layers are said to learn at a similar pace
GENTLER = 5.0  # by how much less a learning rate is to be tried after one that diverged
MUCH = 0.25  # from this share of saturated activations on, the headline says so


@dataclass(frozen=True)
class Headline:
    """A number to look at first, NaN where there is none, and the ids of what follows from it.

    `name` is "loss", "accuracy", "explained", "dead" or "gradient". `verdict` and `also` are ids of sentences, which
    `facts` fill. A number that is "none" has nothing to be the number of.
    """

    name: str
    number: float
    verdict: str
    facts: Mapping[str, float] = field(default_factory=dict)
    also: str = ""


def headlines(recording: Recording, step: int) -> list[Headline]:
    """The headlines of a recording at one of its steps."""
    row = recording.steps.index(step)
    values = {name: variable.values[row] for name, variable in recording.variables.items()}
    score = _accuracy(recording, values) if "accuracy" in values else _explained(recording, values)
    return [_loss(recording, step, values), score, _dead(recording, values), _gradient(values)]


def gentler(recording: Recording) -> Config | None:
    """What to try after a run that diverged: a fifth of its learning rate. None where that is no help, or unknown."""
    config = recording.config
    if config is None or recording.end.reason != "diverged" or recording.end.step == 0:
        return None
    return replace(config, learning_rate=float(f"{config.learning_rate / GENTLER:.3g}"))


def last_loss(recording: Recording) -> float:
    """The last loss on the probe that is a number; NaN where none is."""
    losses = recording.variables["loss"].values[:, 0]
    finite = losses[np.isfinite(losses)]
    return float(finite[-1]) if len(finite) else nan


def _loss(recording: Recording, step: int, values: Mapping[str, Array]) -> Headline:
    if "loss" not in values:
        return Headline("loss", nan, "not_recorded")
    train, held_out = map(float, values["loss"])
    if not isfinite(train):
        return Headline("loss", train, "lost" if step else "lost_at_once")
    if recording.guess is None:
        return Headline("loss", train, "loss_alone", {"held_out": held_out})
    return Headline("loss", train, "loss", {"held_out": held_out, "guess": recording.guess.loss})


def _accuracy(recording: Recording, values: Mapping[str, Array]) -> Headline:
    train, held_out = map(float, values["accuracy"])
    if not isfinite(held_out):
        return Headline("accuracy", nan, "answers_nothing")
    if recording.guess is None:
        return Headline("accuracy", held_out, "accuracy_alone", {"train": train})
    return Headline("accuracy", held_out, "accuracy", {"train": train, "guess": recording.guess.accuracy})


def _explained(recording: Recording, values: Mapping[str, Array]) -> Headline:
    """R², one minus the mean squared error over the variance of the targets, of each split."""
    if recording.guess is None or "loss" not in values:
        return Headline("explained", nan, "not_recorded")
    spreads = recording.guess.spreads
    if not all(spreads):
        return Headline("explained", nan, "nothing_to_explain")
    train, held_out = (1 - float(loss) / spread for loss, spread in zip(values["loss"], spreads, strict=True))
    if not isfinite(held_out):
        return Headline("explained", nan, "answers_nothing")
    return Headline("explained", held_out, "explained", {"train": train})


def _dead(recording: Recording, values: Mapping[str, Array]) -> Headline:
    if "unit_active_fraction" not in values:
        return Headline("dead", nan, "not_recorded")
    active = values["unit_active_fraction"][recording.is_unit]
    if np.isnan(active).any():
        return Headline("dead", nan, "no_slope")
    dead = int((active == 0).sum())
    facts = {"units": len(active), "probe": recording.probe_size}
    flat = _saturated(recording, values)
    verdict = "dead" if dead else "none_dead"
    return Headline("dead", dead, verdict, facts | {"saturated": flat}, "" if isnan(flat) else "saturated")


def _saturated(recording: Recording, values: Mapping[str, Array]) -> float:
    """The share of saturated activations, where an S-curve is mostly used where it is flat; otherwise NaN."""
    if recording.config is None or "saturated_fraction" not in values:
        return nan
    activation, shares = phi(recording.config), values["saturated_fraction"]
    bounded = isfinite(activation.low) and isfinite(activation.high)
    return float(shares.mean()) if bounded and len(shares) and shares.mean() >= MUCH else nan


def _gradient(values: Mapping[str, Array]) -> Headline:
    if "gradient_rms" not in values:
        return Headline("gradient", nan, "not_recorded")
    gradient = values["gradient_rms"]
    if not len(gradient):
        return Headline("gradient", nan, "no_layer")
    first, last = float(gradient[0]), float(gradient[-1])
    if not (isfinite(first) and isfinite(last)):
        return Headline("gradient", nan, "no_number")
    if last == 0:
        return Headline("gradient", nan, "no_gradient")
    ratio = first / last
    return Headline("gradient", ratio, _verdict(ratio), {"times": 1 / ratio if 0 < ratio < 1 else ratio})


def _verdict(ratio: float) -> str:
    if ratio == 0:
        return "none_arrives"
    if ratio < VANISHING:
        return "vanishing"
    if ratio > EXPLODING:
        return "exploding"
    if ratio < 1 / SIMILAR:
        return "shrinks"
    return "grows" if ratio > SIMILAR else "similar"
