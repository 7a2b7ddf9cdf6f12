"""Ahead: how long the first step of training will be, told before it is made.

The optimizer itself is asked, for one weight of each layer that is as large as all of them are in the mean, with a
gradient that is. All optimizers but L-BFGS move each weight by its own gradient, so the answer is that of the layer;
for those that follow the gradient's sign it is off where some weights have no gradient.
"""

import numpy as np

from core.array import Array
from core.choices.activations import activations
from core.choices.schedules import schedules
from core.diagnosis.signs import Signs
from core.networks.updater import first_moves

OF_ALL = ("lbfgs",)  # optimizers that look at all weights before they move one
LONG = 1000  # steps of a run of which it is asked how it begins


def first_step(signs: Signs) -> Array | None:
    """‖ΔW‖/‖W‖ of the first step (layer,), roughly, as the batch of that step is not the probe.

    None where nothing can be said of it: under a warm-up; before a normalization, which makes up for the size of
    weights; and where gradients are clipped, in a length to which the output layer's belong.
    """
    config, recording = signs.config, signs.recording
    if config is None or not recording.depth or not all(map(recording.has, ("weight_norm", "weight_gradient_norm"))):
        return None
    warms_up, norms = schedules[config.schedule](0, LONG) < 1, config.normalization != "none"
    if warms_up or norms or config.clip_norm or config.optimizer in OF_ALL:
        return None
    weight, gradient = signs.of("weight_norm")[0], signs.of("weight_gradient_norm")[0]
    if not (np.isfinite(gradient).all() and (weight > 0).all()):
        return None
    sizes = np.sqrt(_weights(signs))
    step: Array = first_moves(config, weight / sizes, gradient / sizes) * sizes / weight
    return step


def _weights(signs: Signs) -> Array:
    """How many weights each layer has (layer,). Unknown inputs are taken to be as many as the first units."""
    config, widths = signs.config, signs.recording.layer_widths
    assert config is not None
    sizes = signs.recording.input_sizes
    into = np.array([widths[0] if sizes is None else len(sizes.deviations), *widths[:-1]])
    counts: Array = np.asarray(widths * into * activations[config.activation].pieces, float)
    return counts
