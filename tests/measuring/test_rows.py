"""Recordings of layers made by hand, without a network or a Config, and sinks that are not the memory."""

import re

import numpy as np
import pytest
import torch

from core import Config, Recording, record
from core.charts import charts
from core.diagnosis.headlines import gentler, headlines
from core.diagnosis.words import how_it_ended, told
from core.measuring.look import Layer, Look
from core.measuring.measures import measures
from core.measuring.recorder import Recorder
from core.measuring.recording import End
from core.measuring.rows import Rows
from core.measuring.sink import Memory, Row, Sink
from core.networks.ensemble import Ensemble
from core.training import passes

WIDTHS, NAMES = (4, 2), ["conv1.relu", "fc"]
SMALL = Config(depth=2, width=8, samples=60, probe_size=16, batch_size=20, steps=3, snapshots=4)


class Listed:
    """A sink that keeps the rows in a list."""

    def __init__(self) -> None:
        self.first: Row = {}
        self.rows: list[Row] = []

    def open(self, first: Row) -> None:
        self.first = first

    def write(self, row: Row) -> None:
        self.rows.append(row)

    def read(self) -> dict[str, np.ndarray]:
        return {name: np.stack([row[name] for row in self.rows]) for name in self.first}


def names(recording: Recording) -> list[str]:
    return recording.data["layer_name"].values.tolist()


def look(size: float, **known) -> Look:
    """Two layers of different widths whose z are all of one size; the weights are the identity."""
    first = torch.full((3, WIDTHS[0]), size)
    first[:, 0] = -size
    on = (first > 0).to(first.dtype)
    second = torch.full((3, WIDTHS[1]), -size)
    return Look(
        (
            Layer(NAMES[0], first.clamp(min=0), slope=on, max_slope=1.0, gradient=first / 10, weight=torch.eye(4)),
            Layer(NAMES[1], second, weight=torch.eye(2), update=-0.1 * torch.eye(2), **known),
        )
    )


def recorded(sink: Sink, *, scores: bool = True, **known) -> Recording:
    rows = Rows(sink)
    for step, size in enumerate((1.0, 2.0, 3.0)):
        both = torch.tensor([1 / size, 2 / size])
        rows.write(10 * step, look(size, **known), {"loss": both, "accuracy": 1 - both / 4} if scores else {}, {})
    variables, also = rows.read()
    assert not also
    return Recording(
        variables=variables,
        coordinates=rows.coordinates(variables),
        end=End("finished", 20),
        source="Sequential",
        probe_size=3,
        training_size=100,
        classes=2,
    )


def test_a_recording_has_the_names_and_widths_of_its_layers():
    recording = recorded(Memory(3))
    assert (recording.depth, names(recording), recording.layer_widths.tolist()) == (2, NAMES, [4, 2])
    assert recording.data["layer"].values.tolist() == [1, 2]
    assert recording.data["layer_name"].dims == recording.data["layer_width"].dims == ("layer",)
    assert recording.is_unit.tolist() == [[True] * 4, [True, True, False, False]]


def test_its_numbers_are_those_of_the_layers():
    data = recorded(Memory(3)).data
    assert data["activation_mean"].values.tolist() == [[0.75, -1], [1.5, -2], [2.25, -3]]
    assert data["weight_norm"].values[0].tolist() == pytest.approx([2, 2**0.5])
    assert data["update_ratio"].values[-1].tolist() == pytest.approx([np.nan, 0.1], nan_ok=True)
    assert data["dead_fraction"].values[0].tolist() == pytest.approx([0.25, np.nan], nan_ok=True)
    assert (data["activation_histogram"].sum("bin") == [12, 6]).all()
    assert data["loss"].sel(step=10).values.tolist() == [0.5, 1]


def test_a_network_of_the_app_names_its_layers():
    recording = record(SMALL)
    assert (recording.source, names(recording)) == ("Network", ["hidden_1", "hidden_2"])
    assert recording.layer_widths.tolist() == [8, 8]


@pytest.mark.parametrize("scores", [True, False])
def test_every_chart_that_fits_draws_a_recording_without_a_config(scores):
    slopes = {"slope": torch.ones(3, 2), "max_slope": 1.0, "gradient": torch.ones(3, 2)}
    for recording in (recorded(Memory(3), scores=scores), recorded(Memory(3), scores=scores, **slopes)):
        fitting = {name for name, chart in charts.items() if chart.fits(recording)}
        unfit = {name for name, chart in charts.items() if not {"config", "plane", "curve"}.isdisjoint(chart.needs)}
        assert {"phase", "phase_random"} <= unfit
        assert fitting == charts.keys() - unfit - (set() if scores else {"loss", "accuracy"})
        for name in fitting:
            picture = charts[name].svg(recording)
            assert not re.search(r"[(,\sMLHVA](NaN|undefined|-?Infinity)", picture), name
            assert charts[name].sentence_of(recording)


