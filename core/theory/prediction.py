"""What theory says of the untrained network of a Config, in the variables of a Recording: layer by layer, as one value.

The wide-network limit says what is expected, and the first correction to it, of order 1/width, how far a single
network strays. Samples differ in size and are alike in part, so both are followed: q for groups of samples, and the
correlations of groups of pairs.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from math import isnan
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

from core.activations import activations
from core.config import Config
from core.curves import curve
from core.data import load
from core.datasets import DataUnavailable, datasets
from core.recording import Array
from core.theory import death
from core.theory.asked import Asked
from core.theory.formulas import chi, depth_scale, edge_of_chaos, fixed_point, log_slopes, q_slope
from core.theory.gauss import TINY, at, inside, places
from core.theory.inputs import is_batch_normed, probe_of
from core.theory.variances import DRAWN
from core.theory.walk import Station, Walk, walk

if TYPE_CHECKING:
    import xarray as xr

LARGEST, SMALLEST = 1e37, 1e-37  # sizes that float32 holds
FEW = 16  # fewer inputs, units or samples than this make a poor normal distribution
DEVIATIONS = 2  # from the middle of a band to its ends
FARTHEST = 30.0  # a band's end, in e-folds from its middle
BESIDE = 0.03  # how far beside an edge, relative to it, its two sides are looked at
LIMIT = 1e12  # stands for q* where q grows without end
ROUNDING = 1e-12  # of an RMS: a smaller mean is that of an odd activation, 0
ALIKE = 0.1  # standard deviation of correlations from which samples are said to be alike in part
SILENT = 0.95  # from this share of zeros in some layer, a single network strays far
SHARED = 9  # one more than the directions in which samples are followed together
GOLDEN = 1.0850702  # x⁹ = x + 1: its powers spread points evenly in 8 dimensions (Roberts 2018)


def _even_normals(count: int) -> Array:
    """Points (count, 8) as even as can be under a normal distribution, and symmetric."""
    steps = GOLDEN ** -np.arange(1.0, SHARED)
    even = (0.5 + np.arange(1, count // 2 + 1)[:, None] * steps) % 1
    half = np.vectorize(NormalDist().inv_cdf)(even)
    return np.concatenate([half, -half])


DRAWS = _even_normals(256)

CLASSES_ONLY = "This theory speaks of classes and their cross-entropy only."

WORDS = {
    "q": "Variance of pre-activations over units, mean of the probe",
    "chi": "Growth of (dL/dz)² from a layer to the one before it",
    "correlation": "Mean correlation of the pre-activations of two samples",
}


@dataclass(frozen=True, eq=False)
class Prediction:
    """What is expected of each layer before training, or `reason`, why there is no theory.

    `variables` are (layer,) by the names that a Recording has, with q, chi and correlation; `bands` lie two
    standard deviations to both sides, to first order in 1/width: they hold 80 to 95 % of networks. `numbers` describe
    a deep network: weight_variance and bias_variance (σ_w², σ_b²), q_star, chi, xi_c and xi_q there,
    critical_weight_variance and critical_weight_scale, born_dead, and the slopes of log₁₀ dL/dz² and of one sample's
    log₁₀ dL/dW² a layer. They may be infinite. `remarks` say what is approximate.
    """

    config: Config
    reason: str = ""
    variables: Mapping[str, Array] = field(default_factory=dict)
    bands: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()
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
        return xr.Dataset(columns, layers, {"reason": self.reason, **self.numbers})


def predict(config: Config, step: int = 0) -> Prediction:
    """What theory says of the network of `config` before training. Never raises: what has no theory says why."""
    if step > 0:
        return Prediction(config, f"Theory speaks of the untrained network only, and not of step {step:,}.")
    reason = _why_not(config)
    if reason:
        return Prediction(config, reason)
    try:
        return _predict(config.at_start())
    except DataUnavailable as problem:  # not remembered: it may be had later
        return Prediction(config, str(problem))


@lru_cache(maxsize=512)
def _predict(config: Config) -> Prediction:
    if not load(config).classes:
        return Prediction(config, CLASSES_ONLY)
    probe = probe_of(config)
    if not probe.squares.any():
        return Prediction(config, "All inputs are 0, or batch norm makes 0 of them.")
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        way = walk(config, probe)
        if not _in_range(way):
            return Prediction(config, "The signal leaves the range of float32 numbers.")
        variables = _variables(way)
        return Prediction(config, "", variables, _bands(way, variables), tuple(_remarks(way)), lambda: _numbers(way))


def _in_range(walk: Walk) -> bool:
    """Whether float32 holds every signal. Gradients may vanish in it, but not explode."""
    before = np.sqrt(walk.layers.q + walk.bias**2)
    sizes = np.concatenate([before, np.sqrt(walk.layers.mean_square), np.sqrt(walk.backward)])
    return bool(np.isfinite(sizes).all() and sizes.max() < LARGEST and before.min() > SMALLEST)


def _why_not(config: Config) -> str:
    phi = curve(config)
    if config.depth == 0:
        return "There is no hidden layer."
    if activations[config.activation].pieces > 1:
        return f"A unit of {config.activation} has several linear functions, of which this theory knows nothing."
    if config.normalization not in ("none", "batch_norm"):
        return f"This theory knows nothing of {config.normalization}."
    if config.loss_function not in ("auto", "cross_entropy") or datasets[config.dataset].task == "regression":
        return CLASSES_ONLY
    if phi.max_slope == 0:
        return f"{config.activation} has no slope, so no gradient passes it."
    if config.initializer not in DRAWN:
        return f"{config.initializer} draws no independent weights of one variance around 0."
    if config.weight_scale < SMALLEST:
        return "Every weight is 0, or too small for float32 numbers."
    if is_batch_normed(config) and min(config.probe_size, config.samples) < FEW:
        return f"Batch norm of fewer than {FEW} samples makes no normal distribution of them."
    return ""


def _variables(walk: Walk) -> Asked:
    layers, pairs = walk.layers, walk.probe.pairs
    above = np.append(walk.norms[1:], walk.norms[-1])
    return Asked(
        {
            "activation_mean": lambda: _mean(walk),
            "activation_std": lambda: np.sqrt((layers.std**2).mean(1) + layers.mean.var(1)),
            "gradient_rms": lambda: np.sqrt(walk.backward.mean(1)),
            "weight_gradient_norm": lambda: _weight_gradient(walk),
            "zero_fraction": lambda: layers.share("zero").mean(1),
            "saturated_fraction": lambda: layers.share("flat").mean(1),
            "dead_fraction": lambda: np.array([_dead(walk, station) for station in walk.stations]),
            "q": lambda: layers.q.mean(1),
            "chi": lambda: walk.hidden.weights * layers.slope_square.mean(1) * above,
            "correlation": lambda: walk.correlation @ pairs.weights if len(pairs.weights) else np.ones(len(layers.q)),
        }
    )


def _mean(walk: Walk) -> Array:
    mean: Array = walk.layers.mean.mean(1)
    return np.where(np.abs(mean) < ROUNDING * np.sqrt(walk.layers.mean_square.mean(1)), 0.0, mean)


def _weight_gradient(walk: Walk) -> Array:
    """‖dL/dW‖ of the mean loss: its square is the sum of dL/dz · dL/dz' times a · a' over all pairs of samples."""
    width, depth = walk.config.width, walk.config.depth
    squares, products = (np.array([getattr(s.signal, name) for s in walk.stations]) for name in ("squares", "products"))
    together = walk.backward.mean(1, keepdims=True) * walk.likeness[:-1] * products
    entries = width * np.array([walk.probe.features, *[width] * (depth - 1)])
    square = walk.over_pairs((walk.backward * squares).mean(1), together)
    norm: Array = np.sqrt(np.maximum(0.0, entries * walk.norms * square))
    return norm


def _dead(walk: Walk, station: Station) -> float:
    """The dead share of a layer. What few directions the samples' pre-activations share is drawn; the rest is taken as
    independent, so that the samples are silent together with the product of what each is."""
    probe, still = walk.probe, places(walk.layers.curve, "still")
    if not len(still):
        return 0.0
    if probe.samples == 1:
        return float(inside(still, np.maximum(np.sqrt(station.q), TINY), np.array(walk.bias)).mean())
    if station is walk.stations[0] and _half_plane(walk, still) and probe.points is not None:
        return death.dead_in_plane(probe.points, walk.bias, walk.first.weight**0.5)
    sizes, directions = np.linalg.eigh(station.shown)
    loads = directions[:, :-SHARED:-1] * np.sqrt(np.maximum(sizes[:-SHARED:-1], 0))
    rest, spread = np.maximum(1 - (loads**2).sum(1), 0), np.sqrt(station.spreads)
    middle = walk.bias + spread * (DRAWS[:, : loads.shape[1]] @ loads.T)
    silent = inside(still, np.maximum(spread * np.sqrt(rest), TINY), middle)
    with np.errstate(divide="ignore"):
        return float(np.exp(probe.samples * np.log(silent).mean(1)).mean())


def _half_plane(walk: Walk, still: Array) -> bool:
    """Whether the first layer's dead units are those that point away from all samples."""
    below_zero = len(still) == 1 and still[0, 0] == -np.inf and abs(still[0, 1]) < 1e-6
    return below_zero and not is_batch_normed(walk.config) and not walk.first.bias


