from dataclasses import replace

import numpy as np
import pytest
import torch
from drawn import assert_drawn_from

from core import record
from core.charts.experiments.after_death import (
    DRAWN,
    LAYERS,
    drift_frame,
    drift_spec,
    dying_frame,
    dying_spec,
    returns_frame,
    returns_spec,
)
from core.experiments.after_death import (
    DECAY,
    MOMENTUM,
    RULES,
    TWO_LAYERS,
    WATCHED,
    Returns,
    adam_drift,
    death,
    returns,
)
from core.networks import build
from core.networks.data import load

RATES = (0.01, 0.03, 0.1, 0.3, 1.0)


@pytest.mark.parametrize("rate", RATES)
@pytest.mark.parametrize("rule", RULES)
def test_a_dead_unit_moves_as_its_rule_remembers(rule, rate):
    one = death(rule, rate)
    assert one.on[one.died - 1] > 0 == one.on[one.died :].max()
    assert len(one.moved) == WATCHED + 1
    np.testing.assert_allclose(one.moved, one.expected, rtol=1e-9, atol=1e-12)
    assert (one.moved[1:] > 0).all() == (rule != "SGD")


def test_plain_gradient_descent_moves_a_dead_unit_by_not_one_bit():
    """Row K3, of one unit."""
    assert all((death("SGD", rate).moved == 0).all() for rate in RATES)


@pytest.mark.parametrize("rate", [0.5, 1.0, 3.0])
def test_a_unit_that_dies_at_once_drifts_by_nine_of_its_steps_with_momentum_and_by_five_rates_with_adam(rate):
    one = death("momentum", rate)
    assert one.died == 1
    gradient = one.expected[-1] / (MOMENTUM * (1 - MOMENTUM**WATCHED) / (1 - MOMENTUM))
    assert one.moved[1] == pytest.approx(MOMENTUM * gradient)
    assert death("Adam", rate).moved[-1] == pytest.approx(4.99, abs=0.05)


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
    one = death("weight decay", 1.0)
    assert one.moved[1] / one.moved[2] == pytest.approx(1 / (2 - DECAY))


def test_a_unit_that_does_not_die_is_said():
    with pytest.raises(ValueError, match=r"SGD with a learning rate of 0\.0001 kills no unit in 200 steps"):
        death("SGD", 0.0001)


@pytest.mark.parametrize("rate", [0.1, 0.3, 1.0])
@pytest.mark.parametrize("rule", ["SGD", "weight decay"])
def test_without_a_memory_no_unit_comes_back_in_the_first_layer_but_some_do_in_the_second(rule, rate):
    back = returns(rule, rate).returned.sum(0)
    assert back[0] == 0
    assert rate < 0.3 or back[1] > 0


@pytest.mark.parametrize("rule", ["momentum", "Adam"])
def test_with_a_memory_units_of_the_first_layer_come_back_too(rule):
    assert returns(rule, 1.0).returned.sum(0)[0] > 0


def test_a_unit_that_comes_back_under_plain_descent_has_not_moved():
    """Its weights in the second layer are the same to the last bit, from its death on to its return."""
    config = replace(TWO_LAYERS, steps=0)
    dead = returns("SGD", 1.0).dead[:, 1]
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
    seen = Returns(dead)
    assert seen.counts.ravel().tolist() == [2, 1, 2, 0]
    assert seen.returned.ravel().tolist() == [0, 1, 0, 2]


def test_frames_hold_what_was_measured():
    deaths = [death(rule, 0.1) for rule in RULES]
    dying, drift = dying_frame(deaths), drift_frame(deaths)
    for one in deaths:
        line = dying.query("mark == 'line' and rule == @one.rule")
        np.testing.assert_allclose(line["on"], one.on[: one.died + 1], rtol=1e-6)
        dots = drift.query("mark in ('line', 'zero') and rule == @one.rule")
        np.testing.assert_allclose(dots["value"], one.moved[DRAWN], rtol=1e-6)
    assert dying.query("mark == 'death'")["step"].tolist() == [one.died for one in deaths]
    assert set(drift.query("rule == 'SGD'")["mark"]) == {"zero"}
    network = returns("SGD", 1.0)
    frame = returns_frame(network)
    assert frame.query("mark == 'back'")["returned"].sum() == network.returned.sum() > 0
    assert frame.query("mark == 'line' and series == @LAYERS[1]")["dead"].tolist() == network.counts[:, 1].tolist()


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    deaths = [death(rule, 0.1) for rule in RULES]
    drawn = (
        (dying_spec(dark=dark), dying_frame(deaths)),
        (drift_spec(dark=dark), drift_frame(deaths)),
        (returns_spec(dark=dark), returns_frame(returns("SGD", 1.0))),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)
    assert len(LAYERS) == TWO_LAYERS.depth


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
