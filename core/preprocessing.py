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
def none(training_inputs: Tensor) -> Transform:
    """Inputs as they are. Pixels are then all positive."""
    return lambda inputs: inputs
