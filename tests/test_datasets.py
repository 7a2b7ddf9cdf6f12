import re

import pytest
import torch

from core import Config, DataUnavailable, record
from core.data import draw_samples
from core.datasets import Samples, datasets

each = pytest.mark.parametrize("name", datasets)


def samples_of(name: str, **choices) -> Samples:
    try:
        return draw_samples(Config(dataset=name, **{"samples": 1000, "features": 7, "noise": 0.3} | choices))
    except DataUnavailable as missing:
        pytest.skip(str(missing))


@each
def test_shapes_labels_and_finite_values(name, local_data):
    samples = samples_of(name)
    assert samples.inputs.dim() == 2
    assert samples.targets.shape == samples.inputs.shape[:1]
    assert samples.targets.dtype == torch.int64
    assert samples.targets.unique().tolist() == list(range(samples.classes))
    assert samples.inputs.float().isfinite().all()


@each
def test_classes_are_balanced(name, local_data):
    samples = samples_of(name)
    share = samples.targets.bincount() / len(samples.targets) * samples.classes
    assert share.tolist() == pytest.approx([1] * samples.classes, abs=0.15)  # MNIST has 6,313 fives and 7,877 ones


@each
def test_the_seed_determines_it(name, local_data):
    first, again, other = samples_of(name), samples_of(name), samples_of(name, seed=1)
    assert torch.equal(first.inputs, again.inputs)
    assert torch.equal(first.targets, again.targets)
    assert torch.equal(first.inputs, other.inputs) == ("generator" not in datasets.asks_for(name))


@each
def test_it_heeds_what_it_asks_for(name, local_data):
    samples, asked = samples_of(name), datasets.asks_for(name)
    assert len(samples.inputs) == 1250 or "count" not in asked
    assert samples.inputs.shape[1] == 7 or "features" not in asked
    assert torch.equal(samples.inputs, samples_of(name, noise=0.31).inputs) == ("noise" not in asked)


@each
def test_pixels_are_scaled_to_1(name, local_data):
    samples = samples_of(name)
    if samples.inputs.is_floating_point():
        assert samples.scale == 1
    else:
        assert float(samples.inputs.max()) * samples.scale == 1
        assert int(samples.inputs.min()) == 0


def test_digits_are_those_of_scikit_learn():
    from sklearn.datasets import load_digits

    pixels, labels = load_digits(return_X_y=True)
    samples = datasets["digits"]()
    assert torch.equal(samples.inputs.double(), torch.from_numpy(pixels))
    assert torch.equal(samples.targets, torch.from_numpy(labels))


def test_gaussian_is_standard_normal():
    inputs = samples_of("gaussian", samples=8000, features=20).inputs
    assert inputs.mean().item() == pytest.approx(0, abs=5 / inputs.numel() ** 0.5)
    assert inputs.std().item() == pytest.approx(1, abs=5 / (2 * inputs.numel()) ** 0.5)


def test_moons_without_noise_are_two_half_circles():
    samples = samples_of("moons", noise=0)
    x, y = samples.inputs.T
    upper = samples.targets == 0
    centre = torch.where(upper, 0.0, 1.0), torch.where(upper, 0.0, 0.5)
    torch.testing.assert_close(torch.hypot(x - centre[0], y - centre[1]), torch.ones(1250))
    assert torch.equal(y >= centre[1], upper)


def test_circles_without_noise_have_radius_1_and_a_half():
    samples = samples_of("circles", noise=0)
    torch.testing.assert_close(samples.inputs.norm(dim=1), torch.where(samples.targets == 0, 1.0, 0.5))
    assert samples.inputs.mean(0).abs().max() < 0.1


def test_spiral_without_noise_has_three_arms_of_4_radians():
    samples = samples_of("spiral", noise=0)
    radius = samples.inputs.norm(dim=1)
    angle = 4 * (samples.targets + radius)
    torch.testing.assert_close(samples.inputs, torch.stack([radius * angle.sin(), radius * angle.cos()], 1))
    assert radius.max() < 1


def test_xor_without_noise_has_opposite_corners_of_one_class():
    samples = samples_of("xor", noise=0)
    assert samples.inputs.unique(dim=0).tolist() == [[-1, -1], [-1, 1], [1, -1], [1, 1]]
    assert torch.equal(samples.inputs.prod(1) < 0, samples.targets == 1)


def test_mnist_is_learned(local_data):
    """The real images through a torchvision compiled for CUDA beside a torch without it."""
    config = Config(dataset="mnist", samples=2000, steps=60)
    try:
        recording = record(config)
    except DataUnavailable as missing:
        pytest.skip(str(missing))
    assert recording.training_size == 2000
    assert recording.data["accuracy"].sel(step=60, split="validation") > 0.7


def test_mnist_without_a_copy_or_a_network_says_what_to_do(offline, monkeypatch, tmp_path):
    monkeypatch.setenv("VITALS_DATA", str(tmp_path / "new"))
    words = (
        f"MNIST is not in {tmp_path / 'new'} and cannot be downloaded here. "
        "Choose digits, or name a folder that holds MNIST in the environment variable VITALS_DATA."
    )
    with pytest.raises(DataUnavailable, match=re.escape(words)):
        record(Config(dataset="mnist", samples=99, steps=0))
    assert list((tmp_path / "new").iterdir()) == []


def test_a_folder_that_cannot_be_made_is_the_same_to_the_user(offline, monkeypatch, tmp_path):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("VITALS_DATA", str(tmp_path / "file"))
    with pytest.raises(DataUnavailable, match="name a folder that holds MNIST"):
        datasets["mnist"]()
