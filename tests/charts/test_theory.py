"""Theory over measurement: lines, bands and words as they are predicted, or nothing."""

from dataclasses import replace

import numpy as np
import pytest
from situations import SITUATIONS, SMALL

from core import record
from core.charts import charts
from core.theory import predict

THEORIES = {
    "spread": ("activation_std", "activation_mean"),
    "gradient_profile": ("gradient_rms", "weight_gradient_norm"),
    "shares": ("zero_fraction", "saturated_fraction", "dead_fraction"),
}


@pytest.mark.parametrize("name", THEORIES)
def test_theory_is_drawn_as_it_is_predicted_for_the_start(name):
    recording = record(SMALL)
    expected = predict(SMALL)
    frames = [charts[name].frame_of(recording, step) for step in recording.steps]
    lines = [frame[frame["mark"].isin(["theory", "band"])].reset_index(drop=True) for frame in frames]
    assert all(line.equals(lines[0]) for line in lines)
    drawn = lines[0][lines[0]["mark"] == "theory"].groupby("each")["value"].apply(list)
    np.testing.assert_allclose(np.array(drawn.tolist()), [expected.variables[v] for v in THEORIES[name]], rtol=1e-6)
    measured = frames[0][frames[0]["mark"].isin(["line", "zero"])]
    assert set(lines[0]["quantity"]) == set(measured["quantity"])
    band = lines[0][lines[0]["mark"] == "band"]
    assert len(band) == (5 if name != "shares" else 0)
    if len(band):
        low, high = expected.bands[THEORIES[name][0]]
        np.testing.assert_allclose(band["shown"], low, rtol=1e-6)
        assert (band["top"] <= high * (1 + 1e-6)).all()


@pytest.mark.parametrize("name", THEORIES)
def test_a_point_says_what_theory_expects_there(name):
    recording = record(SMALL)
    frame = charts[name].frame_of(recording).query("mark in ['line', 'zero']")
    expected = [np.abs(predict(SMALL).variables[variable]) for variable in THEORIES[name]]
    np.testing.assert_allclose(frame["expected"], np.concatenate(expected), rtol=1e-6)
    assert "expected" in str(charts[name].spec(recording, dark=False))
    without = charts[name].spec(record(SITUATIONS["all zero"]), dark=False)
    assert "expected" not in str(without)


@pytest.mark.parametrize("name", THEORIES)
def test_without_a_theory_there_is_no_line_and_no_word(name):
    recording = record(SITUATIONS["all zero"])
    assert not charts[name].frame_of(recording)["mark"].isin(["theory", "band"]).any()
    assert "theory, at the start" not in str(charts[name].spec(recording, dark=False))
    assert "theory, at the start" in str(charts[name].spec(record(SMALL), dark=False))
    assert "Dotted" not in charts[name].sentence_of(recording)
    assert (
        charts[name]
        .sentence_of(record(SMALL))
        .endswith(
            " Dotted: theory, of the untrained network."
            if name == "shares"
            else " Dotted: theory, of the untrained network; most networks of this width lie in the pale band."
        )
    )


def test_a_line_of_theory_at_zero_is_left_out_and_no_word_is_said_of_it():
    step = record(replace(SMALL, activation="step", steps=0))
    assert "theory" not in set(charts["gradient_profile"].frame_of(step)["mark"])
    assert "Dotted" not in charts["gradient_profile"].sentence_of(step)
    assert "Dotted" in charts["spread"].sentence_of(step)
    frame = charts["spread"].frame_of(record(SITUATIONS["S-curve"]))
    assert set(frame.query("mark == 'theory'")["each"]) == {0}
    assert (predict(SITUATIONS["S-curve"]).variables["activation_mean"] == 0).all()
    assert frame.query("mark == 'corner'")["shown"].min() >= 1e-6


def test_where_the_signal_leaves_the_range_of_numbers_no_line_is_drawn_at_0():
    config = replace(SMALL, activation="tanh", initializer="lecun_normal", weight_scale=1e-6, depth=30, steps=0)
    frame = charts["spread"].frame_of(record(config))
    drawn = frame[frame["mark"] == "theory"]
    assert set(drawn["each"]) == {0}  # not of the mean, which is 0 as far as it is known
    assert 0 < drawn["value"].notna().sum() < 30
