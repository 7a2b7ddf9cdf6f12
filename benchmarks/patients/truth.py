"""The truth: whether a network learned, by its held-out score alone."""

import numpy as np

from core import Recording

ENOUGH = 0.5  # of the way from guessing to perfect
HELD_OUT = 1  # the place of the held-out samples among the splits of a recording


def learned(recording: Recording) -> bool:
    """Whether a run finished, and its held-out score is at least half way from guessing to perfect.

    For classes the score is the accuracy: half way is 0.55 on the ten digits, 0.75 on two classes and 0.67 on three,
    which is what a straight line can reach on moons and star_cloud, and what it cannot on circles, xor and spiral. For
    numbers it is R², the share of the held-out variance that is explained. On line and curve the noise that is drawn
    for patients leaves an R² of 0.85 or more to be had; a straight line explains 0.6 of the sine of curve, so there a
    network that has come as far as the line has learned. The noise of the other data sets leaves an accuracy of 0.9 or
    more. Nothing can be learned on gaussian, whose labels are random: no patient is drawn from it.
    """
    return recording.end.reason == "finished" and progress(recording) >= ENOUGH


def progress(recording: Recording) -> float:
    """How far from guessing, 0, to perfect, 1, a run is on held-out samples at its end; NaN where an output is NaN."""
    guess = recording.guess
    assert guess is not None
    if recording.classes:
        return float((_last(recording, "accuracy") - guess.accuracy) / (1 - guess.accuracy))
    return float(1 - _last(recording, "loss") / guess.spreads[HELD_OUT])


def _last(recording: Recording, name: str) -> np.floating:
    return recording.variables[name].values[-1, HELD_OUT]
