"""Data sets: what the network learns from.

One decorated function is one data set. It asks, by the names of its parameters, for what it needs: `count` (how many
samples are wanted; a real data set may give what it has), `features`, `noise` (fields of the Config) and `generator`.
It returns Samples; splitting, choosing and preprocessing happen elsewhere (core.data), the same for all.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from importlib.util import find_spec
from math import pi
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import torch
from torch import Generator, Tensor

from core.registry import Registry


@dataclass(frozen=True)
class Samples:
    """All that a data set has. Multiplying `inputs` by `scale` gives the values that count as raw.

    inputs: (sample, feature), any dtype. targets: (sample,), class numbers from 0. The last `official_test` samples are
    the test set of its authors: validation is drawn from them alone. 0 where there is no such set.
    """

    inputs: Tensor
    targets: Tensor
    classes: int
    scale: float = 1.0
    official_test: int = 0


class DataUnavailable(Exception):  # noqa: N818  # a state of the world, said as one
    """A data set is neither on this machine nor to be downloaded. The message says what to do."""


Dataset = Callable[..., Samples]
datasets: Registry[Dataset] = Registry("dataset")


def dataset(function: Dataset) -> Dataset:
    """Register the decorated function as a data set."""
    return datasets.add(function.__name__, function, function.__doc__)


@dataset
def digits() -> Samples:
    """1,797 handwritten digits of 8×8 pixels, 10 classes (UCI, as scikit-learn carries them). Pixels from 0 to 1."""
    # Read from the package's folder: importing sklearn takes 2 s, a third of the app's start, and adds nothing here.
    sklearn = find_spec("sklearn")
    assert sklearn is not None
    assert sklearn.submodule_search_locations is not None
    file = Path(sklearn.submodule_search_locations[0], "datasets", "data", "digits.csv.gz")
    table = torch.from_numpy(np.loadtxt(file, delimiter=",", dtype=np.uint8))
    return Samples(table[:, :-1], table[:, -1].long(), classes=10, scale=1 / 16)


@dataset
def gaussian(count: int, features: int, generator: Generator) -> Samples:
    """Random inputs from N(0, 1), random labels of 10 classes: nothing to learn, but every formula is exact on it."""
    inputs = torch.randn(count, features, generator=generator)
    return Samples(inputs, torch.arange(count) % 10, classes=10)


@dataset
def moons(count: int, noise: float, generator: Generator) -> Samples:
    """Two interleaving half circles in the plane: 2 classes that no straight line separates."""
    targets = torch.arange(count) % 2
    angle = pi * torch.rand(count, generator=generator)
    upper = torch.stack([angle.cos(), angle.sin()], 1)
    lower = torch.stack([1 - angle.cos(), 0.5 - angle.sin()], 1)
    points = torch.where(targets[:, None] == 0, upper, lower)
    return Samples(points + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset
def circles(count: int, noise: float, generator: Generator) -> Samples:
    """A small circle inside a large one: 2 classes, one around the other."""
    targets = torch.arange(count) % 2
    angle = 2 * pi * torch.rand(count, generator=generator)
    points = torch.stack([angle.cos(), angle.sin()], 1) * (1 - 0.5 * targets)[:, None]
    return Samples(points + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset
def spiral(count: int, noise: float, generator: Generator) -> Samples:
    """Three arms of a spiral, 3 classes: the case study of the cs231n notes (whose noise is 0.1 here)."""
    targets = torch.arange(count) % 3
    radius = torch.rand(count, generator=generator)
    angle = 4 * (targets + radius) + 2 * noise * torch.randn(count, generator=generator)
    return Samples(torch.stack([radius * angle.sin(), radius * angle.cos()], 1), targets, classes=3)


@dataset
def xor(count: int, noise: float, generator: Generator) -> Samples:
    """Four corners of a square, opposite corners of one class: the puzzle that one layer cannot solve."""
    corner = torch.arange(count) % 4
    signs = torch.stack([2 * (corner % 2) - 1, 2 * (corner // 2) - 1], 1)
    targets = (signs[:, 0] != signs[:, 1]).long()
    return Samples(signs + noise * torch.randn(count, 2, generator=generator), targets, classes=2)


@dataset
def mnist() -> Samples:
    """70,000 handwritten digits of 28×28 pixels, 10 classes (LeCun). Pixels from 0 to 1. Downloaded once, 12 MB."""
    folder = data_folder()
    parts = [_torchvision_mnist(folder, train) for train in (True, False)]
    images = torch.cat([part.data for part in parts]).flatten(1)
    targets = torch.cat([part.targets for part in parts])
    return Samples(images, targets, classes=10, scale=1 / 255, official_test=len(parts[1]))


def data_folder() -> Path:
    """Where downloaded data sets lie: the folder that VITALS_DATA names, else ~/.cache/vitals."""
    return Path(os.environ.get("VITALS_DATA") or Path.home() / ".cache" / "vitals")


def _torchvision_mnist(folder: Path, train: bool):  # type: ignore[no-untyped-def]  # torchvision carries no types
    """MNIST from a local copy, else from a download that counts only once it is complete."""
    _declare_torchvision_operators()
    from torchvision.datasets import MNIST

    with suppress(RuntimeError, ValueError, OSError):  # absent or damaged
        return MNIST(folder, train=train)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as temporary:
            MNIST(temporary, download=True)
            with suppress(OSError):  # somebody else was quicker
                Path(temporary, "MNIST").rename(folder / "MNIST")
        return MNIST(folder, train=train)
    except (RuntimeError, ValueError, OSError) as problem:
        raise DataUnavailable(
            f"MNIST is not in {folder} and cannot be downloaded here. "
            "Choose digits, or name a folder that holds MNIST in the environment variable VITALS_DATA."
        ) from problem


_torchvision_operators: list[torch.library.Library] = []  # a declaration lives as long as its Library object


def _declare_torchvision_operators() -> None:
    """Let torchvision's wheel, compiled for CUDA, be imported beside a torch without it.

    Its Python code describes two compiled operators that then do not exist; declaring their schemas is enough for
    data sets, transforms and models.
    """
    schemas = {
        "nms": "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
        "qnms": "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    }
    if _torchvision_operators or find_spec("torchvision") is None:
        return
    library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]  # torch has no types here
    for name, schema in schemas.items():
        if not hasattr(torch.ops.torchvision, name):
            library.define(schema)  # type: ignore[no-untyped-call]  # nor here
    _torchvision_operators.append(library)
