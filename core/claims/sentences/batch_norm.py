"""Claims about batch normalization."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np
import torch
from torch import Tensor

from core.choices.normalizations import EPSILON, Normalization, normalizations
from core.claims.claim import Case, Subject, Train, at_least, at_most, claim, near
from core.claims.digits import DIGITS, at_end, seeds
from core.claims.lectures import NOTES
from core.claims.sentences.initialization.scales import LECTURE
from core.claims.sentences.perceptron import not_linear
from core.config import Config
from core.networks import build
from core.networks.data import load

IDEA = NOTES.at("2. CS231n 6강 정리, 4) Batch Normalization, 1.")
USE = NOTES.at("2. CS231n 6강 정리, 4) Batch Normalization, 2. 사용 (use)")
MANY = 9  # seeds, where the differences between runs are large


def layers(config: Config) -> list[Tensor]:
    """The pre-activations (sample, unit) of each hidden layer before training, as the activation gets them."""
    with torch.no_grad():
        return build(config).trace(load(config).inputs, batch_statistics=True).pre_activations


def norm(units: int) -> Normalization:
    """A fresh batch norm."""
    made = normalizations["batch_norm"](torch.Size([units]))
    assert made is not None
    return made


@claim(
    "Batch norm gives every layer inputs of mean 0 and variance 1, from the start of training.",
    IDEA,
    subject=Subject.BATCH_NORM,
    quantity="Mean and standard deviation of a unit's pre-activations",
    why="It takes away the mean and divides by the spread that there is, so the weights' size does not matter.",
)
def normalized_from_the_start() -> Iterator[Case]:
    """Digits in ten layers of 64 ReLUs, He's weights times a number, before training; the unit that is farthest off."""
    for scale in (0.1, 1.0, 100.0):
        z = torch.cat(layers(replace(DIGITS, depth=10, normalization="batch_norm", weight_scale=scale)), 1)
        mean, std = z.mean(0), z.std(0, correction=0)  # (unit of any layer,)
        yield near("weights × {scale:g}: mean", mean[mean.abs().argmax()], 0, 0.001, scale=scale)
        yield near("weights × {scale:g}: standard deviation", std[(std - 1).abs().argmax()], 1, 0.01, scale=scale)


@claim(
    "Batch norm makes the values of every layer normally distributed.",
    IDEA,
    subject=Subject.BATCH_NORM,
    quantity="Skewness or excess kurtosis, the larger one",
    why="It moves and stretches, which changes the mean and the variance but not the shape. Sums of normal inputs are "
    "normal before it and stay so; two heaps stay two heaps. Behind ReLUs not even normal inputs give normal sums.",
    expected={1},
)
def normal_by_batch_norm() -> Iterator[Case]:
    """Layers of 64 ReLUs before training, RMS over units. Of a normal distribution both numbers are 0."""
    for name, dataset in (("inputs from N(0, 1)", "gaussian"), ("moons", "moons"), ("digits", "digits")):
        z = layers(Config(dataset=dataset, samples=5000, width=64, depth=3, normalization="batch_norm"))
        for layer in (1, 3):
            yield near("{words}, layer {layer}", _off_normal(z[layer - 1].double()), 0, 0.2, words=name, layer=layer)


def _off_normal(z: Tensor) -> float:
    """How far sums (sample, unit) of mean 0 and variance 1 are from a normal distribution, in their higher moments."""
    moments = torch.stack([z.pow(3).mean(0), z.pow(4).mean(0) - 3])  # (moment, unit)
    return float(moments.square().mean(1).sqrt().max())


@claim(
    "Batch norm keeps tanh in the part where it is nearly straight, so that it hardly saturates.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Share of activations that are saturated in layer 10",
    why="Of numbers from N(0, 1), 3 % lie where the slope of tanh is below a twentieth.",
)
def no_saturation(train: Train) -> Iterator[Case]:
    """Ten layers of 500 tanh units with weights from N(0, 1), which saturate it, with batch norm and without."""
    config = replace(LECTURE, activation="tanh", initializer="normal", weight_scale=100.0)
    for name, kind, low, high in (("without", "none", 0.5, 1.0), ("with batch norm", "batch_norm", 0.0, 0.1)):
        data = train([replace(config, normalization=kind)], "saturated_fraction")
        yield Case(name, data["saturated_fraction"].values[0, 0, -1], low, high)


