"""Claims about the first weights: too small, too large, Xavier's and He's, and how much they matter."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from math import inf
from typing import Any

import numpy as np
import torch
from torch.nn.functional import cross_entropy

from core.array import Array
from core.choices.initializers import draw
from core.claims.claim import Case, Subject, Train, Verdict, at_least, at_most, claim, near
from core.claims.digits import DIGITS, accuracy, seeds, steps_to
from core.claims.lectures import NOTES_SMALL, NOTES_XAVIER, VANISHING_WEIGHTS, WHAT_IS_INITIAL
from core.config import Config
from core.experiments.published import SHAPE, SLIDES
from core.networks import build
from core.networks.data import Data, load
from core.networks.network import Network
from core.training import by, descend

SLIDE: dict[str, Any] = SHAPE
LECTURE = Config(**SLIDE, samples=1000, probe_size=1000, preprocessing="none", steps=0)  # the network of the slides
LAYERS = (1, 2, 3, 5, 10)


def profile(train: Train, variable: str, activation: str, initializer: str, weight_scale: float = 1.0) -> Array:
    """A measure (layer,) of the slides' network before training."""
    config = replace(LECTURE, activation=activation, initializer=initializer, weight_scale=weight_scale)
    values: Array = train([config], variable)[variable].values[0, 0].astype(np.float64)
    return values


def on_the_slide(initializer: str, activation: str) -> tuple[float, ...]:
    """What the slides print of each layer (layer,) of such a network, whose weights are not scaled."""
    wanted = (initializer, 1.0, activation)
    return next(slide.numbers for slide in SLIDES if slide[:3] == wanted)


@claim(
    "Small random weights, 0.01 · N(0, 1), let the outputs of tanh layers fall to 0 with depth.",
    NOTES_SMALL,
    subject=Subject.INITIALIZATION,
    quantity="Standard deviation of activations",
    why="A unit adds up 500 inputs, so the spread of its sum is √500 · 0.01 = 0.22 of theirs, layer after layer. The "
    "numbers predicted are those that the slides of cs231n print, within 10 %.",
)
def small_weights_fade(train: Train) -> Iterator[Case]:
    """The network of the slides: 1000 inputs from N(0, 1), ten layers of 500 tanh units, before training."""
    found, printed = profile(train, "activation_std", "tanh", "normal"), on_the_slide("normal", "tanh")
    for layer in LAYERS[:-1]:
        yield near("layer {layer}", found[layer - 1], printed[layer - 1], 0.1 * printed[layer - 1], layer=layer)
    yield at_most("layer 10", found[9], 1e-6)


@claim(
    "With small random weights the gradient hardly gets through, either.",
    NOTES_SMALL,
    subject=Subject.INITIALIZATION,
    quantity="RMS of dL/dz, of that of the last layer",
    why="On its way back the gradient is multiplied by the same small weights, 0.22 a layer.",
)
def small_weights_fade_back(train: Train) -> Iterator[Case]:
    """The network of the slides: ten layers of 500 tanh units, weights 0.01 · N(0, 1), before training."""
    gradient = profile(train, "gradient_rms", "tanh", "normal")
    for layer in (8, 5, 1):
        yield at_most("layer {layer}", gradient[layer - 1] / gradient[-1], 0.3 ** (10 - layer), layer=layer)


@claim(
    "With weights of 1.0 · N(0, 1) a tanh network explodes.",
    NOTES_SMALL,
    subject=Subject.INITIALIZATION,
    quantity="Growth over ten layers",
    why="Tanh cannot answer more than 1, so the activations saturate near ±1 instead. It is the gradients that "
    "explode, on their way back to layer 1, although most of their entries are exactly 0.",
    expected={2},
)
def large_weights_explode(train: Train) -> Iterator[Case]:
    """The network of the slides: ten layers of 500 tanh units, weights 1.0 · N(0, 1), before training."""
    activation = profile(train, "activation_std", "tanh", "normal", 100)
    gradient = profile(train, "gradient_rms", "tanh", "normal", 100)
    yield at_least("activations, layer 1 to 10", activation[-1] / activation[0], 10)
    yield at_least("gradients, layer 10 to 1", gradient[0] / gradient[-1], 10)


