"""The network as a body: what is in the cells is what the network does, decoded from the pictures themselves."""

from base64 import b64decode
from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from PIL import Image
from situations import SITUATIONS, SMALL

from core import Config, Recording, record
from core.charts import raster
from core.charts.cells import full_weight, scene_of
from core.charts.chart import UnitPlace
from core.charts.ink import LEVELS, LIGHT
from core.charts.recording.body import FILL, LINES, body
from core.charts.recording.unit_activations import unit_activations
from core.charts.recording.unit_samples import unit_samples
from core.charts.recording.unit_weights import unit_weights
from core.measuring.body import answers_on_probe, biases_of, network_at, points_of, weights_of

MIDDLE = LEVELS // 2


@pytest.fixture(scope="module")
def plane() -> Recording:
    return record(SITUATIONS["plane of few units"])


def decoded(picture: str, size: tuple[int, ...]) -> np.ndarray:
    """The colours (row, column, 3) of a picture, as a browser sees them."""
    address = raster.opening(*size[:2], raster.palette(LIGHT)) + picture
    return np.asarray(Image.open(BytesIO(b64decode(address.split(",")[1]))).convert("RGB"), int)


def signs(colours: np.ndarray) -> np.ndarray:
    """1 where it is bluer than red, −1 where it is redder, 0 where it is the background."""
    return np.sign(colours[..., 2] - colours[..., 0])


def test_a_cell_shows_what_its_unit_sees_of_the_plane(plane):
    """Of the first layer that is one side of w·x + b = 0."""
    frame, (rows, columns) = body.frame_of(plane), scene_of(plane).seen
    weights, bias = weights_of(plane)[0][-1], biases_of(plane, 1)[-1, :, 0]
    z = points_of(plane.body, columns) @ weights.T + bias
    for unit, picture in enumerate(frame.query("layer == 1 and kind == 'seen'")["picture"]):
        shown, expected = signs(decoded(picture, (rows, columns))), z[:, unit].reshape(rows, columns)
        large = np.abs(expected) > 2 / MIDDLE  # below half a level it is the background
        np.testing.assert_array_equal(shown[large], expected[large] > 0)
    inputs = [signs(decoded(each, (rows, columns))) for each in frame.query("layer == 0 and kind == 'seen'")["picture"]]
    assert inputs[0][0, 0] == -1 == inputs[1][-1, 0]  # left is negative, and so is below
    assert inputs[0][0, -1] == 1 == inputs[1][0, 0]


def test_units_are_what_the_measures_say(plane):
    tanh = record(replace(plane.config, activation="tanh", weight_scale=5, bias_init=0))
    diverged = record(SITUATIONS["plane of few units, diverged"])
    found = set()
    for recording in (plane, tanh, diverged):
        frame = body.frame_of(recording)
        data = recording.data.isel(step=-1)
        active, flat = (data[f"unit_{name}_fraction"].values.ravel() for name in ("active", "saturated"))
        units = frame[frame["mark"].isin(["alive", "saturated", "dead", "lost"])]
        assert (units["mark"] == "dead").tolist() == (active == 0).tolist()
        assert (units["mark"] == "lost").tolist() == np.isnan(active).tolist()
        assert (units["mark"] == "saturated").tolist() == ((active > 0) & (flat + active - 1 > 0.5)).tolist()
        found |= set(units["mark"])
    assert found == {"alive", "saturated", "dead", "lost"}


def test_lines_are_the_weights_and_of_many_the_strongest():
    few, many = (record(SITUATIONS[name]) for name in ("plane of few units", "few units, deep"))
    lines = body.frame_of(few).query("mark == 'weight'")
    for layer, weights in enumerate(weights_of(few), start=1):
        drawn = lines[lines["layer"] == layer]
        assert len(drawn) == weights[-1].size
        np.testing.assert_array_equal(drawn["weight"], weights[-1][drawn["unit"] - 1, drawn["source"] - 1])
    deep = body.frame_of(many).query("mark == 'weight' and layer == 7")
    sizes = np.sort(np.abs(weights_of(many)[6][-1]).ravel())
    np.testing.assert_allclose(np.sort(np.abs(deep["weight"])), sizes[-len(deep) :], rtol=1e-6)
    assert 0 < len(body.frame_of(many).query("mark == 'weight'")) <= LINES


