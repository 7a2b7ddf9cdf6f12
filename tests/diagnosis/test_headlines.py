from dataclasses import replace
from math import inf, nan

import numpy as np
import pytest

from core import Config, Recording, record, train
from core.diagnosis.headlines import gentler, headlines
from core.diagnosis.words import Told, how_it_ended, told
from core.measuring.recording import End
from core.networks.data import load
from core.words import numbers
from core.words.numbers import percent, readable

RMS = "(RMS of dL/dz)."
NO_HIDDEN = "No gradient reaches a hidden unit, only rounding: the terms of its sums cancel."
DRIVEN = "The steps of training have driven the network out of the range of numbers."
EXPLAINED, GRADIENT = "Explained in validation (R²)", "Gradient, first ÷ last layer"
SMALL = Config(samples=200, steps=2, snapshots=3, probe_size=64, width=16, depth=3)


def by_name(recording: Recording, step: int | None = None) -> dict[str, Told]:
    step = recording.steps[-1] if step is None else step
    return {headline.name: headline for headline in map(told, headlines(recording, step))}


def gradient_of(*layers: float, in_double: tuple[float, ...] = ()) -> Told:
    """The headline of a network whose gradients at its layers are these, and those in double precision, if any."""
    recording = record(replace(SMALL, depth=len(layers), steps=0))
    found = {"gradient_rms": layers, "gradient_rms_in_double": in_double or layers}
    known = {name: replace(recording.variables[name], values=np.array([values])) for name, values in found.items()}
    return by_name(replace(recording, variables={**recording.variables, **known}))[GRADIENT]


def test_there_are_four_and_each_says_something():
    recording = record(SMALL)
    for step in recording.steps:
        four = list(map(told, headlines(recording, step)))
        assert [headline.name for headline in four] == [
            "Training loss",
            "Validation accuracy",
            "Dead units",
            GRADIENT,
        ]
        assert all(headline.number and headline.sentence.endswith(".") for headline in four)


@pytest.mark.parametrize("step", [0, 1, 2])
def test_scores_are_those_of_the_step(step):
    recording = record(SMALL)
    data, words = recording.data.sel(step=step), by_name(recording, step)
    loss, accuracy = data["loss"].values, data["accuracy"].values
    assert words["Training loss"] == Told(
        "Training loss", f"{loss[0]:.2f}", f"On the probe; {loss[1]:.2f} in validation. Guessing gives 2.28."
    )
    found = words["Validation accuracy"]
    assert found.number == f"{accuracy[1]:.1%}"
    assert found.sentence == f"On held-out samples; {accuracy[0]:.0%} in training. Guessing gives 13%."


def test_guessing_among_two_classes():
    words = by_name(record(replace(SMALL, dataset="moons")))
    assert "Guessing gives 0.693." in words["Training loss"].sentence
    assert "Guessing gives 51%." in words["Validation accuracy"].sentence  # 102 of 200 samples are of one class


def test_what_is_explained_is_of_the_spread_of_each_split():
    recording = record(replace(SMALL, dataset="curve", learning_rate=0.02, steps=50))
    data, targets = recording.data.isel(step=-1), load(recording.config)
    train, held_out = 1 - data["loss"].values / [
        float(t.var(correction=0)) for t in (targets.probe_targets, targets.validation_targets)
    ]
    found = by_name(recording)[EXPLAINED]
    assert found.number == percent(held_out, 1)
    assert found.sentence.endswith(f" In training {percent(train, 1)}.")


