"""What is said of a network and of its health: templates, and the numbers that fill them as text."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from math import isnan
from typing import NamedTuple

from core.config import Config
from core.datasets import DataUnavailable
from core.datasets.uploads import recall
from core.datasets.words import title
from core.diagnosis.headlines import Headline, last_loss
from core.measuring import Recording
from core.networks.data import load, to_download
from core.networks.network import parameter_count
from core.words.numbers import readable, spelled
from core.words.said import said

NAMES = {
    "loss": "Loss",
    "accuracy": "Accuracy",
    "explained": "Explained",
    "dead": "Dead units",
    "gradient": "Gradient, first ÷ last layer",
}
NUMBERS: Mapping[str, Callable[[float], str]] = {
    "loss": readable,
    "accuracy": "{:.1%}".format,
    "explained": "{:.1%}".format,
    "dead": "{:,}".format,
    "gradient": spelled,
}
NOTHING = {
    "not_recorded",
    "nothing_to_explain",
    "no_layer",
    "no_gradient",
}  # verdicts on what has no number, not even NaN
SENTENCES = {
    "not_recorded": "This was not recorded.",
    "lost": "Not a number: the weights have grown out of range.",
    "lost_at_once": "Not a number: the signal of the untrained network is out of range.",
    "loss": "On the probe; {held_out} on held-out samples. Guessing gives {guess}.",
    "loss_alone": "On the probe; {held_out} on held-out samples.",
    "accuracy": "On held-out samples; {train:.0%} on the probe. Guessing gives {guess:.0%}.",
    "accuracy_alone": "On held-out samples; {train:.0%} on the probe.",
    "answers_nothing": "No longer a number: the network answers nothing.",
    "explained": "Of the spread of held-out targets; {train:.0%} on the probe. "
    "Answering with the mean explains nothing.",
    "nothing_to_explain": "All targets are the same, so there is nothing to explain.",
    "no_slope": "No longer a number: not every unit has a slope.",
    "dead": "Of {units}. Slope 0 on all {probe:,} samples of the probe: no gradient reaches them.",
    "none_dead": "None of {units}, judged on the {probe:,} samples of the probe.",
    "saturated": "And {saturated:.0%} of the activations are saturated: nearly flat, so they hardly learn.",
    "no_layer": "There is no hidden layer to compare.",
    "no_number": "No longer a number.",
    "no_gradient": "No gradient reaches the last layer, so none reaches the others.",
    "none_arrives": "Exactly zero: no gradient reaches layer 1.",
    "vanishing": "Vanishing: hardly any gradient reaches layer 1.",
    "exploding": "Exploding: the gradient grows on its way to layer 1.",
    "shrinks": "RMS of dL/dz. It shrinks {times:,.0f} times on its way back to layer 1.",
    "grows": "RMS of dL/dz. It grows {times:,.0f} times on its way back to layer 1.",
    "similar": "RMS of dL/dz. Near 1, all layers learn at a similar pace.",
}


MANY_LAYERS = "{depth} hidden layers of {width} {unit} units"


class Told(NamedTuple):
    """A headline for a reader: its name, its number as text, and what it says."""

    name: str
    number: str
    sentence: str


def told(headline: Headline) -> Told:
    """A headline in words."""
    facts = dict(headline.facts)
    if headline.name == "loss":
        facts = {name: readable(value) for name, value in facts.items()}  # type: ignore[misc]  # texts now
    sentences = [said(SENTENCES[sentence], **facts) for sentence in (headline.verdict, headline.also) if sentence]
    return Told(said(NAMES[headline.name]), _number(headline), " ".join(sentences))


def _number(headline: Headline) -> str:
    if headline.verdict in NOTHING:
        return "–"
    return "NaN" if isnan(headline.number) else NUMBERS[headline.name](headline.number)


def how_it_ended(recording: Recording) -> str:
    """How a run ended, where that is worth a sentence; otherwise nothing."""
    end = recording.end
    if end.reason == "stopped":
        words = "Stopped at step {step:,}. The last measurement is of step {last:,}."
        return said(words, step=end.step, last=recording.steps[-1])
    if end.reason != "diverged":
        return ""
    if not end.step:
        return said(
            "The untrained network overflows: its loss is {loss}, as its signal is too large for the numbers of a "
            "computer. There is nothing to train; triangles mark what is no number. Smaller weights help.",
            loss=readable(end.loss),
        )
    before = last_loss(recording)
    sentences = [
        said("Diverged at step {step:,}: the loss became {loss}.", step=end.step, loss=readable(end.loss)),
        "" if isnan(before) else said("It had been {loss}.", loss=readable(before)),
        said("All measurements are kept; triangles mark what is no longer a number."),
        said("A smaller learning rate or weight scale usually helps."),
    ]
    return " ".join(filter(None, sentences))


def summary(config: Config) -> str:
    """What is trained, in one line."""
    training = said("{optimizer}, learning rate {rate:g}", optimizer=config.optimizer, rate=config.learning_rate)
    return " · ".join([_data(config), f"{_hidden(config)}, {config.initializer}", *_parameters(config), training])


def _hidden(config: Config) -> str:
    if not config.depth:
        return said("no hidden layer")
    template = "{depth} hidden layer of {width} {unit} units" if config.depth == 1 else MANY_LAYERS
    layers = said(template, depth=config.depth, width=config.width, unit=config.activation)
    if config.normalization == "none":
        return layers
    return said("{layers} with {normalization}", layers=layers, normalization=config.normalization)


def _data(config: Config) -> str:
    """What is learned from; of a visitor's own table, which may have fewer rows than asked for, also what."""
    if not config.matters("table"):
        return said("{data}, {samples:,} training samples", data=config.dataset, samples=config.samples)
    with suppress(DataUnavailable):
        name, samples = title(recall(config.table)), len(load(config).inputs)
        return said("{data}, {samples:,} training samples", data=name, samples=samples)
    return said("{data}, at most {samples:,} training samples", data=config.dataset, samples=config.samples)


def _parameters(config: Config) -> list[str]:
    """How many parameters there are, where the data is at hand that tells."""
    if to_download(config) is None:
        with suppress(DataUnavailable):
            return [said("{count:,} parameters", count=parameter_count(config))]
    return []
