"""Accuracies that are printed beside ours: each network in words, each accuracy in its place."""

from dataclasses import replace

import pytest

from core.charts.experiments.mnist.accuracies import KINDS, NETWORKS, WRONG, accuracies_frame, figures
from core.charts.experiments.mnist.trainings import training_words
from core.experiments.mnist.trained import Reached
from core.experiments.published import NOTEBOOKS


def reached(name="narrow", scaled=0.9, raw=0.7):
    (config,) = [notebook.config for notebook in NOTEBOOKS if notebook.name == name]
    return Reached(name, replace(config, dataset="digits", samples=1400, steps=20), scaled, raw, 16)


def test_every_network_has_words_of_its_own():
    assert list(NETWORKS) == [notebook.name for notebook in NOTEBOOKS]
    assert len(set(NETWORKS.values())) == len(NETWORKS)


def test_the_frame_of_accuracies_holds_what_is_printed_and_what_is_ours():
    frame = accuracies_frame(NOTEBOOKS, [reached(), reached("selu", 0.999, float("nan"))])
    printed = frame[frame["kind"] == KINDS["printed"]]
    assert printed["network"].tolist() == list(NETWORKS.values())
    assert printed["accuracy"].tolist() == pytest.approx([notebook.accuracy for notebook in NOTEBOOKS])
    ours = frame[(frame["mark"] == "dot") & (frame["kind"] != KINDS["printed"])]
    assert ours["wrong"].tolist() == pytest.approx([0.1, 0.3, 0.001, 1.0])
    assert ours["shown"].tolist() == pytest.approx([0.1, 0.3, WRONG[0], 1.0])


def test_the_frame_tells_of_which_training_an_accuracy_is():
    short = reached("selu", 0.9)
    frame = accuracies_frame(NOTEBOOKS, [short, replace(reached(), config=replace(short.config, steps=9000))])
    printed = frame[frame["kind"] == KINDS["printed"]]["training"]
    assert set(printed) == {"mnist, 9,000 steps", "mnist, 18,750 steps"}
    ours = frame[(frame["mark"] == "dot") & (frame["kind"] != KINDS["printed"])]
    assert ours["training"].tolist() == ["digits, 20 steps"] * 2 + ["digits, 9,000 steps"] * 2
    words = frame.query("mark == 'words'")
    assert words["training"].tolist() == [training_words(short.config), "digits, 9,000 steps"]
    assert words["network"].tolist() == [NETWORKS["selu"], NETWORKS["narrow"]]


def test_ours_are_told_to_four_digits_and_what_is_printed_as_it_stands():
    assert [text for _, text in figures(NOTEBOOKS[6], reached())] == ["0.96", "0.9000", "0.7000"]