@pytest.mark.parametrize(
    ("times", "number", "sentence"),
    [
        (0.25, "75.0%", "Of the spread of held-out targets; always answering their mean explains nothing."),
        (0.0004, ">99.9%", "Of the spread of held-out targets; always answering their mean explains nothing."),
        (1.0, "0.0%", "No better than always answering the mean."),
        (1.04, "<0%", "No better than always answering the mean."),
        (25.66, "<0%", "Worse than always answering the mean: the squared error is 26 times as large."),
        (3e13, "<0%", "Worse than always answering the mean: the squared error is 3e13 times as large."),
    ],
)
def test_an_error_is_held_against_that_of_answering_the_mean(times, number, sentence):
    recording = record(replace(SMALL, dataset="curve", steps=0))
    losses = replace(recording.variables["loss"], values=np.array([recording.guess.spreads]) * [0.5, times])
    changed = replace(recording, variables={**recording.variables, "loss": losses})
    assert by_name(changed)[EXPLAINED] == Told(EXPLAINED, number, f"{sentence} In training 50.0%.")


def test_one_sample_to_train_on_leaves_the_held_out_ones_to_be_explained():
    found = by_name(record(replace(SMALL, dataset="curve", probe_size=1)))[EXPLAINED]
    assert found.number != "–"
    assert "In training" not in found.sentence


def test_an_error_out_of_range_explains_nothing():
    recording = record(replace(SMALL, dataset="curve", learning_rate=1e9, steps=20))
    assert by_name(recording)[EXPLAINED] == Told(EXPLAINED, "NaN", "The error is out of the range of numbers.")


def test_there_is_nothing_to_explain_where_all_targets_are_the_same():
    recording = record(replace(SMALL, dataset="curve", learning_rate=0.005))
    same = replace(recording, guess=replace(recording.guess, spreads=(1.0, 0.0)))
    assert by_name(same)[EXPLAINED] == Told(
        EXPLAINED, "–", "All held-out targets are the same, so there is nothing to explain."
    )


@pytest.mark.parametrize(("activation", "dead"), [("relu", "48"), ("leaky_relu", "0")])
def test_dead_units_are_counted_with_the_size_of_the_probe(activation, dead):
    words = by_name(record(replace(SMALL, activation=activation, bias_init=-1000, steps=0)))["Dead units"]
    assert words.number == dead
    assert words.sentence.startswith("Of 48. " if dead == "48" else "None of 48, ")
    assert "64 samples of the probe" in words.sentence
    alone = by_name(record(replace(SMALL, activation=activation, bias_init=-1000, steps=0, probe_size=1)))
    assert "on the one sample of the probe" in alone["Dead units"].sentence


@pytest.mark.parametrize(("scale", "warned"), [(1.0, False), (100.0, True)])
@pytest.mark.parametrize("activation", ["tanh", "relu"])
def test_an_s_curve_that_is_used_where_it_is_flat_is_named(activation, scale, warned):
    recording = record(replace(SMALL, activation=activation, weight_scale=scale, steps=0))
    share = f"{recording.data['saturated_fraction'].mean().item():.0%} of the activations are saturated"
    assert (share in by_name(recording)["Dead units"].sentence) == (warned and activation == "tanh")


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
        ((0.5, 0.7, 0.5), "1 : 1", f"All layers get gradients of similar size {RMS}"),
        ((0.4, 1.0), "1 : 2.5", f"All layers get gradients of similar size {RMS}"),
        ((0.5, 7.0, 0.5), "1 : 1", f"Layer 1 gets about as much as the last, but layer 2 does not: 14 : 1 {RMS}"),
        ((1.0, 0.0, 1.0), "1 : 1", f"Layer 1 gets about as much as the last, but layer 2 does not: 0 {RMS}"),
        ((2e-3, 1.0), "1 : 500", f"It gets 500 times smaller on its way back to layer 1 {RMS}"),
        ((61.0, 1.0), "61 : 1", f"It gets 61 times larger on its way back to layer 1 {RMS}"),
        ((3.5e-5, 1.0), "1 : 29,000", f"Vanishing: hardly any gradient reaches layer 1 {RMS}"),
        ((71.0, 1.0), "71 : 1", f"Exploding: the gradient grows on its way back to layer 1 {RMS}"),
        ((0.0, 1.0), "0", "Exactly 0: no gradient reaches layer 1."),
        ((0.0, 0.0), "–", "No gradient reaches a hidden unit: it is exactly 0."),
        ((0.0,), "–", "No gradient reaches a hidden unit: it is exactly 0."),
        ((1.0, 0.0), "–", "No gradient reaches the last layer, so there is nothing to compare with."),
        ((nan, 1.0), "NaN", "On its way back the gradient leaves the range of numbers."),
        ((1.0, inf, 1.0), "NaN", "On its way back the gradient leaves the range of numbers."),
        ((1.0, inf), "NaN", "On its way back the gradient leaves the range of numbers."),
        ((0.25,), "–", "There is one hidden layer, so none to compare it with."),
    ],
)
def test_the_gradient_from_layer_1_to_the_last(layers, number, sentence):
    assert gradient_of(*layers) == Told(GRADIENT, number, sentence)


