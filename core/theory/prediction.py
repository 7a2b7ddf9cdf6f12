"""What theory says of the untrained network of a Config, in the variables of a Recording: layer by layer, as one value.

The wide-network limit says what is expected, and the first correction to it, of order 1/width, how far a single
network strays. Samples differ in size and are alike in part, so both are followed: q for groups of samples, and the
correlations of groups of pairs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from core.config import Config
from core.curves import Curve, curve
from core.datasets import DataUnavailable
from core.network import NORM_EPSILON
from core.recording import Array
from core.theory import death
from core.theory.formulas import chi, depth_scale, edge_of_chaos, fixed_point, log_slopes, q_slope, squared_error
from core.theory.gauss import TINY, Layer, at, inside, places
from core.theory.inputs import Inputs, probe_of
from core.theory.variances import DRAWN, Variance, variance

if TYPE_CHECKING:
    import xarray as xr

LARGEST, SMALLEST = 1e37, 1e-37  # sizes that float32 holds
FEW = 16  # fewer inputs, units or samples than this make a poor normal distribution
DEVIATIONS = 2  # from the middle of a band to its ends: 95 % of networks
FARTHEST = 30.0  # a band's end, in e-folds from its middle
COMMON, COMMON_WEIGHTS = death.Z[::5], 5 * death.NORMAL[::5]  # enough for what is drawn

WORDS = {
    "q": "Variance of pre-activations over units, mean of the probe",
    "chi": "Growth of (dL/dz)² from a layer to the one before it",
    "correlation": "Mean correlation of the pre-activations of two samples",
}


@dataclass(frozen=True, eq=False)
class Prediction:
    """What is expected of each layer before training, or `reason`, why there is no theory.

    `variables` are (layer,) by the names that a Recording has, with q, chi and correlation; `bands` the ends of what
    19 of 20 networks show. `numbers` describe a deep network: weight_variance and bias_variance (σ_w², σ_b²), q_star,
    chi, xi_c and xi_q there, critical_weight_variance and critical_weight_scale, born_dead, and the slopes of log₁₀
    dL/dz² and of one sample's log₁₀ dL/dW² a layer. They may be infinite. `remarks` say what is approximate.
    """

    config: Config
    reason: str = ""
    variables: Mapping[str, Array] = field(default_factory=dict)
    bands: Mapping[str, tuple[Array, Array]] = field(default_factory=dict)
    numbers: Mapping[str, float] = field(default_factory=dict)
    remarks: tuple[str, ...] = ()

    @property
    def data(self) -> "xr.Dataset":
        """The variables with their axis layer as an xarray.Dataset; bands as NAME_low and NAME_high."""
        import xarray as xr

        ends = {f"{name}_{end}": band[i] for name, band in self.bands.items() for i, end in enumerate(("low", "high"))}
        columns = {name: ("layer", values, {"long_name": WORDS.get(name, name)}) for name, values in self.variables.items()}
        columns |= {name: ("layer", values, {"long_name": name}) for name, values in ends.items()}
        layers = {"layer": np.arange(1, self.config.depth + 1)}
        return xr.Dataset(columns, layers, {"reason": self.reason, **self.numbers})


def predict(config: Config, step: int = 0) -> Prediction:
    """What theory says of the network of `config` before training. Never raises: what has no theory says why."""
    if step > 0:
        return Prediction(config, f"Theory speaks of the untrained network only, and not of step {step:,}.")
    return _predict(config.at_start())


@lru_cache(maxsize=512)
def _predict(config: Config) -> Prediction:
    reason = _why_not(config)
    if reason:
        return Prediction(config, reason)
    try:
        probe = probe_of(config)
    except DataUnavailable as problem:
        return Prediction(config, str(problem))
    if not probe.squares.any():
        return Prediction(config, "Every input is 0.")
    if config.batch_norm and not probe.variance:
        return Prediction(config, "All samples are the same, and batch norm makes 0 of them.")
    with np.errstate(over="ignore", invalid="ignore", under="ignore"):
        walk = Walk.along(config, probe)
        sizes = np.concatenate([walk.size, np.sqrt(walk.backward).ravel()])
        if not (np.isfinite(sizes).all() and sizes.max() < LARGEST and walk.size.min() > SMALLEST):
            return Prediction(config, "The signal leaves the range of float32 numbers.")
        return Prediction(config, "", _variables(walk), _bands(walk), _numbers(walk), tuple(_remarks(walk)))


def _why_not(config: Config) -> str:
    phi = curve(config)
    if config.depth == 0:
        return "There is no hidden layer."
    if phi.max_slope == 0:
        return f"{config.activation} has no slope, so no gradient passes it."
    if config.initializer not in DRAWN:
        return f"{config.initializer} draws no independent weights of one variance around 0."
    if config.weight_scale == 0:
        return "Every weight is 0."
    if config.batch_norm and min(config.probe_size, config.samples) < FEW:
        return f"Batch norm of fewer than {FEW} samples makes no normal distribution of them."
    return ""


@dataclass(frozen=True, eq=False)
class Walk:
    """The way through the network and back: for each layer, what goes into it and what comes out.

    layers: pre-activations for groups of samples; middle: for a sample of mean size. correlations: of pairs, (layer,
    group). backward: E(dL/dz)² (layer, group of samples). likeness: cosines of two samples' gradients (layer + 1,
    group of pairs), the last one those at the logits.
    """

    config: Config
    probe: Inputs
    curve: Curve
    first: Variance
    hidden: Variance
    last: Variance
    layers: list[Layer]
    middle: list[Layer]
    correlations: list[Array]
    backward: Array
    likeness: list[Array]
    norms: list[float]  # 1/(variance + ε) of batch norm, 1 without it

    @classmethod
    def along(cls, config: Config, probe: Inputs) -> "Walk":
        """Forward through the layers, then back."""
        width, phi = config.width, curve(config)
        sizes = (width, probe.features), (width, width), (probe.classes, width)
        first, hidden, last = (variance(config, fan_out, fan_in) for fan_out, fan_in in sizes)
        walk = cls(config, probe, phi, first, hidden, last, [], [], [], np.empty(0), [], [])
        walk._forward()
        walk._back()
        return walk

    def _forward(self) -> None:
        pairs, batch_norm = self.probe.pairs, self.config.batch_norm
        bias = 0.0 if batch_norm else self.config.bias_init
        q = self.first.weights * self.probe.squares + self.first.bias
        roots = self.first.weights * pairs.roots + self.first.bias
        correlation = (self.first.weights * pairs.products + self.first.bias) / np.maximum(roots, TINY)
        spread = self.first.weights * self.probe.variance
        for _ in range(self.config.depth):
            if batch_norm:
                q, correlation = np.array([spread / (spread + NORM_EPSILON)]), np.zeros(len(pairs.same))
            self.norms.append(1 / (spread + NORM_EPSILON) if batch_norm else 1.0)
            layer, middle = Layer(self.curve, q, bias), Layer(self.curve, q.mean(), bias)
            self.layers.append(layer)
            self.middle.append(middle)
            self.correlations.append(np.clip(correlation, -1, 1))
            together = at(middle.series(middle.phi), self.correlations[-1])
            following = self.hidden.weights * middle.mean_square + self.hidden.bias
            correlation = (self.hidden.weights * together + self.hidden.bias) / np.maximum(following, TINY**2)
            q = self.hidden.weights * layer.mean_square + self.hidden.bias
            spread = self.hidden.weights * float((layer.std**2).mean())

    def _back(self) -> None:
        classes, final = self.probe.classes, self.layers[-1]
        logits = self.last.weights * final.mean_square + self.last.bias
        error = np.array([squared_error(classes, q) if np.isfinite(q) else np.nan for q in logits])
        gradient = final.slope_square * self.last.weight * error
        backward = [gradient]
        for layer, norm in zip(self.layers[-2::-1], self.norms[:0:-1], strict=True):
            gradient = layer.slope_square * self.hidden.weights * norm * gradient
            backward.append(gradient)
        object.__setattr__(self, "backward", np.array(backward[::-1]))
        self.likeness.append(self._errors(float(logits.mean()), float(error.mean())))
        for layer, correlation in zip(self.middle[::-1], self.correlations[::-1], strict=True):
            passed = at(layer.series(layer.slope), correlation) / np.maximum(layer.slope_square, TINY)
            self.likeness.insert(0, self.likeness[0] * passed)

    def _errors(self, logits: float, error: float) -> Array:
        """The cosines of p − y of two samples. p·p' lies between that of guesses and that of one sample with itself."""
        classes, final, pairs = self.probe.classes, self.middle[-1], self.probe.pairs
        together = self.last.weights * at(final.series(final.phi), self.correlations[-1]) + self.last.bias
        same = error - 1 + 2 / classes  # E Σp²
        product = 1 / classes + (same - 1 / classes) * np.clip(together / max(logits, TINY), 0, 1)
        cosines: Array = (product - 2 / classes + pairs.same) / error
        return cosines

    @property
    def size(self) -> Array:
        """The RMS of pre-activations and activations (layer · 2,)."""
        return np.sqrt(np.concatenate([np.maximum(self.q, 0) + self.bias**2, self.mean_of("mean_square")]))

    @property
    def bias(self) -> float:
        """The mean of pre-activations over units."""
        return 0.0 if self.config.batch_norm else self.config.bias_init

    @property
    def q(self) -> Array:
        """The variance of pre-activations of each layer (layer,)."""
        return np.array([float(layer.q.mean()) for layer in self.layers])

    def mean_of(self, name: str) -> Array:
        """The mean over samples of what a Layer calls `name` (layer,)."""
        return np.array([float(getattr(layer, name).mean()) for layer in self.layers])

    def over_pairs(self, same_sample: float, others: Array) -> float:
        """The mean over all pairs of samples, each with itself too."""
        if not len(others):
            return same_sample
        alone = 1 / self.probe.samples
        return alone * same_sample + (1 - alone) * float(self.probe.pairs.weights @ others)


