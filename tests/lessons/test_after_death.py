from dataclasses import replace

import numpy as np
import pytest
import torch

from core import record
from core.charts.experiments.after_death import DRAWN, LAYER, NAMES, drift, dying
from core.charts.experiments.after_death import returns as returns_drawn
from core.experiments.after_death import (
    DECAY,
    MOMENTUM,
    RULES,
    TWO_LAYERS,
    WATCHED,
    adam_drift,
    death,
    deaths,
    returns,
    returns_of,
)
from core.networks import build
from core.networks.data import load

RATES = (0.01, 0.03, 0.1, 0.3, 1.0)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("rule", RULES)
def test_a_dead_unit_moves_as_its_rule_remembers(rule, rate):
    one = death(rule, rate)
    on, died, moved = one["on"].values, one["died"].item(), one["moved"].values
    assert on[died - 1] > 0 == on[died:].max()
    assert len(moved) == WATCHED + 1
    np.testing.assert_allclose(moved, one["expected"], rtol=1e-9, atol=1e-12)
    assert (moved[1:] > 0).all() == (rule != "sgd")


def test_plain_gradient_descent_moves_a_dead_unit_by_not_one_bit():
    """Row K3, of one unit."""
    assert all((death("sgd", rate)["moved"] == 0).all() for rate in RATES)


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0])
def test_a_unit_that_dies_at_once_drifts_by_nine_of_its_steps_with_momentum_and_by_five_rates_with_adam(rate):
    one = death("momentum", rate)
    assert one["died"] == 1
    gradient = one["expected"].values[-1] / (MOMENTUM * (1 - MOMENTUM**WATCHED) / (1 - MOMENTUM))
    assert one["moved"].sel(since=1).item() == pytest.approx(MOMENTUM * gradient)
    assert death("adam", rate)["moved"].sel(since=WATCHED).item() == pytest.approx(4.99, abs=0.05)


@pytest.mark.numerics
def test_the_deaths_by_all_rules_are_those_by_each():
    together = deaths(0.1)
    for rule in RULES:
        alone, one = death(rule, 0.1), together.sel(rule=rule)
        np.testing.assert_array_equal(one["on"].dropna("step"), alone["on"])
        for name in ("died", "moved", "expected"):
            np.testing.assert_array_equal(one[name], alone[name])


@pytest.mark.numerics
@pytest.mark.parametrize(("life", "expected"), [(1, 5.0), (1000, 9.0)])
def test_adam_drifts_by_five_to_nine_learning_rates(life, expected):
    """As long as the gradient had one size; held against torch."""
    parameter = torch.nn.Parameter(torch.zeros(1, dtype=torch.float64))
    optimizer = torch.optim.Adam([parameter], 0.1)
    for step in range(life + 100):
        if step == life:
            start = parameter.item()
        parameter.grad = torch.full_like(parameter, 0.3 if step < life else 0.0)
        optimizer.step()
    (drift,) = adam_drift(np.full((life, 1), 0.3), np.zeros(1), 0.1, np.array([100]))[0]
    assert drift == pytest.approx(parameter.item() - start, rel=1e-9)
    assert abs(drift) / 0.1 == pytest.approx(expected, abs=0.4)


def test_weight_decay_shrinks_a_dead_unit():
    moved = death("weight_decay", 1.0)["moved"].values
    assert moved[1] / moved[2] == pytest.approx(1 / (2 - DECAY))


def test_a_unit_that_does_not_die_is_said():
    with pytest.raises(ValueError, match=r"sgd with a learning rate of 0\.0001 kills no unit in 200 steps"):
        death("sgd", 0.0001)


@pytest.mark.numerics
@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("rule", ["sgd", "weight_decay"])
def test_without_a_memory_no_unit_comes_back_in_the_first_layer_but_some_do_in_the_second(rule, rate):
    back = returns(rule, rate)["returned"].sum("step")
    assert back.sel(layer=1) == 0
    assert rate < 0.3 or back.sel(layer=2) > 0


