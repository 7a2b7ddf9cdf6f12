"""What is said of a network and of its health: templates, and the numbers that fill them as text."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from math import isnan
from typing import NamedTuple

from core.config import Config
from core.config.fields import Number
from core.datasets import DataUnavailable
from core.datasets.uploads import recall
from core.datasets.words import title
from core.diagnosis.headlines import Headline, last_loss
from core.diagnosis.moments import Incident
from core.measuring import Recording
from core.networks.data import load, to_download
from core.networks.network import parameter_count
from core.words import numbers
from core.words.numbers import percent, ratio, roughly, short
from core.words.said import counted, said

NAMES = {
    "loss": "Training loss",
    "accuracy": "Validation accuracy",
    "explained": "Explained in validation (R²)",
    "dead": "Dead units",
    "gradient": "Gradient, first ÷ last layer",
}
NOTHING = {  # verdicts on what has no number, not even NaN
    *("not_recorded", "nothing_to_explain", "no_unit", "slope_unknown", "no_layer", "one_layer", "gradient_unknown"),
    *("no_gradient", "only_rounding", "last_is_zero", "last_is_rounding", "rounding_arrives"),
}
SENTENCES = {
    "not_recorded": "This was not recorded.",
    "lost": "The steps of training have driven the network out of the range of numbers.",
    "lost_at_once": "The signal of the untrained network is out of the range of numbers.",
    "loss": "On the probe; {held_out} in validation. Guessing gives {guess}.",
    "loss_alone": "On the probe; {held_out} in validation.",
    "accuracy": "On held-out samples; {train} in training. Guessing gives {guess}.",
    "accuracy_alone": "On held-out samples; {train} in training.",
    "not_all_numbers": "Not every answer of the network is a number.",
    "explained": "Of the spread of held-out targets; always answering their mean explains nothing.",
    "worse_than_mean": "Worse than always answering the mean: the squared error is {times} times as large.",
    "no_better_than_mean": "No better than always answering the mean.",
    "in_training": "In training {train}.",
    "nothing_to_explain": "All held-out targets are the same, so there is nothing to explain.",
    "error_out_of_range": "The error is out of the range of numbers.",
    "no_unit": "There is no hidden layer, so there are no units to judge.",
    "slope_unknown": "Not known: the slope of some layers was not seen.",
    "no_slope": "Not every unit has a slope: some sums are out of the range of numbers.",
    "dead": "Of {units}. Slope 0 on all {probe} samples of the probe: no gradient reaches them.",
    "none_dead": "None of {units}, judged on the {probe} samples of the probe.",
    "dead_in_the_end": "Of {units}, on {probe} samples of the probe; on {samples} training samples {remain}: no "
    "gradient reaches these.",
    "active_elsewhere": "Of {units}, on {probe} samples of the probe; on {samples} training samples none.",
    "saturated": "And {saturated} of the activations are saturated: little gradient passes them.",
    "no_layer": "There is no hidden layer to compare.",
    "one_layer": "There is one hidden layer, so none to compare it with.",
    "gradient_unknown": "Not known: the gradient of some layers was not seen, or is no number.",
    "gradient_out_of_range": "On its way back the gradient leaves the range of numbers.",
    "no_gradient": "No gradient reaches a hidden unit: it is exactly 0.",
    "only_rounding": "No gradient reaches a hidden unit, only rounding: the terms of its sums cancel.",
    "last_is_zero": "No gradient reaches the last layer, so there is nothing to compare with.",
    "last_is_rounding": "What reaches the last layer is only rounding, so there is nothing to compare with.",
    "rounding_arrives": "No gradient reaches layer 1, only rounding: the terms of its sums cancel.",
    "none_arrives": "Exactly 0: no gradient reaches layer 1.",
    "vanishing": "Vanishing: hardly any gradient reaches layer 1 (RMS of dL/dz).",
    "exploding": "Exploding: the gradient grows on its way back to layer 1 (RMS of dL/dz).",
    "shrinks": "It gets {times} times smaller on its way back to layer 1 (RMS of dL/dz).",
    "grows": "It gets {times} times larger on its way back to layer 1 (RMS of dL/dz).",
    "similar": "All layers get gradients of similar size (RMS of dL/dz).",
    "uneven": "Layer 1 gets about as much as the last, but layer {layer} does not: {between} (RMS of dL/dz).",
}


OF_ONE = {  # the same where the probe is one sample
    "dead": "Of {units}. Slope 0 on the one sample of the probe: no gradient reaches them.",
    "none_dead": "None of {units}, judged on the one sample of the probe.",
    "dead_in_the_end": "Of {units}, on the one sample of the probe; on {samples} training samples {remain}: no "
    "gradient reaches these.",
    "active_elsewhere": "Of {units}, on the one sample of the probe; on {samples} training samples none.",
}


def _explained(share: float) -> str:
    """A share of what there is to explain. How far it is below nothing is an error, and told as one."""
    return "<0%" if share < 0 else percent(share, 1)


NUMBERS: Mapping[str, Callable[[float], str]] = {
    "loss": numbers.told,
    "accuracy": partial(percent, digits=1),
    "explained": _explained,
    "dead": "{:,}".format,
    "gradient": ratio,
}
FACTS: Mapping[str, Callable[[float], str]] = {"times": roughly, "between": ratio, "saturated": percent}
IN_SENTENCES: Mapping[str, Callable[[float], str]] = {**NUMBERS, "accuracy": percent, "gradient": "{:,}".format}
SAID = {  # fields that every summary speaks of, as far as they make a difference
    *("dataset", "samples", "table", "depth", "width", "activation", "normalization", "initializer"),
    *("optimizer", "learning_rate"),
}
LAYERS = {  # by whether there is one layer, and whether it has one unit
    (False, False): "{depth} hidden layers of {width} {unit} units",
    (True, False): "{depth} hidden layer of {width} {unit} units",
    (False, True): "{depth} hidden layers of {width} {unit} unit",
    (True, True): "{depth} hidden layer of {width} {unit} unit",
}


class Told(NamedTuple):
    """A headline for a reader: its name, its number as text, and what it says."""

    name: str
    number: str
    sentence: str


def told(headline: Headline) -> Told:
    """A headline in words."""
    usual = IN_SENTENCES[headline.name]
    facts = {name: FACTS.get(name, usual)(value) for name, value in headline.facts.items()}
    probe, ids = headline.facts.get("probe", 0), filter(None, (headline.verdict, headline.also))
    sentences = [counted(probe, OF_ONE.get(each, SENTENCES[each]), SENTENCES[each], **facts) for each in ids]
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
            loss=numbers.told(end.loss),
        )
    before = last_loss(recording)
    sentences = [
        said("Diverged at step {step:,}: the loss became {loss}.", step=end.step, loss=numbers.told(end.loss)),
        "" if isnan(before) else said("It had been {loss}.", loss=numbers.told(before)),
        said("All measurements are kept; triangles mark what is no longer a number."),
    ]
    return " ".join(filter(None, sentences))


def summary(config: Config) -> str:
    """What is trained, in one line: the network, and whatever else makes a difference and is not at its default."""
    training = said("{optimizer}, learning rate {rate}", optimizer=config.optimizer, rate=short(config.learning_rate))
    network = f"{_hidden(config)}, {config.initializer}"
    return " · ".join([_data(config), network, *_parameters(config), training, *_others(config)])


def _others(config: Config) -> list[str]:
    """All that is not at its default, beside what every summary says."""
    changed = [name for name in config.to_query() if name not in SAID and config.matters(name)]
    return [said("{label} {value}", label=said(_label(name)), value=_value(config, name)) for name in changed]


def differences(old: Config, new: Config) -> str:
    """What two Configs do not have in common."""
    names = [name for name in Config.fields() if getattr(old, name) != getattr(new, name)]
    each = "{label} {old} → {new}"
    return ", ".join(
        said(each, label=said(_label(name)), old=_value(old, name), new=_value(new, name)) for name in names
    )


def _label(name: str) -> str:
    return Config.fields()[name].label


def _value(config: Config, name: str) -> str:
    """The value of a field as text."""
    if name == "table":
        with suppress(DataUnavailable):
            return title(recall(config.table))
    field, value = Config.fields()[name], getattr(config, name)
    if not isinstance(field, Number):
        return field.write(value)
    return f"{value:,}" if field.whole else short(value)


def _hidden(config: Config) -> str:
    if not config.depth:
        return said("no hidden layer")
    template = LAYERS[config.depth == 1, config.width == 1]
    layers = said(template, depth=config.depth, width=config.width, unit=config.activation)
    if config.normalization == "none":
        return layers
    return said("{layers} with {normalization}", layers=layers, normalization=config.normalization)


def _data(config: Config) -> str:
    """What is learned from, and how many samples there are; of what is not at hand, how many at most."""
    if to_download(config) is None:
        with suppress(DataUnavailable):
            name = title(recall(config.table)) if config.matters("table") else config.dataset
            return said("{data}, {samples:,} training samples", data=name, samples=len(load(config).inputs))
    return said("{data}, at most {samples:,} training samples", data=config.dataset, samples=config.samples)


def _parameters(config: Config) -> list[str]:
    """How many parameters there are, where the data is at hand that tells."""
    if to_download(config) is None:
        with suppress(DataUnavailable):
            return [said("{count:,} parameters", count=parameter_count(config))]
    return []


HAPPENED = {"diverged": "Diverged", "layer_died": "All units of layer {layer} are dead from step {step:,}"}


def happened(moment: Incident) -> str:
    """What happened at a moment."""
    return said(HAPPENED[moment.name], step=moment.step, layer=moment.layer)
