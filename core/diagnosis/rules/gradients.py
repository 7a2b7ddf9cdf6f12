"""Rules on the gradient of the untrained network, on its way back from the loss."""

import numpy as np

from core.config import Config
from core.diagnosis.blame import blame
from core.diagnosis.finding import FATAL, HARM
from core.diagnosis.headlines import VANISHING
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import Signs

EXPLODING = 1 / VANISHING  # AUTOTRAINER has 70 for networks that do not learn; healthy ones have up to 140 untrained


@rule(
    "No gradient",
    40,
    sick=lambda: Config(initializer="constant", width=16, depth=3, steps=100),
    source="Higham 2002, Accuracy and stability of numerical algorithms, sections 1.7 and 3.1",
    needs=("gradient_rms",),
    layers=True,
    samples=True,
    remedies=("fitting_start",),
    says={
        "no_gradient": "No gradient reaches a hidden unit before training: it is exactly 0.",
        "only_rounding": "No gradient reaches a hidden unit before training, only rounding: the terms of its sums "
        "cancel.",
        "no_no_gradient": "A gradient reaches the hidden units.",
    },
)
def no_gradient(signs: Signs) -> Opinion:
    """No gradient reaches a hidden unit: it is exactly 0, or nothing but rounding."""
    gradient = signs.gradient[0]
    if not np.isfinite(gradient).all():
        return not_applicable("no_numbers")
    none = np.flatnonzero(gradient == 0)
    if len(none) < len(gradient):
        return healthy({"last": gradient[-1]})
    rounding = bool(signs.of("gradient_rms")[0].any())
    return found(FATAL, blame(signs.config), saying="only_rounding" if rounding else "", layers=none + 1)


@rule(
    "Vanishing gradient",
    42,
    sick=lambda: Config(activation="sigmoid", depth=8, steps=200),
    source="AUTOTRAINER (Zhang et al. 2021): ‖g_first‖/‖g_last‖ < 1e-3",
    needs=("gradient_rms",),
    layers=True,
    samples=True,
    remedies=("fitting_start", "batch_norm", "relu", "shallower"),
    says={
        "vanishing": "The gradient vanishes on its way back, before training: first layer to last, it is {ratio}.",
        "no_vanishing": "The gradient before training, first layer to last, is {ratio}.",
    },
)
def vanishing(signs: Signs) -> Opinion:
    """The gradient of the untrained network shrinks on its way back: hardly any reaches the first layer."""
    times = _times(signs)
    if np.isnan(times):
        return _nothing_to_compare(signs)
    if times < VANISHING:
        shares = signs.gradient[0] / signs.gradient[0, -1]
        layers = np.flatnonzero(shares < VANISHING) + 1
        return found(HARM, blame(signs.config, larger=False), {"ratio": times}, layers=layers)
    return healthy({"ratio": times})


@rule(
    "Exploding gradient",
    44,
    sick=lambda: Config(activation="tanh", depth=20, weight_scale=4.0, initializer="lecun_normal", steps=200),
    source="AUTOTRAINER (Zhang et al. 2021): ‖g_first‖/‖g_last‖ > 70, of networks that do not learn",
    needs=("gradient_rms",),
    layers=True,
    samples=True,
    remedies=("fitting_start", "batch_norm", "clip"),
    says={
        "exploding": "The gradient explodes on its way back, before training: first layer to last, it is {ratio}.",
        "no_exploding": "The gradient before training, first layer to last, is {ratio}.",
    },
)
def exploding(signs: Signs) -> Opinion:
    """The gradient of the untrained network grows on its way back to the first layer."""
    times = _times(signs)
    if np.isnan(times):
        return _nothing_to_compare(signs)
    if signs.config is not None and signs.config.normalization != "none":
        return not_applicable("normalized")
    if times > EXPLODING:
        layers = np.flatnonzero(signs.gradient[0] > EXPLODING * signs.gradient[0, -1]) + 1
        return found(HARM, blame(signs.config, larger=True), {"ratio": times}, layers=layers)
    return healthy({"ratio": times})


def _times(signs: Signs) -> float:
    """The gradient at the first layer over that at the last; NaN where there are not two, or the last has none."""
    gradient = signs.gradient[0]
    if len(gradient) < 2 or not np.isfinite(gradient).all() or gradient[-1] == 0:
        return float("nan")
    return float(gradient[0] / gradient[-1])


def _nothing_to_compare(signs: Signs) -> Opinion:
    return not_applicable("one_layer" if signs.recording.depth == 1 else "no_gradient_at_all")
