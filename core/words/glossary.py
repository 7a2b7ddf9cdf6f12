"""The glossary: every term of the pages in one sentence. Help texts and the page Learn take their words from here."""

import re
from functools import lru_cache
from typing import NamedTuple

from core.words.said import Language, language, said


class Term(NamedTuple):
    """A term, what it means in one sentence, and how else it is written: a regular expression without groups."""

    name: str
    sentence: str
    also: str = ""


TERMS = (
    Term(
        "unit",
        "One number of a layer: a weighted sum of its inputs plus a bias, sent through the activation function.",
        "units",
    ),
    Term("hidden layer", "A layer of units between the input and the output of a network.", "hidden layers"),
    Term("pre-activation", "The sum z of a unit before the activation function.", "pre-activations"),
    Term("activation", "What a unit answers: a = φ(z), its sum z sent through the activation function.", "activations"),
    Term(
        "activation function",
        "The curve φ that turns the sum of a unit into its answer, such as ReLU or tanh.",
        "activation functions",
    ),
    Term(
        "slope", "How steep the activation function is at the sum of a unit, φ′(z); gradients go through it.", "slopes"
    ),
    Term("weight", "A number of a unit that multiplies one of its inputs; training changes it.", "weights"),
    Term("bias", "A number of a unit that is added to its sum; training changes it, too.", "biases"),
    Term("ReLU", "The activation function max(0, z): it passes positive sums on and answers 0 to others.", "ReLUs"),
    Term("maxout", "A unit with two sums of its own weights each, which answers with the larger one."),
    Term("signal", "What an input becomes on its way through the layers; its size is its standard deviation."),
    Term(
        "gradient",
        "How the loss changes with a number, such as a weight or a sum z; training moves weights against it.",
        "gradients|dL/dz|dL/dW",
    ),
    Term(
        "vanishing gradient",
        "A gradient that gets smaller from layer to layer on its way back, until the first layers hardly learn.",
        "vanishing gradients|gradients? vanish(?:es)?",
    ),
    Term(
        "exploding gradient",
        "A gradient that gets larger from layer to layer on its way back, until steps are far too large.",
        "exploding gradients|gradients? explodes?",
    ),
    Term(
        "dead unit",
        "A unit whose slope is exactly 0 on every sample of the probe, so that no gradient reaches its weights.",
        "dead units|dead ReLUs?|units? (?:is|are) dead|units? dies?|units dying|dead ones",
    ),
    Term(
        "born dead",
        "Dead before any training: no input of the data lies where the unit, or a whole layer, answers.",
    ),
    Term(
        "saturation",
        "Where the slope is below 5 % of the largest that the activation function has: it is nearly flat there.",
        "saturate[sd]?|saturating",
    ),
    Term(
        "zero-centred",
        "With answers or inputs whose mean is 0, so that positive and negative ones balance.",
        "zero-centered",
    ),
    Term(
        "probe",
        "The training samples on which everything is measured; what is said of a unit holds for these samples.",
    ),
    Term(
        "held-out samples",
        "Samples that no training step ever sees; they show what the network makes of new ones.",
        "held-out|validation",
    ),
    Term("loss", "The number that training makes small: how far the answers are from what is wanted."),
    Term(
        "cross-entropy",
        "The loss of classes: minus the logarithm of the probability that the network gives to the right one.",
    ),
    Term(
        "softmax",
        "Turns outputs into probabilities of classes: e to the power of each, divided by the sum over all of them.",
    ),
    Term("accuracy", "The share of samples that the network gets right."),
    Term("learning rate", "How far each step moves the weights along the gradient.", "learning rates"),
    Term(
        "killing learning rate",
        "The smallest learning rate at which one step leaves a unit off for every sample.",
        "killing ones|killing rate",
    ),
    Term("batch", "The samples whose gradients are averaged for one step.", "batches|batch size"),
    Term("epoch", "One pass through all training samples, in batches.", "epochs"),
    Term("optimizer", "The rule that turns gradients into steps of the weights, such as SGD or Adam.", "optimizers"),
    Term("SGD", "Stochastic gradient descent: each step is the learning rate times the gradient of one batch."),
    Term("momentum", "A part of the last step that is kept in the next one, so that steps in one direction add up."),
    Term(
        "Adam", "An optimizer that divides each gradient by its usual size, so that steps are about one learning rate."
    ),
    Term("weight decay", "A pull of all weights towards 0, in every step."),
    Term(
        "regularization",
        "Whatever keeps a network from learning its samples by heart, such as weight decay, which adds λ/2 · Σw² to "
        "the loss.",
        "L2 term|regularize[sd]?",
    ),
    Term(
        "hyperparameter",
        "A setting that training does not find by itself, such as the learning rate or the number of layers.",
        "hyperparameters",
    ),
    Term(
        "cross-validation",
        "The samples are cut into folds, and each fold judges what was learned from all the others.",
        "folds?",
    ),
    Term(
        "update ratio",
        "The size of the last step of a layer's weights over the size of the weights; about 0.001 is usual.",
        "update ratios|update : weight ratio",
    ),
    Term("diverged", "Grown beyond all numbers: the loss is infinite or NaN, and the run ends.", "diverges?"),
    Term("initialization", "How the weights are drawn before training.", "initializers?"),
    Term(
        "weight scale",
        "A factor on the standard deviation of the first weights; 1 is what the initializer prescribes.",
        "weight scales",
    ),
    Term("fan-in", "The number of inputs of a unit, often written n.", "fan_in|n_in"),
    Term("fan-out", "The number of units that a unit passes its answer on to.", "fan_out|n_out"),
    Term(
        "LeCun initialization",
        "Weights of variance 1/n, where n is the fan-in; it suits units near the origin.",
        "LeCun",
    ),
    Term(
        "Xavier initialization",
        "Weights of variance 2/(fan-in + fan-out), a compromise between the way forward and the way back.",
        "Xavier(?:'s|’s)?|Glorot",
    ),
    Term(
        "He initialization",
        "Weights of variance 2/n, where n is the fan-in: the 2 makes up for the half that ReLU drops.",
        "He(?:'s|’s)(?: initialization)?",
    ),
    Term(
        "LSUV", "An initialization that looks at data: each layer's weights are scaled until its sums have variance 1."
    ),
    Term(
        "batch norm",
        "A layer that gives every unit mean 0 and variance 1 over the batch, then a scale and a shift that it learns.",
        "batch normalization",
    ),
    Term("layer norm", "A layer that gives every sample mean 0 and variance 1 over the units.", "layer normalization"),
    Term("dropout", "In each training step, a random share of the activations is set to 0."),
    Term("gradient clipping", "A gradient that is longer than a limit is shortened to it before the step."),
    Term(
        "standard deviation",
        "How far numbers usually lie from their mean: the root of the mean square of the distance.",
        "std",
    ),
    Term(
        "root mean square",
        "The root of the mean of the squares: the usual size of numbers, whatever their sign.",
        "RMS",
    ),
    Term("σ_w", "The standard deviation of the weights times √n: how much a layer stretches what comes in.", "σ_w²"),
    Term("σ_b", "The standard deviation of the biases.", "σ_b²"),
    Term("χ", "Chi: what a layer multiplies the mean square of the gradient by, on its way back.", "chi"),
    Term(
        "mean-field theory",
        "What happens on average in layers so wide that the sums of their units are normally distributed.",
        "mean-field",
    ),
    Term(
        "edge of chaos",
        "Where χ is 1: left of it layers forget their input, right of it small differences and gradients grow.",
    ),
    Term("depth scale", "After how many layers most of a signal, or of a difference, is gone.", "depth scales"),
    Term(
        "linearly separable",
        "Two classes that a straight line, or a plane, can divide.",
        "linear separability",
    ),
    Term("decision boundary", "Where a network changes its answer from one class to another.", "decision regions?"),
    Term("curvature", "How fast the gradient changes along a direction; steep valleys have a large one.", "curvatures"),
    Term(
        "condition number",
        "The largest curvature over the smallest; the larger it is, the more steps gradient descent needs.",
    ),
    Term("centring", "Subtracting the mean of the training samples from every input.", "centred|centering|centered"),
    Term(
        "standardizing",
        "Centring, then dividing every input by its standard deviation.",
        "standardized?|standardise[sd]?",
    ),
    Term(
        "principal components",
        "Directions at right angles to one another: the one in which data vary most, the next most, and so on (PCA).",
        "principal component|PCA|decorrelated?",
    ),
    Term("whitening", "Turning and scaling inputs until they are uncorrelated and of variance 1.", "whiten(?:ed)?"),
    Term("seed", "The number that random numbers start from; the same seed gives the same run.", "seeds"),
)
# Longer names first: where one term begins another, the longer is meant.
_ORDERED = sorted(TERMS, key=lambda term: len(term.name), reverse=True)


