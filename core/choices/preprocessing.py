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


def turning(function: Preprocessing) -> Preprocessing:
    """Register it as one whose features are mixtures of those of the data: they are no longer pixels of a picture."""
    setattr(function, "turns", True)  # noqa: B010  # a function is not known to have it
    return preprocessing(function)


def turns(name: str) -> bool:
    """Whether this way of preprocessing mixes features."""
    return bool(getattr(preprocessings[name], "turns", False))


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


@turning
def decorrelate(training_inputs: Tensor) -> Transform:
    """Subtract the mean and turn the axes to the principal components (PCA), the one that varies most first: features
    are no longer correlated. Where training samples do not vary (less than 1e-12 of the largest variance), 0.
    """
    mean, directions, _ = _principal(training_inputs)
    return _projection(mean, directions)


@turning
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

    Found twice. Beside a component a million times as large, the products of a small one are nothing but rounding, so
    the covariance knows it roughly. Once all are scaled to a variance of about 1, none drowns: what a component still
    shares with larger ones is then taken out of it.
    """
    count, features = inputs.shape
    first = inputs[0].double()
    mean = first + sum((part.double() - first).sum(0) for part in _parts(inputs)) / count  # exact where nothing varies
    rough = _roughly_whitening(inputs, mean)
    shared = torch.linalg.cholesky(_covariance(inputs, mean, rough), upper=True)
    whitening = torch.linalg.solve_triangular(shared, rough, upper=True, left=False)
    lengths = torch.linalg.vector_norm(whitening, dim=0)  # one over the standard deviation
    axes = whitening / lengths
    axes *= axes.gather(0, axes.abs().argmax(0, keepdim=True)).sign()  # either sign would do; this one is chosen
    missing = features - len(lengths)
    return mean, torch.nn.functional.pad(axes, (0, missing)), torch.nn.functional.pad(lengths**-2, (0, missing))


def _roughly_whitening(inputs: Tensor, mean: Tensor) -> Tensor:
    """The directions (feature, component) above the floor, each divided by the standard deviation along it."""
    count, features = inputs.shape
    few = count < features  # then the products of samples have the same variances, and there are fewer of them
    centred = inputs.double() - mean if few else None
    products = _covariance(inputs, mean) if centred is None else centred @ centred.mT / count
    variance, axes = (found.flip(-1) for found in torch.linalg.eigh(products))
    kept = variance > VARIANCE_FLOOR * variance[0].clamp(min=0)
    variance, axes = variance[kept], axes[:, kept]
    whitening: Tensor = axes / variance.sqrt() if centred is None else centred.mT @ axes / (variance * count**0.5)
    return whitening


def _covariance(inputs: Tensor, mean: Tensor, directions: Tensor | None = None) -> Tensor:
    """Of the inputs, or of where they lie along the directions."""
    size = inputs.shape[1] if directions is None else directions.shape[1]
    products = torch.zeros(size, size, dtype=torch.float64)
    for part in _parts(inputs):
        centred = part.double() - mean
        seen = centred if directions is None else centred @ directions
        products += seen.mT @ seen
    return products / len(inputs)


def _projection(mean: Tensor, directions: Tensor) -> Transform:
    """The inputs from the mean, along the directions. Small differences of large inputs need the double precision."""
    return lambda inputs: torch.cat([((part.double() - mean) @ directions).float() for part in _parts(inputs)])


def _parts(inputs: Tensor) -> tuple[Tensor, ...]:
    parts: tuple[Tensor, ...] = inputs.split(ROWS_AT_ONCE)  # type: ignore[no-untyped-call]  # torch has no types here
    return parts
