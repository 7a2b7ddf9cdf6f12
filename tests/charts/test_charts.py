"""What every chart of a Recording must be: it draws every situation, whole, on fixed axes, small."""

import re
from dataclasses import replace

import numpy as np
import pytest
from drawn import assert_valid
from situations import MOST_BYTES, SITUATIONS, SMALL, longer, nbytes, walk

from core import Config, Recording, record, train
from core.charts import charts
from ui.lab.views import UNTRAINED, VIEWS


def possible(recording: Recording) -> list[str]:
    return [name for name, chart in charts.items() if chart.fits(recording)]


def some(name: str) -> Recording:
    """A recording that the chart fits."""
    needs = charts[name].needs
    return record(SITUATIONS["curve" if "curve" in needs else "plane of few units" if "body" in needs else "plane"])


def test_every_situation_is_what_it_is_called():
    reasons = {name: record(config).end.reason for name, config in SITUATIONS.items()}
    assert [name for name, reason in reasons.items() if reason == "diverged"] == [
        *("diverged", "diverged at once", "plane of few units, diverged")
    ]
    assert having("plane") == ["plane", "plane of three classes", "plane of few units", "plane of few units, diverged"]
    assert having("curve") == ["curve"]
    assert having("body") == ["one layer", *(name for name in SITUATIONS if "few units" in name)]
    assert record(SITUATIONS["all dead"]).data["dead_fraction"].min() == 1


def having(picture: str) -> list[str]:
    """The situations whose recordings have it."""
    return [name for name, config in SITUATIONS.items() if record(config).has(picture)]


def test_every_chart_draws_every_situation(recording):
    for name in possible(recording):
        assert_valid(charts[name].spec(recording, dark=False))
        picture = charts[name].svg(recording)
        assert charts[name].title in picture
        marks = re.sub(r">[^<]*<", "><", picture)  # without its words, which may say NaN
        assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", marks), name


@pytest.mark.parametrize("name", charts)
def test_every_chart_fits_some_situation_and_says_which(name):
    fitting = {situation for situation, config in SITUATIONS.items() if charts[name].fits(record(config))}
    unfit = {
        "untrained": not charts[name].at_step,
        "diverged at once": not charts[name].at_step,
        "no hidden layer": charts[name].layers,
    }
    assert fitting
    assert fitting == {
        situation
        for situation in SITUATIONS
        if not unfit.get(situation)
        and ("accuracy" not in charts[name].needs or situation != "curve")
        and ("curve" not in charts[name].needs or situation == "curve")
        and ("plane" not in charts[name].needs or situation.startswith("plane"))
        and ("body" not in charts[name].needs or situation in having("body"))
    }


@pytest.mark.parametrize("name", charts)
def test_every_chart_stands_in_views_that_there_are(name):
    assert charts[name].views.keys() <= {*VIEWS, *UNTRAINED.values()}


@pytest.mark.parametrize("name", charts)
def test_every_chart_draws_on_dark(name):
    recording = some(name)
    assert charts[name](recording, dark=True).to_dict()["layer"] != charts[name](recording).to_dict()["layer"]


@pytest.mark.parametrize("name", charts)
def test_what_the_page_draws_is_what_is_checked(name):
    recording = some(name)
    checked, drawn = charts[name](recording).to_dict(), charts[name].spec(recording, dark=False)
    assert [{**layer, "data": None} for layer in drawn["layer"]] == [
        {**layer, "data": None} for layer in checked["layer"]
    ]
    assert drawn["config"] == checked["config"]


def test_every_row_is_drawn_and_every_drawn_column_exists(recording):
    for name in possible(recording):
        spec, frame = charts[name].spec(recording, dark=False), charts[name].frame_of(recording)
        filters = [value for key, value in walk(spec) if key == "filter"]
        assert {f"datum.mark == '{mark}'" for mark in set(frame["mark"])} <= set(filters), name
        made = {value for key, value in walk(spec) if key == "as"}
        assert {value for key, value in walk(spec) if key == "field"} <= {*frame.columns, *made}, name


def test_axes_end_at_finite_places(recording):
    for name in possible(recording):
        ends = charts[name].frame_of(recording).query("mark == 'corner'").select_dtypes("number")
        used = ends.dropna(axis=1)
        assert np.isfinite(used).all(axis=None), name
        assert all(low < high for low, high in (used[column] for column in ("x", "shown") if column in used)), name


