"""Claims about code: two ways to write ReLU, and names in PyTorch."""

from collections.abc import Iterator
from importlib import import_module

import numpy as np
import torch

from core.claims.claim import Case, Subject, Verdict, at_least, at_most, claim, near
from core.claims.lectures import PYTORCH_CODE, PYTORCH_RELU, WHAT_IS
from core.config import Config


@claim(
    "ReLU can be written as np.maximum(0, x) or as x * (x > 0).",
    WHAT_IS.at("구현 (implementation)"),
    subject=Subject.CODE,
    quantity="Share of numbers for which both give the same",
    why="For −∞ the second one computes −∞ · 0, which is no number. And it makes −0 of negative numbers, which is "
    "equal to 0 but shows, for one, when it is divided by.",
    expected={1, 2},
)
def relu_in_two_ways() -> Iterator[Case]:
    """Both lines of the lecture are run by NumPy; equal is what == says."""
    finite = np.concatenate([np.linspace(-20, 20, 40_001), [1e300, -1e300, 0.0, -0.0]])
    for name, x in (("finite numbers", finite), ("∞", np.array([np.inf])), ("−∞", np.array([-np.inf]))):
        with np.errstate(invalid="ignore"):  # −∞ · 0, which is the point
            yield near(name, np.mean(np.maximum(0, x) == x * (x > 0)), 1, 0)


@claim(
    "In PyTorch, ReLU is called torch.nn.relu().",
    PYTORCH_RELU,
    subject=Subject.CODE,
    quantity="1 where such a name exists, 0 where none does",
    why="There is torch.relu, torch.nn.functional.relu, and the module torch.nn.ReLU; one of those is meant.",
    expected=Verdict.DOES_NOT_HOLD,
)
def name_of_relu() -> Iterator[Case]:
    """torch.nn is asked whether it has a function of that name."""
    yield near("torch.nn.relu", float(hasattr(import_module("torch.nn"), "relu")), 1, 0)


@claim(
    "PyTorch has many more activation functions.",
    PYTORCH_RELU,
    subject=Subject.CODE,
    quantity="Activation functions in torch.nn",
    why="Most are smooth relatives of ReLU.",
)
def many_activations() -> Iterator[Case]:
    """The classes of the module torch.nn.modules.activation are counted."""
    module = import_module("torch.nn.modules.activation")
    yield at_least("this version of torch", len(module.__all__), 10)


@claim(
    "The last layer needs no activation, because the cross-entropy loss brings the softmax with it.",
    PYTORCH_CODE,
    subject=Subject.CODE,
    quantity="Largest difference of losses",
    why="CrossEntropyLoss takes the logits and applies log-softmax itself. A softmax before it is applied twice, which "
    "flattens what the network says.",
)
def loss_with_softmax() -> Iterator[Case]:
    """100 rows of ten random logits: torch's CrossEntropyLoss minus −log of the softmax of the right class."""
    generator = Config().generator("claims")
    logits = 3 * torch.randn(100, 10, generator=generator).double()
    right = torch.randint(10, (100,), generator=generator)
    by_hand = -logits.softmax(1).log()[torch.arange(100), right]
    loss = torch.nn.CrossEntropyLoss(reduction="none")
    yield at_most("of the logits", (loss(logits, right) - by_hand).abs().max(), 1e-9)
    yield at_least("of a softmax of them", (loss(logits.softmax(1), right) - by_hand).abs().max(), 0.5)
