"""The planes of order and chaos: the dot is the network, and what is missing is said."""

from dataclasses import replace

import numpy as np
import pytest
from situations import SMALL

from core import record
from core.charts import charts


def test_the_dot_in_the_plane_of_random_biases_is_what_the_initializer_draws():
    frame = charts["phase_random"].frame_of(record(replace(SMALL, activation="tanh", initializer="pytorch_default")))
    dot, edge = frame.query("mark == 'here'"), frame.query("mark == 'edge'").set_index("y")["x"]
    assert (dot["x"].item(), dot["y"].item()) == pytest.approx((np.sqrt(1 / 3), np.sqrt(1 / 3 / SMALL.width)), rel=1e-5)
    assert edge.loc[0] == pytest.approx(1)
    assert edge.is_monotonic_increasing
    moved = charts["phase_random"].frame_of(record(replace(SMALL, activation="tanh", bias_init=1.0)))
    assert moved.query("mark == 'edge'")["x"].min() > 1.5


def test_the_dot_of_the_phase_diagram_is_the_network():
    frame = charts["phase"].frame_of(record(replace(SMALL, weight_scale=1.5, bias_init=0.5)))
    dot = frame.query("mark == 'here'")
    assert (dot["x"].item(), dot["y"].item()) == pytest.approx((1.5 * np.sqrt(2), 0.5))
    edge = frame.query("mark == 'edge' and y == 0")
    assert edge["x"].item() == pytest.approx(np.sqrt(2))
    sides = frame[frame["mark"].isin(["order", "chaos"])].groupby("y")
    assert (sides["x2"].max() == frame["x"].max()).all()
    assert {"ordered", "chaotic"} <= set(frame["mark"])


@pytest.mark.parametrize(
    ("choices", "marks", "note"),
    [
        ({"weight_scale": 100}, {"beyond", "edge"}, ""),
        ({"initializer": "constant"}, {"edge", "note"}, "No dot: constant draws no independent weights"),
        ({"normalization": "batch_norm"}, {"here", "note"}, "Normalization keeps the signal at one size, whatever"),
        ({"normalization": "layer_norm"}, {"note"}, "Normalization keeps the signal at one size, whatever"),
        ({"activation": "maxout"}, {"edge", "here"}, ""),
        ({"activation": "step"}, {"note"}, "step has no slope, so no gradient passes it: there is no edge."),
    ],
)
def test_the_phase_diagram_says_what_is_missing(choices, marks, note):
    frame = charts["phase"].frame_of(record(replace(SMALL, **choices, steps=0)))
    assert marks <= set(frame["mark"])
    assert ("edge" in set(frame["mark"])) == ("edge" in marks)
    said = "".join(frame["note"])
    assert said.replace("\n", " ").startswith(note)
    assert bool(note) == bool(said)
    assert max(map(len, said.splitlines()), default=0) <= 44  # a longer line leaves a chart of half a page


@pytest.mark.parametrize(
    ("activation", "names"),
    [
        ("tanh", {"ordered:\ngradients vanish", "chaotic:\ngradients explode"}),
        ("sigmoid", {"ordered:\ngradients vanish"}),
        ("softsign", {"ordered:\ngradients vanish", "chaotic"}),
    ],
)
def test_the_sides_of_the_edge_are_named_where_there_is_room(activation, names):
    frame = charts["phase"].frame_of(record(replace(SMALL, activation=activation, steps=0)))
    assert set(frame["name"]) - {""} == names


@pytest.mark.parametrize("name", ["phase", "phase_random"])
@pytest.mark.parametrize(
    ("choices", "line", "dot"),
    [
        ({}, True, True),
        ({"initializer": "constant"}, True, False),
        ({"normalization": "batch_norm"}, False, True),
        ({"normalization": "batch_norm_after"}, False, False),
    ],
)
def test_the_words_of_the_phase_diagram_speak_of_what_is_there(name, choices, line, dot):
    recording = record(replace(SMALL, **choices, steps=0))
    words, marks = charts[name].sentence_of(recording), set(charts[name].frame_of(recording)["mark"])
    assert ("no line" in words) == (not line) == ("edge" not in marks)
    assert ("The dot is this network." in words) == dot == bool({"here", "beyond"} & marks)
