"""Measures: what is measured of a layer, each defined once.

One decorated function is one measure. It asks by the names of its parameters for what it looks at, and works with any
leading axes, so that it serves one layer, all layers and many networks:

    activation, slope, gradient                a = φ(z), φ'(z) and dL/dz on the probe (…, sample, unit), dL/dz of the
                                               mean loss times the number of samples
    gradient_in_double                         the same dL/dz; where it may be rounding, found in double precision
    ordered_activation, ordered_gradient       their entries in ascending order (…, entry)
    activation_bins, gradient_bins             the bins of the recording
    max_slope                                  max |φ'|: a number, or (…, layer or 1, 1, 1) where it is not one for all
    weight, weight_gradient, update            W, dL/dW of the mean loss on the probe, and the last ΔW: a list with one
                                               matrix (…, fan_out, fan_in) a layer, as their shapes differ
    the name of a measure further up           what that measure gave

All layers that it is given at once have one shape; what is not known of one of them is NaN (see `core.measuring.look`).
It returns one value a layer (…), or with `axis` a row of them (…, axis).
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

import torch
from torch import Tensor

from core.measuring import histograms
from core.measuring.histograms import Bins
from core.registry import Registry

QUANTILES = (0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99)
SATURATED_BELOW = 0.05  # of max |φ'|

SAFE_NORMS = (1e-15, 1e15)  # outside, some squares may have become 0 or infinity in float32

Matrices = Sequence[Tensor]  # one a layer


@dataclass(frozen=True)
class Measure:
    """A function of a layer's tensors, with the words that a chart's axis shows.

    `axis` is the name of the axis it adds ("unit", "bin", "quantile"), None where it gives one value a layer.
    `log` says whether it is read on a logarithmic axis.
    """

    function: Callable[..., Tensor]
    label: str
    axis: str | None = None
    log: bool = False

    def __call__(self, **tensors: Any) -> Tensor:
        """The value for these tensors, given by name."""
        return self.function(**tensors)


measures: Registry[Measure] = Registry("measure")


def measure(
    label: str, *, axis: str | None = None, log: bool = False
) -> Callable[[Callable[..., Tensor]], Callable[..., Tensor]]:
    """Register the decorated function as a measure. The function itself stays as it is."""

    def register(function: Callable[..., Tensor]) -> Callable[..., Tensor]:
        measures.add(function.__name__, Measure(function, label, axis, log), function.__doc__)
        return function

    return register


def closure(names: Iterable[str]) -> frozenset[str]:
    """The measures of these names and everything that they ask for, and that these ask for in turn."""
    wanted: set[str] = set()
    waiting = list(names)
    while waiting:
        name = waiting.pop()
        if name not in wanted:
            wanted.add(name)
            waiting += measures.asks_for(name) if name in measures else ()
    return frozenset(wanted)


@measure("Mean activation")
def activation_mean(activation: Tensor) -> Tensor:
    """Mean of the activations of a layer, over samples and units."""
    mean = activation.mean((-2, -1))
    finite = mean.isfinite()
    if not bool(finite.all()):  # a float32 sum may leave its range while every entry is inside
        mean = torch.where(finite, mean, activation.mean((-2, -1), dtype=torch.float64).to(mean.dtype))
    return mean


@measure("Standard deviation of activations", log=True)
def activation_std(activation: Tensor, activation_mean: Tensor) -> Tensor:
    """Standard deviation of the activations of a layer, over samples and units (biased)."""
    return _root_mean_square(activation - activation_mean[..., None, None])


@measure("Standard deviation of activations over samples", log=True)
def activation_sample_std(activation: Tensor) -> Tensor:
    """Root mean square, over the units, of each one's standard deviation over samples: how far it tells them apart."""
    return _root_mean_square(activation - activation.mean(-2, keepdim=True))


@measure("Activations (count)", axis="bin")
def activation_histogram(ordered_activation: Tensor, activation_bins: Bins) -> Tensor:
    """How many activations of a layer fall into each bin. Exact zeros, NaN and what lies outside have their own."""
    return histograms.histogram(ordered_activation, activation_bins)


@measure("dL/dz (count)", axis="bin")
def gradient_histogram(ordered_gradient: Tensor, gradient_bins: Bins) -> Tensor:
    """How many entries of dL/dz fall into each bin, by powers of ten. Exact zeros, NaN and what lies outside: apart."""
    return histograms.histogram(ordered_gradient, gradient_bins)


@measure("Activation", axis="quantile")
def activation_quantile(ordered_activation: Tensor) -> Tensor:
    """The 1, 5, 25, 50, 75, 95 and 99 % quantiles of the activations of a layer."""
    return histograms.quantiles(ordered_activation, QUANTILES)


@measure("Share of activations that are 0")
def zero_fraction(activation_histogram: Tensor) -> Tensor:
    """Share of the activations of a layer that are exactly zero."""
    return activation_histogram[..., histograms.ZERO] / activation_histogram.sum(-1)


