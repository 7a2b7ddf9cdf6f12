"""Claims about the perceptron: steps, straight lines, and layers without an activation."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

import torch
from torch import Tensor
from torch.nn.functional import linear

from core.claims.claim import Case, Runner, Subject, Train, at_least, at_most, claim, near
from core.claims.digits import DIGITS, accuracy, seeds
from core.claims.lectures import NOTES
from core.config import Config
from core.experiments.perceptron import best_share, product_difference, step_gradient
from core.networks.data import load

LINEAR = NOTES.at("1. 딥러닝 개념 정리, 2) 활성화 함수, (1) 기본 정리 (basics)")
KINDS = NOTES.at("1. 딥러닝 개념 정리, 2) 활성화 함수, (2) 활성화 함수의 종류 (kinds)")
XOR = Config(dataset="xor", noise=0.1, steps=500, snapshots=2, learning_rate=0.5, width=8)
BLOBS = Config(dataset="blobs", noise=0.1, depth=0, steps=200, snapshots=2)


@claim(
    "A single unit with a step cannot solve XOR.",
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Largest share of the four corners that are right",
    why="A unit divides the plane by a straight line, and the ones of XOR lie on opposite corners.",
)
def xor_alone() -> Iterator[Case]:
    """All lines are tried: 360 directions, 201 thresholds each. AND and OR are there for comparison."""
    yield at_most("XOR", best_share("xor"), 0.75)
    yield near("AND", best_share("and"), 1, 0)
    yield near("OR", best_share("or"), 1, 0)


@claim(
    "With a second layer, units with a step solve XOR.",
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Largest share of the four corners that are right",
    why="Behind units that answer OR and AND, one straight line is enough: OR, and not AND.",
)
def xor_with_a_layer() -> Iterator[Case]:
    """Behind a hidden layer of two units, which answer OR and AND, all lines are tried again."""
    yield near("XOR behind OR and AND", best_share("xor", hidden=True), 1, 0)


@claim(
    "Backpropagation cannot train units with a step: their derivative is 0.",
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Largest norm of dL/dW of a hidden layer",
    why="A gradient is multiplied by the slope of every unit on its way, and the slope of a step is 0 wherever it has "
    "one. Only the weights behind the last step get a gradient.",
)
def step_without_gradient(run: Runner) -> Iterator[Case]:
    """Two hidden layers of steps are shown XOR, and autograd is asked for the gradient of their weights."""
    yield near("two layers of steps", step_gradient(run), 0, 0)


@claim(
    "A step function cannot give more than two answers.",
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Share of samples of three classes that are right",
    why="One unit answers 0 or 1, so it can tell two classes apart. But nothing keeps an output layer from having one "
    "such unit for each class; three of them sort these heaps.",
    expected={1},
)
def step_with_several_outputs() -> Iterator[Case]:
    """Three heaps of points at equal angles. A unit answers 1 where a point lies beyond half the way to its heap."""
    data = load(BLOBS)
    points, classes = data.inputs, data.targets
    middles = torch.stack([points[classes == each].mean(0) for each in range(data.classes)])
    unit = torch.nn.functional.normalize(middles, dim=1)
    answers = points @ unit.T > 0.5 * middles.norm(dim=1)  # (sample, unit)
    by_one = torch.where(answers[:, 0], 0, 1)  # it names its own class, and one other for all the rest
    by_each = answers == torch.nn.functional.one_hot(classes).bool()
    yield at_most("one unit", (by_one == classes).float().mean(), 0.7)
    yield at_most("one unit for each class", by_each.all(1).float().mean(), 0.7)


@claim(
    "Linear outputs can sort simple data into several classes.",
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Accuracy on held-out samples, median of 3 seeds",
    why="Each class gets the points for which its own linear function is the largest, and straight borders are enough "
    "for heaps that lie apart.",
)
def linear_classes(train: Train) -> Iterator[Case]:
    """A softmax regression, which has no hidden layer, learns three heaps."""
    yield at_least("three heaps", accuracy(train(seeds(BLOBS))), 0.99)


@claim(
    "Linear activations cannot fit data that are not linear.",
    LINEAR,
    KINDS,
    subject=Subject.PERCEPTRON,
    quantity="Accuracy on held-out samples, median of 3 seeds",
    why="Linear layers give linear functions, however many there are. Any bend will do: tanh is there for comparison.",
)
def linear_fails_at_xor(train: Train) -> Iterator[Case]:
    """Networks with two hidden layers learn XOR: four heaps, the opposite ones of one class."""
    identity = replace(XOR, depth=2, activation="identity", initializer="lecun_normal")
    yield at_most("linear layers", accuracy(train(seeds(identity))), 0.8)
    yield at_least("tanh layers", accuracy(train(seeds(replace(identity, activation="tanh")))), 0.99)


@claim(
    "With linear activations, any number of layers is no better than a single one.",
    LINEAR,
    subject=Subject.PERCEPTRON,
    quantity="Largest difference of outputs",
    why="A product of matrices is a matrix. What is left is rounding.",
)
def linear_layers_are_one() -> Iterator[Case]:
    """The outputs of several linear layers minus those of the one layer that is their product, for 100 inputs."""
    for depth in (2, 5, 10):
        yield at_most("{depth} hidden layers", product_difference(depth), 1e-9, depth=depth)


@claim(
    "Multiplying by weights and adding a bias is a linear map.",
    LINEAR,
    subject=Subject.PERCEPTRON,
    quantity="Largest |T(x + y) − T(x) − T(y)|",
    why="By the definition that the lecture gives itself, T(x + y) = T(x) + T(y), a bias spoils it: it is counted "
    "twice on the right. Such a map is called affine. For all that is said there of layers, the difference does not "
    "matter.",
    expected={1},
)
def linear_with_bias() -> Iterator[Case]:
    """T(x) = W·x + b with random numbers, applied to random vectors and to their sums."""
    generator = Config().generator("claims")
    weight, x, y, bias = (torch.randn(*size, generator=generator).double() for size in ((8, 8), (9, 8), (9, 8), (8,)))
    for name, b in (("without a bias", None), ("with a bias", bias)):
        yield at_most(name, not_linear(partial(linear, weight=weight, bias=b), x, y), 1e-9)


def not_linear(transform: Callable[[Tensor], Tensor], x: Tensor, y: Tensor) -> float:
    """How far a map is from being linear by the lecture's definition: the largest |T(x + y) − T(x) − T(y)|."""
    return float((transform(x + y) - transform(x) - transform(y)).abs().max())


@claim(
    "With linear activations, any number of units is no better than a single one.",
    LINEAR,
    subject=Subject.PERCEPTRON,
    quantity="Accuracy on held-out samples with 8 units minus that with one; medians of 3 seeds",
    why="More linear units make no bend, but each one passes on a direction of its own. One direction is enough for "
    "three heaps, and far too little for ten digits. It is of layers that the sentence is true: any number is one.",
    expected={1},
)
def one_linear_unit(train: Train) -> Iterator[Case]:
    """Networks with one hidden layer of linear units and weights from N(0, 1/n) learn heaps of points, and digits."""
    for name, config in (("three heaps", BLOBS), ("digits", DIGITS)):
        units = replace(config, activation="identity", initializer="lecun_normal", depth=1)
        one, eight = (accuracy(train(seeds(replace(units, width=width)))) for width in (1, 8))
        yield at_most(name, eight - one, 0.05)
