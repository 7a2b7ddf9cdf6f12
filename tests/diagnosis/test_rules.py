"""The rules, one by one: each finds its own patient, and none speaks of what it cannot know."""

import re
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from sayings import DECLARED, OTHERS, uploaded

from core import Config, record
from core.diagnosis import diagnose
from core.diagnosis.cures.remedies import remedies
from core.diagnosis.finding import FATAL, HARM, NOTE, Finding
from core.diagnosis.rule import rules
from core.diagnosis.sentences import COMMON
from core.measuring import Recording

each_rule = pytest.mark.parametrize("name", rules)
UNTRAINED = Config(steps=0)
NUMBER = r"[<>]?\d[\d.,]*(e[+-]?\d+)?%?( [mb]illion)?"
WITHOUT_PATIENT = ("diverged", "diverged_gradient")  # of a sweep, and as test_lost makes it

# With a little of everything, so that every rule has something to judge.
HEALTHY = Config(
    samples=400,
    width=32,
    depth=2,
    steps=200,
    activation="tanh",
    initializer="lecun_normal",
    bias_init=0.01,
    weight_decay=1e-4,
    clip_norm=5.0,
    dropout=0.05,
)
SAID_OF_HEALTHY = {
    "nothing_to_learn": "The targets differ.",
    "labels_do_not_fit": "The score in training is # of a perfect one, on held-out samples at best #.",
    "raw_inputs": "The size of the inputs is usual: their RMS is #.",
    "out_of_range": "The untrained network's loss is a number: #.",
    "zero_weights": "No layer has only weights of 0.",
    "copies": "The units of each layer differ.",
    "no_slope": "The activation has a slope.",
    "born_dead": "0 of 64 units are dead before training, judged on the 256 samples of the probe.",
    "saturated": "At most # of the activations of a layer are saturated before training.",
    "pushed": "The first layer tells samples apart by # of its size.",
    "signal_lost": "The signal arrives: the last layer tells samples apart by # of what it could.",
    "signal_grows": "The signal of no layer is more than # times that of the inputs.",
    "poor_start": "The loss before training is #; guessing has #.",
    "no_gradient": "A gradient reaches the hidden units.",
    "vanishing": "The gradient before training, first layer to last, is 1 : #.",
    "exploding": "The gradient before training, first layer to last, is 1 : #.",
    "clipped_away": "Clipping starts at # of a usual gradient.",
    "too_narrow": "The narrowest layer has 32 units.",
    "too_simple": "There is a hidden layer, whose activation is no straight line.",
    "dropout_too_strong": "Dropout takes away 5.0% of the activations at each step.",
    "decay_too_strong": "Weight decay has left # of the weights.",
    "batch_too_small": "Samples in a batch: 64.",
    "rate_too_high": "The steps are not too long: a usual one changes no layer by more than # of its weights.",
    "rate_too_low": "The steps are not too short: all together they could have changed the weights by #, in their "
    "size.",
    "oscillating": "The score swings to and fro at # of all looks.",
    "overfitting": "The score on held-out samples is # of a perfect one, in training #.",
    "too_deep": "Hidden layers: 2.",
    "not_learning": "It learns: on held-out samples it has come # of the way to a perfect score.",
}


@cache
def patient(name: str) -> Recording:
    return record(rules[name].sick())


def finding(recording: Recording, name: str) -> Finding:
    return next(each for each in diagnose(recording).findings if each.rule == name)


def without(recording: Recording, *names: str) -> Recording:
    return replace(recording, variables={n: v for n, v in recording.variables.items() if n not in names})


def told(recording: Recording) -> str:
    """What the doctor says, as it is written beside the patients."""
    diagnosis = diagnose(recording)
    cause = diagnosis.cause
    return f"{diagnosis.verdict} of {cause.rule}: {', '.join(cause.knobs)}" if cause else diagnosis.verdict


def alike(text: str, expected: str) -> bool:
    return bool(re.fullmatch(re.escape(expected).replace(r"\#", NUMBER), text))


@each_rule
def test_a_rule_finds_its_patient_and_says_so(name):
    found = finding(patient(name), name)
    assert (found.answer, found.severity in (NOTE, HARM, FATAL)) == ("found", True)
    assert found.knobs
    assert set(found.knobs) <= Config.fields().keys()
    assert all(1 <= layer <= patient(name).depth for layer in found.layers)
    assert set(found.steps) <= set(patient(name).steps)


@pytest.mark.parametrize("name", DECLARED)
def test_what_a_rule_says_of_its_patient(name):
    what, text = DECLARED[name]
    found = finding(patient(name), name)
    assert (told(patient(name)), alike(found.why, text)) == (what, True), found.why


def test_the_words_of_every_rule_are_asserted():
    assert DECLARED.keys() == SAID_OF_HEALTHY.keys() == rules.keys()