def _variables(walk: Walk) -> dict[str, Array]:
    mean = walk.mean_of("mean")
    between = np.array([float(layer.mean.var()) for layer in walk.layers])  # of samples of different sizes
    spread = np.array([float((layer.std**2).mean()) for layer in walk.layers])
    return {
        "activation_mean": mean,
        "activation_std": np.sqrt(spread + between),
        "gradient_rms": np.sqrt(walk.backward.mean(1)),
        "weight_gradient_norm": _weight_gradient(walk),
        "zero_fraction": _shares(walk, "zero"),
        "saturated_fraction": _shares(walk, "flat"),
        "dead_fraction": _dead(walk),
        "q": walk.q,
        "chi": walk.hidden.weights * walk.mean_of("slope_square") * np.array([*walk.norms[1:], walk.norms[-1]]),
        "correlation": np.array([float(walk.probe.pairs.weights @ c) if len(c) else 1.0 for c in walk.correlations]),
    }


def _shares(walk: Walk, kind: str) -> Array:
    return np.array([float(layer.share(kind).mean()) for layer in walk.layers])


def _weight_gradient(walk: Walk) -> Array:
    """‖dL/dW‖ of the mean loss: dL/dz · dL/dz' times a · a', over all pairs of samples."""
    width, probe = walk.config.width, walk.probe
    alone, together = probe.squares, probe.pairs.products
    if walk.config.batch_norm:  # a gradient that batch norm has passed is blind to what all samples share
        alone, together = np.array([probe.variance]), np.zeros(len(together))
    fan_in, norms = probe.features, []
    for layer, middle, correlation, backward, likeness, norm in zip(
        walk.layers, walk.middle, walk.correlations, walk.backward, walk.likeness[:-1], walk.norms, strict=True
    ):
        itself = float((backward * alone).mean())
        square = walk.over_pairs(itself, float(backward.mean()) * likeness * together)
        norms.append(np.sqrt(max(0.0, width * fan_in * norm * square)))
        series = middle.series(middle.phi)
        alone, together, fan_in = layer.mean_square, at(series, correlation), width
        if walk.config.batch_norm:
            alone, together = layer.std**2, np.zeros(len(together))
    return np.array(norms)


