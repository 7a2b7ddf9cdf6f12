"""The rule on weight decay: what it takes, against what is learned."""

from math import isfinite

import numpy as np

from core.config import Config
from core.diagnosis.finding import DOUBT, FATAL, HARM
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import Signs

SHRUNK, VANISHED = 0.3, 1e-3  # shares of the weights' size that weight decay has left; and those beyond all hope
TAKEN = 0.05  # share of a weight that weight decay takes at each step; of healthy networks at most 0.0002
OUTWEIGHED = 10.0  # times the gradient of the loss; of healthy networks that have learned it is up to 7
NOTICED = 1.0  # weight decay times learning rate times steps: after fewer, a third of the weights is left at least
UNSTABLE = 2.0  # weight decay times learning rate from which each step turns the weights over and lets them grow
LINEAR = ("sgd", "adamw")  # optimizers that multiply each weight by 1 − learning rate · weight decay
HEAVY_BALLS = ("momentum", "nesterov")  # that do so by and by


@rule(
    "Weight decay too strong",
    50,
    sick=lambda: Config(weight_decay=1.0, steps=300),
    source="each step of SGD multiplies a weight by 1 − learning rate · weight decay, before the gradient is added; "
    "Krogh & Hertz 1991, A simple weight decay can improve generalization",
    needs=("weight_norm", "config"),
    layers=True,
    remedies=("less_decay", "much_lower_rate"),
    says={
        "decay_takes": "Weight decay will take {share} of each weight at each step: often more than is learned.",
        "no_decay_too_strong_yet": "Weight decay will take {share} of each weight at each step.",
        "decay_too_strong": "Weight decay of {decay} has left {left} of the weights in {where}: they are pulled to 0 "
        "faster than they learn.",
        "decay_overshoots": "Weight decay times learning rate is {product}, more than 2: each step turns the weights "
        "over and lets them grow.",
        "decay_outweighs": "Weight decay pulls {times} times as strongly as the gradient.",
        "no_decay_too_strong": "Weight decay has left {left} of the weights.",
    },
)
def decay_too_strong(signs: Signs) -> Opinion:
    """Weight decay takes away what is learned, or more than is there."""
    config, norms = signs.config, signs.of("weight_norm")
    assert config is not None
    if not config.weight_decay:
        return not_applicable("no_decay")
    product = config.weight_decay * config.learning_rate
    if product > UNSTABLE and config.optimizer in LINEAR:
        return found(FATAL, ("weight_decay", "learning_rate"), {"product": product}, saying="decay_overshoots")
    if not signs.trained:
        return _decay_ahead(config)
    with np.errstate(divide="ignore", invalid="ignore"):
        left = float(np.nanmin(norms[-1] / norms[0])) if np.isfinite(norms[-1]).any() and norms[0].any() else np.nan
    seen = {"product": product, "left": left, "decay": config.weight_decay}
    if signs.is_early and not left < VANISHED:
        return not_applicable("too_early")
    outweighed = _decay_against_gradient(signs)
    seen["times"] = outweighed
    if outweighed > OUTWEIGHED:
        return found(HARM, ("weight_decay",), seen, saying="decay_outweighs")
    if left < SHRUNK:
        return found(HARM, ("weight_decay",), seen, layers=np.flatnonzero(norms[-1] < SHRUNK * norms[0]) + 1)
    return healthy(seen)


def _decay_ahead(config: Config) -> Opinion:
    """What weight decay will do, as far as its arithmetic tells."""
    share = _shrinks(config)
    if not isfinite(share):
        return not_applicable("untrained")
    if share > TAKEN:
        return found(DOUBT, ("weight_decay",), {"share": share}, saying="decay_takes")
    return healthy({"share": share}, saying="no_decay_too_strong_yet")


def _decay_against_gradient(signs: Signs) -> float:
    """How many times the pull of weight decay is as strong as the gradient, in the middle of all looks and layers.

    0 where it had no time to pull far. Where no gradient arrives at all, there is nothing to outweigh.
    """
    config = signs.config
    if config is None or not signs.recording.has("weight_gradient_norm"):
        return 0.0
    if _shrinks(config) * signs.steps[-1] < NOTICED:
        return 0.0
    gradient = signs.of("weight_gradient_norm")
    pulls = config.weight_decay * signs.of("weight_norm") / np.where(gradient > 0, gradient, np.nan)
    return float(np.median(pulls[np.isfinite(pulls)])) if np.isfinite(pulls).any() else 0.0


def _shrinks(config: Config) -> float:
    """By which share of itself weight decay shrinks a weight at each step, in the long run; ∞ where its size does not
    tell, as a step is of one length whatever it is made of."""
    share = config.weight_decay * config.learning_rate
    if config.optimizer in HEAVY_BALLS:
        return share / (1 - config.momentum) if config.momentum < 1 else np.inf
    return share if config.optimizer in LINEAR else np.inf
