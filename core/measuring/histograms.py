"""Histograms and quantiles of sorted values: nothing is dropped.

Sorting once answers everything: a count is a difference of positions, a quantile is an entry. A histogram has one row
of bins: below the edges, BINS between them, above them, exactly zero, and NaN, so its counts always sum to the number
of entries. Exact zeros are counted apart from the bin around them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf, isfinite
from typing import NamedTuple, Protocol, Self

import numpy as np
import torch
from torch import Tensor

HALF = 30
BINS = 2 * HALF + 1  # odd, so that a bin of a symmetric axis has 0 in its middle
BIN_KINDS = ("below", *["inside"] * BINS, "above", "zero", "nan")
ZERO = BIN_KINDS.index("zero")

SMALLEST_GRADIENT = 1e-11
LARGEST_GRADIENT = 1e4  # 15 decades, two bins each
FIRST_LAYER_ROOM = 8.0  # the axis shows at most this many times the spread of layer 1; what grows beyond is "above"
ROUND = (1, 1.5, 2, 3, 4, 5, 6, 8, 10)
USUAL, FAR = 0.1, 0.01  # the tails beyond which activations are unusual, and beyond which the axis follows none
TAIL = 5.0  # the axis shows at most this many times what is usual: beyond that lie outliers, however many
ROUNDING = 2e-4  # what is smaller may be nothing else: 2⁻²⁴ of numbers up to 10, over the √1e-5 of a normalization
TRAINING_ROOM = 2.0  # activations of a healthy ReLU net about double while it learns


def sort(values: Tensor) -> Tensor:
    """The entries of the last axis in ascending order, NaN last."""
    if values.device.type == "cpu":  # numpy's vectorised sort is 25 times faster than torch.sort there
        return torch.from_numpy(np.sort(values.detach().numpy(), axis=-1))
    return torch.sort(values, dim=-1).values


@dataclass(frozen=True)
class Bins:
    """BINS adjoining intervals between `edges` (…, BINS + 1), ascending. The last one includes its right edge.

    `cuts` are the numbers below which entries are counted: the edges, then both sides of exactly zero. `zero_bin` is
    the position (…, 1) of the bin around zero. Those of many networks have a leading axis, cuts (run, 1, cut) and
    zero_bin (run, 1, 1) one more for the layers.
    """

    edges: Tensor
    cuts: Tensor
    zero_bin: Tensor

    @classmethod
    def between(cls, edges: Tensor) -> Self:
        """The bins with these edges."""
        zero = edges.new_zeros(1)
        top_and_zero = torch.cat([edges[-1:], zero])
        beyond = torch.nextafter(top_and_zero, top_and_zero.new_tensor(torch.inf))
        cuts = torch.cat([edges[:-1], beyond[:1], zero, beyond[1:]])
        return cls(edges, cuts, torch.searchsorted(edges[1:-1], zero, right=True))

    @classmethod
    def stack(cls, bins: Sequence[Self]) -> Self:
        """The bins of many networks."""
        cuts, zero_bin = (torch.stack([getattr(each, name) for each in bins]) for name in ("cuts", "zero_bin"))
        return cls(torch.stack([each.edges for each in bins]), cuts.unsqueeze(1), zero_bin.unsqueeze(1))


def histogram(ordered: Tensor, bins: Bins) -> Tensor:
    """Counts (…, BIN_KINDS) of sorted values (…, entry)."""
    nans = ordered.new_zeros((*ordered.shape[:-1], 1), dtype=torch.int64)
    if bool(ordered[..., -1].isnan().any()):
        nans = ordered.isnan().sum(-1, keepdim=True)
        ordered = torch.where(ordered.isnan(), torch.inf, ordered)
    cuts = bins.cuts.expand(*ordered.shape[:-1], -1).contiguous()
    less = torch.searchsorted(ordered, cuts)
    zeros = less[..., -1:] - less[..., -2:-1]
    inside = torch.diff(less[..., :-2])
    inside.scatter_add_(-1, bins.zero_bin.expand(zeros.shape), -zeros)
    above = ordered.shape[-1] - nans - less[..., BINS : BINS + 1]
    return torch.cat([less[..., :1], inside, above, zeros, nans], -1)


def quantiles(ordered: Tensor, shares: Sequence[float]) -> Tensor:
    """The quantiles (…, share) of sorted values (…, entry), linearly interpolated; NaN where an entry is NaN."""
    position = torch.tensor(shares, device=ordered.device) * (ordered.shape[-1] - 1)
    low, high = ordered[..., position.floor().long()], ordered[..., position.ceil().long()]
    between = torch.where(low == high, low, torch.lerp(low, high, position - position.floor()))
    return torch.where(ordered[..., -1:].isnan(), torch.nan, between)


class Bounded(Protocol):
    """What an activation lies between; infinite where there is no bound."""

    @property
    def low(self) -> float:
        """The lower bound."""
        ...

    @property
    def high(self) -> float:
        """The upper bound."""
        ...


class Bounds(NamedTuple):
    """Bounds that are known without an activation, or are not known."""

    low: float = -inf
    high: float = inf


def activation_bins(bounds: Bounded, *ordered: Tensor) -> Bins:
    """The bins for the sorted activations (…, layer, entry) of the untrained network, the first layer's first.

    A bounded activation is shown over its whole range. Otherwise the axis follows the widest layer, as far as that is
    not many times wider than the first: a network that explodes leaves the axis and is counted as "above". It follows
    quantiles, so that an outlier leaves it, too, and is counted as "below" or "above"; and no rounding of what is 0.
    """
    lowest, highest, device = bounds.low, bounds.high, ordered[0].device
    if isfinite(lowest) and isfinite(highest):
        return Bins.between(torch.linspace(lowest, highest, BINS + 1, device=device))
    spread = torch.cat([_reach(each, lowest).flatten() for each in ordered]).nan_to_num(0.0, posinf=0.0)
    widest = min(float(spread.max()), FIRST_LAYER_ROOM * float(spread[0])) if len(spread) else 0.0
    limit = round_up(TRAINING_ROOM * widest) if widest > ROUNDING else 1.0
    low, high = max(lowest, -limit), min(highest, limit)
    return Bins.between(torch.linspace(low, high, BINS + 1, device=device))


def _reach(ordered: Tensor, lowest: float) -> Tensor:
    """How far the sorted activations (…, layer, entry) of each layer lie from 0, without their outliers."""
    if lowest >= 0:  # most of them may be 0, so there is no telling what is usual
        return quantiles(ordered, (1 - FAR,))
    far, usual = (quantiles(ordered, (tail, 1 - tail)).abs().amax(-1, True) for tail in (FAR, USUAL))
    return torch.where(usual > 0, torch.minimum(far, TAIL * usual), far)


def gradient_bins(device: torch.device | None = None) -> Bins:
    """Bins evenly spaced in the logarithm on both sides of zero: the same for every recording."""
    low, high = float(np.log10(SMALLEST_GRADIENT)), float(np.log10(LARGEST_GRADIENT))
    side = torch.logspace(low, high, HALF + 1, device=device)
    return Bins.between(torch.cat([-side.flip(0), side]))


def round_up(value: float) -> float:
    """The next round number: one of ROUND times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in ROUND if step * power >= value * (1 - 1e-9)))
