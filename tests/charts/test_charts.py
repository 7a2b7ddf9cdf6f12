import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hypothesis_numpy
from situations import MOST_BYTES, SITUATIONS, SMALL, longer, nbytes

from core import Config, Recording, record, train
from core.charts import charts
from core.charts.axes import log_domain, place
from core.charts.frames import corners, frame_of
from core.charts.ink import LIGHT
from core.charts.recording.boundary import decision_boundary
from core.charts.recording.distribution import PEAK
from core.charts.recording.over_time import dead_over_time
from core.charts.recording.units import unit_map
from core.networks.data import load
from core.theory import predict

SCORES = ("loss", "accuracy")
LOGARITHMIC = {
    "spread": ("activation_std", "activation_mean"),
    "gradient_profile": ("gradient_rms", "weight_gradient_norm"),
    "gradient_over_time": ("gradient_rms",),
    "update_ratio_over_time": ("update_ratio",),
}


@pytest.fixture(params=SITUATIONS)
def recording(request) -> Recording:
    return record(SITUATIONS[request.param])


def possible(recording: Recording) -> list[str]:
    return [name for name, chart in charts.items() if chart.fits(recording)]


def walk(spec: Any) -> Iterator[tuple[str, Any]]:
    """Every key of a nested spec with its value."""
    if isinstance(spec, dict):
        for key, value in spec.items():
            yield key, value
            yield from walk(value)
    elif isinstance(spec, list):
        for part in spec:
            yield from walk(part)


def some(name: str) -> Recording:
    """A recording that the chart fits."""
    return record(SITUATIONS["curve" if "curve" in charts[name].needs else "plane"])


def test_every_situation_is_what_it_is_called():
    reasons = {name: record(config).end.reason for name, config in SITUATIONS.items()}
    assert [name for name, reason in reasons.items() if reason == "diverged"] == ["diverged", "diverged at once"]
    assert [name for name, config in SITUATIONS.items() if record(config).plane] == ["plane", "plane of three classes"]
    assert [name for name, config in SITUATIONS.items() if record(config).curve] == ["curve"]
    assert record(SITUATIONS["all dead"]).data["dead_fraction"].min() == 1


def test_every_chart_draws_every_situation(recording):
    for name in possible(recording):
        picture = charts[name].svg(recording)  # checked against the schema of Vega-Lite, and drawn by Vega
        assert charts[name].title in picture
        assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", picture), name


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
    }


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
    config = SITUATIONS["plane"]
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
    see = chart.sentence_of(recording)
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


def test_a_frame_holds_no_raw_activations():
    few, many = (record(Config(probe_size=size, steps=0)) for size in (64, 1024))
    for name in possible(few):
        assert len(charts[name].frame_of(few)) == len(charts[name].frame_of(many)), name


@pytest.mark.parametrize("name", SCORES)
def test_scores_are_those_of_the_recording(name, recording):
    if not recording.has(name):
        pytest.skip("numbers have no accuracy")
    frame = charts[name].frame_of(recording)
    for split in ("train", "validation"):
        values = recording.data[name].sel(split=split).values
        rows = frame[frame["split"] == split]
        assert rows["step"].tolist() == recording.steps
        top = frame[frame["mark"] == "corner"]["shown"].max()
        expected = ["lost" if not np.isfinite(value) else "above" if value > top else "line" for value in values]
        assert rows["mark"].tolist() == expected
        np.testing.assert_array_equal(rows["value"], values.astype(np.float32))


def test_guessing_is_drawn_where_theory_has_it():
    recording = record(SMALL)
    guess = {name: charts[name].frame_of(recording).query("mark == 'guess'")["shown"].item() for name in SCORES}
    shares = np.bincount(load(SMALL).targets) / 200
    assert guess == pytest.approx({"loss": -(shares * np.log(shares)).sum(), "accuracy": shares.max()})


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


@pytest.mark.parametrize("situation", ["default", "S-curve", "diverged", "diverged at once", "all zero"])
def test_ridges_are_the_shares_of_the_histogram(situation):
    recording = record(SITUATIONS[situation])
    for step in recording.steps:
        frame = charts["distribution"].frame_of(recording, step)
        counts = recording.data["activation_histogram"].sel(step=step).values
        shares = counts / counts.sum(-1, keepdims=True)
        ridges = frame[frame["mark"] == "ridge"]
        np.testing.assert_allclose(ridges["share"], shares[:, 1:62].ravel(), rtol=1e-6)
        notes = frame[frame["mark"] == "note"]
        np.testing.assert_allclose(notes["share"], shares[:, recording.bin("zero")], rtol=1e-6)


