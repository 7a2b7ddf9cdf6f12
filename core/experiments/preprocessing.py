"""What preprocessing does to the loss of a linear unit: how curved it is, how large steps may be, how long it takes.

Also what it does to a cloud of points, to pictures, and to the layers behind the first one.
"""

from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from math import inf

import numpy as np
import torch
import xarray as xr

from core.array import Array
from core.choices.preprocessing import VARIANCE_FLOOR, preprocessings
from core.config import Config
from core.datasets import datasets
from core.networks import build
from core.networks.data import load

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
STEPS = np.unique([0, *np.logspace(0, 4, 81).round()])  # after which it is told what is left of the loss
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

    No Dataset, for this is less what was found than something to ask: what is left after any number of steps, at any
    rate. Both arrays lie along its one axis, of which each bowl has a length of its own. `descents` has the answers by
    name.
    """

    curvatures: Array
    heights: Array

    @property
    def condition(self) -> float:
        """The largest curvature over the smallest."""
        return float(self.curvatures[0] / self.curvatures[-1])

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


def descents(bowls: dict[str, Bowl], share: float) -> xr.Dataset:
    """Gradient descent in the bowl of each `way`, at `share` of the stable rate of each.

    left (way, step): what is left of the loss after STEPS, as a part; and for each way the stable_rate, the condition
    number, and steps: the first after which REACHED is left, infinite where there is none.
    """
    each = bowls.values()
    return xr.Dataset(
        {
            "left": (("way", "step"), [bowl.left(STEPS, share) for bowl in each]),
            "stable_rate": ("way", [bowl.stable_rate for bowl in each]),
            "condition": ("way", [bowl.condition for bowl in each]),
            "steps": ("way", [float(bowl.steps(share)) for bowl in each]),
        },
        {"way": list(bowls), "step": STEPS},
        {"share": share, "reached": REACHED, "most_steps": MOST_STEPS},
    )


@lru_cache(maxsize=8)
def cloud(way: str) -> xr.Dataset:
    """A cloud of points in the plane and a cross, after one of WAYS, which is fitted on the points.

    point (sample, feature); cross (end, arm, feature): where each arm starts and stops. Before preprocessing the cross
    stands in the middle of the points, along the directions in which they vary least and most. correlation: of the two
    features; condition and stable_rate: of the bowl of a linear unit whose target is its first input.
    """
    raw = _raw_cloud()
    mean = raw.mean(0)
    variances, directions = torch.linalg.eigh(torch.cov(raw.T, correction=0))
    arms = CROSS * (directions * variances.sqrt()).T
    transform = preprocessings[WAYS[way]](raw)
    points = transform(raw).double().numpy()
    cross = transform(torch.cat([mean - arms, mean + arms])).double().numpy()
    bowl = bowl_of(points, points[:, :1])
    return xr.Dataset(
        {
            "point": (("sample", "feature"), points),
            "cross": (("end", "arm", "feature"), cross.reshape(2, 2, 2)),
            "correlation": float(np.corrcoef(points.T)[0, 1]),
            "condition": bowl.condition,
            "stable_rate": bowl.stable_rate,
        },
        {"way": way, "feature": ["first", "second"], "end": ["start", "stop"]},
    )


def _raw_cloud() -> torch.Tensor:
    normal = torch.randn(POINTS, 2, generator=Config().generator("cloud"), dtype=torch.float64)
    first, second = normal.unbind(1)
    turned = torch.stack([first, CORRELATION * first + (1 - CORRELATION**2) ** 0.5 * second], 1)
    return turned * torch.tensor(SPREADS) + torch.tensor(OFFSET)


@lru_cache(maxsize=16)
def pictures(dataset: str, way: str) -> xr.Dataset:
    """The first SHOWN training pictures after one of WAYS: value (picture, row, column). Raises DataUnavailable.

    Decorrelated and whitened ones hold principal components instead of pixels, in reading order, the largest first.
    """
    inputs = load(Config(dataset=dataset, preprocessing=WAYS[way], samples=SAMPLES)).inputs[:SHOWN]
    side = round(inputs.shape[1] ** 0.5)
    value = inputs.reshape(-1, side, side).double().numpy()
    return xr.Dataset({"value": (("picture", "row", "column"), value)}, {"way": way, "dataset": dataset})


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


@lru_cache(maxsize=8)
def common(dataset: str, activation: str) -> xr.Dataset:
    """What all samples have in common in the layers of an untrained network. Raises DataUnavailable.

    share (way, layer): the part of a layer's mean square that is the same for every sample, ‖E a‖²/E‖a‖², for each of
    COMPARED. Layer 0 is the input. 0 is centred; a linear unit behind the layer cannot tell samples by it.
    """
    shares = [_shares(layered(dataset, activation, way)) for way in COMPARED]
    coordinates = {"way": list(COMPARED), "layer": range(1 + DEPTH), "activation": activation}
    return xr.Dataset({"share": (("way", "layer"), shares)}, coordinates)


def _shares(config: Config) -> list[float]:
    inputs = load(config).inputs
    with torch.no_grad():
        signals = [inputs, *build(config).trace(inputs).activations]
    return [_common(signal.double().numpy()) for signal in signals]


def _common(signal: Array) -> float:
    return float(np.square(signal.mean(0)).sum() / np.square(signal).mean(0).sum())
