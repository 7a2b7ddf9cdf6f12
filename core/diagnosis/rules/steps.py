"""Rules on the steps of training: too long, too short, or in the wrong direction."""

import numpy as np

from core.config import Config
from core.diagnosis.finding import DOUBT, FATAL, HARM
from core.diagnosis.lost import first_lost
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import DEEP, Signs, largest

TOO_FAST = 0.05  # ‖ΔW‖/‖W‖: TheDeepChecker has 0.1; healthy networks stay below 0.01, 1e-3 is usual (cs231n)
FIRST = 1.0  # ‖ΔW‖/‖W‖ of the first step; of healthy networks at most 0.4; where it is more, half do not learn
TRAVELLED = 0.1  # how far the weights have gone, in their own size, as if all steps went the same way
KILLED = 0.25  # share of units that die in the beginning of training
WORSE = 2.0  # times the loss before training, or that of guessing
LOST = {  # what left the range of numbers, as a reader calls it
    "weights": "the weights of {where}",
    "signal": "the signal in {where}",
    "loss": "the loss",
    "gradient": "the gradient at {where}",
}
CLIPPED = 0.1  # share of the gradient that clipping leaves of it
FEW = 2  # samples in a batch, whose mean and variance say nothing
NOTHING_LEFT = 0.01  # the same, when weight decay may move the weights further than what is left
DROPPED = 0.7  # share of dropped activations


@rule(
    "Batch too small",
    52,
    sick=lambda: Config(normalization="batch_norm", batch_size=1, steps=200),
    source="Ioffe & Szegedy 2015: a batch stands for the data; of one sample the variance is 0",
    needs=("config",),
    trained=True,
    remedies=("larger_batch",),
    says={
        "batch_too_small": "With {batch} in a batch, the gradient is mostly noise at this learning rate.",
        "batch_norm_of_few": "Batch norm takes its mean and variance from {batch} in a batch, which say nothing.",
        "no_batch_too_small": "Samples in a batch: {batch}.",
    },
)
def batch_too_small(signs: Signs) -> Opinion:
    """Batches whose statistics say nothing, or whose gradients are mostly noise."""
    assert signs.config is not None
    batch = signs.config.effective("batch_size")
    if batch > FEW:
        return healthy({"batch": batch})
    if signs.config.normalization.startswith("batch_norm"):
        return found(HARM, ("batch_size", "normalization"), {"batch": batch}, saying="batch_norm_of_few")
    if signs.diverged or _worst(signs) > WORSE:
        return found(HARM, ("batch_size", "learning_rate"), {"batch": batch})
    return healthy({"batch": batch})


@rule(
    "Clipped away",
    46,
    sick=lambda: Config(clip_norm=1e-5, steps=300),
    source="Pascanu et al. 2013, On the difficulty of training recurrent neural networks: clipping is for rare peaks",
    needs=("weight_gradient_norm", "update_ratio", "config"),
    trained=True,
    layers=True,
    remedies=("no_clip",),
    says={
        "clipped_away": "Clipping leaves {share} of a usual gradient, so the steps are too short.",
        "no_clipped_away": "Clipping starts at {share} of a usual gradient.",
    },
)
def clipped_away(signs: Signs) -> Opinion:
    """Clipping shortens every gradient, not rare peaks, so that the steps are too short."""
    assert signs.config is not None
    if not signs.config.clip_norm:
        return not_applicable("no_clip")
    whole = np.linalg.norm(signs.of("weight_gradient_norm"), axis=1)
    share = float(signs.config.clip_norm / np.nanmedian(whole)) if whole.any() else np.inf
    if share < NOTHING_LEFT or (share < CLIPPED and signs.travel < 1):
        return found(HARM, ("clip_norm",), {"share": share})
    return healthy({"share": share})