def test_every_ridge_is_as_high_as_the_others():
    frame = charts["distribution"].frame_of(record(SITUATIONS["S-curve"])).query("mark == 'ridge'")
    assert (frame["base"] - frame["top"]).groupby(frame["layer"]).max().tolist() == pytest.approx([PEAK] * 5, rel=1e-5)
    assert frame["x"].min() == pytest.approx(-1, abs=0.02)  # tanh is shown over its whole range
    assert frame["x"].max() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize(
    ("situation", "layer", "words"),
    [
        ("all zero", 1, "100% exactly 0"),
        ("S-curve", 1, ""),
        ("diverged at once", 6, "off the axis"),
        ("diverged", 5, "off the axis"),
    ],
)
def test_what_is_not_on_a_ridge_is_said_beside_it(situation, layer, words):
    recording = record(SITUATIONS[situation])
    notes = charts["distribution"].frame_of(recording).query("mark == 'note'").set_index("layer")["note"]
    assert words in notes[layer]
    assert words or notes[layer] == ""


def test_a_heat_map_holds_every_entry():
    recording = record(SITUATIONS["deep"])
    frame = charts["distribution"].frame_of(recording)
    assert set(frame["mark"]) == {"cell", "zero", "beyond", "corner"}
    shares = frame[frame["mark"] != "corner"].groupby("layer")["share"].sum()
    assert shares.index.tolist() == list(range(1, 51))
    assert shares.tolist() == pytest.approx([1] * 50, rel=1e-5)


def test_curves_over_time_are_those_of_the_recording():
    recording = record(SMALL)
    for name in ("gradient_over_time", "update_ratio_over_time"):
        (variable,) = LOGARITHMIC[name]
        frame = charts[name].frame_of(recording).query("mark == 'line'")
        table = frame.pivot(index="step", columns="layer", values="value")
        expected = recording.data[variable].sel(step=table.index.to_numpy())
        np.testing.assert_allclose(table, expected, rtol=1e-6)
        assert table.shape == (5 - (name == "update_ratio_over_time"), 5)


def test_long_runs_are_thinned_but_end_at_their_end():
    recording = longer(record(SITUATIONS["deep"]), 200)
    frame = charts["gradient_over_time"].frame_of(recording).query("mark != 'corner'")
    steps = frame["step"].unique()
    assert len(steps) < 200
    assert (steps.min(), steps.max()) == (0, 199)


def test_dead_units_over_time_are_counted():
    recording = record(replace(SMALL, bias_init=-0.5, width=40))
    frame = dead_over_time.frame_of(recording).query("mark == 'line'")
    expected = recording.data["dead_fraction"] * 40
    assert frame["value"].tolist() == expected.values.ravel().round(3).tolist()
    assert 0 < frame["value"].sum() < 40 * len(frame)


def test_dead_units_name_the_size_of_the_probe():
    spec = dead_over_time.spec(record(SMALL), dark=False)
    assert "Dead units (of 64, on 64 samples)" in [value for key, value in walk(spec) if key == "title"]


def test_the_map_marks_the_dead_and_no_others():
    recording = record(replace(SMALL, bias_init=-0.5, width=40))
    for step in recording.steps:
        frame = unit_map.frame_of(recording, step)
        active = recording.data["unit_active_fraction"].sel(step=step).values
        assert frame["active"].tolist() == active.ravel().tolist()
        assert (frame["mark"] == "dead").tolist() == (active == 0).ravel().tolist()
        assert frame["layer"].tolist() == np.repeat(np.arange(1, 6), 40).tolist()
        assert 0 < (active == 0).sum() < active.size


THEORIES = {
    "spread": ("activation_std", "activation_mean"),
    "gradient_profile": ("gradient_rms", "weight_gradient_norm"),
    "shares": ("zero_fraction", "saturated_fraction", "dead_fraction"),
}


@pytest.mark.parametrize("name", THEORIES)
def test_theory_is_drawn_as_it_is_predicted_for_the_start(name):
    recording = record(SMALL)
    expected = predict(SMALL)
    frames = [charts[name].frame_of(recording, step) for step in recording.steps]
    lines = [frame[frame["mark"].isin(["theory", "band"])].reset_index(drop=True) for frame in frames]
    assert all(line.equals(lines[0]) for line in lines)
    drawn = lines[0][lines[0]["mark"] == "theory"].groupby("each")["value"].apply(list)
    np.testing.assert_allclose(np.array(drawn.tolist()), [expected.variables[v] for v in THEORIES[name]], rtol=1e-6)
    measured = frames[0][frames[0]["mark"].isin(["line", "zero"])]
    assert set(lines[0]["quantity"]) == set(measured["quantity"])
    band = lines[0][lines[0]["mark"] == "band"]
    assert len(band) == (5 if name != "shares" else 0)
    if len(band):
        low, high = expected.bands[THEORIES[name][0]]
        np.testing.assert_allclose(band["shown"], low, rtol=1e-6)
        assert (band["top"] <= high * (1 + 1e-6)).all()


