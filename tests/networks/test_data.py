from dataclasses import replace

import pytest
import torch
from other_values import another_value, asking_for

from core import Config
from core.choices.preprocessing import preprocessings
from core.datasets import datasets
from core.datasets.datasets import Samples
from core.networks.data import draw_samples, load, split, to_download
from core.networks.ensemble import batches


def numbered(count: int, official_test: int = 0) -> Samples:
    """A data set whose samples are their own positions."""
    return Samples(torch.arange(count)[:, None], torch.arange(count) % 2, classes=2, official_test=official_test)


@pytest.mark.parametrize("samples", [2, 3, 4, 5, 9, 100])
def test_a_generated_set_gives_all_the_samples_that_are_asked_for(samples):
    data = load(Config(dataset="moons", samples=samples))
    assert len(data.inputs) == len(data.targets) == samples
    assert len(data.validation_inputs) == len(data.validation_targets) == max(1, samples // 4)


def test_a_real_set_gives_what_it_has():
    data = load(Config(dataset="digits", samples=60_000))
    assert (len(data.inputs), len(data.validation_inputs)) == (1438, 359)


@pytest.mark.parametrize("name", [name for name, field in Config.fields().items() if not field.decides_on_data])
def test_a_field_that_does_not_decide_on_the_data_leaves_them_alone(name):
    """`decides_on_data` is a promise: without it, Configs share the samples that were loaded for one of them."""
    for dataset in ("gaussian", "moons", "digits"):
        config = Config(dataset=dataset, samples=50)
        other = replace(config, **asking_for(name), **{name: another_value(name)})
        ours, theirs = draw_samples(config), draw_samples(other)
        assert torch.equal(ours.inputs, theirs.inputs)
        for mine, same in zip(split(ours, config), split(theirs, other), strict=True):
            assert torch.equal(mine, same)


def test_training_and_validation_share_no_sample():
    training, held_out = split(numbered(1000), Config(samples=400))
    assert len(set(training.tolist())) == 400
    assert len(set(held_out.tolist())) == 100
    assert not set(training.tolist()) & set(held_out.tolist())


def test_validation_comes_from_the_official_test_set_and_training_never():
    training, held_out = split(numbered(100, official_test=20), Config(samples=60_000))
    assert sorted(training.tolist()) == list(range(80))
    assert sorted(held_out.tolist()) == list(range(80, 100))
    training, held_out = split(numbered(100, official_test=20), Config(samples=40))
    assert (len(training), len(held_out)) == (40, 10)
    assert training.max() < 80 <= held_out.min()


def test_the_probe_is_the_first_training_samples():
    data = load(Config(samples=100, probe_size=30))
    assert torch.equal(data.probe_inputs, data.inputs[:30])
    assert torch.equal(data.probe_targets, data.targets[:30])
    assert len(load(Config(samples=20, probe_size=30)).probe_inputs) == 20


def test_inputs_are_scaled_float32():
    data = load(Config(dataset="digits", preprocessing="none"))
    assert data.inputs.dtype == data.validation_inputs.dtype == torch.float32
    assert (float(data.inputs.min()), float(data.inputs.max())) == (0, 1)


def test_inputs_keep_their_targets():
    config = Config(dataset="xor", noise=0, preprocessing="none", samples=40)
    data = load(config)
    assert torch.equal(data.inputs.prod(1) < 0, data.targets == 1)
    assert torch.equal(data.validation_inputs.prod(1) < 0, data.validation_targets == 1)


def test_the_numbers_of_a_regression_are_standardized_on_the_training_samples():
    config = Config(dataset="line", noise=0, preprocessing="none", samples=40)
    data = load(config)
    assert data.classes == 0
    deviation, mean = torch.std_mean(data.inputs, correction=0)  # the line is y = 2x
    torch.testing.assert_close(data.targets, (data.inputs - mean) / deviation)
    torch.testing.assert_close(data.validation_targets, (data.validation_inputs - mean) / deviation)
    assert data.probe_targets.shape == (40, 1)
    assert data.to("cpu").classes == 0


@pytest.mark.parametrize("preprocessing", preprocessings)
def test_every_preprocessing_is_fitted_on_the_training_samples_alone(preprocessing):
    config = Config(dataset="digits", preprocessing="none", samples=300)
    raw, done = load(config), load(replace(config, preprocessing=preprocessing))
    transform = preprocessings[preprocessing](raw.inputs)
    assert torch.equal(done.inputs, transform(raw.inputs))
    assert torch.equal(done.validation_inputs, transform(raw.validation_inputs))
    assert done.validation_inputs.isfinite().all()


def test_preprocessing_is_fitted_on_the_training_samples_alone():
    config = Config(dataset="digits", preprocessing="none")
    raw, done = load(config), load(replace(config, preprocessing="center"))
    mean = raw.inputs.mean(0)
    torch.testing.assert_close(done.inputs, raw.inputs - mean)
    torch.testing.assert_close(done.validation_inputs, raw.validation_inputs - mean)


def test_the_seed_chooses_the_samples():
    assert not torch.equal(load(Config(seed=1)).targets, load(Config(seed=2)).targets)


def test_other_fields_change_neither_the_data_nor_the_order_of_batches():
    config = Config(samples=50)
    other = replace(config, depth=2, width=9, activation="tanh", initializer="normal", steps=3, noise=0.7, features=3)
    assert load(config).inputs is load(other).inputs
    first, second = (next(batches(50, 50, c.generator("batches"))) for c in (config, other))
    assert torch.equal(first, second)


def test_a_field_that_the_data_set_asks_for_changes_the_data():
    config = Config(dataset="moons", samples=50)
    assert not torch.equal(load(config).inputs, load(replace(config, noise=0.2)).inputs)
    assert load(Config(dataset="gaussian", features=3)).inputs.shape[1] == 3


def test_a_data_set_is_asked_for_training_and_validation_together():
    assert "count" in datasets.asks_for("gaussian")
    assert len(draw_samples(Config(dataset="gaussian", samples=100)).inputs) == 125


def test_what_is_to_be_downloaded_is_known_before(monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path))
    wanted = to_download(Config(dataset="mnist"))
    assert wanted is not None
    assert (wanted.name, wanted.megabytes) == ("MNIST", 12)
    (tmp_path / "MNIST").mkdir()
    assert to_download(Config(dataset="mnist")) is None
    assert to_download(Config(dataset="digits")) is None


def test_memory_is_that_of_the_samples():
    data = load(Config(dataset="gaussian", samples=80, features=3))
    assert data.nbytes == (80 + 20) * (3 * 4 + 8)
