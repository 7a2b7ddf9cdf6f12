"""Histograms and quantiles of sorted values: nothing is dropped.

Sorting once answers everything: a count is a difference of positions, a quantile is an entry. A histogram has one row of
bins: below the edges, BINS between them, above them, exactly zero, and NaN, so its counts always sum to the number of
entries. Exact zeros are counted apart from the bin around them.
"""

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from core.activations import Activation

HALF = 30
BINS = 2 * HALF + 1  # odd, so that a bin of a symmetric axis has 0 in its middle
BIN_KINDS = ("below", *["inside"] * BINS, "above", "zero", "nan")

SMALLEST_GRADIENT = 1e-11
LARGEST_GRADIENT = 1e4  # 15 decades, two bins each
FIRST_LAYER_ROOM = 8.0  # the axis shows at most this many times the spread of layer 1; what grows beyond is "above"
TRAINING_ROOM = 2.0  # activations of a healthy ReLU net about double while it learns


def sort(values: Tensor) -> Tensor:
    """The entries of the last axis in ascending order, NaN last."""
    if values.device.type == "cpu":  # numpy's vectorised sort is 25 times faster than torch.sort there
        return torch.from_numpy(np.sort(values.detach().numpy(), axis=-1))
    return torch.sort(values, dim=-1).values


def histogram(ordered: Tensor, edges: Tensor) -> Tensor:
    """Counts (…, BIN_KINDS) of sorted values (…, entry) between `edges` (BINS + 1,), the outer edges included."""
    nans = ordered.isnan().sum(-1, keepdim=True)
    if bool(nans.any()):
        ordered = torch.where(ordered.isnan(), torch.inf, ordered)
    numbers = ordered.shape[-1] - nans
    less = _positions(ordered, torch.cat([edges[:-1], edges.new_zeros(1)]), right=False)
    not_more = _positions(ordered, torch.stack([edges[-1], edges.new_zeros(())]), right=True)
    inside_from, not_beyond = less[..., :-1], not_more[..., :1]
    inside = torch.diff(torch.cat([inside_from, not_beyond], -1))
    zeros = not_more[..., 1:] - less[..., -1:]
    inside[..., int(torch.searchsorted(edges[1:-1], 0.0, right=True))] -= zeros[..., 0]
    return torch.cat([inside_from[..., :1], inside, numbers - not_beyond, zeros, nans], -1)


def quantiles(ordered: Tensor, shares: Sequence[float]) -> Tensor:
    """The quantiles (…, share) of sorted values (…, entry), linearly interpolated; NaN where an entry is NaN."""
    position = torch.tensor(shares, device=ordered.device) * (ordered.shape[-1] - 1)
    low, high = ordered[..., position.floor().long()], ordered[..., position.ceil().long()]
    between = torch.where(low == high, low, torch.lerp(low, high, position - position.floor()))
    return torch.where(ordered[..., -1:].isnan(), torch.nan, between)


def activation_edges(activation: Activation, ordered: Tensor) -> Tensor:
    """Bin edges (BINS + 1,) for the sorted activations (…, layer, entry) of the untrained network.

    A bounded activation is shown over its whole range. Otherwise the axis follows the widest layer, as far as that is
    not many times wider than the first: a network that explodes leaves the axis and is counted as "above".
    """
    reach = quantiles(ordered.abs(), (0.99,)) if activation.low >= 0 else ordered[..., [0, -1]].abs().amax(-1, True)
    spread = reach.flatten().nan_to_num(0.0, posinf=0.0)
    widest = min(float(spread.max()), FIRST_LAYER_ROOM * float(spread[0])) if len(spread) else 0.0
    limit = round_up(TRAINING_ROOM * widest) if widest > 0 else 1.0
    return torch.linspace(max(activation.low, -limit), min(activation.high, limit), BINS + 1)


def gradient_edges() -> Tensor:
    """Bin edges (BINS + 1,), evenly spaced in the logarithm on both sides of zero: the same for every recording."""
    side = torch.logspace(float(np.log10(SMALLEST_GRADIENT)), float(np.log10(LARGEST_GRADIENT)), HALF + 1)
    return torch.cat([-side.flip(0), side])


def round_up(value: float) -> float:
    """The next number of the form 1, 2 or 5 times a power of ten."""
    power = 10.0 ** np.floor(np.log10(value))
    return float(next(step * power for step in (1, 2, 5, 10) if step * power >= value * (1 - 1e-9)))


def _positions(ordered: Tensor, values: Tensor, *, right: bool) -> Tensor:
    """How many entries are less than each value (or, with `right`, not more than it)."""
    wanted = values.to(ordered).expand(*ordered.shape[:-1], len(values)).contiguous()
    return torch.searchsorted(ordered, wanted, right=right)