@rule(
    "Steps too long",
    56,
    sick=lambda: Config(learning_rate=10.0, steps=300),
    source="Goodfellow, Bengio, Courville 2016, section 11.4.1; TheDeepChecker (Ben Braiek & Khomh 2023): "
    "mean|ΔW|/mean|W| > 0.1",
    remedies=("much_lower_rate", "lower_rate", "less_momentum", "clip", "warm_up", "adam"),
    says={
        "first_step_too_long": "The first step is up to {fastest} of the weights in {where}: often too long to learn.",
        "diverged": "Diverged at step {step}: the steps are too long for this network.",
        **{
            f"diverged_{what}": "Diverged at step {end}: the steps are too long for this network. First seen out of "
            f"the range of numbers: {where}, at step {{step}}."
            for what, where in LOST.items()
        },
        "steps_kill": "The steps of training have killed {killed} of the units, judged on the {samples} samples of the "
        "probe: they are too long.",
        "steps_too_long": "The steps are too long: a usual one changes a layer by {fastest} of its weights.",
        "loss_jumps": "The steps are too long: the loss has been {worst} times that at the start, or of guessing.",
        "no_rate_too_high": "The steps are not too long: a usual one changes no layer by more than {fastest} of "
        "its weights.",
        "no_rate_too_high_first": "The first step will change no layer by more than about {fastest} of its weights.",
        "no_rate_too_high_jump": "The steps are not too long: the loss has been at most {worst} times that at the "
        "start, or of guessing.",
    },
)
def rate_too_high(signs: Signs) -> Opinion:
    """Steps that are too long: they diverge, kill units, or jump to and fro."""
    knobs = _of_rate(signs)
    if not signs.began:
        return _ahead(signs)
    if signs.diverged:
        return _diverged(signs, knobs)
    killed, samples = _killed(signs), signs.recording.probe_size
    seen = {"killed": killed, "samples": samples, "fastest": _fastest(signs), "worst": _worst(signs)}
    if killed >= KILLED:
        return found(HARM, knobs, seen, saying="steps_kill")
    if signs.is_early:
        return not_applicable("too_early")
    if seen["fastest"] > TOO_FAST:
        return found(HARM, knobs, seen, saying="steps_too_long")
    if seen["worst"] > WORSE:
        return found(HARM, knobs, seen, saying="loss_jumps")
    return healthy(seen) if signs.recording.depth else healthy(seen, saying="no_rate_too_high_jump")


@rule(
    "Steps too short",
    58,
    sick=lambda: Config(learning_rate=1e-5, steps=300),
    source="TheDeepChecker (Ben Braiek & Khomh 2023): mean|ΔW|/mean|W| < 1e-4; here summed over the run, as many "
    "short steps go far",
    needs=("update_ratio",),
    layers=True,
    trained=True,
    remedies=("much_higher_rate", "higher_rate", "adam"),
    says={
        "rate_too_low": "The steps are too short: all together they could have changed the weights by {travel}, in "
        "their size.",
        "no_rate_too_low": "The steps are not too short: all together they could have changed the weights by {travel}, "
        "in their size.",
    },
)
def rate_too_low(signs: Signs) -> Opinion:
    """Steps that are too short: the weights have hardly moved."""
    if signs.travel < TRAVELLED:
        return found(HARM, ("learning_rate", "optimizer", "steps"), {"travel": signs.travel})
    return healthy({"travel": signs.travel})


@rule(
    "Dropout too strong",
    49,
    sick=lambda: Config(dropout=0.9, steps=300),
    source="Srivastava et al. 2014, Dropout: half of the hidden units are dropped, or fewer",
    needs=("config",),
    trained=True,
    remedies=("less_dropout",),
    says={
        "dropout_too_strong": "Dropout takes away {share} of the activations at each step.",
        "no_dropout_too_strong": "Dropout takes away {share} of the activations at each step.",
    },
)
def dropout_too_strong(signs: Signs) -> Opinion:
    """Dropout leaves too few units to learn with."""
    assert signs.config is not None
    if not signs.config.dropout:
        return not_applicable("no_dropout")
    share = signs.config.dropout
    return found(HARM, ("dropout",), {"share": share}) if share >= DROPPED else healthy({"share": share})


def _ahead(signs: Signs) -> Opinion:
    """How long the first step will be, before it is made."""
    ratios = signs.first_step
    if ratios is None:
        return not_applicable("untrained")
    seen, far = {"fastest": float(ratios.max())}, np.flatnonzero(ratios > FIRST)
    if len(far):
        return found(DOUBT, ("learning_rate",), seen, saying="first_step_too_long", layers=far + 1)
    return healthy(seen, saying="no_rate_too_high_first")


def _diverged(signs: Signs, knobs: tuple[str, ...]) -> Opinion:
    lost, end = first_lost(signs), signs.recording.end.step
    if lost is None:
        return found(FATAL, knobs, saying="diverged", steps=[end])
    return found(FATAL, knobs, {"end": end}, saying=f"diverged_{lost.what}", layers=lost.layers, steps=[lost.step])


def _of_rate(signs: Signs) -> tuple[str, ...]:
    deep = ("depth",) if signs.recording.depth >= DEEP else ()
    return (("momentum", "learning_rate") if signs.heavy else ("learning_rate",)) + deep


def _killed(signs: Signs) -> float:
    """The share of units that died in training, at most, of all there are, judged on the probe before and after."""
    recording = signs.recording
    if not recording.has("dead_fraction") or not recording.depth or signs.few:
        return 0.0
    return largest(signs.dead[1:]) - float(signs.dead[0])


def _fastest(signs: Signs) -> float:
    """The middle of the relative sizes of the steps, of the layer that moves most."""
    if not signs.recording.has("update_ratio") or not signs.recording.depth:
        return 0.0
    return float(np.median(np.nan_to_num(signs.updates), 0).max())


def _worst(signs: Signs) -> float:
    """The largest loss after the first steps, in times of the loss before training or that of guessing."""
    before = largest(np.array([signs.first_loss, signs.guess]))
    return largest(signs.losses[1:, 0]) / before if before and not signs.few else 0.0