@pytest.mark.parametrize("name", THEORIES)
def test_a_point_says_what_theory_expects_there(name):
    recording = record(SMALL)
    frame = charts[name].frame_of(recording).query("mark in ['line', 'zero']")
    expected = [np.abs(predict(SMALL).variables[variable]) for variable in THEORIES[name]]
    np.testing.assert_allclose(frame["expected"], np.concatenate(expected), rtol=1e-6)
    assert "expected" in str(charts[name].spec(recording, dark=False))
    without = charts[name].spec(record(SITUATIONS["all zero"]), dark=False)
    assert "expected" not in str(without)


@pytest.mark.parametrize("name", charts)
def test_a_line_or_an_area_has_no_tooltip_as_it_could_name_its_first_point_only(name, recording):
    if charts[name].fits(recording):
        for layer in charts[name].spec(recording, dark=False)["layer"]:
            kind = layer["mark"] if isinstance(layer["mark"], str) else layer["mark"]["type"]
            assert kind not in ("line", "area") or "tooltip" not in layer["encoding"], layer


@pytest.mark.parametrize("name", THEORIES)
def test_without_a_theory_there_is_no_line_and_no_word(name):
    recording = record(SITUATIONS["all zero"])
    assert not charts[name].frame_of(recording)["mark"].isin(["theory", "band"]).any()
    assert "theory, at the start" not in str(charts[name].spec(recording, dark=False))
    assert "theory, at the start" in str(charts[name].spec(record(SMALL), dark=False))
    assert "Dotted" not in charts[name].sentence_of(recording)
    assert (
        charts[name]
        .sentence_of(record(SMALL))
        .endswith(
            " Dotted: theory, of the untrained network."
            if name == "shares"
            else " Dotted: theory, of the untrained network; most networks of this width lie in the pale band."
        )
    )


def test_a_line_of_theory_at_zero_is_left_out_and_no_word_is_said_of_it():
    step = record(replace(SMALL, activation="step", steps=0))
    assert "theory" not in set(charts["gradient_profile"].frame_of(step)["mark"])
    assert "Dotted" not in charts["gradient_profile"].sentence_of(step)
    assert "Dotted" in charts["spread"].sentence_of(step)
    frame = charts["spread"].frame_of(record(SITUATIONS["S-curve"]))
    assert set(frame.query("mark == 'theory'")["each"]) == {0}
    assert (predict(SITUATIONS["S-curve"]).variables["activation_mean"] == 0).all()
    assert frame.query("mark == 'corner'")["shown"].min() >= 1e-6


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


def test_units_that_share_a_cell_with_one_that_is_lost_are_lost():
    """Sorted, what is NaN comes last: two units of layer 1 share a cell, and all of layer 2 are lost."""
    recording = record(replace(SMALL, depth=60, width=100, steps=0))
    active = recording.variables["unit_active_fraction"].values.copy()
    active[0, 0, :2], active[0, 1, :] = np.nan, np.nan
    changed = replace(recording.variables["unit_active_fraction"], values=active)
    frame = charts["unit_map"].frame_of(
        replace(recording, variables={**recording.variables, "unit_active_fraction": changed})
    )
    lost = frame.query("mark == 'lost'").groupby("layer").size()
    assert lost.to_dict() == {1: 1, 2: 50}
    assert frame.query("layer == 3")["active"].mean() == pytest.approx(active[0, 2].mean(), rel=1e-5)


def test_units_that_share_a_cell_are_dead_together_or_not_at_all():
    recording = record(replace(SMALL, depth=20, width=500, bias_init=-0.1, steps=0, activation="relu"))
    together = 4  # 10,000 units in at most 3,000 cells
    dead = (recording.data["unit_active_fraction"][0] == 0).sum("unit").values
    frame = unit_map.frame_of(recording)
    cells = (frame["mark"] == "dead").groupby(frame["layer"]).sum()
    assert len(frame) == 20 * 500 / together
    assert cells.tolist() == (dead // together).tolist()
    assert 0 < dead.sum() < 10_000
    mean = frame["active"].groupby(frame["layer"]).mean()
    np.testing.assert_allclose(mean, recording.data["unit_active_fraction"][0].mean("unit"), rtol=1e-5)


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