def _bands(walk: Walk, variables: Mapping[str, Array]) -> dict[str, tuple[Array, Array]]:
    """Where networks of this width lie: the mean of a² and of (dL/dz)² is nearly log-normal over networks.

    What is left out: that logits of like samples stray together, so the bands of gradients are a little narrow.
    """
    layer = walk.middle
    shift = layer.over(layer.phi * (layer.standard**2 - 1)) / 2  # d E φ / d log q
    drawn = (1 - walk.hidden.bias / np.maximum(layer.q[1:], TINY)).clip(0, 1)  # the share of q that weights make
    passed = drawn * (
        0.0 if is_batch_normed(walk.config) else layer.growth[1:]
    )  # d log E φ² / d log of the E φ² before
    forward = _strays(walk, layer.phi**2)
    for place, factor in enumerate(passed, start=1):
        forward[place] += factor**2 * forward[place - 1]
    backward = _strays(walk, layer.slope**2, walk.likeness[1:])[::-1].cumsum()[::-1]
    below = np.append(0.0, forward[:-1] * drawn**2)
    mean, around = variables["activation_mean"], DEVIATIONS * np.sqrt(_varied(walk) + shift**2 * below)
    return {
        "activation_mean": (mean - around, mean + around),
        "activation_std": _log_normal(variables["activation_std"], forward),
        "gradient_rms": _log_normal(variables["gradient_rms"], backward),
    }


