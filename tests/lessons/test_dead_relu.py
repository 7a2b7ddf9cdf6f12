import numpy as np
import pytest
import torch

from core.charts.experiments.dead_relu import PLACE, PLACES, STATES, biases, lines, one_step
from core.experiments.dead_relu import SPREAD, blow, cloud, on_in_a_wide_layer, units_over, with_biases


def away(distance, angle=np.pi / 5):
    """The middle of a cloud in this direction."""
    return distance * np.cos(angle), distance * np.sin(angle)


def dead_share(units):
    return units["share"].sel(state="dead").item()


def share_after(step):
    return step["share"].sel(time="after").item()


@pytest.mark.parametrize("bias", [-1.0, 0.0, 1.0])
@pytest.mark.parametrize("distance", [0.0, 2.0, 5.0])
def test_dead_units_are_as_many_as_theory_says(distance, bias):
    units = cloud(away(distance), bias, 4000)
    assert units["share"].sum().item() == pytest.approx(1)
    assert dead_share(units) == pytest.approx(units["expected_dead"].item(), abs=0.025)  # three standard deviations


def test_without_a_bias_as_many_are_on_for_all_points_as_are_dead():
    share = cloud(away(4.0, 2.0), 0.0, 4000)["share"]
    always, dead = (share.sel(state=state).item() for state in ("on_for_all", "dead"))
    assert always == pytest.approx(dead, abs=0.03)
    assert dead > 0.3


def test_a_centred_cloud_leaves_no_unit_dead():
    assert cloud((0.0, 0.0), 0.0, 4000)["share"].sel(state="on_for_some").item() == 1


@pytest.mark.numerics
@pytest.mark.parametrize("distance", [0.0, 1.0, 3.0, 5.0])
@pytest.mark.parametrize("bias", [-2.0, 0.0, 0.01, 2.0])
def test_a_unit_dies_just_above_its_killing_learning_rate(distance, bias):
    """Row K1, and the step is the one that autograd makes."""
    units = cloud(away(distance), bias, 1000)
    alive, dead = blow(units, 0.99), blow(units, 1.01)
    assert share_after(alive) > 0 == share_after(dead)
    (unit,) = np.flatnonzero((units["z"] == alive["z"].sel(time="before")).all("sample"))
    weights = torch.tensor([*units["weights"].values[unit], bias], requires_grad=True)
    inputs = torch.tensor(np.column_stack([units["points"].values, np.ones(units.sizes["sample"])]))
    torch.relu(inputs @ weights).mean().backward()
    moved = weights.detach() - 0.99 * alive["killing_rate"].item() * weights.grad
    np.testing.assert_allclose(alive["z"].sel(time="after"), inputs @ moved, atol=1e-12)


def test_where_no_step_can_kill_a_unit_it_is_said():
    around = np.array([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    with pytest.raises(ValueError, match="none of 1 units is on for a part of the points and can be killed by a step"):
        blow(units_over(around, np.array([[1.0, 1.0]]), 9.0), 1.0)


def test_a_line_is_where_its_unit_turns_on():
    units = cloud(away(3.0), 0.5, 50)
    frame, bias = lines.frame_of(units), units["bias"].item()
    drawn, sides = frame.query("mark == 'line'"), frame.query("mark == 'side'")
    weights = units["weights"].values[: len(drawn)]
    for end in (("x", "y"), ("x2", "y2")):
        on_line = (drawn[list(end)].to_numpy() * weights).sum(1) + bias
        np.testing.assert_allclose(on_line, 0, atol=1e-4)
    assert ((sides[["x2", "y2"]].to_numpy() * weights).sum(1) + bias > 0).all()
    assert drawn["state"].tolist() == [STATES[state] for state in units["state_of"].values[: len(drawn)]]
    assert len(frame.query("mark == 'point'")) == units.sizes["sample"]


def test_the_frame_of_a_blow_holds_every_point_twice():
    hit = blow(cloud(away(3.0), 0.0, 100), 1.01)
    frame = one_step.frame_of(hit).query("mark == 'point'")
    for time in ("before", "after"):
        np.testing.assert_allclose(frame[frame["when"] == time]["z"], hit["z"].sel(time=time), rtol=1e-6)
    assert set(frame[frame["when"] == "after"]["state"]) == {"off"}


@pytest.mark.parametrize("middle", [(5.0, -5.0), (-5.0, 0.0), (0.0, 0.0), (-2.5, 4.5)])
def test_wherever_the_cloud_is_put_a_unit_can_be_killed(middle):
    for bias in (-2.0, 0.0, 0.01, 2.0):
        units = cloud(middle, bias, 1000)
        assert share_after(blow(units, 0.99)) > 0 == share_after(blow(units, 1.01))


def test_a_bias_of_a_hundredth_turns_on_three_in_a_thousand():
    """Row D1, and the same units without a bias."""
    shares = on_in_a_wide_layer((0.0, 0.01, 1.0))
    without, with_it, large = shares["measured"].values
    assert shares["expected"].sel(bias=0).item() == 0.5
    assert shares["expected"].sel(bias=0.01).item() == pytest.approx(0.5028, abs=5e-5)
    assert with_it - without == pytest.approx(0.0028, abs=5e-4)
    assert with_it == pytest.approx(shares["expected"].sel(bias=0.01).item(), abs=0.003)
    assert large == pytest.approx(shares["expected"].sel(bias=1).item(), abs=0.01)


@pytest.mark.parametrize("middle", [(0.5, 0.0), (3.0, -2.0)])
def test_units_with_other_biases_are_those_of_a_cloud_with_them(middle):
    units = cloud(middle, 0.5, 3000)
    shares = with_biases(units, (-1.0, 0.0, 0.01, 1.5))
    for bias in shares["bias"].values:
        again, found = cloud(middle, bias, 3000), shares.sel(bias=bias)
        assert found["measured"].item() == pytest.approx(dead_share(again), abs=1e-3)  # at 0 rounding may decide
        assert found["expected"].item() == again["expected_dead"].item()
    np.testing.assert_allclose(shares["measured"], shares["expected"], atol=0.03)
    assert abs(shares["expected"].sel(bias=0.01) - shares["expected"].sel(bias=0)) < 0.005
    assert (np.diff(shares["measured"]) <= 0).all()


def test_the_frame_of_biases_holds_what_was_measured():
    shares = with_biases(cloud(away(3.0), 0.0, 100), SPREAD)
    frame = biases.frame_of(shares, 0.5)
    np.testing.assert_allclose(frame.query("mark == 'dot'")["dead"], shares["measured"], rtol=1e-6)
    np.testing.assert_allclose(frame.query("mark == 'theory'")["dead"], shares["expected"], rtol=1e-6)
    assert frame.query("mark == 'now'")["bias"].tolist() == [0.5]


def test_the_cloud_can_be_put_by_a_click_where_its_sliders_can_put_it():
    units = cloud(away(3.0), 0.0, 100)
    frame = lines.frame_of(units).query("mark == 'place'")
    assert {*zip(frame["x"].tolist(), frame["y"].tolist(), strict=True)} == {(x, y) for x in PLACES for y in PLACES}
    (place,) = [param for param in lines.spec(units, dark=False)["params"] if param["name"] == PLACE]
    assert place["select"]["fields"] == ["x", "y"]
