"""Curves: φ and φ' of a Config for numpy's arrays, so that what computes with them needs no torch.

This is the one place through which theory asks for an activation.
"""

from dataclasses import dataclass

import numpy as np
import torch

from core.array import Array
from core.choices.phi import Phi
from core.config import Config
from core.config.chosen import phi


@dataclass(frozen=True)
class Curve:
    """φ and its slope, elementwise, in the precision of the array. `max_slope` is max |φ'|."""

    activation: Phi

    @property
    def max_slope(self) -> float:
        """The largest |φ'|; 0 where φ has no slope anywhere."""
        return self.activation.max_slope

    @property
    def pieces(self) -> int:
        """How many linear functions a unit has, of which φ gets the largest."""
        return self.activation.activation.pieces

    def phi(self, z: Array) -> Array:
        """φ(z)."""
        with torch.no_grad():
            values: Array = self.activation(_tensor(z)).numpy()
        return values

    def slope(self, z: Array) -> Array:
        """φ'(z), as backpropagation uses it."""
        values: Array = self.activation.slope(_tensor(z)).numpy()
        return values


def curve(config: Config) -> Curve:
    """The curve of the hidden units of a Config."""
    return Curve(phi(config))


def normal_cdf(standard: Array) -> Array:
    """Φ: the probability that a standard normal number lies below each of these."""
    values: Array = torch.special.ndtr(_tensor(np.asarray(standard, np.float64))).numpy()
    return values


def _tensor(values: Array) -> torch.Tensor:
    return torch.from_numpy(np.array(values, order="C"))  # a copy: torch warns of arrays that must not be written to
