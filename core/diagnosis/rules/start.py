"""Rules on the network before training: weights, units and signal."""

import numpy as np

from core.config import Config
from core.config.chosen import phi
from core.diagnosis.blame import blame
from core.diagnosis.finding import FATAL, HARM
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import Signs

COPIES = 1e-2  # of the weights' size: what is found of equal ones is off by less than 1e-3
ALIKE = 0.8  # of how far independent units differ, √(1 − 1/width); healthy networks have 0.97
SEVERAL = 8  # units; fewer are alike by chance
MOSTLY = 0.5  # share of units that is no longer a minority
FLAT_ON_ONE_SIDE = 0.9  # share of flat activations; half of those of a healthy ReLU layer are flat
LOST = 0.02  # how far the last layer tells samples apart, of the inputs or of its own size; healthy ones 0.03
PUSHED = 0.3  # the same of the first layer, of its own size; healthy ones have 0.7, with sigmoid 0.4
GROWN = 5.0  # times the inputs; one healthy network in 400 has 3.7, all others less than 2
MOSTLY_FLAT = 0.7  # share of saturated activations on both sides; healthy tanh layers have up to 0.6
POOR, POOR_SQUARE = 8.0, 100.0  # times the loss of guessing; healthy networks stay below 6, with squared errors 30


@rule(
    "Out of range",
    20,
    sick=lambda: Config(depth=30, weight_scale=1e3, steps=100),
    source="IEEE 754: numbers of 32 bits end at 3.4e38",
    needs=("activation_std", "loss"),
    remedies=("fitting_start", "standardize"),
    says={
        "out_of_range": "The loss of the untrained network is out of the range of numbers: its outputs are too large.",
        "layer_out_of_range": "The signal of the untrained network leaves the range of numbers in layer {layer}.",
        "no_out_of_range": "The untrained network's loss is a number: {loss}.",
    },
)
def out_of_range(signs: Signs) -> Opinion:
    """The signal of the untrained network leaves the range of numbers."""
    lost = np.flatnonzero(~np.isfinite(signs.of("activation_std")[0]))
    if len(lost):
        return found(FATAL, blame(signs.config, larger=True), saying="layer_out_of_range", layers=lost[:1] + 1)
    if np.isfinite(signs.first_loss):
        return healthy({"loss": signs.first_loss})
    return found(FATAL, blame(signs.config, larger=True))


@rule(
    "Weights of 0",
    22,
    sick=lambda: Config(initializer="zeros", steps=200),
    source="by the chain rule: dL/da of a layer is Wᵀ·dL/dz of the next",
    needs=("weight_norm", "gradient_rms"),
    layers=True,
    remedies=("fitting_start",),
    says={
        "zero_weights": "All weights are 0 in {where}: what goes in makes no difference to what comes out.",
        "no_zero_weights": "No layer has only weights of 0.",
    },
)
def zero_weights(signs: Signs) -> Opinion:
    """Weights that are all 0 before training."""
    zero = np.flatnonzero(signs.of("weight_norm")[0] == 0)
    if not len(zero):
        return healthy()
    knob = "weight_scale" if signs.config is not None and signs.config.weight_scale == 0 else "initializer"
    return found(HARM if signs.gradient[0].any() else FATAL, (knob,), layers=zero + 1)


@rule(
    "Units are copies",
    24,
    sick=lambda: Config(initializer="constant", steps=200),
    source="Goodfellow, Bengio, Courville 2016, section 8.4: initial parameters have to break symmetry; "
    "TheDeepChecker (Ben Braiek & Khomh 2023) asks for weights that are not constant",
    needs=("weight_spread",),
    layers=True,
    remedies=("fitting_start",),
    says={
        "copies": "All units are copies of one another in {where}: they get the same gradient and stay copies.",
        "nearly_copies": "The units are nearly copies of one another in {where}: their weights differ by {spread} of "
        "what independent ones do.",
        "no_copies": "The units of each layer differ.",
    },
)
def copies(signs: Signs) -> Opinion:
    """Units of a layer that are copies of one another."""
    widths = signs.recording.layer_widths
    spread = signs.of("weight_spread")[0] / np.sqrt(1 - 1 / widths)
    if np.isnan(spread).all():
        return not_applicable("one_unit")
    alike = np.flatnonzero(spread < np.where(widths >= SEVERAL, ALIKE, COPIES))
    if not len(alike):
        return healthy({"spread": float(np.fmin.reduce(spread))})
    seen = {"spread": float(spread[alike].mean())}
    saying = "" if (spread[alike] < COPIES).all() else "nearly_copies"
    return found(HARM, ("initializer",), seen, saying=saying, layers=alike + 1)


