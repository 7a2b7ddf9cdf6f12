"""Claims about gradients on their way back through many layers."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from core.claims.claim import Case, Subject, Train, Verdict, at_least, at_most, claim, near
from core.claims.digits import DIGITS, SEEDS, accuracy, seeds
from core.claims.lectures import (
    NOTES_LEAKY,
    NOTES_SIGMOID,
    PYTORCH_RELU,
    PYTORCH_SIGMOID,
    VANISHING_CAUSE,
    VANISHING_NEW,
    WHAT_IS_FEATURES,
)
from core.config import Config
from core.experiments.vanishing import BOUND, nest
from core.networks import build

RANDOM = Config(dataset="gaussian", features=100, samples=100, probe_size=100, width=100, depth=10, steps=0)
SETTLED, ROUNDING = 0.659, 0.0005  # where the lecture lets sigmoids settle, and what its three digits leave open
RATIO = "RMS of dL/dz, of that of the last layer"
WEIGHTS: dict[str, dict[str, Any]] = {  # by what they are called, the choices that draw them
    "weights N(0, 1/n)": {"initializer": "lecun_normal"},
    "weights N(0, 2/n)": {"initializer": "he_normal"},
    "weights N(0, 16/n)": {"initializer": "lecun_normal", "weight_scale": 4.0},
    "PyTorch's default": {"initializer": "pytorch_default"},
}


def left_over(train: Train, config: Config) -> float:
    """The RMS of dL/dz of the first layer as a part of that of the last, median over seeds, before training."""
    gradient = train(seeds(config), "gradient_rms")["gradient_rms"].values[:, 0].astype(np.float64)  # (run, layer)
    return float(np.median(gradient[:, 0] / gradient[:, -1]))


@claim(
    "In a stack of sigmoids the gradient shrinks to a quarter at every layer.",
    VANISHING_CAUSE,
    subject=Subject.GRADIENTS,
    quantity="Factor of the RMS of dL/dz, a layer",
    why="A quarter is the largest slope of a sigmoid, so it bounds the slope. But the gradient is multiplied by the "
    "weights, too. For weights from N(0, 1/n) the product happens to be near a quarter.",
    expected={1},
)
def a_quarter_a_layer(train: Train) -> Iterator[Case]:
    """Networks with ten layers of 100 sigmoids see random inputs; 3 seeds. Only their weights differ."""
    for name, choices in WEIGHTS.items():
        left = left_over(train, replace(RANDOM, activation="sigmoid", **choices))
        yield near(name, left ** (1 / (RANDOM.depth - 1)), BOUND, 0.025)


@claim(
    "Three sigmoids one after another turn every number into 0.659.",
    VANISHING_CAUSE,
    subject=Subject.GRADIENTS,
    quantity="What comes out",
    why="0.659 is where they would settle: the number that is its own sigmoid. After three, what comes out still spans "
    "0.05, from 0.622 to 0.675.",
    expected=Verdict.DOES_NOT_HOLD,
)
def three_sigmoids() -> Iterator[Case]:
    """All numbers from −∞ to ∞ go through the same sigmoid three times; the smallest and the largest result."""
    whole = nest(Config(activation="sigmoid"), 3).sel(times=3)
    yield near("of −∞", whole["low"], SETTLED, ROUNDING)
    yield near("of ∞", whole["high"], SETTLED, ROUNDING)


@claim(
    "Numbers that go through one sigmoid after another settle at 0.659.",
    VANISHING_CAUSE,
    subject=Subject.GRADIENTS,
    quantity="What comes out",
    why="0.659 is the number that is its own sigmoid. A sigmoid is nowhere steeper than a quarter, so each one brings "
    "all numbers four times as close together, or closer. That is how far they may be from it here.",
)
def fixed_point_of_the_sigmoid() -> Iterator[Case]:
    """All numbers from −∞ to ∞ go through the same sigmoid 4, 6 and 8 times, and 1/2 goes through it 200 times."""
    whole = nest(Config(activation="sigmoid"), 8)
    for times in (4, 6, 8):
        for name, end in (("−∞", "low"), ("∞", "high")):
            found = whole[end].sel(times=times)
            yield near(
                "of {words}, {times} times", found, SETTLED, BOUND ** (times - 1) + ROUNDING, words=name, times=times
            )
    yield near("of 1/2, 200 times", whole["fixed_point"], SETTLED, ROUNDING)


@claim(
    "One layer of sigmoids does little harm, but through many hardly any gradient reaches the front.",
    PYTORCH_SIGMOID,
    VANISHING_CAUSE,
    subject=Subject.GRADIENTS,
    quantity=RATIO,
    why="Factors multiply: what is a fifth after one layer is a millionth after ten.",
)
def sigmoids_in_a_stack(train: Train) -> Iterator[Case]:
    """Networks of 100 sigmoids a layer, weights from N(0, 1/n), see random inputs; 3 seeds."""
    for depth, low, high in ((2, 0.1, 1.0), (5, 0.0, 0.01), (10, 0.0, 1e-4), (20, 0.0, 1e-8)):
        config = replace(RANDOM, activation="sigmoid", initializer="lecun_normal", depth=depth)
        yield Case(f"{depth} layers", left_over(train, config), low, high)


@claim(
    "When the gradient has become nearly 0, learning is impossible.",
    VANISHING_CAUSE,
    subject=Subject.GRADIENTS,
    quantity=f"Accuracy on held-out digits, median of {SEEDS} seeds",
    why="Through five layers of sigmoids a 350th of the gradient comes back to the first, and SGD stays at guessing. "
    "Adam learns from the same gradient: its steps are of one size, however small gradients are. Through ten layers "
    "Adam fails as well: the samples look all alike to the last layer.",
    expected={1, 3, 4},
)
def no_learning_without_gradient(train: Train) -> Iterator[Case]:
    """Networks learn digits in 400 steps, with weights from N(0, 1/n); SGD at a rate of 0.05, Adam at 0.01."""
    config = replace(DIGITS, activation="sigmoid", initializer="lecun_normal", steps=400)
    adam = replace(config, optimizer="adam", learning_rate=0.01)
    for depth in (5, 10):
        for name, chosen in (("SGD", config), ("Adam", adam)):
            yield at_most(
                "{depth} layers, {words}",
                accuracy(train(seeds(replace(chosen, depth=depth)))),
                0.3,
                depth=depth,
                words=name,
            )


@claim(
    "With tanh the gradient vanishes less than with a sigmoid.",
    VANISHING_NEW,
    subject=Subject.GRADIENTS,
    quantity="What is left of the gradient with tanh, over that with sigmoid",
    why="Its largest slope is 1 in place of a quarter, and its output is centred, which keeps the sums small.",
)
def tanh_vanishes_less(train: Train) -> Iterator[Case]:
    """Networks with ten layers of 100 units see random inputs; what counts is the first layer's gradient."""
    for name, choices in WEIGHTS.items():
        config = replace(RANDOM, **choices)
        tanh, sigmoid = (left_over(train, replace(config, activation=kind)) for kind in ("tanh", "sigmoid"))
        yield at_least(name, tanh / sigmoid, 10)


