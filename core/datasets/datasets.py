"""Data sets: what the network learns from.

One decorated function is one data set; the decorator is told what is known of it without loading it. It asks, by the
names of its parameters, for what it needs: `count` (how many samples are wanted; a real data set may give what it has),
`generator`, and those fields of the Config that are there for data sets: `features`, `noise`, `table`. It returns
Samples; splitting, choosing and preprocessing happen elsewhere (core.networks.data), the same for all.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from math import pi
from pathlib import Path
from typing import Any, Literal

import numpy as np
import torch
from torch import Generator, Tensor

from core.datasets.downloads import Download
from core.datasets.samples import DataUnavailable, Samples
from core.datasets.uploads import recall
from core.registry import Registry

__all__ = ["DataUnavailable", "Dataset", "Samples", "dataset", "datasets"]


@dataclass(frozen=True)
class Dataset:
    """A data set with what is known of it without loading it. Call it like the function that was decorated.

    features: the number of inputs of a sample; None where the field `features` says it, or where only loading tells.
    classes: 0 for a regression; None where only loading tells. download: what is fetched when there is no local copy.
    pixels: rows, columns and colours where the features are those of a picture, row by row; else nothing.
    """

    function: Callable[..., Samples]
    features: int | None
    classes: int | None
    download: Download | None
    pixels: tuple[int, ...]

    def __call__(self, *asked: object, **named: object) -> Samples:
        """All samples."""
        return self.function(*asked, **named)

    @property
    def task(self) -> Literal["classification", "regression"] | None:
        """What there is to learn; None where only loading tells."""
        return None if self.classes is None else "classification" if self.classes else "regression"


datasets: Registry[Dataset] = Registry("dataset")


def dataset(
    *,
    features: int | None = None,
    classes: int | None = None,
    download: Download | None = None,
    pixels: tuple[int, ...] = (),
) -> Callable[[Callable[..., Samples]], Dataset]:
    """Register the decorated function as a data set of which this is known."""

    def register(function: Callable[..., Samples]) -> Dataset:
        return datasets.add(function.__name__, Dataset(function, features, classes, download, pixels), function.__doc__)

    return register


@dataset(features=64, classes=10, pixels=(8, 8, 1))
def digits() -> Samples:
    """1,797 handwritten digits of 8×8 pixels, 10 classes (UCI, as scikit-learn carries them). Pixels from 0 to 1."""
    table = _digits()
    return Samples(table[:, :-1], table[:, -1].long(), classes=10, scale=1 / 16)


@lru_cache(maxsize=1)
def _digits() -> Tensor:
    """The pixels and the class of each digit (sample, 65). Kept: to read them takes longer than to split them."""
    return _carried("digits.csv.gz", delimiter=",", dtype=np.uint8)


def _carried(name: str, **settings: Any) -> Tensor:
    """The numbers of a file that scikit-learn carries.

    Read from the package's folder: importing sklearn takes 2 s, a third of the app's start, and adds nothing here.
    """
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.submodule_search_locations is not None
    return torch.from_numpy(
        np.loadtxt(Path(sklearn.submodule_search_locations[0], "datasets", "data", name), **settings)
    )


@dataset(classes=10)
def gaussian(count: int, features: int, generator: Generator) -> Samples:
    """Random inputs from N(0, 1), random labels of 10 classes: nothing to learn, but every formula is exact on it."""
    inputs = torch.randn(count, features, generator=generator)
    return Samples(inputs, torch.arange(count) % 10, classes=10)


@dataset(features=2, classes=2)
def moons(count: int, noise: float, generator: Generator) -> Samples:
    """Two interleaving half circles in the plane: 2 classes that no straight line separates."""
    targets = torch.arange(count) % 2
    angle = pi * torch.rand(count, generator=generator)
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    points = torch.where(targets[:, None] == 0, upper, lower)
    return Samples(points + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset(features=2, classes=2)
def circles(count: int, noise: float, generator: Generator) -> Samples:
    """A small circle inside a large one: 2 classes, one around the other."""
    targets = torch.arange(count) % 2
    angle = 2 * pi * torch.rand(count, generator=generator)
    points = torch.stack([angle.cos(), angle.sin()], 1) * (1 - 0.5 * targets)[:, None]
    return Samples(points + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset(features=2, classes=3)
def spiral(count: int, noise: float, generator: Generator) -> Samples:
    """Three arms of a spiral, 3 classes: the case study of the cs231n notes (whose noise is 0.1 here)."""
    targets = torch.arange(count) % 3
    radius = torch.rand(count, generator=generator)
    angle = 4 * (targets + radius) + 2 * noise * torch.randn(count, generator=generator)
    return Samples(torch.stack([radius * angle.sin(), radius * angle.cos()], 1), targets, classes=3)


@dataset(features=2, classes=2)
def xor(count: int, noise: float, generator: Generator) -> Samples:
    """Four corners of a square, opposite corners of one class: the puzzle that one layer cannot solve."""
    corner = torch.arange(count) % 4
    signs = torch.stack([2 * (corner % 2) - 1, 2 * (corner // 2) - 1], 1)
    targets = (signs[:, 0] != signs[:, 1]).long()
    return Samples(signs + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset(features=2, classes=3)
def blobs(count: int, noise: float, generator: Generator) -> Samples:
    """Three round heaps at the corners of a triangle, 3 classes: easy as long as the noise keeps them apart."""
    targets = torch.arange(count) % 3
    angle = 2 * pi * targets / 3
    centres = torch.stack([angle.sin(), angle.cos()], 1)
    return Samples(centres + noise * torch.randn(count, 2, generator=generator), targets, classes=3)


STAR_CENTRE, STAR_TIPS, STAR_NOTCHES = (6.0, 5.0), 2.0, 0.764  # the radii are those of a pentagram


@dataset(features=2, classes=2)
def star_cloud(count: int, noise: float, generator: Generator) -> Samples:
    """A cloud in the shape of a star, far from the origin; 2 classes, its halves. Without preprocessing the line of a
    ReLU seldom meets it: most units are on for all of it, or dead.
    """
    targets = torch.arange(count) % 2
    # Ten triangles of one area from the centre to a tip and a notch beside it: five make the right half, five the left.
    triangle = 5 * targets + torch.randint(5, (count,), generator=generator)
    corner = torch.arange(11)
    radius = torch.where(corner % 2 == 0, STAR_TIPS, STAR_NOTCHES)[:, None]
    corners = radius * torch.stack([(pi * corner / 5).sin(), (pi * corner / 5).cos()], 1)
    along, across = torch.rand(2, count, 1, generator=generator)
    outwards = along.sqrt()  # as many points everywhere
    points = outwards * ((1 - across) * corners[triangle] + across * corners[triangle + 1])
    scattered = points + noise * torch.randn(count, 2, generator=generator)
    return Samples(scattered + torch.tensor(STAR_CENTRE), targets, classes=2)


@dataset(features=1, classes=0)
def line(count: int, noise: float, generator: Generator) -> Samples:
    """A straight line, y = 2x, with noise in y: a regression that needs no hidden layer."""
    x = 2 * torch.rand(count, 1, generator=generator) - 1
    return Samples(x, 2 * x + noise * torch.randn(count, 1, generator=generator), classes=0)


@dataset(features=1, classes=0)
def curve(count: int, noise: float, generator: Generator) -> Samples:
    """One wave of a sine, y = sin x, with noise in y: a regression that no straight line fits."""
    x = pi * (2 * torch.rand(count, 1, generator=generator) - 1)
    return Samples(x, x.sin() + noise * torch.randn(count, 1, generator=generator), classes=0)


@dataset(features=4, classes=3)
def iris() -> Samples:
    """150 irises by the size of their petals and sepals, 3 species (Fisher, as scikit-learn carries them)."""
    return _carried_table("iris.csv", classes=3)


@dataset(features=13, classes=3)
def wine() -> Samples:
    """178 wines by 13 chemical measurements, 3 cultivars (UCI, as scikit-learn carries them)."""
    return _carried_table("wine_data.csv", classes=3)


@dataset(features=30, classes=2)
def breast_cancer() -> Samples:
    """569 tumours by 30 measurements of their cells, 2 classes, malignant and benign (UCI, as scikit-learn carries
    them).
    """
    return _carried_table("breast_cancer.csv", classes=2)


def _carried_table(name: str, classes: int) -> Samples:
    table = _carried(name, delimiter=",", skiprows=1)  # the first line holds sizes and the names of the classes
    return Samples(table[:, :-1], table[:, -1].long(), classes=classes)


@dataset(features=10, classes=0)
def diabetes() -> Samples:
    """442 patients by 10 measurements, and how far their diabetes has come a year later: a regression that leaves half
    of the spread unexplained (Efron et al. 2004, as scikit-learn carries them).
    """
    return Samples(_carried("diabetes_data_raw.csv.gz"), _carried("diabetes_target.csv.gz")[:, None].float(), classes=0)


MNIST = Download("MNIST", "MNIST", 12)
FASHION_MNIST = Download("FashionMNIST", "FashionMNIST", 31)
CIFAR10 = Download("CIFAR10", "cifar-10-batches-py", 170, reading=560_000_000)


@dataset(features=784, classes=10, download=MNIST, pixels=(28, 28, 1))
def mnist() -> Samples:
    """70,000 handwritten digits of 28×28 pixels, 10 classes (LeCun). Pixels from 0 to 1. Downloaded once, 12 MB."""
    return _pictures(MNIST)


@dataset(features=784, classes=10, download=FASHION_MNIST, pixels=(28, 28, 1))
def fashion_mnist() -> Samples:
    """70,000 pieces of clothing of 28×28 pixels, 10 classes (Zalando). Pixels from 0 to 1. Downloaded once, 31 MB."""
    return _pictures(FASHION_MNIST)


@dataset(features=3072, classes=10, download=CIFAR10, pixels=(32, 32, 3))
def cifar10() -> Samples:
    """60,000 photographs of 32×32 pixels in three colours, 10 classes (Krizhevsky). Values from 0 to 1. Downloaded
    once, 170 MB.
    """
    return _pictures(CIFAR10)


def _pictures(download: Download) -> Samples:
    pixels, labels, official_test = download.load()
    return Samples(pixels, labels, classes=10, scale=1 / 255, official_test=official_test)


@dataset()
def upload(table: str) -> Samples:
    """A table of your own from a CSV or Excel file: a column to predict, and others to predict it from. It stays in the
    memory of this server, which forgets it in the end.
    """
    known = recall(table)
    return Samples(known.inputs, known.targets, classes=len(known.classes))