def _varied(walk: Walk) -> Array:
    """The variance, over networks, of a layer's mean activation, given the layer before (layer,)."""
    series = walk.middle.series(walk.middle.phi)
    together = walk.over_pairs(walk.middle.mean_square, at(series, walk.correlation))
    varied: Array = np.maximum(0.0, together - series[:, 0]) / walk.config.width
    return varied


def _strays(walk: Walk, squares: Array, likeness: Array | None = None) -> Array:
    """The relative variance, over networks, of each layer's mean of these squares over units and samples (layer,).

    With the cosines of gradients, each square is multiplied by that of a normal number, as in backpropagation.
    """
    layer = walk.middle
    together, itself = at(layer.series(squares), walk.correlation), layer.over(squares**2)
    if likeness is not None:
        together, itself = together * (1 + 2 * likeness**2), itself * 3
    mean = np.maximum(layer.over(squares) ** 2, TINY**2)
    strays: Array = np.maximum(0.0, walk.over_pairs(itself, together) / mean - 1) / walk.config.width
    return strays


def _log_normal(rms: Array, variance: Array) -> tuple[Array, Array]:
    """The ends of a band of RMS values, from the variance of the logarithm of their squares, whose mean is given."""
    middle, reach = -variance / 4, DEVIATIONS * np.sqrt(variance) / 2
    low, high = (np.clip(end, -FARTHEST, FARTHEST) for end in (middle - reach, middle + reach))
    return rms * np.exp(low), rms * np.exp(high)


