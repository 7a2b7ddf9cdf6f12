"""Rules on what is learned from: the size of the inputs, and labels that nobody could learn."""

import numpy as np

from core.config import Config
from core.diagnosis.finding import FATAL, HARM, NOTE
from core.diagnosis.rule import Opinion, found, healthy, not_applicable, rule
from core.diagnosis.signs import Signs, largest

LARGE, SMALL = 10.0, 0.05  # RMS of inputs: standardized ones have 1, pixels from 0 to 1 about 0.5
OFF_CENTRE = 3.0  # deviations that the inputs lie away from 0, all features together
UNEVEN = 100.0  # times the deviation of the middle feature, from which on one drowns all others
UNBALANCED = 0.9  # share of the largest class
MEMORIZED = 0.5  # score in training, with none on held-out samples
NOTHING = 0.1  # score on held-out samples that is hardly better than guessing


@rule(
    "Raw inputs",
    10,
    sick=lambda: Config(dataset="star_cloud", preprocessing="none", noise=0.0, depth=5, width=8, steps=400, seed=1),
    source="cs231n, neural networks 2: preprocessing; UMLAUT (Schoop et al. 2021) asks for inputs within [−1, 1], "
    "which alone raises more alarms on healthy networks than on sick ones; these limits are ours",
    remedies=("standardize",),
    needs=("input_sizes",),
    samples=True,
    says={
        "constant_inputs": "All inputs of the probe are the same: there is nothing to tell samples apart by.",
        "large_inputs": "The inputs are large: their RMS is {size}, where standardized ones have 1.",
        "small_inputs": "The inputs are tiny: their RMS is {size}, where standardized ones have 1.",
        "shifted_inputs": "The inputs lie far from 0: {shift} times as far as they vary.",
        "uneven_inputs": "One feature varies {uneven} times as much as the middle one, and drowns the others.",
        "no_raw_inputs": "The size of the inputs is usual: their RMS is {size}.",
    },
)
def raw_inputs(signs: Signs) -> Opinion:
    """Inputs that are far from 0, far too large or small, or do not vary."""
    sizes = signs.recording.input_sizes
    assert sizes is not None
    if not sizes.deviations.any():
        return found(FATAL, ("dataset",), saying="constant_inputs")
    size = float(np.sqrt((sizes.means**2 + sizes.deviations**2).mean()))
    shift = float(np.linalg.norm(sizes.means) / np.linalg.norm(sizes.deviations))
    varying = sizes.deviations[sizes.deviations > 0]
    uneven = float(varying.max() / np.median(varying))
    seen = {"size": size, "shift": shift, "uneven": uneven}
    for wrong, saying in (
        (size > LARGE, "large_inputs"),
        (size < SMALL, "small_inputs"),
        (shift > OFF_CENTRE, "shifted_inputs"),
        (uneven > UNEVEN and varying.max() > 1, "uneven_inputs"),
    ):
        if wrong:
            return found(HARM, ("preprocessing",), seen, saying=saying)
    return healthy(seen)


@rule(
    "Nothing to learn",
    5,
    sick=lambda: Config(samples=2, depth=1, width=8, steps=60, seed=12),
    source="by definition: the entropy, or the variance, of the targets is 0",
    needs=("guess",),
    says={
        "one_class": "All training samples are of one class, so there is nothing to learn.",
        "unbalanced": "{share} of the training samples are of one class: who always answers it is right as often.",
        "one_target": "All targets are the same number, so there is nothing to learn.",
        "no_nothing_to_learn": "The targets differ.",
    },
)
def nothing_to_learn(signs: Signs) -> Opinion:
    """Targets that are all the same."""
    guess = signs.recording.guess
    assert guess is not None
    if signs.recording.classes:
        if guess.accuracy == 1:
            return found(FATAL, ("dataset",), saying="one_class")
        if guess.accuracy >= UNBALANCED:
            return found(NOTE, ("dataset",), {"share": guess.accuracy}, saying="unbalanced")
        return healthy({"share": guess.accuracy})
    return found(FATAL, ("dataset",), saying="one_target") if guess.loss == 0 else healthy()


@rule(
    "Labels do not fit",
    7,
    sick=lambda: Config(dataset="gaussian", samples=200, features=64, depth=2, steps=300, learning_rate=0.1),
    source="Zhang et al. 2017, Understanding deep learning requires rethinking generalization: networks fit labels "
    "that were shuffled, and then know nothing of held-out samples",
    needs=("loss",),
    samples=True,
    trained=True,
    says={
        "labels_do_not_fit": "Learned by heart: the score in training is {train} of a perfect one, on held-out samples "
        "{held_out}. The labels have nothing to do with the inputs, or there are far too few samples.",
        "no_labels_do_not_fit": "The score in training is {train} of a perfect one, on held-out samples at best "
        "{held_out}.",
    },
)
def labels_do_not_fit(signs: Signs) -> Opinion:
    """Training samples are learned by heart, and nothing of it holds for others."""
    train, held_out = signs.scores[-1, 0], largest(signs.scores[:, 1], -np.inf)
    if np.isnan(train) or signs.diverged:
        return not_applicable("no_score")
    if train >= MEMORIZED and held_out <= NOTHING:
        return found(HARM, ("dataset", "samples"), {"train": train, "held_out": held_out})
    return healthy({"train": train, "held_out": held_out})
