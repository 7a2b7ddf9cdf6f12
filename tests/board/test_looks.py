"""What a board is handed of a recording: all its steps, or those that are new."""

import numpy as np
import pandas as pd
import pytest

from core import Config, record
from core.charts import charts
from core.charts.chart import FIRST_UNIT
from ui.board.looks import FRESH, all_looks, fresh_looks

NAMES = ("distribution", "gradient_profile", "loss")


@pytest.fixture(scope="module")
def recording():
    return record(Config(depth=2, width=4, samples=40, steps=30, snapshots=20))


def test_what_is_new_is_handed_over_in_order_and_the_newest_in_any_case(recording):
    steps = list(recording.steps)
    assert len(steps) > FRESH
    for after, count in ((-1, FRESH), (steps[-4], 3), (steps[-1], 1)):
        looks = fresh_looks(recording, NAMES, FIRST_UNIT, after)
        assert len(looks.steps) == len(looks.numbers) == count
        assert looks.steps == sorted(set(looks.steps))
        assert looks.steps[-1] == steps[-1]
        assert after == steps[-1] or min(looks.steps) > after
    assert fresh_looks(recording, NAMES, FIRST_UNIT, steps[-4]).steps == steps[-3:]


def test_rows_of_a_step_are_the_frame_of_the_chart_there(recording):
    looks = all_looks(recording, NAMES)
    for name in NAMES:
        table, begins = looks.packed[name].table.to_pandas(), looks.packed[name].begins
        steps = recording.steps if charts[name].at_step else recording.steps[-1:]
        for step, first, end in zip(steps, begins, begins[1:], strict=False):
            frame = charts[name].frame_of(recording, step)
            assert len(frame) == end - first
            for column in frame:
                same(frame[column], table[column][first:end])


def same(one: pd.Series, other: pd.Series) -> None:
    if one.dtype.kind == "f":
        np.testing.assert_array_equal(one.to_numpy(), other.to_numpy())
    else:
        assert [*one] == [*other]


def test_a_step_without_a_column_of_the_others_has_nothing_in_it(recording, monkeypatch):
    frames = {
        0: pd.DataFrame({"value": np.float32([1, 2]), "word": pd.Categorical(["a", "b"])}),
        1: pd.DataFrame({"value": np.float32([3])}),
        2: pd.DataFrame({"word": pd.Categorical(["c"])}),
    }
    chart = charts["distribution"]
    monkeypatch.setattr(type(chart), "frame_of", lambda _, __, step, ___: frames[min(step, 2)])
    table = fresh_looks(recording, ["distribution"], FIRST_UNIT, recording.steps[-4]).packed["distribution"].table
    assert table["word"].to_pylist() == ["c"] * 3
    monkeypatch.setattr("ui.board.looks.FRESH", 10**6)
    table = fresh_looks(recording, ["distribution"], FIRST_UNIT, -1).packed["distribution"].table
    assert table["word"].to_pylist()[:4] == ["a", "b", "", "c"]
    np.testing.assert_array_equal(table["value"].to_numpy()[:4], np.float32([1, 2, 3, np.nan]))
