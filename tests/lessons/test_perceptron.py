"""The perceptron: what one unit with a step can do, alone and behind two others."""

import numpy as np
import pytest
import torch

from core.charts.experiments.perceptron import answers
from core.choices.activations import activations
from core.experiments.perceptron import CORNERS, GATES, Unit, answered, best_share, product_difference, step_gradient


@pytest.mark.parametrize("gate", GATES)
def test_a_line_does_all_but_xor(gate):
    assert best_share(gate) == (0.75 if gate == "xor" else 1)
    assert best_share(gate, hidden=True) == 1


@pytest.mark.parametrize(
    ("unit", "gate"),
    [
        (Unit(1, 1, 1.5), "and"),
        (Unit(1, 1, 0.5), "or"),
        (Unit(-1, -1, -1.5), "nand"),
        (Unit(1, -1, 0.5, hidden=True), "xor"),
    ],
)
def test_units_set_by_hand(unit, gate):
    assert unit.answers(CORNERS).tolist() == list(GATES[gate])
    assert unit.share_right(gate) == 1


def test_no_unit_is_better_than_the_best():
    random = np.random.default_rng(0).normal(size=(2000, 3)) * 2
    shares = [Unit(*values).share_right("xor") for values in random]
    assert max(shares) == best_share("xor")


def test_a_step_passes_no_gradient():
    assert step_gradient() == 0
    weights = torch.ones(2, requires_grad=True)
    activations["step"](torch.tensor([[1.0, 2.0]]) @ weights + 1.0 + 0 * weights.sum()).sum().backward()
    assert weights.grad.tolist() == [0, 0]


@pytest.mark.parametrize("depth", [1, 5, 30])
def test_linear_layers_are_one(depth):
    assert product_difference(depth) < 1e-10


def test_a_plane_holds_the_answer_at_the_middle_of_each_cell():
    unit = Unit(1, -1, 0.5)
    plane = answered(unit, "and")["plane"]
    for first, second in ((0, 0), (10, 40), (59, 3)):
        cell = plane.isel(first=first, second=second)
        assert unit.answers(np.array([cell["first"].item(), cell["second"].item()])) == cell
    assert (plane.sel(first=1, second=0, method="nearest"), plane.sel(first=0, second=1, method="nearest")) == (1, 0)


@pytest.mark.parametrize("gate", GATES)
def test_the_frame_is_what_the_unit_answers(gate):
    unit = Unit(1, -1, 0.5, hidden=True)
    frame = answers.frame_of(answered(unit, gate))
    points = frame.query("mark == 'point'")
    assert points[["x", "y"]].to_numpy().tolist() == CORNERS.tolist()
    assert points["wanted"].tolist() == [str(want) for want in GATES[gate]]
    assert 1 - points["wrong"].mean() == unit.share_right(gate)
    cells = frame.query("mark == 'cell'")
    middles = np.stack([(cells["x"] + cells["x2"]) / 2, (cells["y"] + cells["y2"]) / 2], -1)
    assert cells["wanted"].tolist() == [str(answer) for answer in unit.answers(middles)]
    area = ((cells["x2"] - cells["x"]) * (cells["y2"] - cells["y"])).sum()
    assert area == pytest.approx(4)
