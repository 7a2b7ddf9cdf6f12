"""Claims of the notebooks behind a lecture: how well their networks sort MNIST, and the same on digits."""

from collections.abc import Iterator
from dataclasses import replace

from core.claims.claim import Case, Runner, Subject, Train, at_least, claim, near
from core.claims.digits import DIGITS, SEEDS, accuracy, seeds
from core.claims.lectures import LABS
from core.experiments.published import NOTEBOOKS, Notebook

LAB_1, LAB_2, LAB_3 = (
    LABS.at(f"{name}, its accuracy")
    for name in ("lab-09_1_mnist_softmax", "lab-09_2_mnist_nn", "lab-09_3_mnist_nn_xavier")
)
TEST = "Accuracy on MNIST's 10,000 test images"
REGRESSION, NORMAL, XAVIER, *_ = NOTEBOOKS


def as_printed(run: Runner, name: str, notebook: Notebook) -> Case:
    """The accuracy on the official test images after the whole training of a notebook, beside what it prints."""
    recording = run(replace(notebook.config, snapshots=2))
    found = float(recording.data["accuracy"].sel(split="validation")[-1])
    return near(name, found, notebook.accuracy, 0.01)


@claim(
    "Three layers with ReLU classify better than one without a hidden layer.",
    LAB_1,
    LAB_2,
    subject=Subject.NETWORKS,
    quantity=f"Gain of accuracy on held-out digits, medians of {SEEDS} seeds",
    why="On digits a softmax regression is good already, so that little is left to gain.",
)
def layers_beat_regression(train: Train) -> Iterator[Case]:
    """Digits in place of MNIST, 1000 steps of Adam at 0.001, batches of 100, Xavier's weights."""
    config = replace(
        DIGITS, optimizer="adam", learning_rate=0.001, batch_size=100, steps=1000, initializer="xavier_uniform"
    )
    alone, deep = (accuracy(train(seeds(replace(config, depth=depth)))) for depth in (0, 2))
    yield at_least("three layers minus one", deep - alone, 0.005)


@claim(
    "Softmax regression gets 89 % of MNIST right.",
    LAB_1,
    subject=Subject.NETWORKS,
    quantity=TEST,
    why="The notebook prints 0.8944. It tests on pixels from 0 to 255 after training on pixels from 0 to 1; here both "
    "are from 0 to 1. With weights that start smaller than N(0, 1) it reaches 92 %.",
    long=True,
)
def regression_on_mnist(run: Runner) -> Iterator[Case]:
    """MNIST whole, weights from N(0, 1), 15 epochs of Adam at 0.001 in batches of 100, as in the notebook."""
    yield as_printed(run, "softmax regression", REGRESSION)


@claim(
    "A network of three layers with ReLU, 784-256-256-10, gets 94 % of MNIST right.",
    LAB_2,
    subject=Subject.NETWORKS,
    quantity=TEST,
    why="The notebook prints 0.9423. Weights from N(0, 1) are far too large for 784 inputs; the first loss is in the "
    "hundreds, and training has to undo that.",
    long=True,
)
def network_on_mnist(run: Runner) -> Iterator[Case]:
    """MNIST whole, weights from N(0, 1), 15 epochs of Adam at 0.001 in batches of 100, as in the notebook."""
    yield as_printed(run, "256-256, N(0, 1)", NORMAL)


@claim(
    "With Xavier's weights the same network gets 98 % right.",
    LAB_3,
    subject=Subject.NETWORKS,
    quantity=TEST,
    why="The notebook prints 0.9805. Nothing but the first weights differs. From epoch to epoch the "
    "last digits waver by a quarter of a percent.",
    long=True,
)
def xavier_on_mnist(run: Runner) -> Iterator[Case]:
    """MNIST whole, Xavier's uniform weights, 15 epochs of Adam at 0.001 in batches of 100, as in the notebook."""
    yield as_printed(run, "256-256, Xavier", XAVIER)
