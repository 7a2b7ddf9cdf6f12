"""Where the numbers of a run that diverged were lost first, on runs that did, and on numbers put into one."""

from dataclasses import replace

import numpy as np
import pytest

from core import Config, record
from core.diagnosis import diagnose
from core.diagnosis.lost import Lost, first_lost
from core.diagnosis.signs import Signs
from core.measuring import Recording
from core.sweeps import sweep
from core.sweeps.runs import recordings_of

TOO_FAST = Config(learning_rate=1e6, width=16, depth=3, steps=60, snapshots=12)


def finite() -> Recording:
    """A run that is said to have diverged at its end, with all its numbers inside their range."""
    recording = record(Config(width=16, depth=3, steps=60, snapshots=12))
    return replace(recording, end=replace(recording.end, reason="diverged"))


def with_lost(recording: Recording, name: str, row: int, *layers: int) -> Recording:
    """The same, with what was measured of these layers (counted from 0) being no number from this row on."""
    variable = recording.variables[name]
    values = variable.values.copy()
    values[row:, list(layers)] = np.inf
    return replace(recording, variables={**recording.variables, name: replace(variable, values=values)})


@pytest.mark.parametrize("rate", [10.0, 1e3, 1e4, 1e6])
def test_it_is_where_the_recording_holds_the_first_that_is_no_number(rate):
    recording = record(replace(TOO_FAST, learning_rate=rate))
    lost = first_lost(Signs(recording))
    row = recording.steps.index(lost.step)
    signal = recording.variables["activation_std"].values
    assert np.isfinite(recording.variables["weight_norm"].values).all()
    assert np.isfinite(signal[:row]).all()
    expected = np.flatnonzero(~np.isfinite(signal[row])) + 1
    assert lost.what == ("signal" if len(expected) else "loss")
    assert lost.layers == tuple(expected[:1])


@pytest.mark.parametrize(
    ("name", "layers", "lost"),
    [
        ("weight_norm", (0, 2), ("weights", (1, 3))),
        ("activation_std", (1, 2), ("signal", (2,))),
        ("loss", (0,), ("loss", ())),
        ("gradient_rms", (0, 1), ("gradient", (2,))),
        ("weight_gradient_norm", (0,), ("gradient", (1,))),
    ],
)
def test_each_quantity_is_named_with_its_step_and_layers(name, layers, lost):
    recording = with_lost(finite(), name, 3, *layers)
    assert first_lost(Signs(recording)) == Lost(lost[0], recording.steps[3], lost[1])


def test_the_earlier_look_counts_more_than_the_order_within_one():
    recording = with_lost(with_lost(finite(), "gradient_rms", 2, 0, 1), "weight_norm", 4, 0)
    assert first_lost(Signs(recording)) == Lost("gradient", recording.steps[2], (2,))
    cause = diagnose(recording).cause
    assert (cause.rule, cause.layers, cause.steps) == ("rate_too_high", (2,), (recording.steps[2],))
    assert cause.why == (
        "Diverged at step 60: the steps are too long for this network. First seen out of the range of numbers: the "
        f"gradient at layer 2, at step {recording.steps[2]}."
    )


def test_what_was_no_number_before_training_is_no_loss():
    assert first_lost(Signs(with_lost(finite(), "gradient_rms", 0, 1))) is None


def test_a_sweep_does_not_look_at_the_last_step_and_names_the_step_alone():
    configs = [replace(TOO_FAST, seed=seed, snapshots=2) for seed in range(2)]
    for recording in recordings_of(sweep(configs), configs):
        cause = diagnose(recording).cause
        assert recording.steps == [0]
        assert cause.why == f"Diverged at step {recording.end.step}: the steps are too long for this network."
        assert cause.steps == (recording.end.step,)