def _dead(walk: Walk) -> Array:
    """The dead share of each layer: the samples' pre-activations are taken as equally correlated."""
    probe, still = walk.probe, places(walk.curve, "still")
    shares = np.zeros(len(walk.layers))
    if not len(still):
        return shares
    for place, (layer, correlation) in enumerate(zip(walk.layers, walk.correlations, strict=True)):
        if place == 0 and _seen_in_plane(walk, still) and probe.points is not None:
            shares[0] = death.dead_in_plane(probe.points, walk.bias, walk.first.weight**0.5)
            continue
        mean = float(np.clip(probe.pairs.weights @ correlation, 0, 1)) if len(correlation) else 0.0
        spread, common = np.sqrt(layer.q * (1 - mean)), np.sqrt(layer.q * mean)
        silent = inside(still, np.maximum(spread, TINY), walk.bias + common * COMMON[:, None])
        with np.errstate(divide="ignore"):
            together = np.exp(probe.samples * np.log(silent).mean(-1))
        shares[place] = min(1.0, float(COMMON_WEIGHTS @ together))
    return shares


def _seen_in_plane(walk: Walk, still: Array) -> bool:
    """Whether the first layer's dead units follow from the directions in which the samples lie."""
    half_line = len(still) == 1 and still[0, 0] == -np.inf and abs(still[0, 1]) < 1e-6
    return walk.probe.points is not None and half_line and not walk.config.batch_norm and not walk.first.bias


