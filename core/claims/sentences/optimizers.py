"""Claims about optimizers."""

from collections.abc import Iterator
from dataclasses import replace

import torch

from core.claims.claim import Case, Subject, Train, at_least, claim
from core.claims.digits import DIGITS, SEEDS, accuracy, seeds
from core.claims.lectures import PYTORCH, PYTORCH_CODE
from core.training import by, descend

OPTIMIZER = PYTORCH.at("Optimizer")


def offered() -> list[type[torch.optim.Optimizer]]:
    """The optimizers of torch.optim that make steps of plain gradients, without anything else."""
    every = [each for each in vars(torch.optim).values() if isinstance(each, type)]
    return [each for each in every if issubclass(each, torch.optim.Optimizer) and each is not torch.optim.Optimizer]


@claim(
    "PyTorch offers many optimizers.",
    OPTIMIZER,
    subject=Subject.OPTIMIZERS,
    quantity="Optimizers in torch.optim",
    why="More than the lecture's picture shows; most are variants of a few ideas.",
)
def many_optimizers() -> Iterator[Case]:
    """The classes in torch.optim that are optimizers are counted."""
    yield at_least("this version of torch", len(offered()), 10)


@claim(
    "Each optimizer follows a strategy of its own.",
    OPTIMIZER,
    subject=Subject.OPTIMIZERS,
    quantity="Optimizers that end at a place of their own",
    why="From one start, over one valley and with one learning rate, they go different ways.",
)
def own_strategies() -> Iterator[Case]:
    """Ten steps down x²/2 + 10y²/2 from (1, 1) at a learning rate of 0.01, by six of torch's own optimizers."""
    chosen = ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "NAdam")
    ends = {tuple(round(place, 6) for place in _descend(getattr(torch.optim, name))) for name in chosen}
    yield at_least("of {chosen}", len(ends), len(chosen), chosen=len(chosen))


def _descend(kind: type[torch.optim.Optimizer], steps: int = 10) -> list[float]:
    place = torch.ones(2, dtype=torch.float64, requires_grad=True)
    steepness = torch.tensor([1.0, 10.0], dtype=torch.float64)
    optimizer = kind([place], lr=0.01)  # type: ignore[call-arg]  # each of them has a learning rate
    *_, _ = descend(lambda: (steepness * place.square()).sum().div(2), [place], by(optimizer), steps)
    found: list[float] = place.detach().tolist()
    return found


@claim(
    "Adam trains the lecture's classifier.",
    PYTORCH_CODE,
    subject=Subject.OPTIMIZERS,
    quantity=f"Accuracy on held-out digits, median of {SEEDS} seeds",
    why="So does plain gradient descent, at a learning rate that suits it.",
)
def adam_trains(train: Train) -> Iterator[Case]:
    """A network with two hidden layers of 64 ReLUs learns digits, in place of MNIST, in 500 steps."""
    for optimizer, rate in (("adam", 0.001), ("sgd", 0.1)):
        config = replace(DIGITS, steps=500, optimizer=optimizer, learning_rate=rate)
        yield at_least(
            "{optimizer}, learning rate {rate:g}", accuracy(train(seeds(config))), 0.9, optimizer=optimizer, rate=rate
        )
