"""What is said of a training: how long it is beside that of its notebook, and where its loss starts."""

from dataclasses import replace
from math import log

import pytest

from core import record
from core.charts.experiments.mnist.trainings import length_words, start_words
from core.experiments.mnist.trained import to_train
from core.experiments.published import NOTEBOOKS

pytestmark = pytest.mark.usefixtures("no_mnist")
BY_NAME = {notebook.name: notebook for notebook in NOTEBOOKS}


def test_the_length_of_a_training_is_told_beside_that_of_its_notebook(no_mnist):
    notebook = BY_NAME["xavier"]
    assert length_words(to_train(notebook, 9000), notebook.config) == (
        "9,000 steps go 643 × through the training samples of digits. "
        "The notebook's 9,000 go 15 × through those of mnist."
    )
    (no_mnist / "MNIST").mkdir()
    assert length_words(to_train(notebook, 200), notebook.config) == (
        "200 steps go 0.33 × through the training samples of mnist. "
        "The notebook's 9,000 go 15 × through those of mnist. Expect less of the shorter training."
    )
    assert not length_words(to_train(notebook, 9000), notebook.config).endswith("training.")


def test_words_say_why_a_loss_starts_far_above_guessing():
    large = record(replace(to_train(BY_NAME["softmax"], 600), steps=0))
    said = start_words(replace(large, config=replace(large.config, steps=600)))
    first = float(large.data["loss"].sel(split="train")[0])
    assert first > 1.5 * log(10)
    assert said.startswith(f"It starts at {first:.2f}, far above the 2.30 of guessing: first weights from N(0, 1)")
    assert said.endswith("by about 0.001: all 600 together hardly by more than 0.6.")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=BY_NAME)
def test_first_losses_are_far_above_guessing_where_first_weights_are_large(notebook):
    said = start_words(record(replace(to_train(notebook, 0), snapshots=2)))
    assert ("N(0, 1)" in said) == (notebook.config.initializer == "normal")
    assert "N(0, 1)" in said or said.endswith("where guessing gives 2.30.")
