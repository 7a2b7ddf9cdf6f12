"""The verdict of the lab, on a board and beside plain charts."""

import pytest
from screen import PLAIN, boards, press, until, verdict, words

from core import Config, diagnose, record
from ui.lab.verdict import judged


def test_a_board_has_it_with_its_reasons(opened):
    told = verdict(opened({"bias_init": "-2"}))
    assert told.startswith("Sick\n166 of 320 units are dead before training: slope 0 on all 256 samples of the probe.")
    assert "Turn: Bias init." in told


def test_beside_plain_charts_the_verdict_follows_the_run(opened):
    app = opened({**PLAIN, "steps": "100000", "batch_size": "512"})  # takes minutes
    assert "before training" in words(app)
    press(app, "Start training")
    until(app, lambda app: "before training" not in words(app))
    assert "**Alive.** " in words(app)


@pytest.mark.parametrize("form", [{}, PLAIN], ids=["board", "plain"])
def test_before_training_a_rate_that_is_far_too_high_leaves_it_unknown(opened, form):
    app = opened({**form, "learning_rate": "100"})
    told = words(app) if form else verdict(app)
    assert "Unknown" in told
    assert "often too long to learn." in told
    assert told.count("Learning rate.")  # the knob to turn
    offered = app.button if form else [label for _, label in boards(app)[0]["verdict"]["actions"]]
    assert "Try the cures" in [each if isinstance(each, str) else each.label for each in offered]


def test_layers_of_the_cause_and_those_of_what_follows_from_it_are_marked_apart():
    told = judged(record(lost := Config(activation="sigmoid", depth=10, steps=0)), lost)
    assert told.layers == diagnose(record(lost)).cause.layers
    assert told.others
    assert not set(told.others) & set(told.layers)
