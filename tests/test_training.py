import random
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import chain, pairwise
from math import inf

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from core import Config, DataUnavailable, Recording, record, train
from core.config.fields import Choice
from core.networks.ensemble import batches
from core.training import snapshot_steps

SMALL = Config(depth=2, width=8, samples=60, probe_size=16, batch_size=20, steps=6, snapshots=4)

EXPLODING = Config(weight_scale=1e6, depth=6, steps=3)
ESCAPING = replace(SMALL, learning_rate=1e6, steps=200, snapshots=8)


def everything(recording: Recording) -> dict[str, np.ndarray]:
    """A copy of all numbers of a recording."""
    values = {name: variable.values.copy() for name, variable in recording.variables.items()}
    return values | {name: array.copy() for name, (_, array) in recording.coordinates.items()}


def same(first: dict[str, np.ndarray], second: dict[str, np.ndarray]) -> bool:
    return first.keys() == second.keys() and all(
        first[name].dtype == second[name].dtype and first[name].tobytes() == second[name].tobytes() for name in first
    )


def test_a_partial_recording_for_every_snapshot():
    partials = list(train(SMALL))
    assert [partial.steps for partial in partials] == [[0], [0, 1], [0, 1, 4], [0, 1, 4, 6]]
    assert [partial.end.reason for partial in partials] == ["running"] * 3 + ["finished"]
    assert [partial.end.step for partial in partials] == [0, 1, 4, 6]
    assert partials[-1].data.identical(record(SMALL).data)


def test_a_partial_recording_does_not_change_when_later_ones_are_made():
    copies, partials = [], []
    for partial in train(SMALL):
        partials.append(partial)
        copies.append(everything(partial))
    assert all(same(everything(partial), copy) for partial, copy in zip(partials, copies, strict=True))
    for earlier, later in pairwise(partials):
        assert later.data.isel(step=slice(len(earlier.steps))).drop_attrs().equals(earlier.data.drop_attrs())


def test_every_step_is_a_chance_to_pause():
    partials = list(train(SMALL, every_step=True))
    assert [partial.end.step for partial in partials] == [0, 1, 2, 3, 4, 5, 6]
    assert [len(partial.steps) for partial in partials] == [1, 2, 2, 2, 3, 3, 4]
    assert partials[-1].end.reason == "finished"
    assert same(everything(partials[-1]), everything(record(SMALL)))


def test_closing_the_generator_stops_the_run():
    run = train(replace(SMALL, steps=100_000))
    first = next(run)
    run.close()
    assert list(run) == []
    assert first.stopped().end.reason == "stopped"


def test_no_steps_measure_the_untrained_network():
    (only,) = train(replace(SMALL, steps=0))
    assert only.steps == [0]
    assert only.end.reason == "finished"
    assert np.array_equal(only.data["gradient_rms"][0], record(SMALL).data["gradient_rms"][0])


@pytest.mark.parametrize("config", [EXPLODING, ESCAPING], ids=["at the start", "on the way"])
def test_a_run_that_diverges_is_measured_where_it_does(config):
    *before, last = train(config)
    assert last.end.reason == "diverged"
    assert last.end.loss == inf or np.isnan(last.end.loss)
    assert last.end.step == last.steps[-1] < config.steps
    assert last.data["diverged"].values.tolist() == [False] * (len(last.steps) - 1) + [True]
    assert (len(before) == 0) == (config is EXPLODING)
    earlier = last.data.isel(step=slice(-1)).drop_vars("update_ratio")
    assert all(np.isfinite(variable).all() for variable in earlier.data_vars.values())
    assert all(partial.end.reason == "running" and not partial.data["diverged"].any() for partial in before)
    assert last.data.attrs["end"] == "diverged"


def test_a_layer_that_explodes_is_measured_as_long_as_its_numbers_are_finite():
    """Layer 6 of the exploding network has entries of 1e36, whose float32 sum would be infinite."""
    data = record(EXPLODING).data.isel(step=0)
    assert np.isfinite(data["activation_quantile"]).all()
    growth = np.diff(np.log10(data["activation_std"]))
    assert growth.tolist() == pytest.approx([6] * 5, abs=0.3)
    assert np.log10(data["activation_mean"][5] / data["activation_mean"][4]) == pytest.approx(6, abs=0.3)


def test_a_batch_that_diverges_where_the_probe_does_not_ends_the_run_once():
    """One probe sample that all units ignore has a finite loss; the batch has not. The step is kept once."""
    config = Config(
        dataset="gaussian", features=1, width=4, depth=7, weight_scale=1e6, probe_size=1, samples=20, seed=8, steps=3
    )
    first, last = train(replace(config, preprocessing="none"))
    assert (first.end.reason, last.end.reason) == ("running", "diverged")
    assert first.steps == last.steps == [0]
    assert np.isfinite(first.data["loss"].sel(split="train")).all()
    assert last.data["diverged"].values.tolist() == [True]


def test_depth_0_learns_what_a_linear_layer_can():
    recording = record(Config(depth=0, steps=200, snapshots=5))
    assert recording.data["accuracy"].sel(step=200, split="validation") > 0.9


def test_plain_sgd_learns_digits():
    recording = record(Config(dataset="digits", optimizer="sgd", steps=500))
    assert recording.data["accuracy"].sel(step=500, split="validation") > 0.9


