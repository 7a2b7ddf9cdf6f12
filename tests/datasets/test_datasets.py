import re
from math import cos, pi, sin

import pytest
import torch

from core import Config, DataUnavailable, record
from core.config.fields import Choice
from core.datasets import datasets
from core.datasets.csv_file import read_sheet
from core.datasets.datasets import Samples, dataset
from core.datasets.uploads import keep, table_of
from core.networks.data import draw_samples, load

each = pytest.mark.parametrize("name", datasets)
made_up = pytest.mark.parametrize("name", [name for name in datasets if "generator" in datasets.asks_for(name)])

TABLE = keep(table_of(read_sheet(b"a,b,kind\n" + b"1,2,x\n2,1,y\n3,5,x\n4,4,y\n" * 5), "kind"))
CHOICES = {"samples": 1000, "features": 7, "noise": 0.3, "table": TABLE}


def samples_of(name: str, **choices) -> Samples:
    try:
        return draw_samples(Config(dataset=name, **CHOICES | choices))
    except DataUnavailable as missing:
        pytest.skip(str(missing))


@each
def test_shapes_labels_and_finite_values(name, local_data):
    samples = samples_of(name)
    assert samples.inputs.dim() == 2
    assert samples.inputs.float().isfinite().all()
    if samples.classes:
        assert samples.targets.shape == samples.inputs.shape[:1]
        assert samples.targets.dtype == torch.int64
        assert samples.targets.unique().tolist() == list(range(samples.classes))
    else:
        assert samples.targets.shape == (len(samples.inputs), 1)
        assert samples.targets.dtype == torch.float32
        assert samples.targets.isfinite().all()


@each
def test_what_is_declared_is_what_comes(name, local_data):
    samples, declared = samples_of(name), datasets[name]
    config = Config(dataset=name, **CHOICES)
    assert config.known_features in (samples.inputs.shape[1], None)
    assert declared.classes in (samples.classes, None)
    assert declared.task in ("classification" if samples.classes else "regression", None)


@each
def test_all_is_declared_that_is_known_before(name):
    asked = datasets.asks_for(name)
    assert (datasets[name].features is None) == bool(asked & {"features", "table"})
    assert (datasets[name].classes is None) == ("table" in asked)


@each
def test_it_asks_for_what_there_is(name):
    assert isinstance(Config.fields()["dataset"], Choice)
    asking = {field for field, declared in Config.fields().items() if declared.asked_by == "dataset"}
    assert datasets.asks_for(name) <= asking | {"count", "generator"}


