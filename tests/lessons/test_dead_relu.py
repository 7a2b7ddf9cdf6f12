import numpy as np
import pytest
import torch
from drawn import assert_drawn_from

from core.charts.experiments.dead_relu import (
    PLACE,
    PLACES,
    biases_frame,
    biases_spec,
    blow_frame,
    blow_spec,
    cloud_frame,
    cloud_spec,
)
from core.experiments.dead_relu import SPREAD, STATES, UnitsInPlane, blow, cloud, on_in_a_wide_layer, with_biases


def away(distance, angle=np.pi / 5):
    """The middle of a cloud in this direction."""
    return distance * np.cos(angle), distance * np.sin(angle)


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("distance", [0.0, 2.0, 5.0])
def test_dead_units_are_as_many_as_theory_says(distance, bias):
    units = cloud(away(distance), bias, 4000)
    assert units.shares.sum() == pytest.approx(1)
    assert units.shares[2] == pytest.approx(units.expected_dead, abs=0.025)  # three standard deviations


def test_without_a_bias_as_many_are_on_for_all_points_as_are_dead():
    _, always, dead = cloud(away(4.0, 2.0), 0.0, 4000).shares
    assert always == pytest.approx(dead, abs=0.03)
    assert dead > 0.3


def test_a_centred_cloud_leaves_no_unit_dead():
    assert cloud((0.0, 0.0), 0.0, 4000).shares.tolist() == [1, 0, 0]


@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0, 5.0])
@pytest.mark.parametrize("bias", [-2.0, 0.0, 0.01, 2.0])
def test_a_unit_dies_just_above_its_killing_learning_rate(distance, bias):
    """Row K1, and the step is the one that autograd makes."""
    units = cloud(away(distance), bias, 1000)
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
        blow(UnitsInPlane(around, np.array([[1.0, 1.0]]), 9.0), 1.0)


def test_a_line_is_where_its_unit_turns_on():
    units = cloud(away(3.0), 0.5, 50)
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
    hit = blow(cloud(away(3.0), 0.0, 100), 1.01)
    frame = blow_frame(hit).query("mark == 'point'")
    for when, z in (("before", hit.before), ("after", hit.after)):
        np.testing.assert_allclose(frame[frame["when"] == when]["z"], z, rtol=1e-6)
    assert set(frame[frame["when"] == "after"]["state"]) == {"off"}


@pytest.mark.parametrize("middle", [(5.0, -5.0), (-5.0, 0.0), (0.0, 0.0), (-2.5, 4.5)])
def test_wherever_the_cloud_is_put_a_unit_can_be_killed(middle):
    for bias in (-2.0, 0.0, 0.01, 2.0):
        units = cloud(middle, bias, 1000)
        assert (blow(units, 0.99).shares[1] > 0, blow(units, 1.01).shares[1]) == (True, 0)


def test_a_bias_of_a_hundredth_turns_on_three_in_a_thousand():
    """Row D1, and the same units without a bias."""
    (without, half), (with_it, expected) = on_in_a_wide_layer(0.0), on_in_a_wide_layer(0.01)
    assert half == 0.5
    assert expected == pytest.approx(0.5028, abs=5e-5)
    assert with_it - without == pytest.approx(0.0028, abs=5e-4)
    assert with_it == pytest.approx(expected, abs=0.003)
    assert on_in_a_wide_layer(1.0)[0] == pytest.approx(on_in_a_wide_layer(1.0)[1], abs=0.01)


@pytest.mark.parametrize("middle", [(0.5, 0.0), (3.0, -2.0)])
def test_units_with_other_biases_are_those_of_a_cloud_with_them(middle):
    units = cloud(middle, 0.5, 3000)
    shares = with_biases(units, (-1.0, 0.0, 0.01, 1.5))
    for bias, measured, expected in zip(shares.biases, shares.measured, shares.expected, strict=True):
        again = cloud(middle, bias, 3000)
        assert measured == pytest.approx(again.shares[2], abs=1e-3)  # at a bias of 0 rounding may decide
        assert expected == again.expected_dead
    np.testing.assert_allclose(shares.measured, shares.expected, atol=0.03)
    assert abs(shares.expected[2] - shares.expected[1]) < 0.005
    assert (np.diff(shares.measured) <= 0).all()


def test_the_frame_of_biases_holds_what_was_measured():
    shares = with_biases(cloud(away(3.0), 0.0, 100), SPREAD)
    frame = biases_frame(shares, 0.5)
    np.testing.assert_allclose(frame.query("mark == 'dot'")["dead"], shares.measured, rtol=1e-6)
    np.testing.assert_allclose(frame.query("mark == 'theory'")["dead"], shares.expected, rtol=1e-6)
    assert frame.query("mark == 'now'")["bias"].tolist() == [0.5]


def test_the_cloud_can_be_put_by_a_click_where_its_sliders_can_put_it():
    frame = cloud_frame(cloud(away(3.0), 0.0, 100)).query("mark == 'place'")
    assert {*zip(frame["x"].tolist(), frame["y"].tolist(), strict=True)} == {(x, y) for x in PLACES for y in PLACES}
    (place,) = [param for param in cloud_spec(dark=False)["params"] if param["name"] == PLACE]
    assert place["select"]["fields"] == ["x", "y"]


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    units = cloud(away(3.0), 0.0, 100)
    drawn = (
        (cloud_spec(dark=dark), cloud_frame(units)),
        (blow_spec(dark=dark), blow_frame(blow(units, 0.9))),
        (biases_spec(dark=dark), biases_frame(with_biases(units, SPREAD), 0.5)),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)
