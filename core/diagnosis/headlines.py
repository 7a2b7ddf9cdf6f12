"""Headlines: the four numbers to look at first, each with one plain sentence."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from math import isfinite

import numpy as np

from core.array import Array
from core.config import Config
from core.config.chosen import phi
from core.datasets import DataUnavailable
from core.datasets.uploads import recall
from core.measuring import Recording
from core.networks.data import load, to_download
from core.networks.network import parameter_count
from core.words.numbers import readable

VANISHING = 1e-3  # first layer's gradient over the last one's: AUTOTRAINER (Zhang et al. 2021)
EXPLODING = 70.0  # likewise
SIMILAR = 3.0  # within this factor, layers are said to learn at a similar pace
GENTLER = 5.0  # by how much less a learning rate is to be tried after one that diverged
MUCH = 0.25  # from this share of saturated activations on, the headline says so


@dataclass(frozen=True)
class Headline:
    """A number as text, its name, and what it says."""

    name: str
    number: str
    sentence: str


def headlines(recording: Recording, step: int) -> list[Headline]:
    """The headlines of a recording at one of its steps."""
    row = recording.steps.index(step)
    values = {name: variable.values[row] for name, variable in recording.variables.items()}
    score = _accuracy(recording, values) if recording.classes else _explained(recording, values)
    return [_loss(recording, step, values), score, _dead(recording, values), _gradient(values)]


def summary(config: Config) -> str:
    """What is trained, in one line."""
    hidden = (
        f"{config.depth} hidden layer{'s' if config.depth > 1 else ''} of {config.width} {config.activation} units"
        if config.depth
        else "no hidden layer"
    )
    if config.depth and config.normalization != "none":
        hidden += f" with {config.normalization}"
    training = f"{config.optimizer}, learning rate {config.learning_rate:g}"
    return " · ".join([_data(config), f"{hidden}, {config.initializer}", *_parameters(config), training])


def _data(config: Config) -> str:
    """What is learned from; of a visitor's own table, which may have fewer rows than asked for, also what."""
    if not config.matters("table"):
        return f"{config.dataset}, {config.samples:,} training samples"
    with suppress(DataUnavailable):
        return f"{recall(config.table).title}, {len(load(config).inputs):,} training samples"
    return f"{config.dataset}, at most {config.samples:,} training samples"


def _parameters(config: Config) -> list[str]:
    """How many parameters there are, where the data is at hand that tells."""
    if to_download(config) is None:
        with suppress(DataUnavailable):
            return [f"{parameter_count(config):,} parameters"]
    return []


def how_it_ended(recording: Recording) -> str:
    """How a run ended, where that is worth a sentence; otherwise nothing."""
    end = recording.end
    if end.reason == "stopped":
        return f"Stopped at step {end.step:,}. The last measurement is of step {recording.steps[-1]:,}."
    if end.reason != "diverged":
        return ""
    losses = recording.variables["loss"].values[:, 0]
    finite = losses[[isfinite(loss) for loss in losses]]
    before = f" It had been {readable(float(finite[-1]))}." if len(finite) else ""
    if not end.step:
        return (
            f"The untrained network overflows: its loss is {readable(end.loss)}, as its signal is too large for the "
            "numbers of a computer. There is nothing to train; triangles mark what is no number. Smaller weights help."
        )
    return (
        f"Diverged at step {end.step:,}: the loss became {readable(end.loss)}.{before} All measurements are kept; "
        "triangles mark what is no longer a number. A smaller learning rate or weight scale usually helps."
    )


def gentler(recording: Recording) -> Config | None:
    """What to try after a run that diverged: a fifth of its learning rate. None where that is no help."""
    if recording.end.reason != "diverged" or recording.end.step == 0:
        return None
    return replace(recording.config, learning_rate=float(f"{recording.config.learning_rate / GENTLER:.3g}"))


