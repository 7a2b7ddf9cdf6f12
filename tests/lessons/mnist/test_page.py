"""The page: a network is trained when that is asked for, and what was tested stays."""

from threading import Event
from time import monotonic

import pytest
from screen import APP
from streamlit.testing.v1 import AppTest

from core.work.job import Job
from ui.jobs.visitors import end_all

pytestmark = pytest.mark.usefixtures("no_mnist")


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


def opened(**query):
    app = AppTest.from_file(APP, default_timeout=60)
    app.query_params.update(query)
    return app.switch_page("pages/mnist.py").run()


@pytest.fixture
def app():
    yield opened(mnist_network="narrow", mnist_steps="200")
    end_all()


@pytest.mark.parametrize(("said", "name"), [("32-32, batch norm", "narrow_batch_norm"), ("256-256, N(0, 1)", "normal")])
def test_an_old_link_opens_the_network_that_it_opened(said, name):
    app = opened(mnist_network=said)
    assert app.session_state["mnist_network"] == name
    assert app.query_params["mnist_network"] == name


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
