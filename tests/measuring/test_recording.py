from dataclasses import FrozenInstanceError

import numpy as np
import pytest
import xarray as xr

from core import Config, Recording, record, train
from core.measuring.measures import QUANTILES, measures

SMALL = Config(depth=2, width=8, samples=60, probe_size=16, batch_size=20, steps=3, snapshots=4)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return record(SMALL)


def test_data_is_a_dataset_with_named_axes(recording):
    assert dict(recording.data.sizes) == {
        "step": 4,
        "split": 2,
        "layer": 2,
        "bin": 65,
        "quantile": 7,
        "unit": 8,
    }
    assert recording.data["layer"].values.tolist() == [1, 2]
    assert recording.data["unit"].values.tolist() == list(range(1, 9))
    assert recording.data["split"].values.tolist() == ["train", "validation"]
    assert recording.data["quantile"].values.tolist() == list(QUANTILES)
    assert recording.data["step"].values.tolist() == recording.steps == [0, 1, 2, 3]


@pytest.mark.parametrize("name", measures)
def test_every_measure_is_a_variable_with_its_words(name, recording):
    entry, variable = measures[name], recording.data[name]
    assert variable.dims == ("step", "layer", *([entry.axis] if entry.axis else []))
    assert variable.attrs == {"long_name": entry.label, "description": measures.help(name), "log": int(entry.log)}
    assert set(recording.data.data_vars) == {"loss", "accuracy", *measures}
    assert variable.dtype == np.float64 or entry.axis  # a gradient may be too small for float32


def test_loss_and_accuracy_are_there_for_both_splits(recording):
    for name in ("loss", "accuracy"):
        assert recording.data[name].dims == ("step", "split")
        assert recording.data[name].notnull().all()
        assert recording.data[name].attrs["description"].endswith(".")


def test_the_update_ratio_is_unknown_only_before_the_first_update(recording):
    assert recording.data["update_ratio"].isnull().all("layer").values.tolist() == [True, False, False, False]


def test_bins_say_what_they_count_and_from_where_to_where(recording):
    data = recording.data
    kinds = data["bin_kind"].values.tolist()
    assert [recording.bin(kind) for kind in ("below", "above", "zero", "nan")] == [0, 62, 63, 64]
    assert kinds[1:62] == ["inside"] * 61
    for name in ("activation", "gradient"):
        left, right = data[f"{name}_left"].values, data[f"{name}_right"].values
        assert (left[0], right[62], left[63], right[63]) == (-np.inf, np.inf, 0, 0)
        assert np.isnan([left[64], right[64]]).all()
        assert (left[1:63] == right[:62]).all()
        assert (np.diff(left[:63]) > 0).all()


def test_histograms_hold_every_entry_of_the_probe(recording):
    for name in ("activation_histogram", "gradient_histogram"):
        assert (recording.data[name].sum("bin") == 16 * 8).all()
        assert recording.data[name].dtype == np.int32


def test_its_numbers_cannot_be_changed(recording):
    with pytest.raises(ValueError, match="read-only"):
        recording.data["loss"].values[0, 0] = 0
    with pytest.raises(FrozenInstanceError):
        recording.probe_size = 3  # type: ignore[misc]


def test_true_numbers_of_samples(recording):
    assert (recording.probe_size, recording.training_size, recording.classes) == (16, 60, 10)
    assert record(Config(depth=1, width=2, samples=9, steps=0)).probe_size == 9
    expected = {"probe_size": 16, "training_size": 60, "end": "finished", "end_step": 3}
    assert recording.data.attrs == expected


def test_it_can_be_written_as_netcdf_or_json(recording):
    assert xr.Dataset.from_dict(recording.data.to_dict()).identical(recording.data)


def test_table_has_one_row_for_every_number(recording):
    table = recording.table()
    assert len(table) == sum(variable.size for variable in recording.data.data_vars.values())
    named = {"variable", "step", "split", "layer", "unit", "quantile", "bin", "bin_kind", "value"}
    assert named <= set(table.columns)
    row = table.query("variable == 'gradient_rms' and step == 3 and layer == 2")
    assert row["value"].tolist() == [recording.data["gradient_rms"].sel(step=3, layer=2).item()]
    assert row[["split", "unit", "quantile", "bin"]].isna().all(axis=None)
    zeros = table.query("variable == 'activation_histogram' and step == 0 and layer == 1 and bin_kind == 'zero'")
    assert zeros["value"].item() == recording.data["activation_histogram"][0, 0, 63].item()
    dead = table.query("variable == 'unit_active_fraction' and step == 0 and layer == 1")
    assert dead["unit"].tolist() == list(range(1, 9))


def test_a_network_without_hidden_layers_has_scores_and_a_table():
    recording = record(Config(depth=0, samples=20, steps=2, snapshots=3))
    assert recording.data.sizes["layer"] == 0
    assert recording.data["loss"].notnull().all()
    assert set(recording.table()["variable"]) == {"loss", "accuracy"}


def test_a_partial_recording_can_be_marked_as_stopped(recording):
    partial = next(train(SMALL))
    assert partial.end.reason == "running"
    assert (partial.stopped().end.reason, partial.stopped().end.step) == ("stopped", 0)
    assert partial.stopped().steps == partial.steps
    assert recording.stopped() is recording


def test_memory_is_that_of_its_numbers(recording):
    assert recording.nbytes == measured(recording) + recording.body.state.nbytes
    plane = record(Config(dataset="moons", depth=1, width=40, samples=40, steps=0))
    assert plane.nbytes == measured(plane) + plane.plane.prediction.nbytes


def measured(recording: Recording) -> int:
    return sum(variable.nbytes for variable in recording.data.data_vars.values())