def _loss(recording: Recording, step: int, values: Mapping[str, Array]) -> Headline:
    train, held_out = map(float, values["loss"])
    if not isfinite(train):
        why = "the weights have grown out of range" if step else "the signal of the untrained network is out of range"
        return Headline("Loss", readable(train), f"Not a number: {why}.")
    return Headline(
        "Loss",
        readable(train),
        f"On the probe; {readable(held_out)} on held-out samples. Guessing gives {readable(recording.guess.loss)}.",
    )


def _accuracy(recording: Recording, values: Mapping[str, Array]) -> Headline:
    train, held_out = map(float, values["accuracy"])
    if not isfinite(held_out):
        return Headline("Accuracy", "NaN", "No longer a number: the network answers nothing.")
    sentence = f"On held-out samples; {train:.0%} on the probe. Guessing gives {recording.guess.accuracy:.0%}."
    return Headline("Accuracy", f"{held_out:.1%}", sentence)


def _explained(recording: Recording, values: Mapping[str, Array]) -> Headline:
    """R², one minus the mean squared error over the variance of the targets, of each split."""
    spreads = recording.guess.spreads
    if not all(spreads):
        return Headline("Explained", "–", "All targets are the same, so there is nothing to explain.")
    train, held_out = (1 - float(loss) / spread for loss, spread in zip(values["loss"], spreads, strict=True))
    if not isfinite(held_out):
        return Headline("Explained", "NaN", "No longer a number: the network answers nothing.")
    sentence = f"Of the spread of held-out targets; {train:.0%} on the probe. Answering with the mean explains nothing."
    return Headline("Explained", f"{held_out:.1%}", sentence)


def _dead(recording: Recording, values: Mapping[str, Array]) -> Headline:
    active = values["unit_active_fraction"]  # (layer, unit)
    if np.isnan(active).any():
        return Headline("Dead units", "NaN", "No longer a number: not every unit has a slope.")
    units = recording.config.depth * recording.config.width
    dead, probe = int((active == 0).sum()), f"{recording.probe_size:,} samples of the probe"
    if dead:
        sentence = f"Of {units:,}. Slope 0 on all {probe}: no gradient reaches them."
    else:
        sentence = f"None of {units:,}, judged on the {probe}."
    return Headline("Dead units", f"{dead:,}", sentence + _saturation(recording, values))


def _saturation(recording: Recording, values: Mapping[str, Array]) -> str:
    """What to add where an S-curve is mostly used where it is flat."""
    activation, shares = phi(recording.config), values["saturated_fraction"]
    if not (isfinite(activation.low) and isfinite(activation.high)) or not len(shares) or shares.mean() < MUCH:
        return ""
    return f" And {shares.mean():.0%} of the activations are saturated: nearly flat, so they hardly learn."


def _gradient(values: Mapping[str, Array]) -> Headline:
    name = "Gradient, first ÷ last layer"
    gradient = values["gradient_rms"]
    if not len(gradient):
        return Headline(name, "–", "There is no hidden layer to compare.")
    first, last = float(gradient[0]), float(gradient[-1])
    if not (isfinite(first) and isfinite(last)):
        return Headline(name, "NaN", "No longer a number.")
    if last == 0:
        return Headline(name, "–", "No gradient reaches the last layer, so none reaches the others.")
    ratio = first / last
    return Headline(name, f"{ratio:.2g}", _verdict(ratio))


def _verdict(ratio: float) -> str:
    if ratio == 0:
        return "Exactly zero: no gradient reaches layer 1."
    if ratio < VANISHING:
        return "Vanishing: hardly any gradient reaches layer 1."
    if ratio > EXPLODING:
        return "Exploding: the gradient grows on its way to layer 1."
    if ratio < 1 / SIMILAR:
        return f"RMS of dL/dz. It shrinks {1 / ratio:,.0f} times on its way back to layer 1."
    if ratio > SIMILAR:
        return f"RMS of dL/dz. It grows {ratio:,.0f} times on its way back to layer 1."
    return "RMS of dL/dz. Near 1, all layers learn at a similar pace."
