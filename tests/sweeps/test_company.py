"""A network in company: among many it is what it is alone, whatever becomes of its neighbours."""

from dataclasses import replace
from itertools import cycle, product
from math import isfinite

import numpy as np
import pytest
from alike import assert_alike
from other_values import another_value, asking_for
from small_sweeps import BASE

from core import Config, record, sweep
from core.choices.activations import activations
from core.choices.initializers import initializers
from core.choices.normalizations import normalizations
from core.choices.optimizers import optimizers
from core.choices.schedules import schedules
from core.networks.ensemble import shape
from core.sweeps.chunks import chunks
from core.training import snapshot_steps

pytestmark = pytest.mark.usefixtures("nothing_known")

# Ways to train; five of them, so that neighbours in the product of `in_company` differ in every respect.
WAYS = [
    {"seed": 0, "schedule": "constant"},
    {"seed": 0, "schedule": "step", "clip_norm": 0.05},
    {"seed": 0, "schedule": "cosine", "weight_decay": 0.1, "clip_norm": 0.0},
    {"seed": 0, "schedule": "warm_up", "clip_norm": 0.5, "weight_decay": 0.01},
    {"seed": 1, "schedule": "linear", "weight_decay": 0.0},
]


def in_company(config: Config) -> tuple[Config, ...]:
    """64 Configs of one shape with many differences among them; `config` is in the middle."""
    rates, scales = np.geomspace(1e-4, 1e-2, 7), (0.5, 1.0, 2.0)
    others = [
        replace(config, learning_rate=float(rate), weight_scale=scale, initializer=name, **ways)
        for (rate, scale, name), ways in zip(product(rates, scales, list(initializers)[:3]), cycle(WAYS), strict=False)
    ]
    return (*others[:32], config, *others[32:63])


@pytest.mark.numerics
@pytest.mark.parametrize("normalization", normalizations)
@pytest.mark.parametrize("optimizer", optimizers)
@pytest.mark.parametrize(
    "ways", [{}, {"schedule": "cosine", "clip_norm": 0.05, "weight_decay": 0.1}], ids=["simply", "in every way"]
)
def test_one_alone_equals_itself_among_64(optimizer, normalization, ways):
    config = replace(BASE, optimizer=optimizer, normalization=normalization, seed=3, bias_init=0.1, **ways)
    company = in_company(config)
    assert len(company) == 64
    assert len(chunks(company)) == 1
    assert_alike(config, record(config).data, sweep(company).isel(run=32))


@pytest.mark.numerics
@pytest.mark.parametrize("field", ["activation", "initializer"])
def test_every_entry_of_a_registry_trains_beside_all_others(field):
    names = {"activation": activations, "initializer": initializers}[field]
    configs = [replace(BASE, **{field: name}) for name in names]
    assert len(chunks(configs)) == len({shape(config) for config in configs}) <= 3  # maxout and prelu have more weights
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.parametrize("name", [name for name, field in Config.fields().items() if field.free])
def test_networks_that_differ_in_a_free_field_are_trained_in_one_pass(name):
    """`free` is a promise: beside the other, each is what it is alone."""
    base = replace(BASE, **asking_for(name))
    configs = [base, replace(base, **{name: another_value(name)})]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.numerics
def test_optimizers_and_their_settings_share_a_pass():
    configs = [
        replace(BASE, optimizer=optimizer, learning_rate=rate, weight_decay=decay, momentum=0.5 + rate)
        for optimizer, rate, decay in product(optimizers, (0.001, 0.002), (0.0, 0.01))
    ]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.numerics
@pytest.mark.parametrize(
    "change", [{"dropout": 0.3}, {"dataset": "spiral"}, {"depth": 0}, {"batch_size": 10**4}], ids=str
)
def test_every_run_has_the_random_numbers_it_has_alone(change):
    configs = [replace(BASE, seed=seed, **change) for seed in (0, 1, 0)]
    together = sweep(configs)
    for run, config in enumerate(configs):
        assert_alike(config, record(config).data, together.isel(run=run))


@pytest.mark.parametrize("optimizer", optimizers)
def test_a_neighbour_that_diverges_changes_nothing_for_any_optimizer(optimizer):
    """It explodes before the first step, so all that the rule keeps of it is NaN from then on."""
    ways = {"optimizer": optimizer, "schedule": "warm_up", "clip_norm": 0.5, "weight_decay": 0.01}
    calm = [replace(BASE, depth=6, seed=seed, **ways) for seed in range(4)]
    wild = [replace(config, weight_scale=1e6) if config.seed == 1 else config for config in calm]
    assert len(chunks(wild)) == 1
    alone, disturbed = sweep(calm), sweep(wild)
    assert disturbed["end"].values.tolist() == ["finished", "diverged", "finished", "finished"]
    for name in alone.data_vars:
        for run in (0, 2, 3):
            np.testing.assert_array_equal(disturbed[name].isel(run=run), alone[name].isel(run=run), err_msg=name)


@pytest.mark.parametrize("schedule", schedules)
def test_every_schedule_shares_a_pass_with_all_others(schedule):
    configs = [
        replace(BASE, schedule=name, learning_rate=rate, clip_norm=clip)
        for name, (rate, clip) in product(schedules, [(0.001, 0.0), (0.002, 0.05)])
    ]
    assert len(chunks(configs)) == 1
    together = sweep(configs)
    for run, config in enumerate(configs):
        if config.schedule == schedule:
            assert_alike(config, record(config).data, together.isel(run=run))


def test_a_network_that_diverges_changes_nothing_for_its_neighbours():
    calm = [replace(BASE, seed=seed, learning_rate=0.05) for seed in range(5)]
    wild = {1: replace(calm[1], learning_rate=1e7), 3: replace(calm[3], weight_scale=1e6)}
    configs = [wild.get(place, config) for place, config in enumerate(calm)]
    assert len(chunks(calm)) == len(chunks(configs)) == 1
    alone, disturbed = sweep(calm), sweep(configs)
    assert disturbed["end"].values.tolist() == ["finished", "diverged", "finished", "diverged", "finished"]
    for name in alone.data_vars:
        for run in (0, 2, 4):
            np.testing.assert_array_equal(disturbed[name].isel(run=run), alone[name].isel(run=run), err_msg=name)


def test_a_diverged_run_is_told_as_its_recording_tells_it():
    config = replace(BASE, learning_rate=1e7, steps=20)
    recording, together = record(config), sweep([replace(BASE, steps=20), config]).isel(run=1)
    assert recording.end.reason == "diverged"
    assert (together["end"].item(), together["end_step"].item()) == ("diverged", recording.end.step)
    assert not isfinite(together["end_loss"].item())
    looks = together["measured"].values
    assert together["step"].values[looks].tolist() == [
        step for step in snapshot_steps(20, 4) if step < recording.end.step
    ]
    before = together.sel(step=looks)
    np.testing.assert_allclose(before["loss"], recording.data["loss"].sel(step=before["step"]), rtol=1e-4)
    assert together["loss"].sel(step=~looks).isnull().all()
    assert (together["activation_histogram"].sel(step=~looks) == 0).all()


def test_many_that_diverge_at_many_steps_need_no_more_room():
    base = replace(BASE, activation="identity", steps=60)
    data = sweep([replace(base, learning_rate=float(rate)) for rate in np.geomspace(0.5, 1e5, 24)])
    assert len(set(data["end_step"].values.tolist())) > 4
    assert data["step"].values.tolist() == snapshot_steps(60, 4)