@rule(
    "No slope",
    26,
    sick=lambda: Config(activation="step", steps=200),
    source="by definition: φ' is 0 everywhere",
    needs=("config",),
    layers=True,
    remedies=("relu",),
    says={
        "no_slope": "The slope of this activation is 0 everywhere: only the output layer gets a gradient.",
        "no_no_slope": "The activation has a slope.",
    },
)
def no_slope(signs: Signs) -> Opinion:
    """An activation without a slope: nothing below the output layer can be learned."""
    assert signs.config is not None
    return found(HARM, ("activation",)) if phi(signs.config).max_slope == 0 else healthy()


@rule(
    "Born dead",
    30,
    sick=lambda: Config(bias_init=-3.0, steps=200),
    source="Lu et al. 2020, Dying ReLU and initialization; SageMaker Debugger: a unit active on less than 1 % of the "
    "data, more than half of the units",
    needs=("dead_fraction",),
    layers=True,
    samples=True,
    remedies=("fitting_start", "no_bias", "leaky", "wider"),
    says={
        "born_dead": "{units} of {all} units are dead before training: slope 0 on all {probe} samples of the probe.",
        "layer_born_dead": "All units in {where} are born dead ({units} of {all} in all, on {probe} samples): no "
        "gradient passes.",
        "no_born_dead": "{units} of {all} units are dead before training, judged on the {probe} samples of the probe.",
    },
)
def born_dead(signs: Signs) -> Opinion:
    """Units that are dead before training: no sample of the probe gives them a slope."""
    shares = signs.of("dead_fraction")[0]
    whole = np.flatnonzero(shares == 1)
    seen = {"share": float(signs.dead[0]), "units": float(shares @ signs.recording.layer_widths)}
    seen["all"] = float(signs.recording.layer_widths.sum())
    if len(whole):
        knobs = blame(signs.config)
        return found(
            FATAL, knobs, {"probe": signs.recording.probe_size, **seen}, saying="layer_born_dead", layers=whole + 1
        )
    if signs.dead[0] >= MOSTLY:
        worst = np.flatnonzero(shares >= MOSTLY)
        return found(HARM, blame(signs.config), {"probe": signs.recording.probe_size, **seen}, layers=worst + 1)
    return healthy({"probe": signs.recording.probe_size, **seen})


@rule(
    "Saturated",
    32,
    sick=lambda: Config(activation="tanh", weight_scale=10.0, initializer="lecun_normal", depth=8, steps=200),
    source="Glorot & Bengio 2010, section 3; DeepDiagnosis (Wardat et al. 2022): more than half of the entries",
    needs=("saturated_fraction", "config"),
    layers=True,
    samples=True,
    remedies=("fitting_start", "batch_norm", "relu"),
    says={
        "saturated": "{share} of the activations are saturated before training in {where}: little gradient passes "
        "them.",
        "no_saturated": "At most {share} of the activations of a layer are saturated before training.",
    },
)
def saturated(signs: Signs) -> Opinion:
    """Activations that are flat before training: little gradient passes them."""
    assert signs.config is not None
    shares = signs.of("saturated_fraction")[0]
    limit = MOSTLY_FLAT if phi(signs.config).saturates == "both" else FLAT_ON_ONE_SIDE
    worst = np.flatnonzero(shares >= limit)
    if phi(signs.config).saturates == "never":
        return not_applicable("never_flat")
    if len(worst) * 2 >= len(shares):
        return found(HARM, blame(signs.config, larger=True), {"share": shares[worst].mean()}, layers=worst + 1)
    return healthy({"share": shares.max()})