@each
def test_load_splits_it_and_leaves_none_of_its_kind_out(name, local_data):
    total = len(samples_of(name).inputs)  # skips what is not to be had here
    data = load(Config(dataset=name, **CHOICES | {"samples": 200}))
    assert data.inputs.dtype == data.validation_inputs.dtype == torch.float32
    assert data.targets.shape[1:] == data.validation_targets.shape[1:] == (() if data.classes else (1,))
    assert data.targets.dtype == (torch.int64 if data.classes else torch.float32)
    assert len(data.inputs) == len(data.targets) == min(200, total - total // 5)


@each
def test_classes_are_balanced(name, local_data):
    samples = samples_of(name)
    if not samples.classes:
        pytest.skip("a regression has no classes")
    share = samples.targets.bincount() / len(samples.targets) * samples.classes
    off = 0.3 if name in ("wine", "breast_cancer") else 0.15  # 48 of 178 wines; MNIST has 6,313 fives, 7,877 ones
    assert share.tolist() == pytest.approx([1] * samples.classes, abs=off)


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
    other = samples_of(name, noise=0.31)
    same = torch.equal(samples.inputs, other.inputs) and torch.equal(samples.targets, other.targets)
    assert same == ("noise" not in asked)


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


@pytest.mark.parametrize("name", ["iris", "wine", "breast_cancer", "diabetes"])
def test_tables_are_those_of_scikit_learn(name):
    import sklearn.datasets

    raw = {"scaled": False} if name == "diabetes" else {}
    inputs, targets = getattr(sklearn.datasets, f"load_{name}")(return_X_y=True, **raw)
    samples = datasets[name]()
    assert torch.equal(samples.inputs, torch.from_numpy(inputs))
    assert torch.equal(samples.targets.flatten().double(), torch.from_numpy(targets).double())


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


def test_blobs_without_noise_are_the_corners_of_a_triangle():
    samples = samples_of("blobs", noise=0)
    corners = torch.tensor([[0, 1], [3**0.5 / 2, -0.5], [-(3**0.5) / 2, -0.5]])
    torch.testing.assert_close(samples.inputs, corners[samples.targets])


def test_the_star_has_five_tips_and_lies_far_from_the_origin():
    samples = samples_of("star_cloud", noise=0, samples=20_000)
    x, y = (samples.inputs - torch.tensor([6.0, 5.0])).T
    assert torch.equal(x > 0, samples.targets == 0)
    fifth = torch.atan2(x, y) / (2 * pi / 5)  # a tip is at every whole number, a notch between
    off_tip, radius = (fifth - fifth.round()).abs() * 2 * pi / 5, torch.hypot(x, y)
    # the side of the star from tip (2, 0) to notch 0.764 · (cos 36°, sin 36°): points lie within it, and fill it
    notch = 0.764 * torch.tensor([cos(pi / 5), sin(pi / 5)])
    beyond = off_tip.cos() * radius * notch[1] + off_tip.sin() * radius * (2 - notch[0]) - 2 * notch[1]
    assert -0.05 < beyond.max() < 1e-4
    assert radius.max() > 1.9
    inside = (radius < 0.3).float().mean().item()
    assert inside == pytest.approx(pi * 0.3**2 / (5 * 2 * 0.764 * sin(pi / 5)), abs=0.01)  # evenly filled


def test_the_star_is_seen_from_the_origin_under_a_small_angle():
    """So a zero-bias ReLU is dead on it as often as a random line passes it: (π − ω)/2π, and as often always on."""
    inputs = samples_of("star_cloud", noise=0).inputs
    directions = torch.nn.functional.normalize(torch.randn(20_000, 2, generator=Config().generator("test")))
    seen = torch.atan2(inputs[:, 1], inputs[:, 0])
    angle = (seen.max() - seen.min()).item()
    on = directions @ inputs.T > 0
    assert angle < pi / 5
    for share in ((~on).all(1), on.all(1)):
        assert share.float().mean().item() == pytest.approx((pi - angle) / (2 * pi), abs=0.015)


@pytest.mark.parametrize(("name", "expected"), [("line", lambda x: 2 * x), ("curve", torch.sin)])
def test_a_regression_has_noise_in_its_target_alone(name, expected):
    clean, noisy = samples_of(name, noise=0), samples_of(name, noise=0.5, samples=8000)
    torch.testing.assert_close(clean.targets, expected(clean.inputs))
    off = noisy.targets - expected(noisy.inputs)
    assert off.mean().item() == pytest.approx(0, abs=0.03)
    assert off.std().item() == pytest.approx(0.5, abs=0.03)


@made_up
def test_samples_are_apart_from_those_of_another_seed(name):
    assert not torch.equal(samples_of(name).inputs, samples_of(name, seed=1).inputs)


def test_an_upload_is_the_table_of_its_hash():
    samples = samples_of("upload")
    assert samples.inputs[:2].tolist() == [[1, 2], [2, 1]]
    assert samples.targets[:4].tolist() == [0, 1, 0, 1]


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("", "No table has been uploaded yet; upload one, or choose digits."),
        ("0" * 32, "The uploaded table is no longer here; upload it again, or choose digits."),
    ],
)
def test_a_table_that_is_not_here_says_what_to_do(table, words):
    with pytest.raises(DataUnavailable, match=f"^{re.escape(words)}$"):
        load(Config(dataset="upload", table=table))


def test_a_data_set_needs_words():
    with pytest.raises(ValueError, match="dataset '<lambda>' needs a docstring"):
        dataset(features=1, classes=2)(lambda: None)


def test_mnist_is_learned(local_data):
    """The real images through a torchvision compiled for CUDA beside a torch without it."""
    config = Config(dataset="mnist", samples=2000, steps=60)
    try:
        recording = record(config)
    except DataUnavailable as missing:
        pytest.skip(str(missing))
    assert recording.training_size == 2000
    assert recording.data["accuracy"].sel(step=60, split="validation") > 0.7