def _bands(walk: Walk) -> dict[str, tuple[Array, Array]]:
    """Where 19 of 20 networks of this width lie: the mean of a² and of (dL/dz)² is nearly log-normal over networks."""
    width, variables = walk.config.width, _variables(walk)
    forward, mean_spread, carried = [], [], 0.0
    for layer, correlation in zip(walk.middle, walk.correlations, strict=True):
        growth = float(layer.growth)
        drawn = _strays(walk, layer, layer.phi**2, correlation) / width
        shift = float(layer.over(layer.phi * (layer.standard**2 - 1))) / 2  # d E φ / d log q
        series = layer.series(layer.phi)
        varied = walk.over_pairs(float(layer.mean_square), at(series, correlation)) - series[0]
        mean_spread.append(np.sqrt(max(0.0, varied) / width + shift**2 * carried))
        carried = growth**2 * carried + drawn
        forward.append(carried)
        carried *= float(walk.hidden.weights * layer.mean_square / max(walk.hidden.weights * layer.mean_square + walk.hidden.bias, TINY**2)) ** 2
        if walk.config.batch_norm:
            carried = 0.0
    backward, carried = [], 0.0
    for layer, correlation, likeness in zip(
        walk.middle[::-1], walk.correlations[::-1], walk.likeness[:0:-1], strict=True
    ):
        carried += _strays(walk, layer, layer.slope**2, correlation, likeness) / width
        backward.append(carried)
    mean, around = variables["activation_mean"], DEVIATIONS * np.array(mean_spread)
    return {
        "activation_mean": (mean - around, mean + around),
        "activation_std": _log_normal(variables["activation_std"], np.array(forward)),
        "gradient_rms": _log_normal(variables["gradient_rms"], np.array(backward[::-1])),
    }


def _strays(walk: Walk, layer: Layer, squares: Array, correlation: Array, likeness: Array | None = None) -> float:
    """Width times the relative variance, over networks, of a layer's mean of these squares over units and samples.

    With the cosines of gradients, each square is multiplied by that of a normal number, as in backpropagation.
    """
    series = layer.series(squares)
    together = at(series, correlation)
    itself = float(layer.over(squares**2))
    if likeness is not None:
        together, itself = together * (1 + 2 * likeness**2), itself * 3
    mean = float(layer.over(squares)) ** 2
    return max(0.0, walk.over_pairs(itself, together) / mean - 1) if mean > 0 else 0.0


def _log_normal(rms: Array, variance: Array) -> tuple[Array, Array]:
    """The ends of a band of RMS values, from the variance of the logarithm of their squares, whose mean is given."""
    middle, reach = -variance / 4, DEVIATIONS * np.sqrt(variance) / 2
    low, high = np.clip(middle - reach, -FARTHEST, 0), np.clip(middle + reach, -FARTHEST, FARTHEST)
    return rms * np.exp(low), rms * np.exp(high)


def _numbers(walk: Walk) -> dict[str, float]:
    config, phi, hidden = walk.config, walk.curve, walk.hidden
    numbers = {
        "weight_variance": hidden.weights,
        "bias_variance": hidden.bias,
        "born_dead": _born_dead(walk),
    }
    if config.batch_norm:
        growth = float(hidden.weights * walk.norms[-1] * walk.middle[-1].slope_square)
        return numbers | {"chi": growth, "gradient_slope": -float(np.log10(growth)) if growth > 0 else np.inf}
    q = fixed_point(phi, hidden.weights, hidden.bias, walk.bias, start=float(walk.q[0]))
    there = min(q, 1e12)
    slopes = log_slopes(phi, max(float(walk.q[-1]), TINY**2), hidden.weights, walk.bias)
    numbers |= {"q_star": q, "chi": float(chi(phi, there, hidden.weights, walk.bias))}
    numbers |= {"xi_c": float(depth_scale(numbers["chi"]))}
    numbers |= {"xi_q": float(depth_scale(q_slope(phi, there, hidden.weights, walk.bias)))}
    numbers |= {"gradient_slope": slopes[0], "weight_gradient_slope": slopes[1]}
    edge = edge_of_chaos(phi, hidden.bias, walk.bias)
    if edge is not None:
        numbers["critical_weight_variance"] = edge.weight_variance
        numbers["critical_weight_scale"] = config.weight_scale * (edge.weight_variance / hidden.weights) ** 0.5
    return numbers


def _born_dead(walk: Walk) -> float:
    """An upper bound of the chance that some layer is dead: that of one input (Lu et al. 2020), each layer its own."""
    alive = -(_shares(walk, "still") ** walk.config.width)
    return float(-np.expm1(np.log1p(np.maximum(alive, -1 + 1e-16)).sum()))


def _remarks(walk: Walk) -> list[str]:
    config, probe = walk.config, walk.probe
    remarks = []
    if probe.features < FEW:
        remarks.append(f"Sums of {probe.features} inputs are taken as normally distributed.")
    if config.width < FEW:
        remarks.append(f"A layer of {config.width} units is far from an infinitely wide one.")
    if walk.correlations[0].std() > 0.1 if len(walk.correlations[0]) else False:
        remarks.append("Some samples are more alike than others; dead units are counted as if all were equally alike.")
    if config.batch_norm:
        remarks.append("Under batch norm, samples are taken as independent.")
    return remarks
