"""Decision regions and the fitted curve: what the network says everywhere."""

from dataclasses import replace

import numpy as np
import pytest
from situations import SITUATIONS, SMALL

from core import record
from core.charts import charts
from core.charts.ink import LIGHT
from core.charts.recording.boundary import decision_boundary


@pytest.mark.parametrize("situation", ["plane", "plane of three classes"])
def test_decision_regions_cover_the_plane_as_the_network_answers(situation):
    recording = record(SITUATIONS[situation])
    plane = recording.plane
    for step in recording.steps:
        frame = decision_boundary.frame_of(recording, step)
        cells = frame[frame["mark"] == "cell"]
        (x1, x2), (y1, y2) = (frame.query("mark == 'corner'")[side] for side in ("x", "y"))
        assert ((cells["x2"] - cells["x"]) * (cells["y2"] - cells["y"])).sum() == pytest.approx((x2 - x1) * (y2 - y1))
        answers = plane.prediction[recording.steps.index(step)]
        for row, column in [(0, 0), (10, 30), (47, 47), (24, 5)]:
            x, y = plane.horizontal[column], plane.vertical[row]
            here = cells[(cells["x"] < x) & (x < cells["x2"]) & (cells["y"] < y) & (y < cells["y2"])]
            assert here["label"].tolist() == [answers[row, column]]
        points = frame[frame["mark"] == "point"]
        assert len(points) == 200
        assert points["x"].between(x1, x2).all()
        assert points["y"].between(y1, y2).all()
        assert points["label"].tolist() == plane.labels.tolist()


def test_the_fitted_curve_is_what_the_network_says():
    recording = record(SITUATIONS["curve"])
    curve = recording.curve
    for row, step in enumerate(recording.steps):
        frame = charts["fit"].frame_of(recording, step)
        line = frame[frame["mark"].isin(["line", "lost", "beyond"])]
        np.testing.assert_array_equal(line["value"], curve.prediction[row])
        assert (line["shown"].between(*sorted(frame[frame["mark"] == "corner"]["shown"]))).all()
        points = frame[frame["mark"] == "point"]
        np.testing.assert_array_equal(points["value"], curve.targets)


def test_more_classes_than_colours_share_them():
    classes = len(LIGHT.classes) + 2
    many = replace(record(SITUATIONS["plane"]), classes=classes)
    assert "First feature" in charts["decision_boundary"].svg(many)
    layers = charts["decision_boundary"].spec(many, dark=False)["layer"]
    (points,) = [layer for layer in layers if "shape" in layer["encoding"]]
    for channel in ("color", "shape"):
        scale = points["encoding"][channel]["scale"]
        assert len(scale["range"]) == len(scale["domain"]) == classes
        assert scale["range"][-2:] == scale["range"][:2]


def test_a_curve_that_leaves_the_axis_is_marked_there():
    frame = charts["fit"].frame_of(record(replace(SMALL, dataset="line", weight_scale=30, steps=0)))
    low, high = frame.query("mark == 'corner'")["shown"]
    line, beyond = frame.query("mark == 'line'"), frame.query("mark == 'beyond'")
    assert len(line) + len(beyond) == 200
    assert line["value"].between(low, high).all()
    assert (~beyond["value"].between(low, high)).all()
    assert set(beyond["shown"]) <= {low, high}
    assert not set(line["piece"]) & set(beyond["piece"])
