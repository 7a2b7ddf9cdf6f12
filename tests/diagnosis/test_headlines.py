from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from core import Config, Recording, record, train
from core.diagnosis.headlines import gentler, headlines
from core.diagnosis.words import Told, how_it_ended, summary, told
from core.measuring.recording import End
from core.networks.data import load
from core.words.numbers import readable

SMALL = Config(samples=200, steps=2, snapshots=3, probe_size=64, width=16, depth=3)


def by_name(recording: Recording, step: int | None = None) -> dict[str, Told]:
    step = recording.steps[-1] if step is None else step
    return {headline.name: headline for headline in map(told, headlines(recording, step))}


def gradient_of(*layers: float) -> Told:
    """The headline of a network whose gradients at its layers are these."""
    recording = record(replace(SMALL, depth=len(layers), steps=0))
    gradient = replace(recording.variables["gradient_rms"], values=np.array([layers]))
    changed = replace(recording, variables={**recording.variables, "gradient_rms": gradient})
    return by_name(changed)["Gradient, first ÷ last layer"]


def test_there_are_four_and_each_says_something():
    recording = record(SMALL)
    for step in recording.steps:
        four = list(map(told, headlines(recording, step)))
        assert [headline.name for headline in four] == [
            "Loss",
            "Accuracy",
            "Dead units",
            "Gradient, first ÷ last layer",
        ]
        assert all(headline.number and headline.sentence.endswith(".") for headline in four)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_scores_are_those_of_the_step(step):
    recording = record(SMALL)
    data, words = recording.data.sel(step=step), by_name(recording, step)
    loss, accuracy = data["loss"].values, data["accuracy"].values
    assert words["Loss"] == Told(
        "Loss", f"{loss[0]:.2f}", f"On the probe; {loss[1]:.2f} on held-out samples. Guessing gives 2.28."
    )
    assert words["Accuracy"].number == f"{accuracy[1]:.1%}"
    assert words["Accuracy"].sentence == f"On held-out samples; {accuracy[0]:.0%} on the probe. Guessing gives 13%."


def test_guessing_among_two_classes():
    words = by_name(record(replace(SMALL, dataset="moons")))
    assert "Guessing gives 0.693." in words["Loss"].sentence
    assert "Guessing gives 51%." in words["Accuracy"].sentence  # 102 of 200 samples are of one class


def test_what_is_explained_is_of_the_spread_of_each_split():
    recording = record(replace(SMALL, dataset="curve", learning_rate=0.005))
    data, targets = recording.data.isel(step=-1), load(recording.config)
    train, held_out = 1 - data["loss"].values / [
        float(t.var(correction=0)) for t in (targets.probe_targets, targets.validation_targets)
    ]
    found = by_name(recording)["Explained"]
    assert found.number == f"{held_out:.1%}"
    assert f"{train:.0%} on the probe" in found.sentence


def test_there_is_nothing_to_explain_where_all_targets_are_the_same():
    recording = record(replace(SMALL, dataset="curve", learning_rate=0.005))
    same = replace(recording, guess=replace(recording.guess, spreads=(1.0, 0.0)))
    assert by_name(same)["Explained"] == Told(
        "Explained", "–", "All targets are the same, so there is nothing to explain."
    )


@pytest.mark.parametrize(("activation", "dead"), [("relu", "48"), ("leaky_relu", "0")])
def test_dead_units_are_counted_with_the_size_of_the_probe(activation, dead):
    words = by_name(record(replace(SMALL, activation=activation, bias_init=-1000, steps=0)))["Dead units"]
    assert words.number == dead
    assert words.sentence.startswith("Of 48. " if dead == "48" else "None of 48, ")
    assert "64 samples of the probe" in words.sentence


@pytest.mark.parametrize(("scale", "warned"), [(1.0, False), (100.0, True)])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_s_curve_that_is_used_where_it_is_flat_is_named(activation, scale, warned):
    recording = record(replace(SMALL, activation=activation, weight_scale=scale, steps=0))
    share = f"{recording.data['saturated_fraction'].mean().item():.0%} of the activations are saturated"
    assert (share in by_name(recording)["Dead units"].sentence) == (warned and activation == "tanh")


def test_a_summary_says_what_is_trained():
    words = summary(Config(width=32, depth=3, activation="tanh", samples=1200))
    assert words == (
        "digits, 1,200 training samples · 3 hidden layers of 32 tanh units, he_normal · 4,522 parameters"
        " · sgd, learning rate 0.05"
    )
    assert "no hidden layer, " in summary(Config(depth=0, normalization="batch_norm"))
    assert "5 hidden layers of 64 relu units with batch_norm, he" in summary(Config(normalization="batch_norm"))
    assert summary(Config(dataset="upload")).startswith("upload, at most 1,400 training samples · ")


