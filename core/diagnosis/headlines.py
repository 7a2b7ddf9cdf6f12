"""Headlines: the four numbers to look at first, each with the verdict that follows from it; `words` has the words."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from math import isfinite, isnan, nan

import numpy as np

from core.array import Array
from core.config import Config
from core.config.chosen import phi
from core.diagnosis.cures.remedies import usual_rate
from core.measuring import Recording
from core.measuring.recording import Deaths
from core.measuring.rounding import in_double, only_rounding

VANISHING = 1e-3  # first layer's gradient over the last one's: AUTOTRAINER (Zhang et al. 2021)
EXPLODING = 70.0  # likewise
SIMILAR = 3.0  # within this factor, gradients are said to be of similar size
GENTLER = 5.0  # by how much less a learning rate is to be tried after one that diverged
WORSE = 1.05  # from so many times the error of answering the mean on, a network is called worse than that
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
    return [_loss(recording, step, values), score, _dead(recording, step, values), _gradient(recording, row)]


def gentler(recording: Recording) -> Config | None:
    """What to try after a run that diverged: the rate at which its optimizer usually trains, or a fifth of its own, if
    that is lower. None where that is no help, or unknown."""
    config = recording.config
    if config is None or recording.end.reason != "diverged" or recording.end.step == 0:
        return None
    lower = float(f"{config.learning_rate / GENTLER:.3g}")
    return replace(config, learning_rate=min(lower, usual_rate(config)))


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
        return Headline("accuracy", nan, "not_all_numbers")
    if recording.guess is None:
        return Headline("accuracy", held_out, "accuracy_alone", {"train": train})
    return Headline("accuracy", held_out, "accuracy", {"train": train, "guess": recording.guess.accuracy})


def _explained(recording: Recording, values: Mapping[str, Array]) -> Headline:
    """R², one minus the mean squared error over the variance of the targets, of each split."""
    spreads = (nan, nan) if recording.guess is None else recording.guess.spreads
    if "loss" not in values or any(map(isnan, spreads)):
        return Headline("explained", nan, "not_recorded")
    if not spreads[1]:
        return Headline("explained", nan, "nothing_to_explain")
    each = zip(values["loss"], spreads, strict=True)
    train, held_out = (float(loss) / spread if spread else nan for loss, spread in each)
    if not isfinite(held_out):
        return Headline("explained", nan, "error_out_of_range")
    facts = {"train": 1 - train, "times": held_out}
    return Headline("explained", 1 - held_out, _against_mean(held_out), facts, "in_training" if isfinite(train) else "")


def _against_mean(times: float) -> str:
    """The verdict on an error that is so many times that of always answering the mean."""
    if times < 1:
        return "explained"
    return "worse_than_mean" if times > WORSE else "no_better_than_mean"


def _dead(recording: Recording, step: int, values: Mapping[str, Array]) -> Headline:
    if "unit_active_fraction" not in values:
        return Headline("dead", nan, "not_recorded")
    active = values["unit_active_fraction"][recording.is_unit]
    if not len(active):
        return Headline("dead", nan, "no_unit")
    if not recording.sloped.all():
        return Headline("dead", nan, "slope_unknown")
    if np.isnan(active).any():
        return Headline("dead", nan, "no_slope")
    dead = int((active == 0).sum())
    facts = {"units": len(active), "probe": recording.probe_size}
    flat = nan if dead == len(active) else _saturated(recording, values)
    if dead and isnan(flat) and recording.deaths is not None and step == recording.steps[-1]:
        facts |= _in_the_end(recording.deaths, recording)
        return Headline("dead", dead, "dead_in_the_end" if facts["remain"] else "active_elsewhere", facts)
    verdict = "dead" if dead else "none_dead"
    return Headline("dead", dead, verdict, facts | {"saturated": flat}, "" if isnan(flat) else "saturated")


def _in_the_end(deaths: Deaths, recording: Recording) -> dict[str, int]:
    """How many units are dead on the training samples, as far as they were looked at."""
    return {"samples": deaths.samples, "remain": round(float(deaths.shares @ recording.layer_widths))}


def _saturated(recording: Recording, values: Mapping[str, Array]) -> float:
    """The share of saturated activations, where an S-curve is mostly used where it is flat; otherwise NaN."""
    if recording.config is None or "saturated_fraction" not in values:
        return nan
    activation, shares = phi(recording.config), values["saturated_fraction"]
    bounded = isfinite(activation.low) and isfinite(activation.high)
    return float(shares.mean()) if bounded and len(shares) and shares.mean() >= MUCH else nan


def _gradient(recording: Recording, row: int) -> Headline:
    if "gradient_rms" not in recording.variables:
        return Headline("gradient", nan, "not_recorded")
    gradient = recording.variables["gradient_rms"].values[row]
    if not len(gradient):
        return Headline("gradient", nan, "no_layer")
    if recording.config is None and np.isnan(gradient).any():
        return Headline("gradient", nan, "gradient_unknown")
    if not np.isfinite(gradient).all():
        return Headline("gradient", nan, "gradient_out_of_range")
    rounding = only_rounding(recording)[row]
    nothing = _nothing_to_compare(gradient, rounding)
    if nothing:
        return Headline("gradient", nan, nothing)
    return _compared(np.where(rounding, in_double(recording)[row], gradient), bool(rounding[0]))


def _nothing_to_compare(gradient: Array, rounding: Array) -> str:
    """Why the first layer's gradient is not to be held against the last one's; nothing if it is."""
    if not gradient.any():
        return "no_gradient"
    if (rounding | (gradient == 0)).all():
        return "only_rounding"
    if len(gradient) == 1:
        return "one_layer"
    if gradient[-1] == 0:
        return "last_is_zero"
    return "last_is_rounding" if rounding[-1] else ""


def _compared(gradient: Array, rounding: bool) -> Headline:
    """The first layer's gradient against the last one's. `rounding`: whether that is all that was recorded of it."""
    sizes = gradient / gradient[-1]
    ratio = float(sizes[0])
    if rounding and ratio == 0:
        return Headline("gradient", nan, "rounding_arrives")
    with np.errstate(divide="ignore"):
        farthest = int(np.abs(np.log(sizes)).argmax())
    between = float(sizes[farthest])
    facts = {"times": 1 / ratio if 0 < ratio < 1 else ratio, "layer": farthest + 1, "between": between}
    verdict = _verdict(ratio)
    if verdict == "similar" and _verdict(between) != "similar":
        verdict = "uneven"
    return Headline("gradient", ratio, verdict, facts)


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
