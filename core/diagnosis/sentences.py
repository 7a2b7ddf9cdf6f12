"""Sentences: what all rules of diagnosis say, and how a number is written in a sentence of theirs.

What a rule says of its own stands in its declaration. Names of evidence mean the same everywhere, so each is written in
one way: shares in percent, ratios as one to another, counts without digits after the point.
"""

from collections.abc import Callable, Mapping, Sequence

from core.words.numbers import percent, ratio, roughly, told
from core.words.said import Sentence

MANY = 10.0  # times as much, from which on digits after the point say nothing
LEARNED = "learned_all_the_same"
COMMON = {
    LEARNED: "The network has come {score} of the way to a perfect score all the same.",
    "unseen": "What this needs was not recorded.",
    "no_config": "This needs a Config, which this network has not.",
    "no_hidden_layer": "There is no hidden layer to judge.",
    "few_samples": "The probe has too few samples to judge by.",
    "inputs_alike": "All inputs of the probe are the same, so no signal could tell them apart.",
    "untrained": "The network has not been trained.",
    "too_early": "It is too early to tell.",
    "cut_short": "The run diverged, so nobody knows what it could have learned.",
    "hardly_moved": "The weights have hardly moved, so nobody knows what it could have learned.",
    "no_score": "There is no score to judge by.",
    "no_numbers": "The signal is out of the range of numbers.",
    "one_layer": "There is one hidden layer, so none to compare it with.",
    "one_unit": "There is one unit in each layer, so none to compare it with.",
    "no_gradient_at_all": "No gradient arrives at the last layer, so there is nothing to compare with.",
    "never_flat": "This activation is flat nowhere.",
    "normalized": "A normalization divides by the size of the signal, which makes up for it.",
    "no_bias": "All biases are 0 at the start, or a normalization takes them away.",
    "no_decay": "There is no weight decay.",
    "no_clip": "Gradients are not clipped.",
    "no_dropout": "There is no dropout.",
}


def _share(number: float) -> str:
    """A share of what there is; below nothing is nothing, and what is many times as much is told roughly."""
    return percent(max(0.0, number), 1) if number < MANY else f"{roughly(100 * number)}%"


NUMBERS: Mapping[str, Callable[[float], str]] = {
    **dict.fromkeys(("score", "train", "held_out", "left", "killed", "share", "fastest", "travel", "spread"), _share),
    **dict.fromkeys(("uneven", "shift", "worst", "times"), roughly),
    "ratio": ratio,
    **dict.fromkeys(("probe", "units", "all", "batch", "width", "layers", "end", "samples"), "{:,.0f}".format),
}


def worded(template: str, evidence: Mapping[str, float], layers: Sequence[int], steps: Sequence[int]) -> Sentence:
    """A template, filled with the evidence and with where it is."""
    facts: dict[str, str | Sentence] = {name: NUMBERS.get(name, told)(number) for name, number in evidence.items()}
    if layers:
        facts |= {"layer": str(layers[0]), "where": _where(layers)}
    if steps:
        facts["step"] = f"{steps[0]:,}"
    return Sentence(template, **{name: fact for name, fact in facts.items() if f"{{{name}}}" in template})


def _where(layers: Sequence[int]) -> Sentence:
    """The layers as a reader calls them: layer 2, layers 2 to 5, layers 1, 3 and more."""
    first, last = layers[0], layers[-1]
    if first == last:
        return Sentence("layer {layer}", layer=first)
    if len(layers) == last - first + 1:
        return Sentence("layers {first} to {last}", first=first, last=last)
    return Sentence("{count} layers, from {first} to {last}", count=len(layers), first=first, last=last)
