"""The doctor on networks whose illness is known, and on many that have none."""

import pytest
from tables import table

from benchmarks.patients.tables import kept
from core import Config, record
from core.datasets.uploads import keep
from core.diagnosis import diagnose

KNOWN = {  # what it is, the fields of the Config, the rule that is the cause, and the first knob
    "weight decay": (
        {"dataset": "spiral", "activation": "tanh", "depth": 2, "width": 8, "learning_rate": 0.3, "weight_decay": 10.0},
        "decay_too_strong",
        "weight_decay",
    ),
    "weight decay at a lower rate": (
        {
            "dataset": "spiral",
            "activation": "tanh",
            "depth": 2,
            "width": 8,
            "learning_rate": 0.06,
            "weight_decay": 10.0,
        },
        "decay_too_strong",
        "weight_decay",
    ),
    "a bias": ({"depth": 1, "activation": "sigmoid", "bias_init": -12.0, "steps": 300}, "saturated", "bias_init"),
    "dead units": ({"bias_init": -2.0, "steps": 300}, "born_dead", "bias_init"),
    "copies": ({"initializer": "constant", "steps": 300}, "copies", "initializer"),
    "too narrow": ({"dataset": "xor", "noise": 0.0, "depth": 1, "width": 2, "seed": 5}, "too_narrow", "width"),
    "adam": ({"optimizer": "adam", "learning_rate": 0.5, "steps": 300}, "rate_too_high", "learning_rate"),
    "saturation": ({"activation": "tanh", "weight_scale": 5.0}, "saturated", "weight_scale"),
    "deep sigmoid": ({"activation": "sigmoid", "depth": 10, "steps": 300}, "signal_lost", "activation"),
    "a high rate": ({"learning_rate": 100.0, "steps": 300}, "rate_too_high", "learning_rate"),
    "PyTorch's own weights": ({"initializer": "pytorch_default", "steps": 300}, "signal_lost", "initializer"),
    "a rate too low for a straight line": (
        {
            "dataset": "circles",
            "activation": "identity",
            "initializer": "lecun_normal",
            "learning_rate": 1e-6,
            "steps": 100,
        },
        "rate_too_low",
        "learning_rate",
    ),
    "a high rate for two units": (
        {"dataset": "curve", "activation": "tanh", "depth": 1, "width": 2, "learning_rate": 1e3, "steps": 60},
        "rate_too_high",
        "learning_rate",
    ),
    "momentum": (
        {"optimizer": "momentum", "momentum": 0.999, "learning_rate": 0.05, "steps": 300},
        "rate_too_high",
        "momentum",
    ),
}
BEFORE_TRAINING = ("a bias", "dead units", "copies", "saturation", "deep sigmoid", "PyTorch's own weights")


@pytest.mark.parametrize("name", KNOWN)
def test_the_cause_is_named_and_the_knob(name):
    fields, rule, knob = KNOWN[name]
    diagnosis = diagnose(record(Config(**fields)))
    assert diagnosis.cause is not None
    assert (diagnosis.cause.rule, diagnosis.cause.knobs[0]) == (rule, knob)
    assert diagnosis.cause not in diagnosis.consequences


@pytest.mark.parametrize("name", BEFORE_TRAINING)
def test_what_is_there_before_training_is_named_then(name):
    fields, rule, knob = KNOWN[name]
    diagnosis = diagnose(record(Config(**fields).at_start()))
    assert (diagnosis.verdict, diagnosis.cause.rule, diagnosis.cause.knobs[0]) == ("sick", rule, knob)


def test_dead_units_are_counted():
    cause = diagnose(record(Config(bias_init=-2.0, steps=0))).cause
    assert cause.why == ("166 of 320 units are dead before training: slope 0 on all 256 samples of the probe.")
    assert (cause.evidence["units"], cause.evidence["all"]) == (166, 320)
    assert cause.layers == (3, 4, 5)


def test_raw_inputs_are_the_cause_whatever_they_lead_to():
    lines = ["x,y", *(f"{x},{2 * x}" for x in range(200))]
    digest = keep(table("\n".join(lines).encode(), "y"))
    raw = Config(
        dataset="upload", table=digest, depth=0, preprocessing="none", learning_rate=0.001, batch_size=1, steps=100
    )
    cause = diagnose(record(raw)).cause
    assert (cause.rule, cause.knobs) == ("raw_inputs", ("preprocessing",))
    assert "The inputs are large: their RMS is " in cause.why


@pytest.mark.parametrize("steps", [0, 100])
def test_pixels_from_0_to_255_are_the_cause_before_training_and_after(steps):
    recording = record(Config(dataset="upload", table=kept("pixels"), preprocessing="none", steps=steps))
    diagnosis = diagnose(recording)
    assert (diagnosis.cause.rule, diagnosis.cause.saying) == ("raw_inputs", "large_inputs")
    assert diagnosis.cause.knobs == ("preprocessing",)
    start = next(each for each in diagnosis.consequences if each.rule == "poor_start")
    assert start.evidence["times"] > 30
    assert start.knobs[0] == "preprocessing"


def test_two_units_that_are_stuck_on_xor_are_too_narrow_though_none_is_dead():
    recording = record(Config(**KNOWN["too narrow"][0]))
    assert recording.variables["dead_fraction"].values[-1] == 0
    assert recording.variables["loss"].values[-1, 0] == pytest.approx(0.34, abs=0.02)
    assert diagnose(recording).cause.why == "Everything has to pass through layers of 2 units."


def test_the_first_layer_out_of_range_is_named():
    cause = diagnose(record(Config(depth=30, weight_scale=1e3, steps=0))).cause
    assert (cause.rule, cause.saying, cause.knobs) == ("out_of_range", "layer_out_of_range", ("weight_scale",))
    assert cause.why == f"The signal of the untrained network leaves the range of numbers in layer {cause.layers[0]}."


def test_the_step_at_which_it_diverged_is_named():
    recording = record(Config(learning_rate=100.0, steps=300))
    diagnosis = diagnose(recording)
    assert (diagnosis.verdict, diagnosis.cause.steps) == ("dead", (recording.end.step,))
    assert diagnosis.cause.why == (
        f"Diverged at step {recording.end.step}: the steps are too long for this network. First seen out of the range "
        f"of numbers: the loss, at step {recording.end.step}."
    )


def test_a_run_that_has_just_begun_is_not_judged():
    recording = record(Config(steps=5))
    assert diagnose(recording).verdict == "unknown"
