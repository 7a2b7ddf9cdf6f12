"""The walk: forward through the layers of the untrained network and back, as an infinitely wide one would.

Samples differ in size and are alike in part, so both are followed: mean squares for groups of samples, products for
groups of pairs. From them come q and the correlations of every layer, and on the way back the size of dL/dz and how
alike the gradients of two samples are.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.config import Config
from core.curves import curve
from core.normalizations import EPSILON
from core.recording import Array
from core.theory.formulas import squared_error
from core.theory.gauss import TINY, Layer, at
from core.theory.inputs import Inputs, is_batch_normed
from core.theory.variances import Variance, variance

UNEVEN = 1e-9  # below it, the mean of an activation is 0


class Signal(NamedTuple):
    """What goes into a layer, as means over its units: a² for groups of samples, a·a' for groups of pairs.

    `roots` are the a² of those pairs. `shown` is a·a' for the samples that stand for the probe, and `sizes` their a².
    """

    squares: Array
    products: Array
    roots: Array
    shown: Array
    sizes: Array


class Station(NamedTuple):
    """What a hidden layer's pre-activations are: q of groups of samples, and their correlations for groups of pairs.

    shown: the correlations of each two of the samples that stand for the probe, whose q are `spreads`. signal: what
    goes in. norm: 1/(variance + ε) of batch norm, 1 without it.
    """

    signal: Signal
    q: Array
    correlation: Array
    shown: Array
    spreads: Array
    norm: float


@dataclass(frozen=True, eq=False)
class Walk:
    """What is known of every layer, input side first.

    layers: pre-activations (layer, group of samples); middle: those of a sample of mean size (layer,). correlation:
    (layer, group of pairs). norms: (layer,). backward: E(dL/dz)² (layer, group of samples). likeness: cosines of the
    gradients of two samples (layer + 1, group of pairs), the last row those at the logits.
    """

    config: Config
    probe: Inputs
    first: Variance
    hidden: Variance
    stations: list[Station]
    layers: Layer
    middle: Layer
    correlation: Array
    norms: Array
    backward: Array
    likeness: Array

    @property
    def bias(self) -> float:
        """The mean of pre-activations over units."""
        return float(self.middle.bias)

    def over_pairs(self, itself: Array, others: Array) -> Array:
        """The mean over all pairs of samples, each with itself too."""
        return over_pairs(self.probe, itself, others)


def over_pairs(probe: Inputs, itself: Array, others: Array) -> Array:
    """The mean over all pairs of the probe's samples, of what is given for one with itself and for others (…, pair)."""
    if probe.samples == 1:
        return itself
    return itself / probe.samples + (1 - 1 / probe.samples) * (others @ probe.pairs.weights)


def walk(config: Config, probe: Inputs) -> Walk:
    """Forward through the layers of a Config, then back."""
    width, phi = config.width, curve(config)
    sizes = (width, probe.features), (width, width), (probe.classes, width)
    first, hidden, last = (variance(config, fan_out, fan_in) for fan_out, fan_in in sizes)
    bias = 0.0 if is_batch_normed(config) else config.bias_init
    stations, signal = [], _inputs(probe)
    for drawn in [first, *[hidden] * (config.depth - 1)]:
        stations.append(_station(signal, drawn, is_batch_normed(config)))
        signal = _passed(stations[-1], Layer(phi, stations[-1].q, bias), probe, is_batch_normed(config))
    q, correlation, norms = (np.array([getattr(s, name) for s in stations]) for name in ("q", "correlation", "norm"))
    layers, middle = Layer(phi, q, bias), Layer(phi, q.mean(1), bias)
    logits = last.weights * layers.mean_square[-1] + last.bias
    errors = _errors(probe.classes, logits)
    steps = layers.slope_square * np.array([*hidden.weights * norms[1:], last.weight])[:, None]
    backward = np.cumprod(steps[::-1], 0)[::-1] * errors
    alike = last.weights * at(middle.series(middle.phi), correlation)[-1] + last.bias
    start = _likeness(probe, alike / max(float(logits.mean()), TINY), float(logits.mean()), float(errors.mean()))
    passed = at(middle.series(middle.slope), correlation) / np.maximum(middle.slope_square, TINY)[:, None]
    likeness = np.cumprod(np.array([start, *passed[::-1]]), 0)[::-1]
    return Walk(config, probe, first, hidden, stations, layers, middle, correlation, norms, backward, likeness)


def _inputs(probe: Inputs) -> Signal:
    sizes = np.diag(probe.products)
    return Signal(probe.squares, probe.pairs.products, probe.pairs.roots, probe.products, sizes)


def _station(signal: Signal, drawn: Variance, batch_norm: bool) -> Station:
    """What a layer's weights and biases, and batch norm, make of the signal."""
    norm = 1 / (drawn.weights * float(signal.squares.mean()) + EPSILON) if batch_norm else 1.0
    weights, constant = drawn.weights * norm, 0.0 if batch_norm else drawn.bias
    q, spreads = weights * signal.squares + constant, weights * signal.sizes + constant
    correlation = (weights * signal.products + constant) / np.maximum(weights * signal.roots + constant, TINY)
    shown = (weights * signal.shown + constant) / np.maximum(np.sqrt(np.outer(spreads, spreads)), TINY)
    np.fill_diagonal(shown, 1.0)
    return Station(signal, q, np.clip(correlation, -1, 1), np.clip(shown, -1, 1), spreads, norm)


def _passed(station: Station, layer: Layer, probe: Inputs, batch_norm: bool) -> Signal:
    """What comes out of a layer; under batch norm, less what the samples have in common, which does not pass it."""
    middle = Layer(layer.curve, station.q.mean(), layer.bias)
    series, square = middle.series(middle.phi), middle.mean_square
    products, squares = at(series, station.correlation), layer.mean_square
    if batch_norm:
        common, mean = over_pairs(probe, square, products), float(layer.mean.mean())
        shares = 2 * layer.mean / mean - 1 if abs(mean) > UNEVEN else 1.0
        squares = np.maximum(squares - common * shares, 0)
        series[0] -= common
        products, square = products - common, square - common
    sizes = np.interp(station.spreads, station.q, squares)
    shown = at(series, station.shown.ravel()).reshape(station.shown.shape)
    return Signal(squares, products, square, shown * np.sqrt(np.outer(sizes, sizes)) / max(float(square), TINY), sizes)


def _errors(classes: int, logits: Array) -> Array:
    """E Σ(p − y)² for groups of samples whose logits have these variances: computed for a few, interpolated between."""
    low, high = float(logits.min()), float(logits.max())
    if not 0 < low < high < np.inf:
        return np.full(len(logits), squared_error(classes, high) if high < np.inf else np.nan)
    few = np.geomspace(low, high, 4)
    return np.interp(logits, few, [squared_error(classes, q) for q in few])


def _likeness(probe: Inputs, alike: Array, logits: float, error: float) -> Array:
    """The cosines of p − y of two samples, by how alike their logits are.

    E p·p' is 1/C for unlike logits and S = E Σp² for equal ones. In between, its first term is known, by
    E ∂p/∂logit, and the rest is taken as a cube.
    """
    classes, alike = probe.classes, np.clip(alike, -1, 1)
    same = error - 1 + 2 / classes
    linear = min(same - 1 / classes, logits * (1 - same) ** 2 / max(1, classes - 1))
    product = 1 / classes + linear * alike + (same - 1 / classes - linear) * alike**3
    cosines: Array = (product - 2 / classes + probe.pairs.same) / error
    return cosines
