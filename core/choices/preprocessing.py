"""Preprocessing: what is done to the inputs before the network sees them.

One decorated function is one way. It looks at the training inputs (sample, feature) only, and returns the function that
is then applied to any inputs: what is fitted on the training data is used unchanged on the rest.
"""

from collections.abc import Callable

import torch
from torch import Tensor

from core.registry import Registry

Transform = Callable[[Tensor], Tensor]
Preprocessing = Callable[[Tensor], Transform]

preprocessings: Registry[Preprocessing] = Registry("preprocessing")


def preprocessing(function: Preprocessing) -> Preprocessing:
    """Register the decorated function as a way of preprocessing."""
    return preprocessings.add(function.__name__, function, function.__doc__)


@preprocessing
def standardize(training_inputs: Tensor) -> Transform:
    """Subtract the mean and divide by the standard deviation of each feature. A feature that never varies becomes 0."""
    deviation, mean = torch.std_mean(training_inputs, 0, correction=0)  # exact where nothing varies
    deviation[deviation == 0] = 1.0
    return lambda inputs: (inputs - mean) / deviation


@preprocessing
def center(training_inputs: Tensor) -> Transform:
    """Subtract the mean of each feature, so that inputs are positive as often as negative."""
    _, mean = torch.std_mean(training_inputs, 0, correction=0)  # unlike mean(0), exact where nothing varies
    return lambda inputs: inputs - mean


@preprocessing
def unit_range(training_inputs: Tensor) -> Transform:
    """Shift and stretch each feature so that it runs from 0 to 1 on the training samples; others may lie a little
    outside. A feature that never varies becomes 0.
    """
    low, high = training_inputs.aminmax(dim=0)
    extent = torch.where(high > low, high - low, 1.0)
    return lambda inputs: (inputs - low) / extent


@preprocessing
def decorrelate(training_inputs: Tensor) -> Transform:
    """Subtract the mean and turn the axes to the principal components (PCA), the one that varies most first: features
    are no longer correlated. Where training samples do not vary (less than 1e-12 of the largest variance), 0.
    """
    mean, directions, _ = _principal(training_inputs)
    return _projection(mean, directions)


@preprocessing
def whiten(training_inputs: Tensor) -> Transform:
    """Turn the axes to the principal components (PCA), then divide each by its standard deviation: uncorrelated, all
    of variance 1. Where training samples do not vary (less than 1e-12 of the largest variance), 0.
    """
    mean, directions, variance = _principal(training_inputs)
    return _projection(mean, directions / torch.where(variance > 0, variance, 1.0).sqrt())


@preprocessing
def none(training_inputs: Tensor) -> Transform:
    """Inputs as they are. Pixels are then all positive."""
    return lambda inputs: inputs


# Of the largest variance: above what the rounding of float32 makes of directions that do not vary, some 1e-15.
VARIANCE_FLOOR = 1e-12
ROWS_AT_ONCE = 4096  # that are held in double precision


def _principal(inputs: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The mean (feature,), and for each principal component, largest first, its direction (feature, component) of
    length 1 and the variance along it. Both are 0 for components below the floor. In double precision.

    From the singular values of what was centred: those of its products, its covariance, are the squares, so beside a
    component a million times as large a small one would be nothing but rounding.
    """
    count, features = inputs.shape
    first = inputs[0].double()
    mean = first + sum((part.double() - first).sum(0) for part in _parts(inputs)) / count  # exact where nothing varies
    _, lengths, turned = torch.linalg.svd(_triangle(inputs, mean), full_matrices=False)
    variance, axes = lengths.square() / count, turned.mT
    kept = variance > VARIANCE_FLOOR * variance[0]
    axes = axes * axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()  # either sign would do; this one is chosen
    missing = features - len(variance)
    directions = torch.nn.functional.pad(axes * kept, (0, missing))
    return mean, directions, torch.nn.functional.pad(variance * kept, (0, missing))


def _triangle(inputs: Tensor, mean: Tensor) -> Tensor:
    """What has the same principal components as the inputs from the mean, in no more rows than there are features."""
    triangle = torch.empty(0, inputs.shape[1], dtype=torch.float64)
    for part in _parts(inputs):
        triangle = torch.linalg.qr(torch.cat([triangle, part.double() - mean]), mode="r").R
    return triangle


def _projection(mean: Tensor, directions: Tensor) -> Transform:
    """The inputs from the mean, along the directions. Small differences of large inputs need the double precision."""
    return lambda inputs: torch.cat([((part.double() - mean) @ directions).float() for part in _parts(inputs)])


def _parts(inputs: Tensor) -> tuple[Tensor, ...]:
    parts: tuple[Tensor, ...] = inputs.split(ROWS_AT_ONCE)  # type: ignore[no-untyped-call]  # torch has no types here
    return parts
