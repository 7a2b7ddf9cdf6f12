"""Signs: the numbers of a recording that rules ask for, each found once, when it is first asked for.

None of them raises, whatever a recording lacks: what is not known is NaN, or None.
"""

from functools import cached_property

import numpy as np

from core.array import Array
from core.choices.activations import activations
from core.choices.schedules import schedules
from core.config import Config
from core.measuring import Recording
from core.measuring.rounding import in_double, only_rounding
from core.networks.updater import first_moves

# Scores on held-out samples, of the way from guessing to a perfect one: healthy networks come to 0.86 at least, and XOR
# with three corners of four is 0.5. In between, what is known of training samples has to hold for others about as well,
# or the share of the loss of guessing that is gone there decides.
WELL, ENOUGH, BEHIND, GONE = 0.8, 0.55, 0.15, 0.33
HEAVY = 0.99  # momentum that remembers a hundred steps
DEEP = 20  # layers that are many without a normalization
FEW_SAMPLES = 8  # in the probe, of which fewer may be alike, and all on the flat side of a unit, by chance
OF_ALL = ("lbfgs",)  # optimizers that look at all weights before they move one
LONG = 1000  # steps of a run of which it is asked how it begins
FEW_STEPS = 50  # after fewer, nobody can say that a network does not learn


def largest(values: Array, floor: float = 0.0) -> float:
    """The largest of the values that are numbers; the floor where there are none, or none that is larger."""
    return float(np.fmax.reduce(np.asarray(values, float).ravel(), initial=floor))