@claim(
    "Xavier's initialization divides N(0, 1) by the root of the number of inputs.",
    NOTES_XAVIER,
    subject=Subject.INITIALIZATION,
    quantity="Standard deviation of weights, times √inputs",
    why="Dividing by √inputs is LeCun's rule of 1998. Xavier Glorot's, as torch has it, looks at both sides: the "
    "variance is 2/(inputs + outputs). The two agree where a layer has as many outputs as inputs, as in the lecture's "
    "example.",
    expected={1},
)
def xavier_divides_by_inputs() -> Iterator[Case]:
    """Weights of three layers, drawn by torch.nn.init.xavier_normal_."""
    for inputs, outputs in ((500, 500), (784, 100), (100, 784)):
        weight, _ = draw("xavier_normal", outputs, inputs, LECTURE.generator("claims"))
        yield near(
            "{inputs} inputs, {outputs} outputs", weight.std() * inputs**0.5, 1, 0.02, inputs=inputs, outputs=outputs
        )


@claim(
    "For tanh, dividing N(0, 1) by √inputs is a reasonable choice: layers neither fade nor saturate.",
    NOTES_XAVIER,
    subject=Subject.INITIALIZATION,
    quantity="Standard deviation of activations",
    why="It keeps a signal that is small, where tanh is nearly straight, and so settles slowly.",
)
def lecun_suits_tanh(train: Train) -> Iterator[Case]:
    """The network of the slides: ten layers of 500 tanh units before training, weights N(0, 1)/√500."""
    found = profile(train, "activation_std", "tanh", "lecun_normal")
    for layer in LAYERS:
        yield Case(f"layer {layer}", found[layer - 1], 0.1, 0.9)


@claim(
    "With ReLU the same choice fails: layer after layer the signal shrinks.",
    NOTES_XAVIER,
    subject=Subject.INITIALIZATION,
    quantity="Standard deviation of activations, of that of layer 1",
    why="ReLU drops half of what arrives, so the variance halves at every layer.",
)
def lecun_fails_for_relu(train: Train) -> Iterator[Case]:
    """The network of the slides: ten layers of 500 ReLUs before training, weights N(0, 1)/√500."""
    found = profile(train, "activation_std", "relu", "lecun_normal")
    for layer in LAYERS[1:]:
        expected = 2 ** (-(layer - 1) / 2)
        yield near("layer {layer}", found[layer - 1] / found[0], expected, 0.25 * expected, layer=layer)


@claim(
    "Dividing by √(inputs/2) in place of √inputs makes ReLU networks work.",
    NOTES_XAVIER,
    subject=Subject.INITIALIZATION,
    quantity="Mean of activations",
    why="The variance 2/inputs makes up for the half that ReLU drops. The numbers predicted are those that the slides "
    "of cs231n print, within 25 %: one network of this size strays that far.",
)
def he_suits_relu(train: Train) -> Iterator[Case]:
    """The network of the slides: ten layers of 500 ReLUs before training, weights N(0, 1) · √(2/500)."""
    found, printed = profile(train, "activation_mean", "relu", "he_normal"), on_the_slide("he_normal", "relu")
    for layer in LAYERS:
        yield near("layer {layer}", found[layer - 1], printed[layer - 1], 0.25 * printed[layer - 1], layer=layer)


@claim(
    "Weights from N(0, 0.02) are small and positive.",
    WHAT_IS_INITIAL,
    subject=Subject.INITIALIZATION,
    quantity="Share of weights that are negative",
    why="The mean is 0, so half of them are negative. Small they are.",
    expected=Verdict.DOES_NOT_HOLD,
)
def small_positive_weights() -> Iterator[Case]:
    """As in the lecture's line of code, weights are drawn from a normal distribution of mean 0 and deviation 0.02."""
    weights = torch.normal(0, 0.02, (500, 500), generator=LECTURE.generator("claims"))
    yield at_most("500 × 500 weights", (weights < 0).float().mean(), 0.01)


