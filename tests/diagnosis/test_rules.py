"""The rules, one by one: each finds its own patient, and none speaks of what it cannot know."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from core import Config, record
from core.diagnosis import diagnose
from core.diagnosis.finding import FATAL, HARM, NOTE, Finding
from core.diagnosis.remedies import remedies
from core.diagnosis.rule import rules
from core.diagnosis.sentences import COMMON
from core.measuring import Recording

each_rule = pytest.mark.parametrize("name", rules)
UNTRAINED = Config(steps=0)


@cache
def patient(name: str) -> Recording:
    return record(rules[name].sick())


def finding(recording: Recording, name: str) -> Finding:
    return next(each for each in diagnose(recording).findings if each.rule == name)


def without(recording: Recording, *names: str) -> Recording:
    return replace(recording, variables={n: v for n, v in recording.variables.items() if n not in names})


@each_rule
def test_a_rule_finds_its_patient_and_says_so(name):
    found = finding(patient(name), name)
    assert (found.answer, found.severity in (NOTE, HARM, FATAL)) == ("found", True)
    assert found.knobs
    assert set(found.knobs) <= Config.fields().keys()
    assert all(1 <= layer <= patient(name).depth for layer in found.layers)
    assert set(found.steps) <= set(patient(name).steps)
    assert found.why
    assert not any(sign in found.why for sign in ("{", "nan", "NaN", "None"))


@each_rule
def test_a_patient_is_sick_of_something(name):
    diagnosis = diagnose(patient(name))
    assert diagnosis.verdict in ("sick", "dead")
    assert diagnosis.cause is not None
    assert diagnosis.cause == next(each for each in diagnosis.found if each.severity >= HARM)


@each_rule
def test_a_rule_says_what_it_is_and_proposes_what_there_is(name):
    rule = rules[name]
    assert rule.source
    assert set(rule.remedies) <= remedies.keys()
    assert f"no_{name}" in rule.says
    assert not rule.says.keys() & COMMON.keys()
    assert all(text.endswith(".") for text in rule.says.values())


def test_ranks_differ_so_that_causes_have_an_order():
    assert len({rule.rank for rule in rules.values()}) == len(rules)


@pytest.mark.parametrize("activation", ["relu", "tanh"])
def test_a_network_that_learns_is_alive_and_nothing_is_found(activation):
    initializer = {"relu": "he_normal", "tanh": "lecun_normal"}[activation]
    diagnosis = diagnose(record(Config(activation=activation, initializer=initializer, steps=300)))
    assert (diagnosis.verdict, diagnosis.cause, diagnosis.found) == ("alive", None, ())
    assert all(each.severity == 0 and each.why for each in diagnosis.findings)


def test_a_network_without_hidden_layers_is_judged_as_far_as_it_can_be():
    diagnosis = diagnose(record(Config(dataset="blobs", depth=0, steps=200)))
    assert diagnosis.verdict == "alive"
    assert finding(record(Config(depth=0, steps=0)), "vanishing").why == "There is no hidden layer to judge."


@pytest.mark.parametrize("config", [UNTRAINED, Config(steps=60), Config(learning_rate=100.0, steps=60)], ids=str)
def test_what_is_missing_is_not_applicable_and_never_an_exception(config):
    whole = record(config)
    for name in whole.variables:
        diagnose(without(whole, name))
    bare = replace(without(whole, *whole.variables), config=None, guess=None, input_sizes=None)
    for each in diagnose(bare).findings:
        known = each.rule in ("rate_too_high",) and each.answer != "not applicable"
        assert known or each.answer == "not applicable", each
    for part in ("config", "guess", "input_sizes"):
        diagnose(replace(whole, **{part: None}))


@pytest.mark.parametrize("number", [np.nan, np.inf, -np.inf, 0.0])
def test_any_numbers_are_judged(number):
    whole = record(Config(steps=60))
    for name, variable in whole.variables.items():
        spoilt = replace(variable, values=np.full_like(variable.values, number, dtype=float))
        findings = diagnose(replace(whole, variables={**whole.variables, name: spoilt})).findings
        assert all(each.why for each in findings)


def test_a_config_is_told_where_it_is_missing():
    recording = replace(record(Config(steps=60)), config=None)
    assert finding(recording, "decay_too_strong").why == "This needs a Config, which this network has not."
    assert finding(without(recording, "dead_fraction"), "born_dead").why == "What this needs was not recorded."
    assert finding(record(UNTRAINED), "rate_too_high").why == "The network has not been trained."
