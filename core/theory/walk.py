"""The walk: forward through the layers of the untrained network and back, as an infinitely wide one would.

Samples differ in size and are alike in part, so both are followed: mean squares for groups of samples, products for
groups of pairs. From them come q and the correlations of every layer, and on the way back the size of dL/dz and how
alike the gradients of two samples are.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from core.array import Array
from core.choices.normalizations import EPSILON
from core.config import Config
from core.networks.curves import curve
from core.theory.errors import ERRORS, Errors, Outputs
from core.theory.gauss import TINY, GaussianLayer, at
from core.theory.inputs import Inputs, is_batch_normed
from core.theory.maxout import layer_of
from core.theory.variances import Variance, variance

UNEVEN = 1e-9  # below it, the mean of an activation is 0


class Signal(NamedTuple):
    """What goes into a layer, as means over its units: a² for groups of samples, a·a' for groups of pairs.

    `roots` are the a² of those pairs, or one for all. `shown` is a·a' for the samples that
    stand for the probe, and `sizes` their a².
    """

    squares: Array
    products: Array
    roots: Array
    shown: Array
    sizes: Array


class Station(NamedTuple):
    """What a hidden layer's pre-activations are: q of groups of samples, and their correlations for groups of pairs.

    shown: the correlations of each two of the samples that stand for the probe, whose q are `spreads`. signal: what
    goes in. norm: what a normalization multiplies squares by, 1 without one, for groups of samples; pair_norm: for
    groups of pairs.
    """

    signal: Signal
    q: Array
    correlation: Array
    shown: Array
    spreads: Array
    norm: Array
    pair_norm: Array


@dataclass(frozen=True, eq=False)
class Walk:
    """What is known of every layer, input side first.

    layers: pre-activations (layer, group of samples); middle: those of a sample of mean size (layer,). correlation and
    pair_norms: (layer, group of pairs). norms: (layer, group of samples). backward: E(dL/dz)² (layer, group of
    samples), NaN where nothing is known of the loss. likeness: cosines of dL/dz of two samples (layer, group of pairs);
    arriving: the same before it passes the slope. gates: how often both take the same piece of a unit. errors: with
    what the way back begins.
    """

    config: Config
    probe: Inputs
    first: Variance
    hidden: Variance
    last: Variance
    stations: list[Station]
    layers: GaussianLayer
    middle: GaussianLayer
    correlation: Array
    norms: Array
    pair_norms: Array
    backward: Array
    likeness: Array
    arriving: Array
    gates: Array
    errors: Errors

    @property
    def bias(self) -> float:
        """The mean of pre-activations over units."""
        return float(self.middle.bias)

    @property
    def knows_gradient(self) -> bool:
        """Whether there is a theory of the gradient, too."""
        return self.probe.loss in ERRORS

    @property
    def echo(self) -> float:
        """By how much, to first order in 1/width, squared errors raise (dL/dz)² of layer 1 above what is expected: the
        outputs are a part of these errors, and go back through the weights that made them. Each layer adds to it.
        """
        return (self.probe.outputs + 1) * self.config.depth / self.config.width if self.probe.loss == "mse" else 0.0

    def over_pairs(self, itself: Array, others: Array) -> Array:
        """The mean over all pairs of samples, each with itself too."""
        return over_pairs(self.probe, itself, others)


def over_pairs(probe: Inputs, itself: Array, others: Array) -> Array:
    """The mean over all pairs of the probe's samples, of what is given for one with itself and for others (…, pair)."""
    if probe.samples == 1:
        return itself
    return itself / probe.samples + (1 - 1 / probe.samples) * (others @ probe.pairs.weights)


NORMS: dict[str, Callable[[Array, float], Array]] = {  # of variances, and of their mean over the probe
    "none": lambda variance, mean: np.ones_like(variance),
    "batch_norm": lambda variance, mean: np.full_like(variance, 1 / (mean + EPSILON)),
    "layer_norm": lambda variance, mean: 1 / (variance + EPSILON),
}


