"""Axes of many powers of ten: their ends, and the marks of zero and NaN."""

import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy
from situations import LOGARITHMIC
from vl_convert import vegalite_to_svg

from core import Config, record
from core.charts import charts
from core.charts.axes import OTHER_SIGN, SIGN, log_domain, place
from core.charts.frames import corners, frame_of
from core.charts.picture import ALSO, FOUND

RECORDING = record(Config(dataset="moons", depth=3, width=4, samples=40, steps=4))
BY_LAYER = [name for name, chart in charts.items() if "Hidden layer" in str(chart.spec(RECORDING, dark=False))]


@pytest.mark.parametrize("name", LOGARITHMIC)
def test_zero_and_nan_have_their_marks_on_logarithmic_axes(name, recording):
    frame, over_time = charts[name].frame_of(recording), not charts[name].at_step
    first = 1 if name == "update_ratio_over_time" else 0  # there is no update before step 1
    drawn = recording.data.isel(step=slice(first, None) if over_time else [-1])
    values = np.concatenate([np.abs(drawn[variable].values).ravel() for variable in LOGARITHMIC[name]])
    lost, zero = ~np.isfinite(values), values == 0
    marks = frame["mark"].value_counts()
    assert (marks.get("lost", 0), marks.get("zero", 0)) == (lost.sum(), zero.sum())
    assert marks.get("line", 0) == len(values) - lost.sum() - zero.sum()
    floor, ceiling = frame.query("mark == 'corner'")["shown"]
    assert (frame.query("mark == 'zero'")["shown"] == floor).all()
    assert (frame.query("mark == 'lost'")["shown"] == ceiling).all()
    assert frame.query("mark == 'line'")["shown"].between(floor, ceiling).all()


def test_marks_tell_zero_and_nan_from_numbers():
    placed = place(np.array([0.0, -0.0, 1e-3, 5.0, np.nan, np.inf, -np.inf]), log_domain(np.array([1e-3, 5.0])))
    assert placed["mark"].tolist() == ["zero", "zero", "line", "line", "lost", "lost", "lost"]
    assert placed["shown"].tolist() == [1e-6, 1e-6, 1e-3, 5.0, 1e3, 1e3, 1e3]


@pytest.mark.parametrize(
    ("values", "ends"),
    [
        ([2e-4, 0.3], (1e-6, 1)),
        ([1.0], (1e-3, 1e3)),
        ([0.5, 20.0, 0.0, np.nan, np.inf], (1e-3, 1e3)),
        ([1e-40, 0.5], (1e-42, 1)),
        ([1e-320, 0.5], (1e-42, 1)),
        ([2e36], (1e36, 3.4028235e38)),
        ([0.0, np.nan], (1e-3, 1)),
        ([], (1e-3, 1)),
    ],
)
def test_log_axes_end_at_round_powers_of_ten(values, ends):
    assert tuple(log_domain(np.array(values))) == pytest.approx(ends)


floats = st.floats(width=32) | st.floats(1e-9, 1e9)
arrays = hypothesis_numpy.arrays(np.float64, st.integers(1, 9), elements=floats)


@given(arrays)
def test_log_axes_hold_all_positive_numbers_but_those_too_small_to_travel(values):
    low, high = log_domain(values)
    positive = values[np.isfinite(values) & (values > 0)]
    assert (positive <= high).all()
    assert all(low <= value or value < 1e-41 for value in positive)
    ends = frame_of(corners(shown=(low, high)))["shown"]
    assert np.isfinite(ends).all()  # also in the small type that travels
    assert 0 < ends[0] < ends[1]


@given(arrays)
def test_placing_drops_nothing(values):
    placed = place(values, log_domain(values))
    low, high = log_domain(values)
    np.testing.assert_array_equal(placed["value"], values)
    assert ((placed["shown"] >= low) & (placed["shown"] <= high)).all()


@pytest.mark.parametrize("name", BY_LAYER)
def test_axes_of_layers_mark_those_in_which_something_was_found(name):
    drawing = charts[name](RECORDING).to_dict()
    assert SIGN not in re.findall(r"<text[^>]*>([^<]*)", vegalite_to_svg(drawing))
    for marked, layers in ((FOUND, [2]), (ALSO, [2, 3])):
        next(given for given in drawing["params"] if given["name"] == marked)["value"] = layers
    labels = re.findall(r"<text[^>]*>([^<]*)", vegalite_to_svg(drawing))
    assert [words for words in labels if words.startswith((SIGN, OTHER_SIGN))] == [f"{SIGN} 2", f"{OTHER_SIGN} 3"]