def test_dead_units_of_a_layer_are_as_many_as_its_share_says():
    recording = record(replace(SMALL, bias_init=-0.5))
    share = recording.data["dead_fraction"].sel(step=2).values
    assert by_name(recording)["Dead units"].number == f"{round((share * 16).sum())}"
    assert 0 < share.sum() < 3


def test_large_numbers_are_grouped():
    recording = record(replace(SMALL, depth=20, width=100, bias_init=-1000, steps=0))
    assert by_name(recording)["Dead units"].number == "2,000"


@pytest.mark.parametrize(
    ("layers", "number", "sentence"),
    [
        ((0.5, 7.0, 0.5), "1", "RMS of dL/dz. Near 1, all layers learn at a similar pace."),
        ((0.4, 1.0), "0.4", "RMS of dL/dz. Near 1, all layers learn at a similar pace."),
        ((2e-3, 1.0), "0.002", "RMS of dL/dz. It shrinks 500 times on its way back to layer 1."),
        ((61.0, 1.0), "61", "RMS of dL/dz. It grows 61 times on its way back to layer 1."),
        ((1.3e-7, 1.0), "1.3e-07", "Vanishing: hardly any gradient reaches layer 1."),
        ((71.0, 1.0), "71", "Exploding: the gradient grows on its way to layer 1."),
        ((0.0, 1.0), "0", "Exactly zero: no gradient reaches layer 1."),
        ((0.0, 0.0), "–", "No gradient reaches the last layer, so none reaches the others."),
        ((nan, 1.0), "NaN", "No longer a number."),
        ((1.0, inf), "NaN", "No longer a number."),
        ((0.25,), "1", "RMS of dL/dz. Near 1, all layers learn at a similar pace."),
    ],
)
def test_the_gradient_from_layer_1_to_the_last(layers, number, sentence):
    assert gradient_of(*layers) == Told("Gradient, first ÷ last layer", number, sentence)


def test_no_hidden_layer():
    words = by_name(record(replace(SMALL, depth=0)))
    assert words["Gradient, first ÷ last layer"].sentence == "There is no hidden layer to compare."
    assert words["Dead units"].number == "0"


def test_a_diverged_run_says_so():
    recording = record(replace(SMALL, learning_rate=1e6, steps=50))
    words = by_name(recording)
    assert words["Loss"].number in ("NaN", "infinite")
    assert words["Loss"].sentence == "Not a number: the weights have grown out of range."
    ending = how_it_ended(recording)
    assert ending.startswith(f"Diverged at step {recording.end.step}: the loss became ")
    last = recording.data["loss"].sel(split="train")[-2].item()
    assert f"It had been {readable(last)}." in ending
    assert "All measurements are kept" in ending


@pytest.mark.parametrize(("depth", "loss"), [(5, "infinite"), (20, "NaN")])
def test_an_untrained_network_that_overflows_has_not_diverged(depth, loss):
    recording = record(Config(weight_scale=1e6, depth=depth, steps=9))
    ending = how_it_ended(recording)
    assert ending.startswith(f"The untrained network overflows: its loss is {loss}, as its signal is too large")
    assert "Diverged" not in ending
    assert "grown" not in by_name(recording)["Loss"].sentence
    assert by_name(recording)["Loss"].sentence == "Not a number: the signal of the untrained network is out of range."


def test_a_stopped_run_says_where():
    *_, partial, _ = train(SMALL)
    stopped = replace(partial, end=End("running", 1234)).stopped()
    assert how_it_ended(stopped) == "Stopped at step 1,234. The last measurement is of step 1."


def test_a_run_that_goes_on_or_has_finished_needs_no_sentence():
    assert [how_it_ended(partial) for partial in train(SMALL)] == ["", "", ""]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (2.302585, "2.30"),
        (0.0123, "0.0123"),
        (1.3e-7, "1.30e-07"),
        (123.4, "123"),
        (0.0, "0.00"),
        (5e9, "5.00e+09"),
        (nan, "NaN"),
        (inf, "infinite"),
    ],
)
def test_numbers_are_readable(number, words):
    assert readable(number) == words


def test_after_a_run_that_diverged_a_smaller_learning_rate_is_offered():
    config = Config(dataset="line", samples=100, steps=30)
    calmer = gentler(record(config))
    assert calmer == replace(config, learning_rate=0.01)
    assert gentler(record(calmer)) is None  # it does not diverge
    untrained = record(replace(SMALL, weight_scale=1e6, depth=7))
    assert gentler(untrained) is None
    assert "learning rate" not in how_it_ended(untrained)
