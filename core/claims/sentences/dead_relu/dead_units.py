"""Claims about ReLU units that are off: how many, how they die, and what keeps them alive."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise

import numpy as np

from core.array import Array
from core.claims.claim import Case, Subject, Train, Verdict, at_least, at_most, claim, near
from core.claims.digits import EVERY_SAMPLE, SEEDS, seeds
from core.claims.lectures import (
    NOTES_RELU,
    RELU,
    RELU_DYING,
    RELU_PROBLEMS,
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    WHAT_IS_INITIAL,
)
from core.config import Config
from core.experiments.after_death import RULES, death
from core.experiments.dead_relu import blow, cloud

BIAS = RELU.at("initialize ReLU with slightly positive biasese")
UNITS = 1000
FIERCE = replace(EVERY_SAMPLE, optimizer="adam", learning_rate=0.1)  # a hundred times Adam's default
SMALL_BIAS = 0.01
POSITIVE = replace(FIERCE, learning_rate=0.03, initializer="positive")
PIXELS = {"pixels from 0 to 1": "none", "centred pixels": "center"}  # how they are preprocessed
DIRECTION = np.pi / 5  # in which clouds lie, as an angle


def at(distance: float) -> tuple[float, float]:
    """The middle of a cloud that lies so far from the origin."""
    return distance * float(np.cos(DIRECTION)), distance * float(np.sin(DIRECTION))


def dead(train: Train, config: Config, count: int = SEEDS) -> Array:
    """The share of dead units of the whole network (run, moment), before training and at its end."""
    share: Array = train(seeds(config, count), "dead_fraction")["dead_fraction"].values[:, [0, -1]].mean(-1)
    return share


@claim(
    "ReLU kills half of the gradients.",
    RELU_PROBLEMS,
    subject=Subject.DEAD,
    quantity="Share of slopes that are 0",
    why="With random weights and no bias a sum is negative as often as positive. A bias shifts that.",
    expected={1, 4},
)
def half_of_the_gradients(train: Train) -> Iterator[Case]:
    """Digits in two hidden layers of 64 ReLUs with He's weights; a half is anything from 45 % to 55 %."""
    for name, bias in (("at the start, bias 0", 0.0), ("at the start, bias 1", 1.0), ("at the start, bias −1", -1.0)):
        data = train(seeds(replace(EVERY_SAMPLE, bias_init=bias, steps=0)), "zero_fraction")
        yield near(name, data["zero_fraction"].values[:, 0].mean(), 0.5, 0.05)
    trained = train(seeds(EVERY_SAMPLE), "zero_fraction")["zero_fraction"].values[:, -1]
    yield near("after 300 steps of SGD", trained.mean(), 0.5, 0.05)


@claim(
    "A unit whose line lies far from the data is off for all of them, from the start.",
    RELU_DYING,
    NOTES_RELU,
    subject=Subject.DEAD,
    quantity=f"Share of dead units, of {UNITS:,}",
    why="The farther a cloud lies from the origin, the smaller it looks from there, and the more lines miss it. Half "
    "of those units are dead, and half are on for all points. Centring the data is what mends it.",
)
def dead_from_the_start() -> Iterator[Case]:
    """A star-shaped cloud of points, and units with random weights and no bias. Theory counts the directions."""
    for distance in (0.0, 3.0, 5.0):
        units = cloud(at(distance), 0.0, UNITS)
        found, expected = units["share"].sel(state="dead").item(), units["expected_dead"].item()
        yield near("cloud at distance {distance:g}", found, expected, 0.04, distance=distance)