@claim(
    "With γ and β, a network can take back what batch norm does.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Largest difference from the values before",
    why="γ multiplies and β adds. Set to the spread and the mean of the batch, they give back what came in.",
)
def gamma_and_beta() -> Iterator[Case]:
    """A batch of 100 samples of 20 numbers from N(3, 5²) goes through batch norm with γ and β set so."""
    signal = 3 + 5 * torch.randn(100, 20, generator=Config().generator("claims"))
    normalize = norm(20)
    spread, mean = torch.std_mean(signal, 0, correction=0)
    with torch.no_grad():
        plain = normalize(signal, batch_statistics=True, track=False)
        normalize.scale.copy_((spread.square() + EPSILON).sqrt())
        normalize.shift.copy_(mean)
        restored = normalize(signal, batch_statistics=True, track=False)
    yield at_least("with γ = 1 and β = 0", (plain - signal).abs().max(), 1)
    yield at_most("with γ and β set so", (restored - signal).abs().max(), 1e-4)


@claim(
    "Batch norm also regularizes.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Held-out loss with batch norm, over that without",
    why="Where training goes on until nearly all samples are right, batch norm makes the held-out loss about a quarter "
    "smaller. The noise of small batches is not what does it: batches of 256 gain nearly as much, and in batches of 4 "
    "it is so loud that not even the training samples are learned well. With 100 samples the seed decides.",
    expected={1},
)
def batch_norm_regularizes(train: Train) -> Iterator[Case]:
    """Two hidden layers of 64 ReLUs learn 1,400 digits in 500 steps; medians of 9 seeds. A tenth is a gain."""
    for size, rate in ((32, 0.2), (4, 0.05)):
        config = replace(DIGITS, batch_size=size, learning_rate=rate, steps=500)
        without, with_it = (
            at_end(train(seeds(replace(config, normalization=kind), MANY)), "loss", diverged=inf)
            for kind in ("none", "batch_norm")
        )
        yield at_most(
            "batches of {size}, learning rate {rate:g}", np.median(with_it / without), 0.9, size=size, rate=rate
        )


@claim(
    "Batch norm is a linear transformation.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Largest |N(x + y) − N(x) − N(y)|",
    why="In use, mean and variance are fixed numbers. Where the mean is 0 only a factor is left; any other mean adds a "
    "constant, which makes the map affine. In training they are those of the batch itself, so that a batch and its "
    "double give the same answer. No linear or affine map does that.",
    expected={1},
)
def batch_norm_is_linear() -> Iterator[Case]:
    """Two batches of 50 samples of 20 random numbers, and their sum, go through a batch norm with γ = 1 and β = 0."""
    x, y = torch.randn(2, 50, 20, generator=Config().generator("claims")).double()
    fresh, used = norm(20).double(), norm(20).double()
    with torch.no_grad():
        used(x + 1, batch_statistics=True, track=True)  # so that it has a mean to take away in use
        for name, normalize, training in (
            ("in use, mean 0", fresh, False),
            ("in use, another mean", used, False),
            ("in training", fresh, True),
        ):
            yield at_most(name, not_linear(partial(normalize, batch_statistics=training, track=False), x, y), 1e-9)


@claim(
    "Behind a convolution, batch norm has one mean and one deviation for each activation map.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Largest |mean| of what comes out",
    why="All places of a map are normalized alike, so each map has mean 0 as a whole, but not each of its pixels.",
)
def one_mean_a_map() -> Iterator[Case]:
    """torch.nn.BatchNorm2d in training, for a batch of 16 samples with 8 maps of 5×5 pixels of different brightness."""
    generator = Config().generator("claims")
    maps = torch.randn(16, 8, 5, 5, generator=generator) + torch.randn(8, 5, 5, generator=generator)
    with torch.no_grad():
        out = torch.nn.BatchNorm2d(8)(maps)
    yield at_most("of a map", out.mean((0, 2, 3)).abs().max(), 1e-6)
    yield at_least("of a pixel", out.mean(0).abs().max(), 0.1)