def mentioned(text: str) -> tuple[Term, ...]:
    """The terms that a text makes use of, in the order in which they come; the longer one where one holds another.

    They are found as the reader's language spells them, or as we do: many terms stay English in other languages.
    """
    return _mentioned(text, language())


@lru_cache(maxsize=1024)
def _mentioned(text: str, language: Language) -> tuple[Term, ...]:
    found = _any_term(language).finditer(text)
    return tuple(dict.fromkeys(_ORDERED[match.lastindex - 1] for match in found if match.lastindex))


@lru_cache(maxsize=8)
def _any_term(language: Language) -> re.Pattern[str]:
    """One group for each term, with all its spellings."""
    spellings = "|".join(f"({'|'.join(_spellings(term, language))})" for term in _ORDERED)
    return re.compile(rf"(?<!\w)(?:{spellings})(?!\w)", re.IGNORECASE)


def _spellings(term: Term, language: Language) -> tuple[str, ...]:
    """Regular expressions; one that is the same in both languages stands there once."""
    ours = (re.escape(term.name), term.also)
    theirs = (re.escape(language(term.name)), language(term.also))
    return tuple(dict.fromkeys(filter(None, [*ours, *theirs])))


def explained(text: str) -> str | None:
    """A sentence for each term that a text makes use of, as Markdown; None where there is none."""
    return "\n\n".join(f"**{said(term.name)}**: {said(term.sentence)}" for term in mentioned(text)) or None