class Signs:
    """What rules may ask of a recording. Rows are looks, the first of them at step 0; columns are layers."""

    def __init__(self, recording: Recording) -> None:
        self.recording = recording

    @property
    def config(self) -> Config | None:
        """The Config of the network, where there is one."""
        return self.recording.config

    @cached_property
    def steps(self) -> Array:
        """The steps of the looks (row,)."""
        return np.asarray(self.recording.steps)

    @property
    def trained(self) -> bool:
        """Whether there is a look after the first."""
        return len(self.steps) > 1

    @property
    def diverged(self) -> bool:
        """Whether the run ended because its loss was no number."""
        return self.recording.end.reason == "diverged"

    @property
    def began(self) -> bool:
        """Whether a step was taken; of a run that diverged before its second look, its end alone tells."""
        return self.trained or (self.diverged and self.recording.end.step > 0)

    @property
    def heavy(self) -> bool:
        """Whether there is so much momentum that old gradients outweigh new ones."""
        return self.config is not None and self.config.matters("momentum") and self.config.momentum > HEAVY

    @property
    def few(self) -> bool:
        """Whether the probe has too few samples to judge by."""
        return self.recording.probe_size < FEW_SAMPLES

    @property
    def runs(self) -> bool:
        """Whether training goes on."""
        return self.recording.end.reason == "running"

    @property
    def is_early(self) -> bool:
        """Whether it is too early to say that a network does not learn: after a few steps, and while it still may."""
        over = self.diverged or bool(self.learned)
        return not over and (self.runs or int(self.steps[-1]) < FEW_STEPS)

    def of(self, name: str) -> Array:
        """A variable (row, layer, …), in doubles."""
        return np.asarray(self.recording.variables[name].values, float)

    def known(self, name: str) -> Array:
        """A variable (row, layer), 0 where it was not recorded."""
        absent = np.zeros((len(self.steps), self.recording.depth))
        return self.of(name) if self.recording.has(name) else absent

    @cached_property
    def losses(self) -> Array:
        """The loss (row, split) on the probe and on held-out samples; NaN where it was not recorded."""
        return self.of("loss") if self.recording.has("loss") else np.full((len(self.steps), 2), np.nan)

    @cached_property
    def guess(self) -> float:
        """The loss of guessing; NaN where it is not known."""
        return np.nan if self.recording.guess is None else self.recording.guess.loss

    @property
    def first_loss(self) -> float:
        """The loss on the probe before training."""
        return float(self.losses[0, 0])

    @cached_property
    def scores(self) -> Array:
        """How far the network has come from guessing (0) to a perfect answer (1), (row, split).

        For classes it is measured by accuracy, for numbers by R²; below 0 it is worse than guessing.
        """
        guess = self.recording.guess
        if self.recording.has("accuracy"):
            chance = 1 / max(self.recording.classes, 2) if guess is None else guess.accuracy
            come: Array = (self.of("accuracy") - chance) / (1 - chance)  # NaN where there is one class
            return come
        spreads = np.array([np.nan, np.nan] if guess is None else guess.spreads)
        explained: Array = 1 - self.losses / np.where(spreads > 0, spreads, np.nan)
        return explained

    @property
    def score(self) -> float:
        """The last score on held-out samples; NaN where there is none."""
        return float(self.scores[-1, 1])

    @property
    def learned(self) -> bool | None:
        """Whether the network has learned; None where that cannot be said."""
        if self.diverged:
            return False
        if not self.trained or np.isnan(self.score):
            return None
        behind = float(self.scores[-1, 0]) - self.score
        if WELL > self.score >= ENOUGH and behind > BEHIND and self.guess:
            return bool(1 - self.losses[-1, 1] / self.guess >= GONE)
        return self.score >= ENOUGH

    @cached_property
    def gradient(self) -> Array:
        """RMS of dL/dz (row, layer), 0 where what was recorded is only rounding."""
        return np.where(only_rounding(self.recording), 0.0, in_double(self.recording)).astype(float)

    @cached_property
    def sizes(self) -> Array:
        """RMS of the activations (row, layer)."""
        return np.hypot(self.of("activation_mean"), self.of("activation_std"))

    @cached_property
    def apart(self) -> Array:
        """How far the units tell samples apart (row, layer), in shares of the size of the activations."""
        return np.where(self.sizes > 0, self.of("activation_sample_std") / self.sizes, 0.0)

    @cached_property
    def entering(self) -> float:
        """How far the inputs tell samples apart: the RMS of their deviations; of unknown inputs, the first layer's."""
        sizes = self.recording.input_sizes
        if sizes is None:
            return float(self.of("activation_sample_std")[0, 0])
        return float(np.sqrt((sizes.deviations**2).mean()))

    @cached_property
    def passed(self) -> Array:
        """How far the units tell samples apart (row, layer), in shares of how far the inputs do."""
        return self.of("activation_sample_std") / self.entering

    @cached_property
    def travel(self) -> float:
        """How far the weights of the layer that moves most would have gone in their own size, had all steps gone the
        same way; 0 where nothing is known of it."""
        if not self.recording.has("update_ratio") or not self.recording.depth or not self.trained:
            return 0.0
        ratios = np.nan_to_num(self.of("update_ratio"))
        ratios[0] = ratios[1]
        return float(np.trapezoid(ratios, self.steps, axis=0).max())

    @cached_property
    def dead(self) -> Array:
        """The dead share of units (row,), all layers together."""
        widths = self.recording.layer_widths
        return np.asarray(self.of("dead_fraction") @ widths / max(1, widths.sum()), float)

    @cached_property
    def updates(self) -> Array:
        """‖ΔW‖/‖W‖ (row, layer) of all looks after the first."""
        return self.of("update_ratio")[1:]

    @cached_property
    def first_step(self) -> Array | None:
        """‖ΔW‖/‖W‖ of the first step (layer,) before it is made, roughly, as its batch is not the probe.

        The optimizer is asked, for one weight of each layer that is as large as all of them are in the mean, with a
        gradient that is: all but L-BFGS move each weight by its own gradient. None where nothing can be said of it:
        under a warm-up; before a normalization, which makes up for the size of weights; and where gradients are
        clipped, in a length to which the output layer's belong.
        """
        config, has = self.config, self.recording.has
        if config is None or not self.recording.depth or not (has("weight_norm") and has("weight_gradient_norm")):
            return None
        warms_up, norms = schedules[config.schedule](0, LONG) < 1, config.normalization != "none"
        if warms_up or norms or config.clip_norm or config.optimizer in OF_ALL:
            return None
        weight, gradient = self.of("weight_norm")[0], self.of("weight_gradient_norm")[0]
        if not (np.isfinite(gradient).all() and (weight > 0).all()):
            return None
        widths, inputs = self.recording.layer_widths, self.recording.input_sizes
        into = np.array([widths[0] if inputs is None else len(inputs.deviations), *widths[:-1]])
        sizes = np.sqrt(widths * into * activations[config.activation].pieces)
        step: Array = first_moves(config, weight / sizes, gradient / sizes) * sizes / weight
        return step