@pytest.mark.parametrize(
    ("layers", "in_double", "number", "sentence"),
    [
        (
            (1.0, 1.0),
            (1e-9, 1e-9),
            "–",
            NO_HIDDEN,
        ),
        (
            (0.0, 1.0),
            (0.0, 1e-9),
            "–",
            NO_HIDDEN,
        ),
        ((1.0,), (1e-9,), "–", NO_HIDDEN),
        ((1.0, 1.0), (0.0, 1.0), "–", "No gradient reaches layer 1, only rounding: the terms of its sums cancel."),
        ((1.0, 1.0), (1e-9, 1.0), "1 : 1 billion", f"Vanishing: hardly any gradient reaches layer 1 {RMS}"),
        ((1e-30, 1.0), (1e-80, 1.0), "1 : 1e80", f"Vanishing: hardly any gradient reaches layer 1 {RMS}"),
        (
            (1.0, 1.0),
            (1.0, 1e-9),
            "–",
            "What reaches the last layer is only rounding, so there is nothing to compare with.",
        ),
        ((1e5, 1.0), (1e5, 1.0), "100,000 : 1", f"Exploding: the gradient grows on its way back to layer 1 {RMS}"),
        ((0.0, 1.0), (1e-80, 1.0), "0", "Exactly 0: no gradient reaches layer 1."),
    ],
)
def test_a_gradient_that_is_rounding_is_none(layers, in_double, number, sentence):
    assert gradient_of(*layers, in_double=in_double) == Told(GRADIENT, number, sentence)


def test_no_hidden_layer():
    words = by_name(record(replace(SMALL, depth=0)))
    assert words[GRADIENT] == Told(GRADIENT, "–", "There is no hidden layer to compare.")
    assert words["Dead units"].number == "–"
    assert words["Dead units"].sentence == "There is no hidden layer, so there are no units to judge."


def test_a_diverged_run_says_so():
    recording = record(replace(SMALL, learning_rate=1e6, steps=50))
    words = by_name(recording)
    assert words["Training loss"].number in ("NaN", "infinite")
    assert words["Training loss"].sentence == DRIVEN
    ending = how_it_ended(recording)
    assert ending.startswith(f"Diverged at step {recording.end.step}: the loss became ")
    last = recording.data["loss"].sel(split="train")[-2].item()
    assert f"It had been {numbers.told(last)}." in ending
    assert "All measurements are kept" in ending


@pytest.mark.parametrize(("depth", "loss"), [(5, "infinite"), (20, "NaN")])
def test_an_untrained_network_that_overflows_has_not_diverged(depth, loss):
    recording = record(Config(weight_scale=1e6, depth=depth, steps=9))
    ending = how_it_ended(recording)
    assert ending.startswith(f"The untrained network overflows: its loss is {loss}, as its signal is too large")
    assert "Diverged" not in ending
    assert by_name(recording)["Training loss"].sentence == (
        "The signal of the untrained network is out of the range of numbers."
    )


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
