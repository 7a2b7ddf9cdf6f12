"""A forward pass through some of the layers: which get a gradient, and how that is drawn and said."""

from math import log

import numpy as np
import pytest
import torch

from core.charts.experiments.mnist.gradients import gradients, gradients_frame, learning_words, loss_words
from core.experiments.mnist.forward import LAYERS, UNITS, forward


def test_nothing_is_drawn_from_the_random_numbers_of_the_process():
    before = torch.random.get_rng_state()
    forward.__wrapped__(3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_only_the_layers_of_the_forward_pass_get_a_gradient():
    for used in range(1, LAYERS + 1):
        found = forward(used)
        assert found["layer"].values[np.isfinite(found["gradient"])].tolist() == [*range(1, used + 1)]
        assert found["outputs"] == (10 if used == LAYERS else UNITS)
        assert found["loss"].item() == pytest.approx(found["guess"].item(), abs=0.1)
        said = gradients.sentence_of(found)
        assert said.startswith("All 5 layers" if used == LAYERS else "None is not 0")
    assert forward(3)["guess"].item() == pytest.approx(log(512))
    assert forward(5)["learning"] == forward(5)["parameters"] == 64 * 512 + 3 * 512 * 512 + 512 * 10 + 4 * 512 + 10
    assert forward(3)["learning"] == 64 * 512 + 2 * 512 * 512 + 3 * 512


def test_numbers_stand_beside_what_they_are_compared_with():
    assert learning_words(forward(3)) == "558,592 of 826,378"
    assert loss_words(forward(3))["beside"] == "guessing among 512: 6.24"


@pytest.mark.parametrize("used", [0, LAYERS + 1])
def test_layers_that_there_are_not_are_said(used):
    with pytest.raises(ValueError, match=f"a forward pass uses from 1 to {LAYERS} layers; got {used}"):
        forward(used)


def test_a_layer_without_a_gradient_is_not_drawn_as_a_small_one():
    frame = gradients_frame(forward(2))
    assert frame["mark"].tolist() == ["bar", "bar", "none", "none", "none", "corner", "corner"]
    assert frame["value"].tolist()[:2] == pytest.approx(forward(2)["gradient"].values[:2])
    assert frame["words"].tolist()[2:5] == ["None"] * 3