@pytest.mark.parametrize(("name", "config", "what", "text"), OTHERS)
def test_whatever_else_a_rule_finds_it_says(name, config, what, text):
    recording = record(config())
    found = finding(recording, name)
    assert (found.answer, told(recording), alike(found.why, text)) == ("found", what, True), found.why


def test_every_sentence_has_its_patient():
    texts = [text for _, text in DECLARED.values()] + [text for *_, text in OTHERS]
    for rule in rules.values():
        for saying, template in rule.says.items():
            pattern = re.sub(r"\\{\w+\\}", ".+", re.escape(template))
            known = saying.startswith(f"no_{rule.name}") or saying in WITHOUT_PATIENT
            assert known or any(re.fullmatch(pattern, text) for text in texts), saying


@pytest.mark.parametrize("name", SAID_OF_HEALTHY)
def test_a_healthy_network_is_told_why_it_is(name):
    said = finding(record(HEALTHY), name)
    assert (said.answer, alike(said.why, SAID_OF_HEALTHY[name])) == ("healthy", True), said.why


@each_rule
def test_the_cause_is_the_first_that_keeps_from_learning(name):
    diagnosis = diagnose(patient(name))
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
    said = finding(record(Config(dataset="blobs", depth=0, steps=200)), "rate_too_high").why
    assert alike(
        said, "The steps are not too long: the loss has been at most # times that at the start, or of guessing."
    )
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
    assert finding(record(UNTRAINED), "rate_too_low").why == "The network has not been trained."


@pytest.mark.parametrize("dataset", ["blobs", "curve", "line"])
def test_a_probe_of_one_sample_is_no_reason_to_call_a_network_sick(dataset):
    few = Config(dataset=dataset, normalization="batch_norm", depth=3, width=16, probe_size=1, steps=0)
    assert diagnose(record(few)).found == ()
    assert finding(record(few), "born_dead").why == "The probe has too few samples to judge by."


def test_inputs_that_are_all_the_same_are_not_called_out_of_range():
    alike = record(uploaded([f"3,{'ab'[i % 2]}" for i in range(100)]))
    expected = "All inputs of the probe are the same, so no signal could tell them apart."
    assert finding(alike, "signal_lost").why == finding(alike, "signal_grows").why == expected


@pytest.mark.parametrize(
    ("rule", "config", "why"),
    [
        ("too_simple", Config(dataset="line", depth=0, learning_rate=1e6, steps=60), "The run diverged"),
        ("too_narrow", Config(dataset="curve", width=2, learning_rate=1e3, steps=60), "The run diverged"),
        (
            "too_narrow",
            Config(dataset="xor", depth=1, width=2, learning_rate=0.0, steps=60),
            "The weights have hardly moved",
        ),
        ("too_simple", Config(activation="identity", learning_rate=0.0, steps=60), "The weights have hardly moved"),
    ],
)
def test_what_a_network_could_have_learned_is_not_judged_by_steps_that_went_wrong(rule, config, why):
    judged = finding(record(config), rule)
    assert (judged.answer, judged.why) == ("not applicable", f"{why}, so nobody knows what it could have learned.")


@pytest.mark.parametrize(("decay", "says"), [(0.1, "healthy"), (10.0, "found")])
def test_a_decay_that_has_had_no_time_is_no_cause(decay, says):
    """Adam's steps, by the sign of the gradient, do not heed its size."""
    config = Config(optimizer="adamw", learning_rate=0.05, activation="tanh", depth=6, weight_decay=decay, steps=60)
    assert finding(record(config), "decay_too_strong").answer == says


def test_a_decay_does_not_outweigh_a_gradient_that_is_none():
    dead = Config(bias_init=-20.0, weight_decay=1e-4, optimizer="momentum", momentum=0.997, steps=60)
    assert finding(record(dead), "decay_too_strong").evidence["times"] == 0


@pytest.mark.parametrize(("bias", "answer"), [(0.05, "healthy"), (5.0, "found")])
def test_a_bias_is_blamed_only_if_it_is_large(bias, answer):
    """A hard sigmoid of small sums is near 1/2 for all samples, whatever the bias."""
    config = Config(dataset="circles", activation="hard_sigmoid", weight_scale=0.6, depth=1, bias_init=bias, steps=0)
    pushed = finding(record(config), "pushed")
    assert pushed.evidence["left"] < 0.3
    assert pushed.answer == answer


@pytest.mark.parametrize(("momentum", "knob"), [(0.9, "learning_rate"), (0.997, "momentum")])
def test_where_nothing_else_is_found_heavy_momentum_is_to_be_turned(momentum, knob):
    slow = Config(optimizer="momentum", learning_rate=1e-5, momentum=momentum, depth=2, width=16, steps=60)
    assert finding(record(slow), "not_learning").knobs[0] == knob