def test_weights_that_are_lost_are_torn(plane):
    lost = replace(plane, body=replace(plane.body, state=np.full_like(plane.body.state, np.nan)))
    frame = body.frame_of(lost)
    assert len(frame.query("mark == 'torn'")) == sum(weights[-1].size for weights in weights_of(plane))
    assert "weight" not in set(frame["mark"])
    seen = decoded(frame.query("layer == 1 and kind == 'seen'")["picture"].iloc[-1], scene_of(plane).seen)
    assert (seen == [0xC8, 0x32, 0x1E]).all()
    assert (unit_weights.frame_of(lost).query("mark == 'lost'")["weight"] == 0).all()
    assert words(unit_samples.frame_of(lost)) == ["NaN: it answers nothing any more."]


def test_of_pixels_the_first_layer_shows_its_weights_and_the_others_what_they_do():
    recording = record(SITUATIONS["few units"])
    frame, full = body.frame_of(recording), full_weight(recording)
    for unit, picture in enumerate(frame.query("kind == 'weighed'")["picture"]):
        weights = weights_of(recording)[0][-1, unit].reshape(8, 8)
        large = np.abs(weights) > full / MIDDLE
        np.testing.assert_array_equal(signs(decoded(picture, (8, 8)))[large], np.sign(weights[large]))
    active = recording.data["unit_active_fraction"].values[-1, 1]
    for share, picture in zip(active, frame.query("layer == 2 and kind == 'filled'")["picture"], strict=True):
        grey = (decoded(picture, (FILL, 1)) == [0x6B, 0x72, 0x80]).all(-1).sum()
        assert grey == round(FILL * (1 - share))
    outputs = answers_on_probe(network_at(recording, -1), recording.body).outputs
    assert len(frame.query("mark == 'output'")) == outputs.shape[1] == 10


def test_cells_are_small_where_there_are_many():
    sizes = {
        depth: scene_of(record(replace(SMALL, dataset="moons", width=12, depth=depth, steps=0))).seen
        for depth in (2, 7, 12, 20, 30)
    }
    assert sizes == {2: (24, 24), 7: (16, 16), 12: (12, 12), 20: (8, 8), 30: ()}
    assert scene_of(record(replace(SITUATIONS["curve"], width=6, depth=2, steps=0))).seen == (1, 24)


def words(frame: pd.DataFrame) -> list[str]:
    return frame[frame["mark"] == "words"]["words"].tolist()


def test_the_chosen_unit_is_counted_and_said(plane):
    for place in (UnitPlace(1, 2), UnitPlace(3, 8)):
        frame = unit_activations.frame_of(plane, None, place)
        values = answers_on_probe(network_at(plane, -1), plane.body).hidden[place.layer - 1, :, place.number - 1]
        shares = frame[frame["mark"].isin(["bar", "zero"])]["share"]
        assert shares.sum() == pytest.approx(1)
        assert frame.query("mark == 'zero'")["share"].item() == pytest.approx((values == 0).mean())
        assert words(frame)[0].startswith(f"Layer {place.layer}, unit {place.number}: ")
    dead = record(Config(dataset="moons", depth=1, width=2, bias_init=-9, steps=0))
    assert words(unit_activations.frame_of(dead)) == [
        "Layer 1, unit 1: dead: slope 0 on all 256 samples,\nso no gradient reaches its weights"
    ]
    assert words(unit_samples.frame_of(dead)) == ["It answers 0 to every sample."]
    beyond = unit_activations.frame_of(plane, None, UnitPlace(99, 99))
    assert words(beyond)[0].startswith("Layer 3, unit 8: ")


def test_its_weights_come_from_the_layer_before_and_go_to_the_next_one(plane):
    frame = unit_weights.frame_of(plane, 0, UnitPlace(2, 3))
    weights = weights_of(plane)
    np.testing.assert_array_equal(frame.query("mark == 'in'")["weight"], weights[1][0, 2])
    np.testing.assert_array_equal(frame.query("mark == 'out'")["weight"], weights[2][0, :, 2])
    assert words(frame) == ["from layer 1; bias −0.500", "to layer 3"]
    assert words(unit_weights.frame_of(plane, 0, UnitPlace(3, 1)))[1] == "to the outputs"


def test_the_samples_that_drive_it_most_are_those_with_the_largest_answers(plane):
    place = UnitPlace(1, 2)
    values = answers_on_probe(network_at(plane, -1), plane.body).hidden[0, :, 1]
    points = unit_samples.frame_of(plane, None, place).query("mark == 'point'")
    np.testing.assert_array_equal(points["value"], np.sort(values)[::-1][: len(points)])
    for x, y, value in points[["x", "y", "value"]].to_numpy():
        assert value in values[(plane.body.inputs == np.float32([x, y])).all(1)]
    digits = record(SITUATIONS["few units"])
    shown = unit_samples.frame_of(digits, None, place).query("mark == 'sample'")
    assert len(shown) == 8
    assert all(each.startswith("class ") for each in shown["target"])