@claim(
    "A learning rate that is too high can kill a unit in a single step.",
    RELU_DYING,
    NOTES_RELU,
    subject=Subject.DEAD,
    quantity="Share of points for which the unit is on",
    why="The slope of ReLU is 1 up to its edge, so nothing slows a unit down. Which learning rate carries its line "
    "past the last point can be computed: just below it some point is left, just above it none.",
)
def killed_by_a_step() -> Iterator[Case]:
    """One step of gradient descent on one unit over a cloud of points, with learning rates around the killing one."""
    units = cloud(at(3.0), 0.0, UNITS)
    below, above = (blow(units, times)["share"] for times in (0.99, 1.01))
    yield at_least("before the step", below.sel(time="before").item(), 0.5)
    yield Case("after it, at 0.99 of the killing rate", below.sel(time="after").item(), 1e-3, 0.5)
    yield near("after it, at 1.01 of it", above.sel(time="after").item(), 0, 0)


@claim(
    "The higher the learning rate, the more units die.",
    RELU_DYING,
    NOTES_RELU,
    subject=Subject.DEAD,
    quantity="Difference of the shares of dead units after training",
    why="The units of the second layer die: a large step moves their weights, and the ground on which they stand.",
)
def high_rates_kill(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, 300 steps of Adam, 3 seeds. Dead is off for all 1,400 training samples."""
    shares = {rate: np.median(dead(train, replace(FIERCE, learning_rate=rate))[:, 1]) for rate in (0.001, 0.01, 0.1)}
    for low, high in pairwise(shares):
        yield at_least("rate {high:g} minus rate {low:g}", shares[high] - shares[low], 0.001, high=high, low=low)


@claim(
    "Dead ReLUs come more often from a high learning rate than from the first weights.",
    RELU_DYING,
    subject=Subject.DEAD,
    quantity="Growth of the dead share minus that share before",
    why="Either can be the main cause. Well drawn weights leave hardly any unit dead, and a fierce learning rate kills "
    "many; in ten layers even more. A usual learning rate kills next to none. And where biases of −4 leave a third "
    "dead, training brings some of them back to life.",
    expected={2, 4},
)
def rates_kill_more_than_weights(train: Train) -> Iterator[Case]:
    """Digits, two or ten layers of 64 ReLUs, 300 steps of Adam at a rate of 0.001 or 0.03; medians of 3 seeds."""
    first = {
        "He's weights": FIERCE,
        "10 layers": replace(FIERCE, depth=10),
        "biases of −4": replace(FIERCE, bias_init=-4),
    }
    for name, config in first.items():
        for rate in (0.001, 0.03):
            before, after = np.median(dead(train, replace(config, learning_rate=rate)), 0)
            yield at_least("{words}, {rate:g}", (after - before) - before, 0.01, words=name, rate=rate)


@claim(
    "The weights of a dead unit are no longer updated.",
    RELU_DYING,
    WHAT_IS_FEATURES,
    subject=Subject.DEAD,
    quantity="Distance that a weight still moves, in learning rates",
    why="Its gradient is exactly 0. But momentum and Adam go on from gradients that they remember, some steps further, "
    "and weight decay shrinks a dead unit's weights for ever.",
    expected={1},
)
def dead_units_rest() -> Iterator[Case]:
    """Four optimizers of torch kill a unit over a cloud, at a rate of 0.1; the weight that moves most, in 60 steps."""
    for name, rule in RULES.items():
        yield near(rule.title, death.__wrapped__(name, 0.1)["moved"].isel(since=-1).item(), 0, 0)


@claim(
    "A unit that has come to answer 0 does not come back to life.",
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    subject=Subject.DEAD,
    quantity="Share of dead units that came back to life",
    why="In the first layer that is so: the data do not move, and plain SGD does not move the unit. Above it the "
    "layers below go on learning, and what they say may again reach into the part where a unit is on.",
    expected={1},
)
def no_way_back(train: Train) -> Iterator[Case]:
    """Digits, three hidden layers of 64 ReLUs, biases of −4, which leave many dead, 300 steps of SGD, 100 looks."""
    config = replace(EVERY_SAMPLE, depth=3, bias_init=-4.0, learning_rate=0.3, snapshots=100)
    active: Array = train(seeds(config), "unit_active_fraction")[
        "unit_active_fraction"
    ].values  # (run, step, layer, unit)
    off = active == 0
    for layer in range(config.depth):
        died = off[:, :, layer].any(1)
        back = (np.maximum.accumulate(off[:, :, layer], 1) & ~off[:, :, layer]).any(1)
        yield near("layer {layer}", back.sum() / died.sum(), 0, 0, layer=layer + 1)


@claim(
    "A small positive bias at the start, such as 0.01, keeps ReLUs from dying.",
    BIAS,
    NOTES_RELU,
    subject=Subject.DEAD,
    quantity="Dead units with the bias, over those without",
    why="With He's weights it moves the share of samples for which a unit is on from 50 % to 50.3 %. That changes "
    "little at the start and nothing that a large step does. The lectures say themselves that not everybody does it.",
    expected=Verdict.DOES_NOT_HOLD,
)
def a_small_bias_helps(train: Train) -> Iterator[Case]:
    """Units over a cloud off the origin; digits, 300 steps of Adam at 0.03, 15 seeds. Half as many dead is help."""
    start = [cloud(at(3.0), bias, UNITS)["share"].sel(state="dead").item() for bias in (SMALL_BIAS, 0.0)]
    yield at_most("at the start, cloud at distance 3", start[0] / start[1], 0.5)
    hard = replace(FIERCE, learning_rate=0.03)
    after = [np.median(dead(train, replace(hard, bias_init=bias), 15)[:, 1]) for bias in (SMALL_BIAS, 0.0)]
    yield at_most("after training on digits", after[0] / after[1], 0.5)


@claim(
    "Leaky ReLU, PReLU and ELU keep units from dying.",
    VANISHING_NEW,
    WHAT_IS_FEATURES,
    subject=Subject.DEAD,
    quantity="Share of dead units after training",
    why="Their slope is nowhere 0, so every unit gets a gradient from every sample. Only that of ELU is rounded to 0, "
    "far on the left, and now and then a unit dies there. ReLU is for comparison. That units are alive does not yet "
    "make them learn well at such a learning rate.",
)
def variants_do_not_die(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 units, 300 steps of Adam at a learning rate of 0.1, medians of 3 seeds."""
    for name, title in (("leaky_relu", "Leaky ReLU"), ("prelu", "PReLU"), ("elu", "ELU")):
        yield at_most(title, np.median(dead(train, replace(FIERCE, activation=name))[:, 1]), 0.02)
    yield at_least("ReLU", np.median(dead(train, FIERCE)[:, 1]), 0.25)


@claim(
    "With positive weights all units answer positively.",
    WHAT_IS_INITIAL,
    subject=Subject.DEAD,
    quantity="Share of outputs that are 0",
    why="That needs inputs that are not negative, either. Centred pixels lie on both sides of 0, and so do their sums.",
    expected={1},
)
def positive_weights(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, weights |N(0, 0.02²)|, before training."""
    for name, kind in PIXELS.items():
        data = train(seeds(replace(POSITIVE, preprocessing=kind, steps=0)), "zero_fraction")
        yield at_most(name, data["zero_fraction"].values.max(), 0.001)


@claim(
    "Positive first weights avoid dead ReLUs.",
    WHAT_IS_INITIAL,
    subject=Subject.DEAD,
    quantity="Share of dead units",
    why="At the start none is dead: even where inputs have both signs, each unit is on for some samples. But the units "
    "are nearly copies of each other, and a high learning rate kills more of them than with He's weights.",
    expected={1, 3},
)
def positive_weights_kill_none(train: Train) -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs, weights |N(0, 0.02²)|, 300 steps of Adam at 0.03; medians of 3 seeds."""
    for name, kind in PIXELS.items():
        before, after = np.median(dead(train, replace(POSITIVE, preprocessing=kind)), 0)
        yield near("at the start, {words}", before, 0, 0, words=name)
        yield at_most("after training, {words}", after, 0.05, words=name)
