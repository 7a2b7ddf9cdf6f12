"""Samples: what every data set gives, and what is said where one cannot be had."""

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Samples:
    """All that a data set has. Multiplying `inputs` by `scale` gives the values that count as raw.

    inputs: (sample, feature), any dtype. targets: (sample,), class numbers from 0; or, where `classes` is 0, the
    numbers of a regression as float32, (sample, output). The last `official_test` samples are the test set of its
    authors: validation is drawn from them alone. 0 where there is no such set.
    """

    inputs: Tensor
    targets: Tensor
    classes: int
    scale: float = 1.0
    official_test: int = 0


class DataUnavailable(Exception):  # noqa: N818  # a state of the world, said as one
    """Data are neither on this machine nor to be had elsewhere. The message says what to do."""