@pytest.mark.parametrize(
    ("field", "option"),
    [
        (name, option)
        for name, field in Config.fields().items()
        if isinstance(field, Choice)
        for option in field.options
    ],
)
def test_every_choice_trains(field, option, local_data):
    config = replace(SMALL, learning_rate=0.01, steps=2)
    try:
        recording = record(replace(config, **{field: option}))
    except (DataUnavailable, ValueError) as missing:
        pytest.skip(str(missing))
    assert recording.end.reason == "finished"
    assert recording.steps == [0, 1, 2]
    assert np.isfinite(recording.data["loss"]).all()
    measured = recording.data[["activation_std", "gradient_rms", "weight_gradient_norm", "weight_norm"]]
    assert np.isfinite(measured.to_array()).all()


@pytest.mark.parametrize("choices", [{"normalization": "batch_norm"}, {"dropout": 0.5}, {"weight_decay": 0.1}])
def test_other_ingredients_change_training_but_not_the_start(choices):
    plain, other = record(SMALL), record(replace(SMALL, **choices))
    assert np.isfinite(other.data["loss"]).all()
    assert not np.array_equal(plain.data["loss"][-1], other.data["loss"][-1])
    if "normalization" not in choices:
        assert np.array_equal(plain.data["loss"][0], other.data["loss"][0])


def test_weight_decay_alone_shrinks_the_weights():
    """With W = 0 above, no gradient arrives; each step of SGD takes lr·decay of every weight."""
    config = Config(activation="step", depth=2, width=8, samples=60, learning_rate=0.1, weight_decay=0.5, steps=3)
    norms = record(config).data["weight_norm"]
    assert (norms[1:].values / norms[:-1].values).ravel().tolist() == pytest.approx([0.95] * 6, rel=1e-5)
    assert record(config).data["update_ratio"][1:].values.ravel().tolist() == pytest.approx([0.05 / 0.95] * 6, rel=1e-5)


def test_the_update_is_the_learning_rate_times_the_gradient():
    """Full-batch SGD whose batch is the probe: ‖ΔW‖ of step 1 = lr·‖dL/dW‖ of step 0."""
    config = Config(depth=2, width=8, samples=32, probe_size=32, batch_size=32, learning_rate=0.02, steps=1)
    data = record(config).data
    update = data["update_ratio"].sel(step=1) * data["weight_norm"].sel(step=1)
    np.testing.assert_allclose(update, 0.02 * data["weight_gradient_norm"].sel(step=0), rtol=1e-5)


def test_batch_norm_keeps_a_badly_scaled_network_alive():
    bad = Config(activation="tanh", initializer="normal", depth=4, width=32, samples=200, steps=0)
    without, with_norm = (
        record(replace(bad, normalization=name)).data["activation_std"][0] for name in ("none", "batch_norm")
    )
    assert without[-1] < 0.01
    assert with_norm[-1] == pytest.approx(0.628, abs=0.02)  # truth.md A4: the std of tanh(Z)


def test_batch_norm_keeps_running_statistics_for_validation():
    recording = record(
        Config(dataset="digits", depth=3, normalization="batch_norm", learning_rate=0.05, steps=200, snapshots=5)
    )
    assert recording.data["accuracy"].sel(step=200, split="validation") > 0.9


def test_equal_configs_are_recorded_once():
    assert record(replace(SMALL, seed=7)) is record(replace(SMALL, seed=7))
    assert record(replace(SMALL, weight_scale=1)) is record(SMALL)
    assert record(replace(SMALL, seed=7)) is not record(SMALL)


def test_two_threads_that_want_the_same_recording_share_it():
    config = replace(SMALL, seed=8, steps=100)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(record, [config, config])
    assert first is second


def test_a_run_leaves_the_world_as_it_was():
    def world() -> list:
        return [
            torch.get_rng_state().tolist(),
            np.random.get_state()[1].tolist(),
            random.getstate(),
            torch.is_grad_enabled(),
            torch.get_default_dtype(),
            torch.get_num_threads(),
            torch.are_deterministic_algorithms_enabled(),
        ]

    before = world()
    record(replace(SMALL, seed=9, normalization="batch_norm", dropout=0.5))
    assert world() == before


def test_a_run_needs_no_particular_state_of_the_world():
    with torch.no_grad():
        (*_, last) = train(SMALL)
    torch.manual_seed(3)
    assert same(everything(last), everything(record(SMALL)))


@given(st.integers(0, 100_000), st.integers(2, 500))
def test_snapshots_are_dense_then_even(steps, snapshots):
    when = snapshot_steps(steps, snapshots)
    assert when[0] == 0
    assert when[-1] == steps
    assert len(when) == min(snapshots, steps + 1)
    gaps = np.diff(when)
    assert (gaps > 0).all()
    dense = snapshots // 4
    assert when[: dense + 1] == list(range(len(when[: dense + 1])))
    assert len(gaps) <= dense or np.ptp(gaps[dense:]) <= 1


def test_snapshots_of_the_default_run():
    when = snapshot_steps(2000, 60)
    assert when[:17] == [*range(16), 60]
    assert when[-2:] == [1955, 2000]


@pytest.mark.parametrize(
    ("samples", "size", "sizes"), [(10, 5, [5, 5]), (10, 4, [4, 4]), (10, 99, [10]), (3, 1, [1] * 3)]
)
def test_an_epoch_visits_each_sample_at_most_once(samples, size, sizes):
    order = batches(samples, size, torch.Generator().manual_seed(0))
    epochs = [[next(order).tolist() for _ in sizes] for _ in range(2)]
    for epoch in epochs:
        assert [len(batch) for batch in epoch] == sizes
        visited = list(chain(*epoch))
        assert len(set(visited)) == len(visited)
        assert set(visited) <= set(range(samples))
    assert epochs[0] != epochs[1]
