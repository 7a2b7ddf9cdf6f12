"""The networks of the notebooks: what is printed of them, and how they are trained and tested here."""

from dataclasses import replace
from threading import Event

import numpy as np
import pytest
import torch

from core import record
from core.charts.experiments.mnist.trainings import epochs
from core.experiments.mnist.trained import Reached, to_train, trained, waiting
from core.experiments.published import NOTEBOOKS
from core.measuring.recorder import Recorder
from core.networks.ensemble import Ensemble
from core.training import passes

pytestmark = pytest.mark.usefixtures("no_mnist")
BY_NAME = {notebook.name: notebook for notebook in NOTEBOOKS}


def small(name, steps=20):
    config = to_train(BY_NAME[name], steps)
    return replace(config, width=min(config.width, 64))


def finished(name, steps=20, before=()):
    *_, last = trained(name, small(name, steps), before, Event())
    return last


def test_printed_accuracies_are_those_of_the_notebooks():
    printed = [notebook.accuracy for notebook in NOTEBOOKS]
    assert printed == [0.8944, 0.9423, 0.9805, 0.9819, 0.9772, 0.8196, 0.96, 0.97]
    assert [epochs(notebook.config) for notebook in NOTEBOOKS] == [15] * 6 + [10] * 2
    assert [notebook.name for notebook in NOTEBOOKS if not notebook.raw] == ["narrow", "narrow_batch_norm"]
    assert len(BY_NAME) == len(NOTEBOOKS)


def test_what_is_printed_is_what_the_lesson_says_of_it():
    """Two hidden layers nearly halve the wrong answers, and better first weights leave a third of those."""
    softmax, normal, xavier = (1 - notebook.accuracy for notebook in NOTEBOOKS[:3])
    assert normal / softmax == pytest.approx(0.55, abs=0.01)
    assert xavier / normal == pytest.approx(1 / 3, abs=0.01)


def test_where_there_is_no_mnist_digits_are_learned(no_mnist):
    config = to_train(NOTEBOOKS[0], 28)
    assert (config.dataset, config.steps, config.samples) == ("digits", 28, 1400)
    assert epochs(config) == 2
    (no_mnist / "MNIST").mkdir()
    assert to_train(NOTEBOOKS[0], 28).dataset == "mnist"


def test_a_training_ends_with_the_network_that_the_loop_trains():
    training = finished("xavier")
    config = small("xavier")
    assert (training.progress.done, training.progress.total, training.progress.unit) == (20, 20, "steps")
    alone = record(config).data
    np.testing.assert_array_equal(training.recording.data["loss"], alone["loss"])
    (tested,) = training.tested
    assert tested.scaled == pytest.approx(float(alone["accuracy"].sel(split="validation")[-1]))
    ensemble = Ensemble(config)
    for _ in passes(Recorder(ensemble, ())):
        pass
    answers = ensemble.network.outputs(16 * ensemble.data.validation_inputs).argmax(-1)
    assert tested.raw == pytest.approx(float((answers == ensemble.data.validation_targets).float().mean()))
    assert tested.largest == 16


def test_selu_and_batch_norm_suffer_from_raw_pixels_and_relu_hardly():
    loss = {}
    for name in ("xavier", "selu", "narrow_batch_norm"):
        (tested,) = finished(name, 150).tested
        loss[name] = tested.scaled - tested.raw
    assert abs(loss["xavier"]) < 0.02
    assert min(loss["selu"], loss["narrow_batch_norm"]) > 0.03


def test_without_biases_a_relu_network_answers_all_pixels_alike():
    ensemble = Ensemble(small("normal"))  # untrained, all biases are 0
    inputs = ensemble.data.validation_inputs
    with torch.no_grad():
        scaled, raw = ensemble.network.outputs(inputs), ensemble.network.outputs(16 * inputs)
    torch.testing.assert_close(raw, 16 * scaled, rtol=1e-4, atol=1e-2)


def test_results_gather_and_a_network_that_is_trained_again_replaces_its_own():
    others = finished("softmax").tested
    both = finished("narrow", before=others).tested
    assert [one.name for one in both] == ["softmax", "narrow"]
    again = finished("softmax", 30, before=both).tested
    assert [(one.name, one.config.steps) for one in again] == [("narrow", 20), ("softmax", 30)]


def test_a_training_can_be_stopped():
    stop, config = Event(), small("softmax", 1000)
    known = trained("softmax", config, (), stop)
    assert next(known).recording.steps == [0]
    stop.set()
    with pytest.raises(InterruptedError, match="the training was stopped"):
        next(known)


def test_a_training_that_waits_knows_what_was_tested_before():
    known = waiting(small("softmax", 1000), [Reached("narrow", small("narrow"), 0.9, 0.7, 16)])
    assert known.recording is None
    assert (known.progress.done, known.progress.total) == (0, 1000)
    assert [one.name for one in known.tested] == ["narrow"]
