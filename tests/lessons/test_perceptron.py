import numpy as np
import pytest
import torch
from drawn import assert_drawn_from

from core.charts.experiments.perceptron import unit_frame, unit_spec
from core.choices.activations import activations
from core.experiments.perceptron import CORNERS, GATES, Unit, best_share, product_difference, step_gradient


@pytest.mark.parametrize("gate", GATES)
def test_a_line_does_all_but_xor(gate):
    assert best_share(gate) == (0.75 if gate == "XOR" else 1)
    assert best_share(gate, hidden=True) == 1


@pytest.mark.parametrize(
    ("unit", "gate"),
    [
        (Unit(1, 1, 1.5), "AND"),
        (Unit(1, 1, 0.5), "OR"),
        (Unit(-1, -1, -1.5), "NAND"),
        (Unit(1, -1, 0.5, hidden=True), "XOR"),
    ],
)
def test_units_set_by_hand(unit, gate):
    assert unit.answers(CORNERS).tolist() == list(GATES[gate])
    assert unit.share_right(gate) == 1


def test_no_unit_is_better_than_the_best():
    random = np.random.default_rng(0).normal(size=(2000, 3)) * 2
    shares = [Unit(*values).share_right("XOR") for values in random]
    assert max(shares) == best_share("XOR")


def test_a_step_passes_no_gradient():
    assert step_gradient() == 0
    weights = torch.ones(2, requires_grad=True)
    activations["step"](torch.tensor([[1.0, 2.0]]) @ weights + 1.0 + 0 * weights.sum()).sum().backward()
    assert weights.grad.tolist() == [0, 0]


@pytest.mark.parametrize("depth", [1, 5, 30])
def test_linear_layers_are_one(depth):
    assert product_difference(depth) < 1e-10


@pytest.mark.parametrize("gate", GATES)
def test_the_frame_is_what_the_unit_answers(gate):
    unit = Unit(1, -1, 0.5, hidden=True)
    frame = unit_frame(unit, gate)
    points = frame.query("mark == 'point'")
    assert points["wanted"].tolist() == [str(want) for want in GATES[gate]]
    assert (points["right"] == "right").mean() == unit.share_right(gate)
    cells = frame.query("mark == 'cell'")
    middles = np.stack([(cells["x"] + cells["x2"]) / 2, (cells["y"] + cells["y2"]) / 2], -1)
    assert cells["wanted"].tolist() == [str(said) for said in unit.answers(middles)]
    area = ((cells["x2"] - cells["x"]) * (cells["y2"] - cells["y"])).sum()
    assert area == pytest.approx(4)
    assert_drawn_from(unit_spec(dark=False), frame)
