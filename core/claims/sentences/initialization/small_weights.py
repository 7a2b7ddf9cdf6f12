"""Claims about first weights of one size, whatever the number of inputs is."""

from collections.abc import Iterator

import torch

from core.claims.claim import Case, Subject, Train, at_most, claim, near
from core.claims.lectures import NOTES_SMALL, WHAT_IS_INITIAL
from core.claims.sentences.initialization.scales import LECTURE, profile

ADVISED = 0.02  # the standard deviation in the lecture's line of code


@claim(
    "Weights smaller than 1 let the signal fall to 0, as it is multiplied by them again and again.",
    NOTES_SMALL,
    subject=Subject.INITIALIZATION,
    quantity="Standard deviation of activations in layer 10, of that in layer 1",
    why="A unit adds up n inputs, so its sum is √n·σ times as large as they are, for weights of deviation σ. With 500 "
    "inputs that is below 1 only for σ below 0.045. All weights here are smaller than 1.",
    expected={1, 2},
)
def weights_below_one(train: Train) -> Iterator[Case]:
    """The network of the slides before training: ten layers of 500 tanh units. A hundredth is as good as 0."""
    for scale in (1, 2, 6, 10):
        found = profile(train, "activation_std", "tanh", "normal", scale)
        yield at_most("{scale:g} · N(0, 1)", found[9] / found[0], 0.01, scale=scale / 100)


@claim(
    "For ReLU, small first weights are a good choice, such as N(0, 0.02²).",
    WHAT_IS_INITIAL,
    subject=Subject.INITIALIZATION,
    quantity="RMS of a layer's answers, of that of its inputs",
    why="As a rule for any network it fails: ReLU keeps the signal if σ² is 2/n, so 0.02 suits layers of 5,000 inputs. "
    "With 500, ten layers leave a hundred thousandth. He's weights fit themselves to n.",
    expected={3},
)
def one_deviation_for_all() -> Iterator[Case]:
    """One layer of 500 ReLUs with weights from N(0, 0.02²), shown 200 samples that have passed ReLUs, too."""
    for inputs in (100, 500, 5000, 20_000):
        generator = LECTURE.generator("claims")
        answers = torch.randn(200, inputs, generator=generator).relu()
        weights = ADVISED * torch.randn(500, inputs, generator=generator)
        kept = (answers @ weights.T).relu().square().mean() / answers.square().mean()
        yield near("{inputs:,} inputs", kept.sqrt(), 1, 0.1, inputs=inputs)
