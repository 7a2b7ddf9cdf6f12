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
from core.charts.experiments.mnist import (
    NAMES,
    WRONG,
    accuracies_frame,
    accuracies_spec,
    gradients_frame,
    gradients_spec,
)
from core.experiments.mnist import (
    LAYERS,
    UNITS,
    Reached,
    epochs,
    forward,
    length_in_words,
    start_in_words,
    to_train,
    trained,
    training_in_words,
    waiting,
)
from core.experiments.published import NOTEBOOKS
from core.measuring.recorder import Recorder
from core.networks.ensemble import Ensemble
from core.training import passes
from core.work.job import Job

APP = str(Path(__file__).parents[2] / "streamlit_app.py")
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


def test_what_is_printed_is_what_the_lesson_says_of_it():
    """Two hidden layers nearly halve the wrong answers, and better first weights leave a third of those."""
    softmax, normal, xavier = (1 - notebook.accuracy for notebook in NOTEBOOKS[:3])
    assert normal / softmax == pytest.approx(0.55, abs=0.01)
    assert xavier / normal == pytest.approx(1 / 3, abs=0.01)


def test_the_length_of_a_training_is_told_beside_that_of_its_notebook(monkeypatch, tmp_path):
    notebook = BY_NAME["256-256, Xavier"]
    assert length_in_words(to_train(notebook, 9000), notebook) == (
        "9,000 steps go 643 × through the training samples of digits. "
        "The notebook's 9,000 go 15 × through those of mnist."
    )
    (tmp_path / "MNIST").mkdir()
    assert length_in_words(to_train(notebook, 200), notebook) == (
        "200 steps go 0.33 × through the training samples of mnist. "
        "The notebook's 9,000 go 15 × through those of mnist. Expect less of the shorter training."
    )
    assert not length_in_words(to_train(notebook, 9000), notebook).endswith("training.")


def test_words_say_why_a_loss_starts_far_above_guessing():
    large = record(replace(to_train(BY_NAME["softmax regression"], 600), steps=0))
    said = start_in_words(replace(large, config=replace(large.config, steps=600)))
    first = float(large.data["loss"].sel(split="train")[0])
    assert first > 1.5 * log(10)
    assert said.startswith(f"It starts at {first:.2f}, far above the 2.30 of guessing: first weights from N(0, 1)")
    assert said.endswith("by about 0.001: all 600 together hardly by more than 0.6.")


@pytest.mark.parametrize("notebook", NOTEBOOKS, ids=NAMES)
def test_first_losses_are_far_above_guessing_where_first_weights_are_large(notebook):
    said = start_in_words(record(replace(to_train(notebook, 0), snapshots=2)))
    assert ("N(0, 1)" in said) == (notebook.config.initializer == "normal")
    assert "N(0, 1)" in said or said.endswith("where guessing gives 2.30.")


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
    for _ in passes(Recorder(ensemble, ())):
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
    assert next(known).recording.steps == [0]
    stop.set()
    with pytest.raises(InterruptedError, match="the training was stopped"):
        next(known)


def test_a_training_that_waits_knows_what_was_tested_before():
    known = waiting(small("softmax regression", 1000), [reached()])
    assert known.recording is None
    assert (known.progress.done, known.progress.total) == (0, 1000)
    assert [one.name for one in known.tested] == ["32-32"]


def test_nothing_is_drawn_from_the_random_numbers_of_the_process():
    before = torch.random.get_rng_state()
    forward.__wrapped__(3)
    assert torch.equal(torch.random.get_rng_state(), before)


def test_only_the_layers_of_the_forward_pass_get_a_gradient():
    for used in range(1, LAYERS + 1):
        seen = forward(used)
        assert [gradient is not None for gradient in seen.gradients] == [layer < used for layer in range(LAYERS)]
        assert seen.outputs == (10 if used == LAYERS else UNITS)
        assert seen.loss == pytest.approx(seen.guess, abs=0.1)
        assert seen.in_words().startswith("All 5 layers" if used == LAYERS else "None is not 0")
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


def test_the_frame_tells_of_which_training_an_accuracy_is():
    short = reached("512 × 4, SELU", 0.9)
    frame = accuracies_frame([short, replace(reached(), config=replace(short.config, steps=9000))])
    printed = frame.query("kind == 'printed'")["training"]
    assert set(printed) == {"mnist, 9,000 steps", "mnist, 18,750 steps"}
    ours = frame.query("mark == 'dot' and kind != 'printed'")
    assert ours["training"].tolist() == ["digits, 20 steps"] * 2 + ["digits, 9,000 steps"] * 2
    words = frame.query("mark == 'words'")
    assert words["training"].tolist() == [training_in_words(short.config), "digits, 9,000 steps"]
    assert words["network"].tolist() == ["512 × 4, SELU", "32-32"]


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


def press(app, label):
    (button,) = [button for button in app.button if label in button.label]
    assert not button.disabled
    return button.click().run()


def until(app, condition):
    end = monotonic() + 60
    while not condition():
        assert not app.exception
        assert monotonic() < end, "it never happened"
        app.run()


def measured(app):
    return [metric for metric in app.metric if metric.label == "Ours, raw pixels"]


@pytest.fixture
def app():
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update({"mnist_network": "32-32", "mnist_steps": "200"})
    yield app.switch_page("pages/mnist.py").run()
    st.cache_resource.clear()


def test_a_network_is_trained_on_the_page_when_it_is_asked_for(app):
    assert any("There is no MNIST on this machine" in caption.value for caption in app.caption)
    press(app, "Train this network")
    until(app, lambda: measured(app))
    assert [metric.value for metric in app.metric if metric.label == "Printed"] == ["0.96"]
    assert any(text.value == "**Accuracy of 32-32**" for text in app.markdown)
    assert any("Printed: mnist, 18,750 steps. Ours: digits, 200 steps." in caption.value for caption in app.caption)
    assert len(app.get("vega_lite_chart")) == 3


def test_what_was_tested_stays_when_the_next_training_is_stopped_while_it_waits(app):
    press(app, "Train this network")
    until(app, lambda: measured(app))
    value = measured(app)[0].value
    go = Event()

    def busy(stop):
        go.wait(60)
        yield None

    other = Job(busy)
    until(app, lambda: other.state == "running")
    press(app, "Train this network")
    assert measured(app)[0].value == value
    press(app, "Stop training")
    until(app, lambda: any("Start over" in button.label for button in app.button))
    assert measured(app)[0].value == value
    assert "0 of 200 steps, stopped" in app.get("progress")[0].text
    go.set()
    other.join(60)
    press(app, "Start over")
    until(app, lambda: not app.get("progress"))
    assert measured(app)[0].value == value  # the same Config, from the start
