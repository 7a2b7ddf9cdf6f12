"""Remedies: what may make a sick network learn, as changes of its Config.

One decorated function is one remedy: it is given the Config and returns the fields that it changes with their new
values, or nothing where it would change nothing. Rules name the remedies that they propose; `trials` tries them.
"""

from collections.abc import Callable, Mapping
from math import sqrt
from typing import Any

from core.config import Config
from core.config.chosen import phi
from core.diagnosis.blame import fitting_gain
from core.registry import Registry

Changes = Mapping[str, Any]
Remedy = Callable[[Config], Changes]

USUAL_WIDTH, USUAL_BATCH, SHALLOW = 32, 64, 3
FITTING = {sqrt(2): "he_normal", 1.0: "lecun_normal"}  # by the gain that keeps the size of the signal

remedies: Registry[Remedy] = Registry("remedy")


def remedy(function: Remedy) -> Remedy:
    """Register the decorated function as a remedy."""
    return remedies.add(function.__name__, function, function.__doc__)


@remedy
def fitting_start(config: Config) -> Changes:
    """Weights of the size that suits the activation, and biases of 0."""
    fitting = FITTING[fitting_gain(config)]
    return {"initializer": fitting, "weight_scale": 1.0, "bias_init": 0.0}


@remedy
def no_bias(config: Config) -> Changes:
    """Biases of 0."""
    return {"bias_init": 0.0}


@remedy
def standardize(config: Config) -> Changes:
    """Inputs of mean 0 and deviation 1."""
    return {"preprocessing": "standardize"}


@remedy
def batch_norm(config: Config) -> Changes:
    """Batch norm before each activation, which sets the size of the signal anew in each layer."""
    return {"normalization": "batch_norm"}


@remedy
def relu(config: Config) -> Changes:
    """ReLU with the weights that suit it: half of its slopes are 1."""
    return {"activation": "relu", "initializer": "he_normal", "weight_scale": 1.0, "bias_init": 0.0}


@remedy
def leaky(config: Config) -> Changes:
    """Leaky ReLU, whose slope is nowhere 0."""
    rectifies = phi(config).low == 0 and phi(config).saturates == "left"
    return {"activation": "leaky_relu"} if rectifies else {}


@remedy
def wider(config: Config) -> Changes:
    """More units in each layer."""
    return {"width": max(USUAL_WIDTH, config.width)}


@remedy
def shallower(config: Config) -> Changes:
    """Fewer layers."""
    return {"depth": min(SHALLOW, config.depth)}


@remedy
def deeper(config: Config) -> Changes:
    """A hidden layer or two."""
    return {"depth": max(2, config.depth), "width": max(USUAL_WIDTH, config.width)}


@remedy
def lower_rate(config: Config) -> Changes:
    """A tenth of the learning rate."""
    return {"learning_rate": _rounded(config.learning_rate / 10)}


@remedy
def much_lower_rate(config: Config) -> Changes:
    """The rate at which this optimizer usually trains, if that is lower."""
    return {"learning_rate": min(usual_rate(config), config.learning_rate)}


@remedy
def higher_rate(config: Config) -> Changes:
    """Ten times the learning rate."""
    return {"learning_rate": _rounded(config.learning_rate * 10)}


@remedy
def much_higher_rate(config: Config) -> Changes:
    """The rate at which this optimizer usually trains, if that is higher."""
    return {"learning_rate": max(usual_rate(config), config.learning_rate)}


@remedy
def adam(config: Config) -> Changes:
    """Adam at its usual rate, which makes steps of one size of gradients of any."""
    return {"optimizer": "adam", "learning_rate": RATES["adam"]}


@remedy
def clip(config: Config) -> Changes:
    """Gradients that are longer than 1 are shortened to it."""
    return {"clip_norm": min(1.0, config.clip_norm) or 1.0}


@remedy
def warm_up(config: Config) -> Changes:
    """Steps that begin short and grow over the first tenth of the run (Goyal et al. 2017)."""
    return {"schedule": "warm_up"} if config.schedule == "constant" else {}


@remedy
def less_momentum(config: Config) -> Changes:
    """Momentum of 0.9, where it is more."""
    return {"momentum": min(0.9, config.momentum)} if config.matters("momentum") else {}


@remedy
def less_decay(config: Config) -> Changes:
    """No weight decay."""
    return {"weight_decay": 0.0}


@remedy
def no_clip(config: Config) -> Changes:
    """Gradients as they are."""
    return {"clip_norm": 0.0}


@remedy
def larger_batch(config: Config) -> Changes:
    """Batches of 64 samples."""
    return {"batch_size": max(USUAL_BATCH, config.batch_size)}


@remedy
def less_dropout(config: Config) -> Changes:
    """No dropout."""
    return {"dropout": 0.0}


@remedy
def some_dropout(config: Config) -> Changes:
    """Dropout of 0.2, against learning by heart."""
    return {"dropout": max(0.2, config.dropout)}


@remedy
def some_decay(config: Config) -> Changes:
    """Weight decay of 0.01, against learning by heart."""
    return {"weight_decay": max(0.01, config.weight_decay)}


@remedy
def more_samples(config: Config) -> Changes:
    """Ten times as many training samples, as far as there are."""
    return {"samples": min(5000, 10 * config.samples)}


RATES = {  # at which each optimizer usually trains networks as small as these, at batches of 64
    "sgd": 0.05,
    "momentum": 0.01,
    "nesterov": 0.01,
    "adam": 0.002,
    "adamw": 0.002,
    "adamax": 0.005,
    "nadam": 0.002,
    "radam": 0.002,
    "rmsprop": 0.001,
    "adagrad": 0.02,
    "adadelta": 1.0,
    "rprop": 0.001,
    "lbfgs": 0.1,
}


def usual_rate(config: Config) -> float:
    """The rate at which the optimizer of a Config usually trains; its own, where none is known."""
    return RATES.get(config.optimizer, config.learning_rate)


def _rounded(rate: float) -> float:
    return float(f"{rate:.3g}")