def test_scrubbing_moves_no_axis_and_only_what_it_should(recording):
    for name in possible(recording):
        frames = {step: charts[name].frame_of(recording, step) for step in recording.steps}
        ends = [frame[frame["mark"] == "corner"].select_dtypes("number").to_numpy() for frame in frames.values()]
        assert all(np.array_equal(end, ends[0], equal_nan=True) for end in ends), name
        if not charts[name].at_step:
            still = [frame[frame["mark"] != "now"] for frame in frames.values()]
            assert all(frame.equals(still[0]) for frame in still), name
            assert [frame.query("mark == 'now'")["step"].item() for frame in frames.values()] == recording.steps, name


@pytest.fixture(scope="module")
def of_one_kind() -> list[Recording]:
    """Recordings that differ in everything but what a drawing may depend on."""
    config = replace(SITUATIONS["plane"], width=8)
    return [*train(config), record(replace(config, seed=1, activation="tanh", steps=30, learning_rate=100))]


@pytest.mark.parametrize("name", charts)
def test_a_drawing_is_made_once_and_serves_all_recordings_of_its_kind(name, of_one_kind):
    chart, (first, *others) = charts[name], of_one_kind
    specs = {dark: chart.spec(first, dark=dark) for dark in (False, True)}
    for other in others:
        assert chart.spec(other, dark=False) is specs[False]
        assert chart.spec(other, dark=True) is specs[True]
    assert specs[False] != specs[True]
    assert "data" not in specs[False]


@pytest.mark.parametrize("name", charts)
def test_every_chart_has_its_words(name, recording):
    chart = charts[name]
    see = chart.sentence_of(recording if chart.fits(recording) else some(name))
    assert chart.title[0].isupper()
    assert not chart.title.endswith(".")
    for sentences in (see, charts.help(name)):
        assert sentences.endswith(".")
        assert len(sentences.split()) >= 8
    assert see[0].isupper()


@pytest.mark.parametrize("choices", [{"depth": 50, "activation": "tanh"}, {"depth": 20}])
def test_the_largest_frame_that_the_sliders_allow_stays_small(choices):
    config = replace(SMALL, width=512, steps=0, **choices)
    recording = longer(record(config), 200)
    for name in possible(recording):
        assert nbytes(charts[name].frame_of(recording)) < MOST_BYTES, name


def test_the_largest_frame_of_a_plane_stays_small():
    recording = longer(record(replace(SMALL, dataset="spiral", samples=5000, width=512, depth=6, steps=0)), 200)
    for name in possible(recording):
        assert nbytes(charts[name].frame_of(recording)) < MOST_BYTES, name


@pytest.mark.parametrize("dataset", ["moons", "digits"])
def test_the_largest_frame_of_few_units_stays_small(dataset):
    for depth in (4, 8, 13, 20, 50):
        recording = record(replace(SMALL, dataset=dataset, activation="tanh", width=12, depth=depth, steps=0))
        for name in possible(recording):
            assert nbytes(charts[name].frame_of(recording)) < MOST_BYTES, name


def test_a_frame_holds_no_raw_activations():
    few, many = (record(Config(probe_size=size, steps=0)) for size in (64, 1024))
    for name in possible(few):
        assert len(charts[name].frame_of(few)) == len(charts[name].frame_of(many)), name


@pytest.mark.parametrize("name", charts)
def test_a_line_or_an_area_has_no_tooltip_as_it_could_name_its_first_point_only(name, recording):
    if charts[name].fits(recording):
        for layer in charts[name].spec(recording, dark=False)["layer"]:
            kind = layer["mark"] if isinstance(layer["mark"], str) else layer["mark"]["type"]
            assert kind not in ("line", "area") or "tooltip" not in layer["encoding"], layer


@pytest.mark.parametrize(
    ("name", "situation", "words"),
    [
        (
            "decision_boundary",
            "curve",
            "decision regions need classes over two features; the data set curve has something",
        ),
        ("decision_boundary", "default", "decision regions need classes over two features; the data set digits has"),
        ("fit", "plane", "a fitted curve needs numbers over one feature; the data set moons has something else"),
    ],
)
def test_pictures_need_their_data(name, situation, words):
    recording = record(SITUATIONS[situation])
    assert not charts[name].fits(recording)
    with pytest.raises(ValueError, match=words):
        charts[name].frame_of(recording)
