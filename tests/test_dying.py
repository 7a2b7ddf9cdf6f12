import numpy as np
import pytest
import torch

from core.charts.cloud import blow_frame, blow_spec, cloud_frame, cloud_spec
from core.dying import STATES, Cloud, blow, cloud


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("distance", [0.0, 2.0, 5.0])
def test_dead_units_are_as_many_as_theory_says(distance, bias):
    units = cloud(distance, bias, 4000)
    assert units.shares.sum() == pytest.approx(1)
    assert units.shares[2] == pytest.approx(units.expected_dead, abs=0.025)  # three standard deviations


def test_without_a_bias_as_many_are_on_for_all_points_as_are_dead():
    _, always, dead = cloud(4.0, 0.0, 4000).shares
    assert always == pytest.approx(dead, abs=0.03)
    assert dead > 0.3


def test_a_centred_cloud_leaves_no_unit_dead():
    assert cloud(0.0, 0.0, 4000).shares.tolist() == [1, 0, 0]


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0, 5.0])
@pytest.mark.parametrize("bias", [-2.0, 0.0, 0.01, 2.0])
def test_a_unit_dies_just_above_its_killing_learning_rate(distance, bias):
    """Row K1, and the step is the one that autograd makes."""
    units = cloud(distance, bias, 1000)
    alive, dead = blow(units, 0.99), blow(units, 1.01)
    assert (alive.shares[1] > 0, dead.shares[1]) == (True, 0)
    (unit,) = np.flatnonzero((units.z == alive.before[:, None]).all(0))
    weights = torch.tensor([*units.weights[unit], bias], requires_grad=True)
    inputs = torch.tensor(np.column_stack([units.points, np.ones(len(units.points))]))
    torch.relu(inputs @ weights).mean().backward()
    moved = weights.detach() - 0.99 * alive.killing_rate * weights.grad
    np.testing.assert_allclose(alive.after, inputs @ moved, atol=1e-12)


def test_where_no_step_can_kill_a_unit_it_is_said():
    around = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    with pytest.raises(ValueError, match="none of 1 units is on for a part of the points and can be killed by a step"):
        blow(Cloud(around, np.array([[1.0, 1.0]]), 9.0), 1.0)


def test_a_line_is_where_its_unit_turns_on():
    units = cloud(3.0, 0.5, 50)
    frame = cloud_frame(units)
    lines, sides = frame.query("mark == 'line'"), frame.query("mark == 'side'")
    weights = units.weights[: len(lines)]
    for end in (("x", "y"), ("x2", "y2")):
        on_line = (lines[list(end)].to_numpy() * weights).sum(1) + units.bias
        np.testing.assert_allclose(on_line, 0, atol=1e-4)
    assert ((sides[["x2", "y2"]].to_numpy() * weights).sum(1) + units.bias > 0).all()
    assert lines["state"].tolist() == [STATES[state] for state in units.states[: len(lines)]]
    assert len(frame.query("mark == 'point'")) == len(units.points)


def test_the_frame_of_a_blow_holds_every_point_twice():
    hit = blow(cloud(3.0, 0.0, 100), 1.01)
    frame = blow_frame(hit).query("mark == 'point'")
    for when, z in (("before", hit.before), ("after", hit.after)):
        np.testing.assert_allclose(frame[frame["when"] == when]["z"], z, rtol=1e-6)
    assert set(frame[frame["when"] == "after"]["state"]) == {"off"}


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    units = cloud(3.0, 0.0, 100)
    drawn = ((cloud_spec(dark=dark), cloud_frame(units)), (blow_spec(dark=dark), blow_frame(blow(units, 0.9))))
    for spec, frame in drawn:
        for layer in spec["layer"]:
            for channel in layer["encoding"].values():
                assert "field" not in channel or channel["field"] in frame, channel
