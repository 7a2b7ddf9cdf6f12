"""Claims about batch normalization."""

from collections.abc import Iterator
from dataclasses import replace

import torch
from torch import Tensor

from core.claims.claim import Case, Subject, Train, at_least, at_most, claim, near
from core.claims.digits import DIGITS
from core.claims.initialization import LECTURE
from core.claims.lectures import NOTES
from core.config import Config
from core.data import load
from core.network import build
from core.normalizations import EPSILON, Normalization, normalizations

IDEA = NOTES.at("2. CS231n 6강 정리, 4) Batch Normalization, 1.")
USE = NOTES.at("2. CS231n 6강 정리, 4) Batch Normalization, 2. 사용 (use)")
MOONS = Config(dataset="moons", samples=1000, width=64, depth=3, normalization="batch_norm")


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
    quantity="Standard deviation of pre-activations of layer 10",
    why="It divides by the spread that there is, so the weights' size does not matter to the signal.",
)
def normalized_from_the_start() -> Iterator[Case]:
    """Digits in ten layers of 64 ReLUs, with He's weights times 0.1, 1 and 100, before training; median over units."""
    for scale in (0.1, 1.0, 100.0):
        config = replace(DIGITS, depth=10, normalization="batch_norm", weight_scale=scale)
        yield near(f"weights × {scale:g}", layers(config)[-1].std(0, correction=0).median(), 1, 0.01)


@claim(
    "Batch norm makes the values of every layer normally distributed.",
    IDEA,
    subject=Subject.BATCH_NORM,
    quantity="RMS over the units of a layer",
    why="It moves and stretches, and that changes the mean and the variance but not the shape: two heaps stay two "
    "heaps. A normal distribution would have an excess kurtosis of 0; these are flatter.",
    expected={"mean", "standard deviation", "skewness"},
)
def normal_by_batch_norm() -> Iterator[Case]:
    """1,000 points of two moons in three layers of 64 ReLUs, before training; the first layer is looked at."""
    z = layers(MOONS)[0].double()
    cubes, fourth = z.pow(3).mean(0), z.pow(4).mean(0)
    yield near("mean", z.mean(0).square().mean().sqrt(), 0, 0.01)
    yield near("standard deviation", z.std(0, correction=0).square().mean().sqrt(), 1, 0.01)
    yield near("skewness", cubes.square().mean().sqrt(), 0, 0.1)
    yield near("excess kurtosis", (fourth - 3).square().mean().sqrt(), 0, 0.2)


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
    own = norm(20)
    spread, mean = torch.std_mean(signal, 0, correction=0)
    with torch.no_grad():
        plain = own(signal, batch_statistics=True, track=False)
        own.scale.copy_((spread.square() + EPSILON).sqrt())
        own.shift.copy_(mean)
        restored = own(signal, batch_statistics=True, track=False)
    yield at_least("with γ = 1 and β = 0", (plain - signal).abs().max(), 1)
    yield at_most("with γ and β set so", (restored - signal).abs().max(), 1e-4)


@claim(
    "Batch norm also regularizes.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Spread of a pre-activation from batch to batch, in its own deviations",
    why="What a sample becomes depends on the others of its batch, which acts like noise. It falls like one over "
    "the root of the batch size, so that large batches hardly have any, and in use there is none.",
    expected={"batches of 8", "batches of 32", "batches of 128"},
)
def batch_norm_is_noisy() -> Iterator[Case]:
    """Ten digits, each in 100 random batches, behind one layer of 64 units and its batch norm. A tenth is noise."""
    config = replace(DIGITS, depth=1)
    with torch.no_grad():
        z = build(config).trace(load(config).inputs).pre_activations[0]
        for size in (8, 32, 128, 512):
            yield at_least(f"batches of {size}", _spread_over_batches(z, size), 0.1)


def _spread_over_batches(z: Tensor, size: int, samples: int = 10, batches: int = 100) -> float:
    """The standard deviation of a normalized pre-activation over batches, RMS over samples and units."""
    batch = torch.randint(len(z), (samples, batches, size), generator=DIGITS.generator("claims"))
    batch[:, :, 0] = torch.arange(samples)[:, None]  # the sample that is followed
    followed = norm(z.shape[1])(z[batch], batch_statistics=True, track=False)[:, :, 0]
    return float(followed.var(1, correction=0).mean().sqrt())


@claim(
    "Batch norm is a linear transformation.",
    USE,
    subject=Subject.BATCH_NORM,
    quantity="Largest |N(x + y) − N(x) − N(y) + N(0)|",
    why="In use it is: mean and variance are fixed numbers then. In training they are those of the batch itself, so "
    "that a batch and its double give the same answer. No linear map does that.",
    expected={"in use"},
)
def batch_norm_is_linear() -> Iterator[Case]:
    """Two batches of 50 samples of 20 random numbers, and their sum, go through one batch norm."""
    generator = Config().generator("claims")
    x, y = torch.randn(2, 50, 20, generator=generator).double()
    own = norm(20).double()
    with torch.no_grad():
        own(x, batch_statistics=True, track=True)  # running statistics that are not the first ones
        for name, training in (("in use", False), ("in training", True)):
            parts = [own(part, batch_statistics=training, track=False) for part in (x + y, x, y, 0 * x)]
            yield at_most(name, (parts[0] - parts[1] - parts[2] + parts[3]).abs().max(), 1e-9)


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