@claim(
    "Xavier's or He's initialization can do better than N(0, 0.02).",
    WHAT_IS_INITIAL,
    subject=Subject.INITIALIZATION,
    quantity="Gain of accuracy on held-out digits",
    why="With 64 units, 0.02 is far too small from the third layer on. With one layer it hardly matters.",
)
def he_beats_small_weights(train: Train) -> Iterator[Case]:
    """Five hidden layers of 64 ReLUs learn digits in 300 steps; medians of 3 seeds minus that of N(0, 0.02)."""
    config = replace(DIGITS, depth=5)
    small = accuracy(train(seeds(replace(config, initializer="normal", weight_scale=2.0))))
    for name, kind in (("Xavier", "xavier_normal"), ("He", "he_normal")):
        yield at_least(name, accuracy(train(seeds(replace(config, initializer=kind)))) - small, 0.5)


@claim(
    "The first weights decide how fast, how stably and how well a network learns.",
    WHAT_IS_INITIAL,
    subject=Subject.INITIALIZATION,
    quantity="Steps to 80 %; share that diverges; accuracy",
    why="Weights half as large as He's seldom come to 80 % in 300 steps. With a tenth of them the network stays at "
    "guessing, and with four times as much every run diverges.",
)
def first_weights_matter(train: Train) -> Iterator[Case]:
    """Five hidden layers of 64 ReLUs learn digits in 300 steps, with He's weights times a number; median of 3 seeds."""
    data = {
        scale: train(seeds(replace(DIGITS, depth=5, weight_scale=scale, snapshots=31)))
        for scale in (0.1, 0.5, 1.0, 4.0)
    }
    yield at_most("how fast: weights × 1", steps_to(data[1.0], 0.8), 100)
    yield at_least("how fast: weights × 0.5", steps_to(data[0.5], 0.8), 200)
    for scale, share in ((1.0, 0), (4.0, 1)):
        yield near("how stably: weights × {scale:g}", (data[scale]["end"] != "finished").mean(), share, 0, scale=scale)
    yield at_least("how well: weights × 1", accuracy(data[1.0]), 0.9)
    yield at_most("how well: weights × 0.1", accuracy(data[0.1]), 0.2)


@claim(
    "With weights that start near the best, few steps give a good network.",
    VANISHING_WEIGHTS,
    subject=Subject.INITIALIZATION,
    quantity="Steps to 90 %, over those from random weights",
    why="Half of the way to trained weights saves more than half of the steps. A quarter of the way saves none: it is "
    "not near enough. Before training, though, nobody knows where the best weights are.",
    expected={2, 3},
)
def good_start() -> Iterator[Case]:
    """Digits, two hidden layers of 64 ReLUs. Random weights go part of the way to others, trained in 100 steps."""
    ways = {"a quarter of the way": 0.25, "half of the way": 0.5, "three quarters of the way": 0.75}
    taken = np.array([_steps_from(config, (0.0, *ways.values())) for config in seeds(DIGITS)])  # (run, way)
    for name, part in zip(ways, np.median(taken[:, 1:] / taken[:, :1], 0), strict=True):
        yield at_most(name, part, 0.7)


def _steps_from(config: Config, ways: Iterable[float]) -> list[float]:
    """The steps (way,) to 90 %, from random weights that were moved such a part of the way to trained ones."""
    data, best = load(config), build(config)
    *_, _ = _learning(best, data, 100)
    steps = []
    for way in ways:
        network, goal = build(replace(config, seed=config.seed + 100)), best.state_dict()
        network.load_state_dict({name: start.lerp(goal[name], way) for name, start in network.state_dict().items()})
        shares = enumerate(_learning(network, data, 200), start=1)
        steps.append(next((step for step, right in shares if right >= 0.9), inf))
    return steps


def _learning(network: Network, data: Data, steps: int) -> Iterator[float]:
    """Gradient descent on all samples at a rate of 0.2: the share of held-out ones that are right, after each step."""
    parameters = list(network.parameters())
    move = by(torch.optim.SGD(parameters, 0.2))
    walk = descend(lambda: cross_entropy(network(data.inputs), data.targets), parameters, move, steps)
    for _ in islice(walk, 1, None):
        yield float((network(data.validation_inputs).argmax(1) == data.validation_targets).double().mean())
