"""The learning-rate range test: many short trainings that differ in nothing but the learning rate, in one pass.

Smith (2015) lets the rate grow within one run; a run of its own for each rate tells more, as none has to start from
what the others have left behind.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pandas as pd

from core.array import Array
from core.config import Config
from core.sweeps import grid, sweep
from core.words.numbers import readable

RATES = tuple(float(f"{10 ** (power / 2):.3g}") for power in range(-12, 13))
NETWORK = Config(depth=1, width=32, samples=800, probe_size=800, batch_size=32, snapshots=6)
OPTIMIZERS = ("sgd", "momentum", "adam")
SCALES = (0.1, 0.3, 1.0)  # of the first weights
LENGTHS = (10, 30, 60)  # of a run, in steps
BESIDE = (1e-6, 1e-3, 0.1, 1.0, 1e6)  # those that a table shows
STILL = 0.01  # share of the first loss by which the loss may have moved and is still said to have hardly done so
HUGE = 100.0  # nats from which on a loss is called huge: a right answer among ten costs ln 10 = 2.3 at most
MORE = 0.05  # share of the training samples that must be right in addition, to be worth a sentence
RULE = 1e-3  # what cs231n's notes say the update : weight ratio should be about


@dataclass(frozen=True, eq=False)
class RangeTest:
    """What became of a run at each of RATES.

    `before` (split,) and `after` (rate, split) are losses, `accuracy_before` and `accuracy_after` shares; splits are
    train and validation. `ratios` (rate,) are ‖ΔW‖/‖W‖ of the hidden layer, the median over what was measured of the
    run. Where a run diverged, all of it is NaN.
    """

    before: Array
    after: Array
    accuracy_before: Array
    accuracy_after: Array
    ratios: Array

    @property
    def best(self) -> int:
        """The place of the rate that ends with the lowest loss, of its two losses the larger one."""
        return int(np.nanargmin(self.after.max(1)))

    @property
    def still(self) -> int:
        """The place of the rate that gets most right of those below the best where the loss has hardly moved."""
        below = slice(max(1, self.best))
        moved = np.abs(self.after[below, 0] / self.before[0] - 1)
        return int(np.where(moved < STILL, self.accuracy_after[below, 0], -1).argmax())

    def in_words(self) -> str:
        """Whether more answers are right where the loss has hardly moved."""
        before, after = self.accuracy_before[0], self.accuracy_after[self.still, 0]
        if after - before < MORE:
            return (
                f"Where a rate is so low that the loss moves by less than {STILL:.0%}, hardly more answers are right "
                f"than before: {before:.0%}, then {after:.0%} at most."
            )
        return (
            f"At {RATES[self.still]:g} the loss has moved by less than {STILL:.0%}, yet {after:.0%} are right instead "
            f"of {before:.0%}: the largest output counts, however small its lead."
        )

    def huge_in_words(self) -> str:
        """How a huge loss goes with many right answers: of BESIDE, where most are right; nothing where it does not."""
        places = [RATES.index(rate) for rate in BESIDE]
        huge = [place for place in places if np.isfinite(self.after[place, 0]) and self.after[place, 0] >= HUGE]
        place = max(huge, key=lambda place: self.accuracy_after[place, 0], default=None)
        if place is None or self.accuracy_after[place, 0] - self.accuracy_before[0] < MORE:
            return ""
        loss, right = self.after[place, 0], self.accuracy_after[place, 0]
        return (
            f"At {RATES[place]:g} the loss is huge although {right:.0%} are right: with such large weights each of the "
            f"wrong answers costs some {readable(loss / (1 - right))} nats, and the loss is the mean over all."
        )

    def table(self) -> pd.DataFrame:
        """A row for each rate of BESIDE: how loss and accuracy on the training samples began and ended."""
        rows = {}
        for rate in BESIDE:
            place = RATES.index(rate)
            rows[f"{rate:g}"] = {
                "Loss": f"{self.before[0]:.4f} → {_loss(self.after[place, 0])}",
                "Right": f"{self.accuracy_before[0]:.0%} → {_share(self.accuracy_after[place, 0])}",
            }
        return pd.DataFrame.from_dict(rows, orient="index").rename_axis("Learning rate")


def _loss(value: float) -> str:
    return f"{value:.4f}" if value < HUGE else readable(value)


def _share(value: float) -> str:
    return f"{value:.0%}" if np.isfinite(value) else "NaN"


@lru_cache(maxsize=32)
def range_test(config: Config) -> RangeTest:
    """Train the network of a Config, which needs one hidden layer, once at each of RATES."""
    if config.depth != 1:
        raise ValueError(f"a range test is of networks with one hidden layer; depth is {config.depth}")
    runs = sweep(grid(config, learning_rate=RATES), variables=("update_ratio",))
    alive = (runs["end"] != "diverged").values
    loss, accuracy = runs["loss"].values, runs["accuracy"].values  # (rate, step, split)
    ratios = np.full(len(RATES), np.nan)
    ratios[alive] = np.nanmedian(runs["update_ratio"].values[alive, :, 0], 1)
    lost = np.where(alive, 1.0, np.nan)[:, None]
    return RangeTest(loss[0, 0], loss[:, -1] * lost, accuracy[0, 0], accuracy[:, -1] * lost, ratios)
