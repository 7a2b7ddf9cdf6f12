"""What preprocessing does to the loss of a linear unit: how curved it is, how large steps may be, how long it takes.

Also what it does to a cloud of points, to pictures, and to the layers behind the first one.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from math import inf, isinf

import numpy as np
import pandas as pd
import torch

from core.array import Array
from core.choices.preprocessing import VARIANCE_FLOOR, preprocessings
from core.config import Config
from core.datasets import datasets
from core.networks import build
from core.networks.data import load
from core.words.numbers import readable

WAYS = {
    "raw": "none",
    "centred": "center",
    "standardized": "standardize",
    "decorrelated": "decorrelate",
    "whitened": "whiten",
}  # what inputs are called, and the preprocessing that makes them
COMPARED = ("raw", "centred", "standardized", "whitened")  # decorrelating only turns the axes of centred inputs
PICTURES = ("digits", "mnist")
POINTS, OFFSET, SPREADS, CORRELATION = 200, (3.0, 2.0), (1.6, 0.7), 0.8  # of the cloud
CROSS = 2.0  # standard deviations from the middle of the cloud to the ends of its cross
SHOWN = 2  # pictures
SAMPLES = 1400
REACHED = 0.1  # of the loss that there is to lose
MOST_STEPS = 100_000
DEPTH, WIDTH = 8, 100  # of the network whose layers are looked at
INITIALIZERS = {"relu": "he_normal", "tanh": "lecun_normal", "sigmoid": "lecun_normal"}


def available() -> list[str]:
    """The data sets of pictures that are on this machine."""
    downloads = {name: datasets[name].download for name in PICTURES}
    return [name for name, download in downloads.items() if download is None or download.here]


@dataclass(frozen=True, eq=False)
class Bowl:
    """The loss of a linear unit over its weights: half the mean squared error.

    `curvatures` (direction,) are the eigenvalues of E x·xᵀ of its inputs, the largest first, and `heights` (direction,)
    the parts of the loss that weights of 0 have still to lose along them; together 1. Directions in which the inputs
    hardly vary (less than 1e-12 of the largest curvature) are left out.
    """

    curvatures: Array
    heights: Array

    @property
    def condition(self) -> float:
        """The largest curvature over the smallest."""
        return float(self.curvatures[0] / self.curvatures[-1])

    @property
    def condition_in_words(self) -> str:
        """`condition` with three digits: 55.5, 2,340, 29.8 million."""
        if self.condition < 1000:
            return readable(self.condition)
        for size, name in {10**9: " billion", 10**6: " million"}.items():
            if self.condition >= size:
                return f"{float(f'{self.condition / size:.3g}'):,g}{name}"
        return f"{float(f'{self.condition:.3g}'):,.0f}"

    @property
    def stable_rate(self) -> float:
        """The learning rate 2/λ below which gradient descent converges (LeCun, Kanter & Solla 1991)."""
        return float(2 / self.curvatures[0])

    def softmax_rate(self, classes: int) -> float:
        """The same for the outputs of a softmax of `classes`, at weights of 0.

        There the Hessian of the cross-entropy is (I/C − 1/C²) ⊗ E x·xᵀ, so its largest curvature is λ/C.
        """
        return classes * self.stable_rate

    def left(self, steps: Array | int, share: float) -> Array:
        """What is left of the loss (…) after so many `steps` (…) at `share` of the stable rate.

        Along a direction of curvature λ each step multiplies the error by 1 − ηλ.
        """
        factors = 1 - share * self.stable_rate * self.curvatures
        with np.errstate(over="ignore"):
            parts = np.abs(factors) ** (2 * np.asarray(steps, np.float64)[..., None])
            left: Array = parts @ self.heights
        return left

    def steps(self, share: float) -> float:
        """The first step after which REACHED of the loss is left; infinite where that is after MOST_STEPS or never.

        Beyond the stable rate the loss may get there before it grows.
        """
        # A sum of powers with positive weights is convex in the step: it falls to its lowest and rises from there.
        steps = range(MOST_STEPS + 1)
        lowest = bisect_left(steps[:-1], x=True, key=lambda n: bool(self.left(n, share) <= self.left(n + 1, share)))
        reached = bisect_left(steps[: lowest + 1], x=True, key=lambda n: bool(self.left(n, share) <= REACHED))
        return reached if reached <= lowest else inf

    def steps_in_words(self, share: float) -> str:
        """`steps`, or that there are none, and whether the loss grows without end after that."""
        steps = self.steps(share)
        if share > 1:
            return "diverges" if isinf(steps) else f"{steps:,.0f}, then diverges"
        return f"> {MOST_STEPS:,}" if isinf(steps) else f"{steps:,.0f}"


@lru_cache(maxsize=32)
def bowl(dataset: str, way: str, samples: int = SAMPLES) -> Bowl:
    """The bowl of linear units that tell the classes of a data set from one another, preprocessed in one of WAYS.

    Their targets are 1 for the own class and 0 for others, less the mean. Raises DataUnavailable.
    """
    data = load(Config(dataset=dataset, preprocessing=WAYS[way], samples=samples))
    inputs = data.inputs.double()
    targets = torch.nn.functional.one_hot(data.targets, data.classes).double()
    return bowl_of(inputs.numpy(), (targets - targets.mean(0)).numpy())


def bowl_of(inputs: Array, targets: Array) -> Bowl:
    """The bowl of linear units with these inputs (sample, feature) and targets (sample, unit)."""
    curvatures, directions = np.linalg.eigh(inputs.T @ inputs / len(inputs))
    slopes = ((inputs.T @ targets / len(inputs)).T @ directions) ** 2  # (unit, direction)
    kept = curvatures > VARIANCE_FLOOR * curvatures[-1]
    heights = slopes.sum(0)[kept] / curvatures[kept]
    return Bowl(curvatures[kept][::-1], (heights / heights.sum())[::-1])


def bowls(dataset: str) -> dict[str, Bowl]:
    """The bowl of each of WAYS. Raises DataUnavailable."""
    return {way: bowl(dataset, way) for way in WAYS}


def gain(bowls: dict[str, Bowl]) -> float:
    """How many times as large steps may be once inputs are centred."""
    return bowls["centred"].stable_rate / bowls["raw"].stable_rate


def bowl_table(dataset: str, share: float) -> pd.DataFrame:
    """A row for each of WAYS, in words: stable rate, steps at `share` of that rate, and condition number."""
    rows = {
        way: {
            "Stable up to": readable(of_way.stable_rate),
            f"Steps to {REACHED:.0%} of the loss": of_way.steps_in_words(share),
            "Condition number": of_way.condition_in_words,
        }
        for way, of_way in bowls(dataset).items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Inputs")


@dataclass(frozen=True, eq=False)
class PreprocessedCloud:
    """Points (sample, 2) in the plane after one of WAYS, and the ends (4, 2) of a cross that went through the same.

    Before preprocessing it stands in the middle of the points, along the directions in which they vary most and least.
    """

    points: Array
    cross: Array

    @property
    def correlation(self) -> float:
        """Of the two features."""
        return float(np.corrcoef(self.points.T)[0, 1])

    @property
    def correlation_in_words(self) -> str:
        """`correlation` with two digits, and 0 without a sign."""
        return f"{self.correlation:z.2f}"

    @property
    def bowl(self) -> Bowl:
        """That of a linear unit whose target is its first input."""
        return bowl_of(self.points, self.points[:, :1])


@lru_cache(maxsize=8)
def cloud(way: str) -> PreprocessedCloud:
    """The cloud after preprocessing, which is fitted on its points."""
    normal = torch.randn(POINTS, 2, generator=Config().generator("cloud"), dtype=torch.float64)
    first, second = normal.unbind(1)
    turned = torch.stack([first, CORRELATION * first + (1 - CORRELATION**2) ** 0.5 * second], 1)
    raw = turned * torch.tensor(SPREADS) + torch.tensor(OFFSET)
    mean = raw.mean(0)
    variances, directions = torch.linalg.eigh(torch.cov(raw.T, correction=0))
    arms = CROSS * (directions * variances.sqrt()).T
    transform = preprocessings[WAYS[way]](raw)
    return PreprocessedCloud(
        transform(raw).double().numpy(), transform(torch.cat([mean - arms, mean + arms])).double().numpy()
    )


@lru_cache(maxsize=16)
def pictures(dataset: str, way: str) -> Array:
    """The first SHOWN training pictures (picture, row, column) after one of WAYS. Raises DataUnavailable.

    Decorrelated and whitened ones hold principal components instead of pixels, in reading order, the largest first.
    """
    inputs = load(Config(dataset=dataset, preprocessing=WAYS[way], samples=SAMPLES)).inputs[:SHOWN]
    side = round(inputs.shape[1] ** 0.5)
    shown: Array = inputs.reshape(-1, side, side).double().numpy()
    return shown


def layered(dataset: str, activation: str, way: str) -> Config:
    """The network whose layers are looked at."""
    return Config(
        dataset=dataset,
        activation=activation,
        preprocessing=WAYS[way],
        samples=SAMPLES,
        depth=DEPTH,
        width=WIDTH,
        initializer=INITIALIZERS[activation],
    )


@lru_cache(maxsize=32)
def common(dataset: str, activation: str, way: str) -> Array:
    """The part of a layer's mean square that is the same for every sample, ‖E a‖²/E‖a‖², of the inputs and each hidden
    layer (1 + DEPTH,) of an untrained network. 0 is centred; a linear unit behind the layer cannot tell samples by it.

    Raises DataUnavailable.
    """
    config = layered(dataset, activation, way)
    inputs = load(config).inputs
    with torch.no_grad():
        signals = [inputs, *build(config).trace(inputs).activations]
    return np.array([_common(signal.double().numpy()) for signal in signals])


def _common(signal: Array) -> float:
    return float(np.square(signal.mean(0)).sum() / np.square(signal).mean(0).sum())
