from math import log

import pytest
import torch
from torch import Generator
from torch.nn import functional

from core import Config, DataUnavailable, build
from core.choices.losses import loss_for, losses

OUTPUTS = torch.randn(20, 3, generator=Generator().manual_seed(0))
CLASSES = torch.arange(20) % 3
BALANCED = torch.tensor([0, 1, 2, 0, 1, 2])
NUMBERS = torch.randn(20, 3, generator=Generator().manual_seed(1))


def test_losses_agree_with_torch():
    assert torch.equal(losses["cross_entropy"](OUTPUTS, CLASSES), functional.cross_entropy(OUTPUTS, CLASSES))
    torch.testing.assert_close(losses["mse"](OUTPUTS, NUMBERS), functional.mse_loss(OUTPUTS, NUMBERS))
    one_hot = torch.eye(3)[CLASSES]
    torch.testing.assert_close(losses["mse"](OUTPUTS, CLASSES), functional.mse_loss(OUTPUTS, one_hot))
    single, two = OUTPUTS[:, :1], CLASSES % 2
    expected = functional.binary_cross_entropy_with_logits(single[:, 0], two.float())
    torch.testing.assert_close(losses["binary_cross_entropy"](single, two), expected)
    assert torch.equal(losses["auto"](OUTPUTS, CLASSES), losses["cross_entropy"](OUTPUTS, CLASSES))
    assert torch.equal(losses["auto"](OUTPUTS, NUMBERS), losses["mse"](OUTPUTS, NUMBERS))


@pytest.mark.parametrize("name", losses)
def test_many_networks_have_a_loss_each(name):
    outputs = torch.randn(4, 20, 1 if losses[name].one_output else 3, generator=Generator().manual_seed(2))
    targets = (CLASSES % 2 if losses[name].one_output else CLASSES).expand(4, -1)
    together = losses[name](outputs, targets)
    assert together.shape == (4,)
    for run in range(4):
        torch.testing.assert_close(together[run], losses[name](outputs[run], targets[run]))


@pytest.mark.parametrize("name", losses)
@pytest.mark.parametrize("classes", [0, 2, 3])
def test_the_guess_is_the_best_constant_answer(name, classes):
    entry = losses[name]
    if not entry.fits(classes):
        return
    targets = torch.arange(61).square() % classes if classes else NUMBERS  # some classes come more often
    guess = entry.guess(classes, targets)
    answer = torch.zeros(entry.count(classes, targets), dtype=torch.float64, requires_grad=True)
    optimizer = torch.optim.LBFGS([answer], max_iter=100)

    def closure():
        optimizer.zero_grad()
        lost = entry(answer.expand(len(targets), -1), targets if classes else targets.double())
        lost.backward()
        return lost

    optimizer.step(closure)
    assert closure().item() == pytest.approx(guess, rel=1e-6)


def test_the_guess_of_classes_is_known():
    assert losses["auto"].guess(3, BALANCED) == losses["cross_entropy"].guess(3, BALANCED) == pytest.approx(log(3))
    assert losses["binary_cross_entropy"].guess(2, torch.tensor([0, 1])) == pytest.approx(log(2))


def test_accuracy_is_the_share_of_right_answers():
    outputs = torch.tensor([[1.0, 2.0], [3.0, 0.0], [0.0, 5.0], [1.0, 0.0]])
    assert losses["cross_entropy"].accuracy(outputs, torch.tensor([1, 0, 0, 0])) == 0.75
    single = torch.tensor([[1.0], [-2.0], [3.0], [-4.0]])
    assert losses["binary_cross_entropy"].accuracy(single, torch.tensor([1, 0, 0, 0])) == 0.75


def test_the_output_layer_follows_the_loss():
    assert build(Config(dataset="moons", loss_function="auto")).weights[-1].shape[0] == 2
    assert build(Config(dataset="moons", loss_function="binary_cross_entropy")).weights[-1].shape[0] == 1
    assert build(Config(dataset="spiral", loss_function="mse")).weights[-1].shape[0] == 3


def fitting(classes: int) -> str:
    """The losses that are made for so many classes, as an error names them."""
    return ", ".join(name for name in losses if losses[name].fits(classes))


def test_what_losses_are_made_for_is_known():
    known = ("auto", "cross_entropy", "binary_cross_entropy", "mse")
    made = {classes: [name for name in known if losses[name].fits(classes)] for classes in (0, 2, 10)}
    assert made == {0: ["auto", "mse"], 2: list(known), 10: ["auto", "cross_entropy", "mse"]}


@pytest.mark.parametrize(
    ("name", "classes", "words"),
    [
        ("binary_cross_entropy", 10, "The loss binary_cross_entropy is not made for 10 classes; choose one of "),
        ("cross_entropy", 0, "The loss cross_entropy is not made for targets that are numbers; choose one of "),
    ],
)
def test_a_loss_that_does_not_fit_is_refused_in_words(name, classes, words):
    with pytest.raises(DataUnavailable) as raised:
        loss_for(name, classes)
    assert str(raised.value) == f"{words}{fitting(classes)}."


def test_a_config_whose_loss_does_not_fit_its_data_is_refused():
    words = f"the loss cross_entropy is not made for targets that are numbers; choose one of {fitting(0)}"
    with pytest.raises(ValueError, match=f"^{words}$"):
        Config(dataset="curve", loss_function="cross_entropy")
    assert (
        Config(dataset="upload", loss_function="cross_entropy").loss_function == "cross_entropy"
    )  # nobody knows what will be uploaded