@pytest.mark.numerics
@pytest.mark.parametrize("rule", ["momentum", "adam"])
def test_with_a_memory_units_of_the_first_layer_come_back_too(rule):
    assert returns(rule, 1.0)["returned"].sel(layer=1).sum() > 0


@pytest.mark.numerics
def test_a_unit_that_comes_back_under_plain_descent_has_not_moved():
    """Its weights in the second layer are the same to the last bit, from its death on to its return."""
    config = replace(TWO_LAYERS, steps=0)
    dead = returns("sgd", 1.0)["dead"].sel(layer=2).values
    data, network = load(config), build(config)
    optimizer = torch.optim.SGD(network.parameters(), 1.0)
    weights = []
    for _ in dead:
        weights.append(network.weights[1].detach().clone())
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(data.inputs), data.targets).backward()
        optimizer.step()
    moved = (torch.stack(weights).diff(dim=0) != 0).any(-1).numpy()  # (step, unit)
    assert (dead[:-1] & ~dead[1:]).any()
    assert not moved[dead[:-1]].any()
    assert moved[~dead[:-1]].any()


def test_units_are_counted_when_they_come_back():
    dead = np.array([[[True, True]], [[False, True]], [[True, True]], [[False, False]]])
    seen = returns_of(dead).sel(layer=1)
    assert seen["count"].values.tolist() == [2, 1, 2, 0]
    assert seen["returned"].values.tolist() == [0, 1, 0, 2]


def test_frames_hold_what_was_measured():
    units = deaths(0.1)
    lines, dots = dying.frame_of(units), drift.frame_of(units)
    for rule, name in NAMES.items():
        one = death(rule, 0.1)
        line = lines[(lines["rule"] == name) & (lines["mark"] == "line")]
        np.testing.assert_allclose(line["on"], one["on"].values[: one["died"].item() + 1], rtol=1e-6)
        moved = dots[(dots["rule"] == name) & dots["mark"].isin(["line", "zero"])]
        np.testing.assert_allclose(moved["value"], one["moved"].values[DRAWN], rtol=1e-6)
    assert lines.query("mark == 'death'")["step"].tolist() == units["died"].values.tolist()
    assert set(dots[dots["rule"] == NAMES["sgd"]]["mark"]) == {"zero"}


def test_the_frame_of_a_network_holds_what_was_counted():
    network = returns("sgd", 1.0)
    frame = returns_drawn.frame_of(network)
    assert frame.query("mark == 'back'")["returned"].sum() == network["returned"].sum() > 0
    second = frame[(frame["mark"] == "line") & (frame["series"] == LAYER.format(layer=2))]
    assert second["dead"].tolist() == network["count"].sel(layer=2).values.tolist()


def test_every_rule_has_a_name():
    assert list(NAMES) == list(RULES)
    assert len({*NAMES.values()} - {""}) == len(RULES)


@pytest.mark.parametrize("rule", RULES)
def test_the_lab_trains_like_each_rule(rule):
    """One step of the optimizer that a Config makes, beside one of the rule."""
    whole = {"learning_rate": 0.1, "steps": 1, "snapshots": 2, "batch_size": TWO_LAYERS.samples}
    config = replace(TWO_LAYERS, **whole, **RULES[rule].settings)
    network = build(config)
    optimizer = RULES[rule].make(list(network.parameters()), config.learning_rate)
    data = load(config)
    torch.nn.functional.cross_entropy(network(data.inputs), data.targets).backward()
    before = [weight.detach().clone() for weight in network.weights]
    optimizer.step()
    moved = [
        float(((new - old).norm() / new.norm()).detach()) for new, old in zip(network.weights, before, strict=True)
    ]
    hidden = record(config).data["update_ratio"].isel(step=-1).values
    assert moved[: len(hidden)] == pytest.approx(list(hidden), rel=1e-4)
