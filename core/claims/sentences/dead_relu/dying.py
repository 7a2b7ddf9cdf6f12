"""Claims about units that die in the middle of a training."""

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from core.claims.claim import Case, Subject, Train, at_least, claim
from core.claims.digits import EVERY_SAMPLE, at_end, seeds
from core.claims.lectures import RELU_DYING

RUNS = 20
NARROW = replace(EVERY_SAMPLE, width=32, batch_size=64, steps=200, snapshots=10)
GUESSING = np.log(10)  # the loss of whoever knows nothing of the ten digits


@claim(
    "A learning rate that is a little too high makes the loss jump and stay bad, as units leave the data.",
    RELU_DYING,
    subject=Subject.DEAD,
    quantity="Dead units of the last layer; loss over that of guessing",
    why="Where all units of a layer are off, the network answers every input alike, and the loss is that of guessing.",
)
def bad_loss_from_dead_units(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, 300 steps of SGD; medians of those of 5 seeds that do not diverge."""
    for rate, low, high, least, most in ((1.0, 0.0, 0.1, 0.0, 0.1), (2.0, 0.5, 1.0, 0.5, 1.5)):
        data = train(seeds(replace(EVERY_SAMPLE, learning_rate=rate), 5), "dead_fraction")
        dead = np.nanmedian(data["dead_fraction"].values[:, -1, -1])
        loss = np.nanmedian(at_end(data, "loss", "train")) / GUESSING
        yield Case("learning rate {rate:g}: dead", dead, low, high, {"rate": rate})
        yield Case("learning rate {rate:g}: loss", loss, least, most, {"rate": rate})


@claim(
    "With a high learning rate a network may learn well at first, and then suddenly die.",
    RELU_DYING,
    subject=Subject.DEAD,
    quantity=f"Share of {RUNS} runs that learned and then died",
    why="It takes a rate at the edge: small enough to learn with, and so large that one unlucky step throws a layer "
    "off the data. With a smaller one nothing dies, and with a larger one nothing is learned first. Which runs it hits "
    "is chance.",
    expected={2},
)
def dies_after_learning(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 32 ReLUs, 200 steps of SGD in batches of 64. To have learned is to have had a loss
    below a third of guessing; to die is to end with four fifths of the last layer dead on all samples."""
    for rate in (0.5, 1.6, 5.0):
        data = train(seeds(replace(NARROW, learning_rate=rate), RUNS), "dead_fraction")
        learned = np.nanmin(data["loss"].sel(split="train").values, 1) < GUESSING / 3  # (run,)
        died = data["dead_fraction"].values[:, -1, -1] > 0.8
        yield at_least("learning rate {rate:g}", (learned & died).mean(), 1 / RUNS, rate=rate)
