"""What theory says of the untrained network of a Config, in the variables of a Recording: layer by layer, as one value.

The wide-network limit says what is expected, and the first correction to it, of order 1/width, how far a single
network strays. Samples differ in size and are alike in part, so both are followed: q for groups of samples, and the
correlations of groups of pairs.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from math import isnan
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from core.array import Array
from core.choices.initializers import initializers
from core.config import Config
from core.datasets import DataUnavailable
from core.memory.caches import Cache
from core.theory.asked import Asked
from core.theory.bands import LOUD, bands_of
from core.theory.deep import numbers_of
from core.theory.inputs import Inputs, is_batch_normed, probe_of
from core.theory.silent import dead_share
from core.theory.walk import NORMS, Walk, walk
from core.words.said import why

if TYPE_CHECKING:
    import xarray as xr

LARGEST, SMALLEST = 1e37, 1e-37  # sizes that float32 holds
FEW = 16  # fewer inputs, units or samples than this make a poor normal distribution
ROUNDING = 1e-12  # of an RMS: a smaller mean is that of an odd activation, 0
OF_GRADIENTS = {"no_gradient", "loud"}  # remarks
LAYER_BYTES = 300_000  # of what is kept of a layer once all was asked for: measured
ALIKE = 0.1  # standard deviation of correlations from which samples are said to be alike in part
SILENT = 0.95  # from this share of zeros in some layer, a single network strays far

WORDS = {
    "q": "Variance of pre-activations over units, mean of the probe",
    "chi": "Growth of (dL/dz)² from a layer to the one before it",
    "correlation": "Mean correlation of the pre-activations of two samples",
}


class Remark(NamedTuple):
    """Something to be said of a prediction: its id, and the facts that its words are filled with (`words` has them)."""

    name: str
    facts: Mapping[str, Any] = {}


@dataclass(frozen=True, eq=False)
class Prediction:
    """What is expected of each layer before training, or `reason`, why there is no theory.

    `variables` are (layer,) by the names that a Recording has, with q, chi and correlation, without gradients where
    nothing is known of the loss; NaN from the first layer on whose signal float32 does not hold. `bands` lie two
    standard deviations to both sides, to first order in 1/width: they hold 80 to 95 % of wide networks, fewer of narrow
    ones. `numbers` describe a deep network: weight_variance and bias_variance (σ_w², σ_b²), q_star, chi, xi_c and xi_q
    there, critical_weight_variance and critical_weight_scale, born_dead, and the slopes of log₁₀ dL/dz² and of one
    sample's log₁₀ dL/dW² a layer. They may be infinite. `remarks` say what is approximate.
    """

    config: Config
    reason: Remark | None = None
    variables: Mapping[str, Array] = field(default_factory=dict)
    bands: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    remarks: tuple[Remark, ...] = ()
    _count: Callable[[], dict[str, float]] = field(default=dict, repr=False)

    @cached_property
    def numbers(self) -> dict[str, float]:
        """Those of a deep network of these weights. Found when they are asked for: few charts need them."""
        with np.errstate(over="ignore", invalid="ignore", under="ignore"):
            return {name: number for name, number in self._count().items() if not isnan(number)}

    @property
    def data(self) -> "xr.Dataset":
        """The variables with their axis layer as an xarray.Dataset; bands as NAME_low and NAME_high."""
        import xarray as xr

        ends = {f"{name}_{end}": band[i] for name, band in self.bands.items() for i, end in enumerate(("low", "high"))}
        columns = {
            name: ("layer", values, {"long_name": WORDS.get(name, name)}) for name, values in self.variables.items()
        }
        columns |= {name: ("layer", values, {"long_name": name}) for name, values in ends.items()}
        layers = {"layer": np.arange(1, self.config.depth + 1)}
        reason = self.reason.name if self.reason else ""
        return xr.Dataset(columns, layers, {"reason": reason, **self.numbers})


def predict(config: Config, step: int = 0) -> Prediction:
    """What theory says of the network of `config` before training. Never raises: what has no theory says why."""
    if step > 0:
        return Prediction(config, Remark("later_step", {"step": step}))
    reason = _why_not(config)
    if reason:
        return Prediction(config, reason)
    try:
        return _predict(config.at_start())
    except DataUnavailable as problem:  # not remembered: it may be had later
        return Prediction(config, Remark("no_data", {"problem": why(problem)}))


_known: Cache[Prediction] = Cache(1 / 16, 100_000_000, lambda prediction: LAYER_BYTES * (1 + prediction.config.depth))


@_known.remembers
def _predict(config: Config) -> Prediction:
    probe = probe_of(config)
    if not probe.squares.any():
        return Prediction(config, Remark("zero_inputs"))
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        way = walk(config, probe)
        held = _in_range(way)
        if held < config.depth:
            return _of_signals(held, config, probe, Remark("out_of_range_from", {"layer": held + 1}))
        if way.knows_gradient and not np.sqrt(way.backward.max()) < LARGEST:  # it may vanish, but not explode
            return _of_signals(held, config, probe, Remark("gradient_out_of_range"))
        variables = _variables(way)
        return Prediction(
            config, None, variables, bands_of(way, variables), tuple(_remarks(way)), lambda: numbers_of(way)
        )


def _in_range(walk: Walk) -> int:
    """How many layers there are before the first one whose signal float32 does not hold."""
    before, after = np.sqrt(walk.layers.q + walk.bias**2), np.sqrt(walk.layers.mean_square)
    held = ((before > SMALLEST) & (before < LARGEST) & (after < LARGEST)).all(1)  # not of NaN
    return int(np.append(held, False).argmin())


def _of_signals(held: int, config: Config, probe: Inputs, remark: Remark) -> Prediction:
    """What is said where float32 does not hold everything: the signal of as many layers as it is `held` in, NaN after
    them, and nothing of gradients.
    """
    if not held:
        return Prediction(config, Remark("out_of_range"))
    way = walk(replace(config, depth=held), probe)
    signals, known = _signals(way), _variables(way)
    bands = {
        name: (_padded(low, config.depth), _padded(high, config.depth))
        for name, (low, high) in bands_of(way, known).items()
        if name in signals
    }
    remarks = remark, *(each for each in _remarks(way) if each.name not in OF_GRADIENTS)
    signals = {name: partial(_found_and_padded, known, name, config.depth) for name in signals}
    return Prediction(config, None, Asked(signals), bands, remarks, partial(_numbers_of_any, way))


def _numbers_of_any(way: Walk) -> dict[str, float]:
    """Those that are the same at any depth."""
    return {name: number for name, number in numbers_of(way).items() if name != "born_dead"}


def _found_and_padded(known: Asked, name: str, depth: int) -> Array:
    return _padded(known[name], depth)


def _padded(values: Array, depth: int) -> Array:
    """The values of the first layers, NaN in the others."""
    return np.pad(values, (0, depth - len(values)), constant_values=np.nan)


def _why_not(config: Config) -> Remark | None:
    if config.depth == 0:
        return Remark("no_layer")
    if config.normalization not in NORMS:
        return Remark("no_formula", {"normalization": config.normalization})
    if initializers[config.initializer].variance is None:
        return Remark("no_variance", {"initializer": config.initializer})
    if config.weight_scale < SMALLEST:
        return Remark("zero_weights")
    if is_batch_normed(config) and config.effective("probe_size") < FEW:
        return Remark("small_batch", {"few": FEW})
    return None


def _variables(walk: Walk) -> Asked:
    """What is known of each layer."""
    gradient = {
        "gradient_rms": lambda: np.sqrt(walk.backward.mean(1)),
        "weight_gradient_norm": lambda: _weight_gradient(walk),
    }
    return Asked(_signals(walk) | (gradient if walk.knows_gradient else {}))


def _signals(walk: Walk) -> dict[str, Callable[[], Array]]:
    """What finds what is known of each layer on the way forward."""
    layers, pairs = walk.layers, walk.probe.pairs
    above = np.concatenate([walk.norms[1:], walk.norms[-1:]])
    return {
        "activation_mean": lambda: _mean(walk),
        "activation_std": lambda: np.sqrt((layers.std**2).mean(1) + layers.mean.var(1)),
        "zero_fraction": lambda: layers.share("zero").mean(1),
        "saturated_fraction": lambda: layers.share("flat").mean(1),
        "dead_fraction": lambda: np.array([dead_share(walk, station) for station in walk.stations]),
        "q": lambda: layers.q.mean(1),
        "chi": lambda: walk.hidden.weights * (layers.slope_square * above).mean(1),
        "correlation": lambda: walk.correlation @ pairs.weights if len(pairs.weights) else np.ones(len(layers.q)),
    }


def _mean(walk: Walk) -> Array:
    mean: Array = walk.layers.mean.mean(1)
    return np.where(np.abs(mean) < ROUNDING * np.sqrt(walk.layers.mean_square.mean(1)), 0.0, mean)


def _weight_gradient(walk: Walk) -> Array:
    """‖dL/dW‖ of the mean loss: its square is the sum of dL/dz · dL/dz' times a · a' over all pairs of samples."""
    width, depth = walk.config.width, walk.config.depth
    squares, products = (np.array([getattr(s.signal, name) for s in walk.stations]) for name in ("squares", "products"))
    sizes, alike = walk.backward * walk.norms, walk.likeness * walk.gates * walk.pair_norms
    together = walk.backward.mean(1, keepdims=True) * alike * products
    entries = width * np.array([walk.probe.features, *[width] * (depth - 1)])
    square = walk.over_pairs((sizes * squares).mean(1), together)
    norm: Array = np.sqrt(np.maximum(0.0, entries * square))
    return norm


def _remarks(walk: Walk) -> Iterator[Remark]:
    config, probe = walk.config, walk.probe
    if not walk.knows_gradient:
        yield Remark("no_gradient", {"loss": probe.loss})
    if walk.echo >= LOUD:
        yield Remark("loud")
    if probe.features < FEW:
        yield Remark("few_inputs", {"features": probe.features})
    if config.width < FEW:
        yield Remark("narrow", {"width": config.width})
    if len(probe.pairs.products) and walk.correlation[0].std() > ALIKE:
        yield Remark("alike")
    if walk.layers.share("zero").mean(1).max() > SILENT:
        yield Remark("silent")
