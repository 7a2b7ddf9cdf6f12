"""Samples: what every data set gives, what a visitor's own table is, and the errors where one cannot be had."""

from dataclasses import dataclass, field

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


@dataclass(frozen=True, eq=False)
class Table:
    """A table to learn from. inputs: (sample, feature) float64, or uint8 where there
    are many. targets: (sample,) class numbers; or, where `classes`
    is empty, a regression, (sample, 1) float64. `dropped` rows missed a value, in `filled` ones a gap was filled;
    `left_out` were too many. `file` is the name of the file.
    """

    digest: str
    features: tuple[str, ...]
    target: str
    classes: tuple[str, ...]
    inputs: Tensor = field(repr=False)
    targets: Tensor = field(repr=False)
    dropped: int
    left_out: int
    file: str = ""
    filled: int = 0

    @property
    def nbytes(self) -> int:
        """Memory that the numbers take."""
        return self.inputs.nbytes + self.targets.nbytes


class DataUnavailable(Exception):  # noqa: N818  # a state of the world, said as one
    """Data are neither on this machine nor to be had elsewhere. The message says what to do."""


class TableError(ValueError):
    """A file, or what is to be made of it, that is no table to learn from. The message says why in one sentence."""
