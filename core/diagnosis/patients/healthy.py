"""Healthy networks, drawn at random from what is known to train within some hundred steps.

Nobody has trained what is drawn: that it learns is likely, and who needs to know it trains it.
"""

from collections.abc import Callable
from math import exp, log
from random import Random
from typing import Any

from core.config import Config
from core.datasets import datasets

RECTIFIERS = ("relu", "leaky_relu", "prelu", "elu", "celu", "gelu", "silu", "mish", "rrelu")
CENTRED = ("tanh", "selu", "softsign", "hard_tanh")
NOISES = {  # of each data set: how far up it goes before a tenth of the samples cannot be told apart
    "digits": (0.0, 0.0),
    "moons": (0.05, 0.2),
    "circles": (0.02, 0.12),
    "spiral": (0.0, 0.1),
    "xor": (0.1, 0.4),
    "blobs": (0.1, 0.45),
    "star_cloud": (0.0, 0.1),
    "line": (0.05, 0.4),
    "curve": (0.02, 0.3),
}
STRAIGHT = ("blobs", "star_cloud", "line")  # which a straight line is enough for
HARD = ("spiral", "curve")  # take more steps than others, and want no sigmoids
DEEP = 10  # layers, from which on a network is handled with care
RATES = {
    "sgd": (0.03, 0.2),
    "momentum": (0.005, 0.03),
    "nesterov": (0.005, 0.03),
    "adam": (0.001, 0.01),
    "adamw": (0.001, 0.01),
    "rmsprop": (0.0007, 0.005),
    "adagrad": (0.01, 0.05),
}
FAST = ("adam", "adamw", "rmsprop")  # that bring slow ones there in time
SLOW = ("sigmoid", "hard_sigmoid", "softsign")  # activations
SCHEDULES = ("step", "linear", "cosine", "warm_up", "warm_up_cosine")

Choices = dict[str, Any]
Tables = Callable[[Random], str]  # the hash of one of the tables that there are


def healthy_network(seed: int, tables: Tables | None = None) -> Config:
    """The healthy network of this seed. Where there are `tables`, one in ten learns from one of them."""
    return drawn(Random(f"healthy {seed}"), tables)


def drawn(random: Random, tables: Tables | None) -> Config:
    """A network that should learn."""
    choices = _data(random, tables)
    choices |= _network(random, choices["dataset"])
    choices |= _training(random, choices)
    choices |= _extras(random, choices)
    return Config(**choices, seed=random.randrange(10**6))


def log_uniform(random: Random, low: float, high: float) -> float:
    """A number whose order of magnitude is what is drawn evenly, with three digits."""
    return float(f"{exp(random.uniform(log(low), log(high))):.3g}")


def _data(random: Random, tables: Tables | None) -> Choices:
    if random.random() < 0.1 and tables is not None:
        return {"dataset": "upload", "table": tables(random), "preprocessing": "standardize"}
    name = random.choice(list(NOISES))
    small = ("standardize", "standardize", "whiten", "center", "none")  # what suits inputs of size 1
    return {
        "dataset": name,
        "noise": round(random.uniform(*NOISES[name]), 2),
        "samples": random.randrange(400, 1401, 100),
        "preprocessing": random.choice(("standardize", "whiten") if name in ("star_cloud", *HARD) else small),
    }


def _network(random: Random, dataset: str) -> Choices:
    draw = random.choices((_rectifying, _centred, _squashing), (6, 3, 0 if dataset in HARD else 1))[0]
    choices = draw(random)
    if draw is _centred and dataset in STRAIGHT and random.random() < 0.2:
        choices["activation"] = "identity"
    shallow = choices["depth"] <= 4
    return {**choices, "width": random.choice((16, 24, 32, 48, 64, 96, 128) if shallow else (16, 24, 32, 48))}


def _rectifying(random: Random) -> Choices:
    """Weights that keep the size of a rectified signal, and a norm where many layers still lose it."""
    depth = _depth(random)
    norms = ("batch_norm", "layer_norm") if depth > DEEP else ("none", "none", "none", "batch_norm", "layer_norm")
    return {
        "depth": depth,
        "activation": random.choice(RECTIFIERS),
        "initializer": random.choice(("he_normal", "he_uniform")),
        "normalization": random.choice(norms),
    }


def _centred(random: Random) -> Choices:
    """Weights that keep the size of a centred signal through any number of layers."""
    return {
        "depth": _depth(random),
        "activation": random.choice(CENTRED),
        "initializer": random.choice(("lecun_normal", "lecun_uniform", "xavier_normal", "xavier_uniform")),
        "normalization": random.choice(("none", "none", "none", "none", "batch_norm")),
    }


def _squashing(random: Random) -> Choices:
    """Few sigmoids on top of each other, or some more with a norm."""
    normed = random.random() < 0.5
    return {
        "depth": random.randint(2, 4) if normed else 1,
        "activation": random.choice(("sigmoid", "hard_sigmoid")),
        "initializer": random.choice(("xavier_normal", "xavier_uniform")),
        "normalization": "batch_norm" if normed else "none",
    }


def _depth(random: Random) -> int:
    low, high = random.choices(((1, 4), (5, DEEP), (DEEP + 1, 30)), (12, 6, 2))[0]
    return random.randint(low, high)


def _training(random: Random, choices: Choices) -> Choices:
    deep, hard = choices["depth"] > DEEP, choices["dataset"] in HARD
    slow = choices["activation"] in SLOW
    optimizer = random.choice(FAST if deep or hard or slow else list(RATES))
    low, high = RATES[optimizer]
    middle = (low * high) ** 0.5
    return {
        "optimizer": optimizer,
        "learning_rate": log_uniform(random, middle if slow and not deep else low, middle if deep else high),
        "batch_size": random.choice((16, 32, 64, 128)),
        "steps": random.choice((300, 350) if deep else (500, 600, 800) if hard or slow else (300, 400, 600)),
    }


def _extras(random: Random, choices: Choices) -> Choices:
    """What a network may have beside what it needs: each seldom, and little of it."""
    small = choices["depth"] <= 4
    decays = (0.001, 0.05) if choices["optimizer"] == "adamw" else (1e-6, 3e-4)
    possible = {
        "dropout": (0.1 * small * (choices["width"] >= 48), random.choice((0.05, 0.1, 0.2))),
        "weight_decay": (0.15, log_uniform(random, *decays)),
        "schedule": (0.25, random.choice(SCHEDULES)),
        "clip_norm": (0.1, log_uniform(random, 0.5, 5)),
        "weight_scale": (0.1 * small, log_uniform(random, 0.7, 1.4)),
        "bias_init": (0.1 * small, round(random.uniform(-0.1, 0.1), 2)),
        "loss_function": (0.15 * (datasets[choices["dataset"]].classes == 2), "binary_cross_entropy"),
    }
    return {name: value for name, (chance, value) in possible.items() if random.random() < chance}
