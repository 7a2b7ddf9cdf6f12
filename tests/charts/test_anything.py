import json
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import product
from typing import Any

import numpy as np
import pandas as pd
import pytest
from situations import MOST_BYTES, SITUATIONS, longer, nbytes
from vl_convert import vegalite_to_svg

from core import Config, Recording, record
from core.charts.anything import Slice, anything, slice_frame, slice_table
from core.measuring.recording import Variable

SMALL = SITUATIONS["default"]
VARIABLES = list(record(SMALL).variables)


def slices(recording: Recording, name: str) -> Iterator[Slice]:
    """Every way to draw a variable: along each axis, a line for each entry of every other axis, or only one line."""
    variable = recording.variables[name]
    for along, each in product(variable.axes, [*variable.axes, None]):
        if each != along:
            places = {axis: recording.data[axis].values[-1] for axis in variable.axes if axis not in (along, each)}
            yield Slice(name, along, each, places, variable.log)


def draw(frame: pd.DataFrame, spec: dict[str, Any]) -> str:
    """The picture that Vega makes of the frame, as SVG."""
    layers = [{**layer, "data": {"name": "frame"}} for layer in spec["layer"]]
    return vegalite_to_svg(
        {**spec, "layer": layers, "datasets": {"frame": json.loads(frame.to_json(orient="records"))}}
    )


@pytest.mark.parametrize("situation", ["default", "untrained", "diverged", "all zero"])
@pytest.mark.parametrize("name", VARIABLES)
def test_every_number_of_every_variable_has_its_mark(name, situation):
    recording = record(SITUATIONS[situation])
    for part in slices(recording, name):
        frame, values = slice_frame(recording, part), recording.data[name].sel(part.at).values
        marks = frame["mark"].value_counts()
        assert marks["corner"] == 2
        assert marks.get("lost", 0) == (~np.isfinite(values)).sum()
        assert marks.get("zero", 0) == ((values == 0).sum() if part.log else 0)
        assert len(frame) - 2 == values.size


@pytest.mark.parametrize("name", VARIABLES)
def test_every_variable_draws_along_every_axis(name):
    recording = record(SMALL)
    for part in slices(recording, name):
        frame, spec = slice_frame(recording, part), anything.spec(recording, part, dark=len(part.at) == 1)
        picture = draw(frame, spec)
        assert recording.variables[name].label in picture
        assert part.along in picture
        assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", picture), part
        filters = {step.get("filter") for layer in spec["layer"] for step in layer["transform"]}
        assert {f"datum.mark == '{mark}'" for mark in set(frame["mark"])} <= filters
        encoded = [channel for layer in spec["layer"] for channel in layer["encoding"].values()]
        assert {channel["field"] for channel in encoded if isinstance(channel, dict)} <= set(frame)


def test_a_wrong_drawing_would_be_noticed():
    part = Slice("loss", "step", "split", {}, log=False)
    frame, spec = slice_frame(record(SMALL), part), anything.spec(record(SMALL), part, dark=False)
    with pytest.raises(ValueError, match="conversion failed"):
        draw(frame, {**spec, "layer": [{**spec["layer"][0], "mark": "spaghetti"}]})


@pytest.mark.parametrize("name", VARIABLES)
def test_no_frame_grows_large(name):
    deep = longer(record(Config(depth=50, width=512, samples=100, probe_size=16, steps=0)), 200)
    for part in slices(deep, name):
        frame = slice_frame(deep, part)
        assert nbytes(frame) < MOST_BYTES, part
        if part.each == "layer":  # thinned, but not at the ends
            assert {1, 50} <= set(frame["each"])


def test_a_new_variable_shows_up_by_itself():
    recording = record(SMALL)
    sizes = recording.data.sizes
    values = np.linspace(-1, 1, sizes["step"] * sizes["layer"] * 3).reshape(sizes["step"], sizes["layer"], 3)
    made_up = Variable(values, ("step", "layer", "animal"), "Made up", "A variable that nobody knew of.")
    extended = replace(
        recording,
        variables={**recording.variables, "made_up": made_up},
        coordinates={**recording.coordinates, "animal": ("animal", np.array(["cat", "dog", "eel"]))},
    )
    parts = list(slices(extended, "made_up"))
    assert len(parts) == 9
    for part in parts:
        assert "Made up" in draw(slice_frame(extended, part), anything.spec(extended, part, dark=False))
    table = slice_table(extended, Slice("made_up", "animal", "layer", {"step": 6}, log=False))
    assert table.query("along == 'dog' and each == 3")["value"].item() == extended.data["made_up"][-1, 2, 1]


def test_a_table_holds_the_chosen_numbers():
    recording = record(SMALL)
    one = slice_table(recording, Slice("gradient_rms", "layer", None, {"step": 1}, log=True))
    assert one["along"].tolist() == [1, 2, 3, 4, 5]
    assert one["value"].tolist() == recording.data["gradient_rms"].sel(step=1).values.tolist()
    many = slice_table(recording, Slice("activation_quantile", "step", "quantile", {"layer": 2}, log=False))
    assert many["along"].tolist() == recording.steps * 7
    median = many[many["each"] == 0.5]["value"]
    assert median.tolist() == recording.data["activation_quantile"].sel(layer=2, quantile=0.5).values.tolist()


def test_bins_have_names():
    recording = record(SMALL)
    table = slice_table(recording, Slice("activation_histogram", "bin", None, {"step": 0, "layer": 1}, log=False))
    assert table["along"].tolist()[:2] == ["below", "0"]
    assert table["along"].tolist()[-3:] == ["above", "zero", "nan"]
    assert table["along"].is_unique
    zeros = table[table["along"] == "zero"]["value"].item()
    assert zeros == recording.data["activation_histogram"][0, 0, recording.bin("zero")] > 0
