from dataclasses import replace
from math import log
from pathlib import Path
from threading import Event
from time import monotonic

import numpy as np
import pytest
import streamlit as st
import torch
from drawn import assert_drawn_from
from streamlit.testing.v1 import AppTest

from core import record
from core.charts.notebooks import NAMES, WRONG, accuracies_frame, accuracies_spec, gradients_frame, gradients_spec
from core.ensemble import Ensemble
from core.notebooks import LAYERS, UNITS, Reached, epochs, forward, to_train, trained
from core.published import NOTEBOOKS
from core.tape import Tape
from core.training import passes

APP = str(Path(__file__).parents[1] / "streamlit_app.py")
BY_NAME = {notebook.name: notebook for notebook in NOTEBOOKS}


@pytest.fixture(autouse=True)
def without_mnist(offline, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))


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
    assert [notebook.name for notebook in NOTEBOOKS if not notebook.raw] == ["32-32", "32-32, batch norm"]
    assert len(BY_NAME) == len(NOTEBOOKS)


def test_where_there_is_no_mnist_digits_are_learned(monkeypatch, tmp_path):
    config = to_train(NOTEBOOKS[0], 28)
    assert (config.dataset, config.steps, config.samples) == ("digits", 28, 1400)
    assert epochs(config) == 2
    (tmp_path / "MNIST").mkdir()
    assert to_train(NOTEBOOKS[0], 28).dataset == "mnist"


def test_a_training_ends_with_the_network_that_the_loop_trains():
    training = finished("256-256, Xavier")
    config = small("256-256, Xavier")
    assert (training.progress.done, training.progress.total, training.progress.unit) == (20, 20, "steps")
    alone = record(config).data
    np.testing.assert_array_equal(training.recording.data["loss"], alone["loss"])
    (tested,) = training.tested
    assert tested.scaled == pytest.approx(float(alone["accuracy"].sel(split="validation")[-1]))
    ensemble = Ensemble(config)
    for _ in passes(Tape(ensemble, ())):
        pass
    answers = ensemble.network.outputs(16 * ensemble.data.validation_inputs).argmax(-1)
    assert tested.raw == pytest.approx(float((answers == ensemble.data.validation_targets).float().mean()))
    assert tested.largest == 16


def test_selu_and_batch_norm_suffer_from_raw_pixels_and_relu_hardly():
    loss = {}
    for name in ("256-256, Xavier", "512 × 4, SELU", "32-32, batch norm"):
        (tested,) = finished(name, 150).tested
        loss[name] = tested.scaled - tested.raw
    assert abs(loss["256-256, Xavier"]) < 0.02
    assert min(loss["512 × 4, SELU"], loss["32-32, batch norm"]) > 0.03


def test_without_biases_a_relu_network_answers_all_pixels_alike():
    ensemble = Ensemble(small("256-256, N(0, 1)"))  # untrained, all biases are 0
    inputs = ensemble.data.validation_inputs
    with torch.no_grad():
        scaled, raw = ensemble.network.outputs(inputs), ensemble.network.outputs(16 * inputs)
    torch.testing.assert_close(raw, 16 * scaled, rtol=1e-4, atol=1e-2)


def test_results_gather_and_a_network_that_is_trained_again_replaces_its_own():
    others = finished("softmax regression").tested
    both = finished("32-32", before=others).tested
    assert [one.name for one in both] == ["softmax regression", "32-32"]
    again = finished("softmax regression", 30, before=both).tested
    assert [(one.name, one.config.steps) for one in again] == [("32-32", 20), ("softmax regression", 30)]


def test_a_training_can_be_stopped():
    stop, config = Event(), small("softmax regression", 1000)
    known = trained("softmax regression", config, (), stop)
    assert next(known).recording is None
    assert next(known).recording.steps == [0]
    stop.set()
    with pytest.raises(InterruptedError, match="the training was stopped"):
        next(known)


def test_only_the_layers_of_the_forward_pass_get_a_gradient():
    for used in range(1, LAYERS + 1):
        seen = forward(used)
        assert [gradient is not None for gradient in seen.gradients] == [layer < used for layer in range(LAYERS)]
        assert seen.outputs == (10 if used == LAYERS else UNITS)
        assert seen.loss == pytest.approx(seen.guess, abs=0.1)
    assert forward(3).guess == pytest.approx(log(512))
    assert forward(5).learning == forward(5).parameters == 64 * 512 + 3 * 512 * 512 + 512 * 10 + 4 * 512 + 10
    assert forward(3).learning == 64 * 512 + 2 * 512 * 512 + 3 * 512


@pytest.mark.parametrize("used", [0, LAYERS + 1])
def test_layers_that_there_are_not_are_said(used):
    with pytest.raises(ValueError, match=f"a forward pass uses from 1 to {LAYERS} layers; got {used}"):
        forward(used)


def reached(name="32-32", scaled=0.9, raw=0.7):
    return Reached(name, small(name), scaled, raw, 16)


def test_the_frame_of_accuracies_holds_what_is_printed_and_what_is_ours():
    frame = accuracies_frame([reached(), reached("512 × 4, SELU", 0.999, float("nan"))])
    printed = frame.query("kind == 'printed'")
    assert printed["network"].tolist() == list(NAMES)
    assert printed["accuracy"].tolist() == pytest.approx([notebook.accuracy for notebook in NOTEBOOKS])
    ours = frame.query("mark == 'dot' and kind != 'printed'")
    assert ours["wrong"].tolist() == pytest.approx([0.1, 0.3, 0.001, 1.0])
    assert ours["shown"].tolist() == pytest.approx([0.1, 0.3, WRONG[0], 1.0])


def test_a_layer_without_a_gradient_is_not_drawn_as_a_small_one():
    frame = gradients_frame(forward(2))
    assert frame["mark"].tolist() == ["bar", "bar", "none", "none", "none", "corner", "corner"]
    assert frame["value"].tolist()[:2] == pytest.approx(forward(2).gradients[:2])
    assert frame["words"].tolist()[2:5] == ["None"] * 3


@pytest.mark.parametrize("dark", [False, True])
def test_every_column_that_is_drawn_is_in_its_frame(dark):
    drawn = (
        (accuracies_spec(dark=dark), accuracies_frame([reached()])),
        (gradients_spec(dark=dark), gradients_frame(forward(3))),
    )
    for spec, frame in drawn:
        assert_drawn_from(spec, frame)


def test_a_network_is_trained_on_the_page_when_it_is_asked_for():
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update({"mnist_network": "32-32", "mnist_steps": "200"})
    app.switch_page("pages/mnist.py").run()
    assert any("There is no MNIST on this machine" in caption.value for caption in app.caption)
    (start,) = [button for button in app.button if "Train this network" in button.label]
    start.click().run()
    end = monotonic() + 60
    while not [metric for metric in app.metric if metric.label == "Ours, pixels 0 to 16"]:
        assert not app.exception
        assert monotonic() < end, "the training never ended"
        app.run()
    assert [metric.value for metric in app.metric if metric.label == "32-32: printed"] == ["0.96"]
    assert len(app.get("vega_lite_chart")) == 3
    st.cache_resource.clear()