@claim(
    "With ReLU the gradient does not vanish, because its slope is 1.",
    PYTORCH_RELU,
    WHAT_IS_FEATURES,
    subject=Subject.GRADIENTS,
    quantity=RATIO,
    why="Half of the slopes are 0, so a layer passes on the gradient in full only if the weights make up for it: with "
    "a variance of 2/n, which is He's. PyTorch's default is a sixth of that and loses 59 % a layer.",
    expected={2},
)
def relu_keeps_the_gradient(train: Train) -> Iterator[Case]:
    """Networks with ten layers of 100 ReLUs see random inputs; 3 seeds. To vanish is to lose more than nine tenths."""
    for name in ("weights N(0, 1/n)", "weights N(0, 2/n)", "PyTorch's default"):
        yield at_least(name, left_over(train, replace(RANDOM, activation="relu", **WEIGHTS[name])), 0.1)


@claim(
    "Leaky ReLU solves the vanishing gradient.",
    NOTES_LEAKY,
    subject=Subject.GRADIENTS,
    quantity=RATIO,
    why="It takes away the slopes that are exactly 0, and with them dead units. For the size of the gradient a slope "
    "of 0.01 is next to nothing: a layer still passes on (1 + 0.01²)/2 of its square, so that the weights decide.",
    expected={2},
)
def leaky_keeps_the_gradient(train: Train) -> Iterator[Case]:
    """Networks with ten layers of 100 leaky ReLUs, slope 0.01, see random inputs; 3 seeds."""
    for name in ("weights N(0, 1/n)", "weights N(0, 2/n)", "PyTorch's default"):
        yield at_least(name, left_over(train, replace(RANDOM, activation="leaky_relu", **WEIGHTS[name])), 0.1)


@claim(
    "A weight's gradient is its input times the local slope times the gradient from above.",
    NOTES_SIGMOID,
    subject=Subject.GRADIENTS,
    quantity="Largest difference from dL/dW by autograd, relative",
    why="That is the chain rule. The factor from above is in it, so where that is 0 the weight does not move.",
)
def chain_rule() -> Iterator[Case]:
    """A network with two layers of sigmoids and one random input; the products are made by hand."""
    network = build(replace(RANDOM, activation="sigmoid", depth=2)).double()
    inputs = torch.randn(1, RANDOM.features, generator=RANDOM.generator("claims")).double()
    trace = network.trace(inputs)
    from_above = torch.autograd.grad(trace.outputs.square().sum(), [*trace.activations, *network.weights[:2]])
    layer_inputs = (inputs, trace.activations[0])
    for layer in (0, 1):
        activation = trace.activations[layer]
        local = activation * (1 - activation)
        by_hand = (from_above[layer] * local).T @ layer_inputs[layer]  # (unit, input)
        by_autograd = from_above[2 + layer]
        apart = float(((by_hand - by_autograd).abs().max() / by_autograd.abs().max()).detach())
        yield at_most("layer {layer}", apart, 1e-9, layer=layer + 1)