@measure("Share of the probe on which a unit is saturated", axis="unit")
def unit_saturated_fraction(slope: Tensor, max_slope: float | Tensor) -> Tensor:
    """For every unit, the share of the probe's samples on which |φ'(z)| is below 5 % of its maximum."""
    limit = torch.as_tensor(SATURATED_BELOW * max_slope, dtype=slope.dtype, device=slope.device)
    limit = limit.clamp(min=torch.finfo(slope.dtype).tiny)  # so that a function that is flat everywhere is called so
    flat = torch.lt(slope.abs(), limit, out=torch.empty_like(slope)).mean(-2)
    return _nan_where(slope.sum(-2), flat)


@measure("Saturated share of activations")
def saturated_fraction(unit_saturated_fraction: Tensor) -> Tensor:
    """Share of the activations where |φ'(z)| is below 5 % of its maximum: where φ is nearly flat."""
    return unit_saturated_fraction.mean(-1)


@measure("Share of the probe on which a unit is active", axis="unit")
def unit_active_fraction(slope: Tensor) -> Tensor:
    """For every unit, the share of the probe's samples on which φ'(z) is not 0, so on which it can learn."""
    active = torch.ne(slope, 0, out=torch.empty_like(slope)).mean(-2)  # 10 times faster than by way of booleans
    return _nan_where(slope.sum(-2), active)


@measure("Dead share of units")
def dead_fraction(unit_active_fraction: Tensor) -> Tensor:
    """Share of the units of a layer that are dead: φ'(z) is exactly 0 on every sample of the probe."""
    dead = (unit_active_fraction == 0).to(unit_active_fraction.dtype).mean(-1)
    return _nan_where(unit_active_fraction.sum(-1), dead)


@measure("RMS of dL/dz", log=True)
def gradient_rms(gradient: Tensor) -> Tensor:
    """Root mean square of dL/dz, the gradient at the pre-activations, over samples and units."""
    return _root_mean_square(gradient)


@measure("RMS of dL/dz, without rounding", log=True)
def gradient_rms_in_double(gradient_in_double: Tensor) -> Tensor:
    """Root mean square of dL/dz; where that may be only rounding, found again in double precision, and far smaller."""
    return _root_mean_square(gradient_in_double)


@measure("Norm of dL/dW", log=True)
def weight_gradient_norm(weight_gradient: Matrices) -> Tensor:
    """Euclidean norm of dL/dW, the gradient of the mean loss at the weights of a layer."""
    return _norms(weight_gradient)


@measure("Norm of W", log=True)
def weight_norm(weight: Matrices) -> Tensor:
    """Euclidean norm of the weights of a layer."""
    return _norms(weight)


@measure("Share of the weights by which units differ", log=True)
def weight_spread(weight: Matrices, weight_norm: Tensor) -> Tensor:
    """‖W − mean of its rows‖ / ‖W‖: near 0 where all units of a layer are copies. NaN if there is one, or all W are 0.

    Found as √(1 − n‖mean‖²/‖W‖²), which is off by up to 1e-3 near 0 and costs a fraction.
    """
    shared = _norms([matrix.mean(-2, keepdim=True) for matrix in weight])
    rows = torch.tensor([matrix.shape[-2] for matrix in weight], dtype=shared.dtype, device=shared.device)
    share = 1 - rows * (shared / weight_norm).square()
    return torch.where(rows > 1, share.clamp(min=0).sqrt(), torch.nan)


@measure("Update : weight ratio", log=True)
def update_ratio(update: Matrices, weight_norm: Tensor) -> Tensor:
    """‖ΔW‖ / ‖W‖: the size of the last update against the weights it led to. NaN before the first update."""
    return _norms(update) / weight_norm


def _nan_where(sums: Tensor, shares: Tensor) -> Tensor:
    """The shares, NaN where the sum of what was counted is NaN: comparing with NaN would count it as something."""
    return torch.where(sums.isnan(), torch.nan, shares)


def _norms(matrices: Matrices, dtype: torch.dtype | None = None) -> Tensor:
    """The Euclidean norm of each matrix (…, layer); computed in doubles where float32 squares leave their range.

    Returned as doubles always: what becomes of one network must not decide how that of another is rounded.
    """
    norms = [torch.linalg.vector_norm(matrix, dim=(-2, -1), dtype=dtype) for matrix in matrices]
    if not norms:
        return torch.empty(0)
    together = torch.stack(norms, -1).double()
    if dtype is None and bool((unsafe := _unsafe(together)).any()):
        together = torch.where(unsafe, _norms(matrices, torch.float64), together)
    return together


def _root_mean_square(values: Tensor) -> Tensor:
    norm: Tensor = torch.linalg.vector_norm(values, dim=(-2, -1)).double()  # see _norms
    if bool((unsafe := _unsafe(norm)).any()):
        norm = torch.where(unsafe, torch.linalg.vector_norm(values, dim=(-2, -1), dtype=torch.float64), norm)
    return norm / sqrt(values.shape[-2] * values.shape[-1])


def _unsafe(norms: Tensor) -> Tensor:
    return (norms < SAFE_NORMS[0]) | (norms > SAFE_NORMS[1])