def _numbers(walk: Walk) -> dict[str, float]:
    phi, hidden = walk.layers.curve, walk.hidden
    numbers = {"weight_variance": hidden.weights, "bias_variance": hidden.bias, "born_dead": _born_dead(walk)}
    if is_batch_normed(walk.config):
        growth = float(hidden.weights * walk.norms[-1] * walk.middle.slope_square[-1])
        return numbers | {"chi": growth, "xi_c": float(depth_scale(growth)), "gradient_slope": -float(np.log10(growth))}
    q = fixed_point(phi, hidden.weights, hidden.bias, walk.bias, start=float(walk.middle.q[0]))
    there, numbers["q_star"] = min(q, LIMIT), q
    numbers["chi"] = float(chi(phi, there, hidden.weights, walk.bias))
    numbers["xi_c"] = float(depth_scale(numbers["chi"]))
    numbers["xi_q"] = float(depth_scale(q_slope(phi, there, hidden.weights, walk.bias)))
    slopes = log_slopes(phi, float(walk.middle.q[-1]), hidden.weights, walk.bias)
    numbers["gradient_slope"], numbers["weight_gradient_slope"] = slopes
    edge = edge_of_chaos(phi, hidden.bias, walk.bias)
    if edge is not None and _is_met(walk, edge.weight_variance):
        numbers["critical_weight_variance"] = edge.weight_variance
        numbers["critical_weight_scale"] = walk.config.weight_scale * (edge.weight_variance / hidden.weights) ** 0.5
    return numbers


def _is_met(walk: Walk, critical: float) -> bool:
    """Whether networks that start like this one come to the ordered side just below this σ_w², and to the other above.

    An edge may belong to a q that they never come to.
    """
    phi, found = walk.layers.curve, []
    for variance in (critical * (1 - BESIDE), critical * (1 + BESIDE)):
        start = variance + walk.hidden.bias
        q = min(fixed_point(phi, variance, walk.hidden.bias, walk.bias, start=start), LIMIT)
        found.append(float(chi(phi, q, variance, walk.bias)))
    below, above = found
    return below < 1 < above


def _born_dead(walk: Walk) -> float:
    """An upper bound of the chance that some layer is dead: that of one input (Lu et al. 2020), each layer its own."""
    dead = np.minimum(walk.layers.share("still").mean(1) ** walk.config.width, 1 - 1e-16)
    return float(-np.expm1(np.log1p(-dead).sum())) + 0.0


def _remarks(walk: Walk) -> list[str]:
    config, probe = walk.config, walk.probe
    remarks = []
    if probe.features < FEW:
        remarks.append(f"Sums of {probe.features} inputs are taken as normally distributed.")
    if config.width < FEW:
        remarks.append(f"A layer of {config.width} units is far from an infinitely wide one.")
    if len(probe.pairs.products) and walk.correlation[0].std() > ALIKE:
        remarks.append("Inputs that are alike in part are followed in groups, not one by one.")
    if walk.layers.share("zero").mean(1).max() > SILENT:
        remarks.append("Hardly a unit is ever on: in a single network, chance decides, and it may be far from theory.")
    return remarks