@rule(
    "Signal lost",
    34,
    sick=lambda: Config(activation="sigmoid", depth=10, steps=200),
    source="Schoenholz et al. 2017, Deep information propagation: correlations of samples go to 1",
    needs=("activation_sample_std", "activation_mean", "activation_std"),
    layers=True,
    samples=True,
    remedies=("fitting_start", "batch_norm", "relu", "shallower"),
    says={
        "signal_lost": "The signal is lost on its way: the last layer tells samples apart by {left} of what it "
        "could, before training.",
        "no_signal_lost": "The signal arrives: the last layer tells samples apart by {left} of what it could.",
    },
)
def signal_lost(signs: Signs) -> Opinion:
    """The signal shrinks from layer to layer, until the last one hardly tells samples apart."""
    passed = signs.passed[0]
    if not np.isfinite(passed).all():
        return not_applicable("no_numbers" if signs.entering else "inputs_alike")
    left = np.minimum(passed, signs.apart[0])
    if left[-1] < LOST:
        knobs = blame(signs.config, larger=False)
        return found(HARM, knobs, {"left": left[-1]}, layers=np.flatnonzero(left < LOST) + 1)
    return healthy({"left": left[-1]})


@rule(
    "Bias decides",
    33,
    sick=lambda: Config(dataset="circles", bias_init=10.0, depth=1, steps=200),
    source="by construction: a bias that is larger than all sums decides alone whether a unit fires",
    needs=("activation_sample_std", "activation_mean", "activation_std", "config"),
    layers=True,
    samples=True,
    remedies=("no_bias", "fitting_start", "batch_norm"),
    says={
        "pushed": "The bias is larger than the sums: the first layer tells samples apart by {left} of its size.",
        "no_pushed": "The first layer tells samples apart by {left} of its size.",
    },
)
def pushed(signs: Signs) -> Opinion:
    """Units whose bias is larger than what samples make of them: they do the same for all."""
    assert signs.config is not None
    if not signs.config.bias_init or signs.config.normalization != "none":
        return not_applicable("no_bias")
    apart = float(signs.apart[0, 0])
    if np.isnan(apart):
        return not_applicable("no_numbers")
    knobs = blame(signs.config)
    if apart < PUSHED and "bias_init" in knobs:
        return found(HARM, knobs, {"left": apart}, layers=[1])
    return healthy({"left": apart})


@rule(
    "Signal too large",
    36,
    sick=lambda: Config(weight_scale=5.0, depth=6, steps=200),
    source="He et al. 2015, section 2.2; SageMaker Debugger: variances of layers more than 10 times apart",
    needs=("activation_sample_std",),
    layers=True,
    samples=True,
    remedies=("fitting_start", "batch_norm"),
    says={
        "signal_grows": "The signal is too large before training: {times} times that of the inputs.",
        "no_signal_grows": "The signal of no layer is more than {times} times that of the inputs.",
    },
)
def signal_grows(signs: Signs) -> Opinion:
    """The signal grows from layer to layer."""
    passed = signs.passed[0]
    if not np.isfinite(passed).all():
        return not_applicable("no_numbers" if signs.entering else "inputs_alike")
    times = float(passed.max())
    if times > GROWN:
        large = np.flatnonzero(passed > GROWN)
        return found(HARM, blame(signs.config, larger=True), {"times": times}, layers=large + 1)
    return healthy({"times": times})


@rule(
    "Poor start",
    38,
    sick=lambda: Config(normalization="layer_norm", weight_scale=20.0, depth=2, learning_rate=0.001, steps=60),
    source="Karpathy 2019, A recipe for training neural networks: verify the loss at init; TheDeepChecker (Ben Braiek "
    "& Khomh 2023) has |loss − ln C| ≥ ln C",
    needs=("loss", "guess"),
    samples=True,
    remedies=("fitting_start", "standardize", "batch_norm"),
    says={
        "poor_start": "The loss before training is {loss}, {times} times that of guessing ({guess}): the outputs "
        "are too large.",
        "no_poor_start": "The loss before training is {loss}; guessing has {guess}.",
    },
)
def poor_start(signs: Signs) -> Opinion:
    """The untrained network is far worse than guessing: its outputs are too large."""
    if not np.isfinite(signs.first_loss) or not signs.guess:
        return not_applicable("no_numbers")
    times = signs.first_loss / signs.guess
    if times > (POOR if signs.recording.classes else POOR_SQUARE):
        return found(
            HARM, blame(signs.config, larger=True), {"times": times, "loss": signs.first_loss, "guess": signs.guess}
        )
    return healthy({"times": times, "loss": signs.first_loss, "guess": signs.guess})