@pytest.mark.parametrize("name", sorted(name for name, chart in charts.items() if "config" in chart.needs))
def test_a_chart_that_needs_a_config_says_so(name):
    recording = recorded(Memory(3))
    assert not charts[name].fits(recording)
    config, body = (
        "a Config; the recording of Sequential has none",
        "the parameters of every step, which are kept up to 12",
    )
    with pytest.raises(ValueError, match=f"this needs {body if 'body' in charts[name].needs else config}"):
        charts[name].frame_of(recording)


def test_the_map_of_units_has_no_cells_beyond_a_narrow_layer():
    frame = charts["unit_map"].frame_of(recorded(Memory(3))).query("mark != 'words'")
    assert frame.groupby("layer", observed=True).size().tolist() == [4, 2]
    assert frame["mark"].tolist() == ["dead", "cell", "cell", "cell", "unknown", "unknown"]


def test_layers_of_unknown_slope_are_not_drawn_as_lost():
    """The second layer has no slope; in the other recording it has one, which is NaN."""
    unknown = recorded(Memory(3))
    lost = recorded(Memory(3), slope=torch.full((3, 2), torch.nan), max_slope=1.0)
    chart = charts["unit_map"]
    for recording, mark in ((unknown, "unknown"), (lost, "lost")):
        assert recording.sloped.tolist() == [True, mark == "lost"]
        assert chart.frame_of(recording, 20).query("mark != 'words'")["mark"].tolist()[4:] == [mark] * 2
        assert chart.sentence_of(recording).endswith("not known.") == (mark == "unknown")
        assert (">?</text>" in chart.svg(recording)) == (mark == "unknown")
    assert "layer_sloped" not in lost.data.coords


def test_dead_units_are_counted_in_layers_of_any_width():
    slopes = {"slope": torch.zeros(3, 2), "max_slope": 1.0}
    recording = recorded(Memory(3), **slopes)
    lines = charts["dead_over_time"].frame_of(recording).query("mark == 'line' and step == 20")
    assert lines["value"].tolist() == [1, 2]
    assert "Dead units (of 2 to 4, on 3 samples)" in charts["dead_over_time"].svg(recording)
    assert "Dead units (of 8, on 16 samples)" in charts["dead_over_time"].svg(record(SMALL))


def test_headlines_without_a_config_say_what_is_known():
    recording = recorded(Memory(3), slope=torch.ones(3, 2), max_slope=1.0, gradient=torch.full((3, 2), 0.3))
    said = {line.name: line for line in map(told, headlines(recording, 20))}
    assert said["Training loss"] == ("Training loss", "0.333", "On the probe; 0.667 in validation.")
    assert said["Validation accuracy"][1:] == ("83.3%", "On held-out samples; 92% in training.")
    assert said["Dead units"][1:] == ("1", "Of 6. Slope 0 on all 3 samples of the probe: no gradient reaches them.")
    assert said["Gradient, first ÷ last layer"].number == "1 : 1"
    assert gentler(recording) is None
    assert how_it_ended(recording) == ""


def test_headlines_without_scores_say_that_there_are_none():
    said = [told(line) for line in headlines(recorded(Memory(3), scores=False), 0)]
    assert [line.number for line in said] == ["–"] * 4
    assert said[0].sentence == said[1].sentence == "This was not recorded."
    assert said[2].sentence == "Not known: the slope of some layers was not seen."
    assert said[3].sentence == "Not known: the gradient of some layers was not seen, or is no number."


def test_any_sink_gives_the_same_recording():
    assert recorded(Listed()).data.identical(recorded(Memory(3)).data)


def test_a_run_is_written_to_the_sink_that_is_given_row_by_row():
    sink = Listed()
    recorder, rows = Recorder(Ensemble(SMALL), sink=sink), []
    for _ in passes(recorder):
        rows.append(len(sink.rows))
    assert rows == [1, 2, 3, 4]
    assert [int(row["step"]) for row in sink.rows] == [0, 1, 2, 3]
    for row in sink.rows:
        shapes = {name: (value.shape, value.dtype) for name, value in row.items()}
        assert shapes == {name: (value.shape, value.dtype) for name, value in sink.first.items()}
    assert {"step", "loss", "accuracy", "body", *measures} == sink.first.keys()
    assert recorder.recording().data.identical(record(SMALL).data)


def test_what_the_memory_gave_does_not_change():
    memory = Memory(2)
    memory.open({"a": np.zeros(2)})
    memory.write({"a": np.ones(2)})
    before = memory.read()["a"]
    memory.write({"a": np.full(2, 2.0)})
    assert before.tolist() == [[1, 1]]
    assert memory.read()["a"].tolist() == [[1, 1], [2, 2]]