def walk(config: Config, probe: Inputs) -> Walk:
    """Forward through the layers of a Config, then back."""
    first, hidden, last = _drawn(config, probe)
    bias = config.bias_init if config.normalization == "none" else 0.0  # what all units share, a normalization removes
    stations = _forward(config, probe, [first, *[hidden] * (config.depth - 1)], bias)
    q, correlation, norms, pair_norms = (
        np.array([getattr(s, name) for s in stations]) for name in ("q", "correlation", "norm", "pair_norm")
    )
    layers, middle = (layer_of(curve(config), variances, bias) for variances in (q, q.mean(1)))
    errors = _errors(layers, middle, correlation, last, probe)
    weights = np.concatenate([hidden.weights * norms[1:], np.full_like(norms[:1], last.weight)])
    gates = at(middle.gates, correlation)
    likeness, arriving = _alike(middle, correlation, gates, errors)
    return Walk(
        config=config,
        probe=probe,
        first=first,
        hidden=hidden,
        last=last,
        stations=stations,
        layers=layers,
        middle=middle,
        correlation=correlation,
        norms=norms,
        pair_norms=pair_norms,
        backward=np.cumprod((layers.slope_square * weights)[::-1], 0)[::-1] * errors.squares,
        likeness=likeness,
        arriving=arriving,
        gates=gates,
        errors=errors,
    )


def _drawn(config: Config, probe: Inputs) -> tuple[Variance, Variance, Variance]:
    """With what the first layer, each further one, and the output layer are drawn."""
    width, rows = config.width, config.width * curve(config).pieces
    first, hidden, last = (rows, probe.features), (rows, width), (probe.outputs, width)
    return variance(config, *first), variance(config, *hidden), variance(config, *last)


def _forward(config: Config, probe: Inputs, drawn: list[Variance], bias: float) -> list[Station]:
    """Every hidden layer on the way forward."""
    stations, signal = [], _inputs(probe)
    for each in drawn:
        stations.append(_station(signal, each, config.normalization))
        layer = layer_of(curve(config), stations[-1].q, bias)
        signal = _passed(stations[-1], layer, probe, is_batch_normed(config))
    return stations


def _errors(layers: GaussianLayer, middle: GaussianLayer, correlation: Array, last: Variance, probe: Inputs) -> Errors:
    """With what the way back begins: NaN where nothing is known of the loss."""
    outputs = Outputs(
        q=last.weights * layers.mean_square[-1] + last.bias,
        together=last.weights * at(middle.products, correlation)[-1] + last.bias,
    )
    if probe.loss in ERRORS:
        return ERRORS[probe.loss](outputs, probe)
    nothing = np.full(len(outputs.together), np.nan)
    return Errors(np.full(len(outputs.q), np.nan), nothing, np.nan, nothing)


def _alike(middle: GaussianLayer, correlation: Array, gates: Array, errors: Errors) -> tuple[Array, Array]:
    """Cosines of dL/dz of two samples (layer, group of pairs), and the same before it passes the slope."""
    passed = at(middle.slope_products, correlation) / np.maximum(middle.slope_square, TINY)[:, None]
    between = np.concatenate([gates[1:], (errors.products / errors.squares.mean())[None]])
    likeness = np.cumprod((passed * between)[::-1], 0)[::-1]
    return likeness, between * np.concatenate([likeness[1:], np.ones_like(likeness[:1])])


def _inputs(probe: Inputs) -> Signal:
    sizes = np.diag(probe.products)
    return Signal(probe.squares, probe.pairs.products, probe.pairs.roots, probe.products, sizes)


def _station(signal: Signal, drawn: Variance, normalization: str) -> Station:
    """What a layer's weights and biases, and a normalization, make of the signal."""
    constant = 0.0 if normalization == "batch_norm" else drawn.bias
    q, spreads, roots = (drawn.weights * squares + constant for squares in (signal.squares, signal.sizes, signal.roots))
    norm, pair_norm, shown_norm = (NORMS[normalization](values, float(q.mean())) for values in (q, roots, spreads))
    correlation = (drawn.weights * signal.products + constant) / np.maximum(roots, TINY)
    shown = (drawn.weights * signal.shown + constant) / np.maximum(np.sqrt(np.outer(spreads, spreads)), TINY)
    np.fill_diagonal(shown, 1.0)
    return Station(
        signal=signal,
        q=q * norm,
        correlation=np.clip(correlation, -1, 1),
        shown=np.clip(shown, -1, 1),
        spreads=spreads * shown_norm,
        norm=norm,
        pair_norm=np.broadcast_to(pair_norm, correlation.shape),
    )


def _passed(station: Station, layer: GaussianLayer, probe: Inputs, batch_norm: bool) -> Signal:
    """What comes out of a layer; under batch norm, less what the samples have in common, which does not pass it."""
    middle = layer_of(layer.curve, station.q.mean(), layer.bias)
    series, square = middle.products.copy(), middle.mean_square
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
