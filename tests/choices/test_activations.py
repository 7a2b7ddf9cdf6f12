import math
from inspect import signature

import pytest
import torch

from core import Config
from core.choices.activations import activations
from core.choices.phi import Mixed, Phi
from core.config.chosen import phi

each = pytest.mark.parametrize("name", activations)

AWAY_FROM_KINKS = torch.arange(-59, 60, 2, dtype=torch.float64) / 10  # -5.9, -5.7 … 5.9: kinks are at even tenths
FINE = torch.linspace(-20, 20, 400_001, dtype=torch.float64)
FAR = torch.tensor([-1e15, 1e15], dtype=torch.float64)
FLAT = 1e-20  # a slope at FAR; softsign, the slowest to get flat, has 1e-30 there
BETWEEN_POINTS = 1e-8  # more than a smooth curve can rise between two points of FINE, which are 1e-4 apart


def of(name: str, **settings: float) -> Phi:
    return phi(Config(activation=name, **settings))


@each
def test_slope_is_the_derivative(name):
    function, h = of(name), 1e-6
    difference = (function(AWAY_FROM_KINKS + h) - function(AWAY_FROM_KINKS - h)) / (2 * h)
    torch.testing.assert_close(function.slope(AWAY_FROM_KINKS), difference, atol=1e-9, rtol=1e-8)


@pytest.mark.parametrize("settings", [{}, {"alpha": 0.5, "negative_slope": 0.3}, {"alpha": 3.0, "negative_slope": 2.0}])
@each
def test_the_formula_of_the_derivative_is_the_slope(name, settings):
    function = of(name, **settings)
    torch.testing.assert_close(function.derivative(FINE), function.slope(FINE), atol=1e-12, rtol=1e-9)


@pytest.mark.parametrize("settings", [{}, {"alpha": 0.5, "negative_slope": 0.3}, {"alpha": 3.0, "negative_slope": 2.0}])
@each
def test_max_slope_is_the_steepest_slope(name, settings):
    function = of(name, **settings)
    steepest = float(function.slope(torch.cat([FINE, FAR])).abs().max())
    assert function.max_slope - BETWEEN_POINTS <= steepest <= function.max_slope + 1e-12


@pytest.mark.parametrize("settings", [{}, {"alpha": 0.5, "negative_slope": 0.0}])
@each
def test_low_and_high_are_the_range(name, settings):
    function = of(name, **settings)
    values = torch.cat([function(FINE), function(FAR)])
    for bound, reached in ((function.low, float(values.min())), (function.high, float(values.max()))):
        assert reached == pytest.approx(bound, abs=BETWEEN_POINTS) or (math.isinf(bound) and bound * reached > 1e3)
    assert function.low <= float(values.min())
    assert float(values.max()) <= function.high


@each
@pytest.mark.parametrize("negative_slope", [0.0, 0.01])
def test_it_says_truly_where_it_saturates(name, negative_slope):
    function = of(name, negative_slope=negative_slope)
    left, right = (function.slope(FAR).abs() < FLAT).tolist()
    assert {(True, False): "left", (False, True): "right", (True, True): "both", (False, False): "never"}[
        left, right
    ] == function.saturates


@each
def test_it_says_truly_whether_it_is_zero_centred(name):
    function = of(name)
    assert torch.allclose(function(-FINE), -function(FINE), atol=1e-12) == function.activation.zero_centred


@each
def test_it_is_elementwise_and_leaves_its_argument_alone(name):
    function, z = of(name), FINE[::1000].clone()
    together, before = function(z.view(-1, 1)), z.clone()
    one_by_one = torch.stack([function(one) for one in z])
    torch.testing.assert_close(together.flatten(), one_by_one, rtol=1e-13, atol=0)
    assert torch.equal(z, before)


@each
def test_nan_comes_out_as_nan(name):
    assert of(name)(torch.tensor([0.5, math.nan])).isnan().tolist() == [False, True]


@each
def test_slope_needs_no_gradient_of_its_caller_and_asks_for_none(name):
    z = torch.tensor([0.5, -0.5])
    with torch.no_grad():
        slope = of(name).slope(z)
    assert not slope.requires_grad
    assert not z.requires_grad


@pytest.mark.parametrize("name", [name for name, entry in activations.items() if entry.torch is not None])
@pytest.mark.parametrize("settings", [{}, {"alpha": 2.0, "negative_slope": 0.3}], ids=["default", "others"])
def test_it_is_what_torch_has_under_the_name_that_it_declares(name, settings):
    ours = of(name, **settings)
    theirs = activations[name].torch(**dict(ours.settings)).double().eval()
    torch.testing.assert_close(ours(FINE), theirs(FINE).detach(), rtol=1e-14, atol=1e-16)


def test_torch_has_all_but_two():
    """A new one may be torch's or not; of those that are known, no other loses its counterpart."""
    known = dict.fromkeys(("maxout", "step", "relu", "prelu", "rrelu", "elu", "tanh", "hard_sigmoid", "identity"))
    assert [name for name in known if activations[name].torch is None] == ["maxout", "step"]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("relu", [0, 0, 2]),
        ("leaky_relu", [-0.02, 0, 2]),
        ("elu", [math.exp(-2) - 1, 0, 2]),
        ("tanh", [-math.tanh(2), 0, math.tanh(2)]),
        ("sigmoid", [1 / (1 + math.exp(2)), 0.5, 1 / (1 + math.exp(-2))]),
        ("softsign", [-2 / 3, 0, 2 / 3]),
        ("identity", [-2, 0, 2]),
        ("maxout", [-2, 0, 2]),
        ("step", [0, 0, 1]),
    ],
)
def test_known_values(name, expected):
    z = torch.tensor([-2, 0, 2], dtype=torch.float64)
    assert of(name)(z).tolist() == pytest.approx(expected, abs=1e-15)


def test_relu_blocks_the_gradient_at_zero_and_below():
    assert of("relu").slope(torch.tensor([-1.0, -0.0, 0.0, 1e-30])).tolist() == [0, 0, 0, 1]


def test_settings_show_only_where_they_are_asked_for():
    for setting, known in (("alpha", {"elu", "celu"}), ("negative_slope", {"leaky_relu"})):
        shown = {name for name in activations if Config(activation=name).matters(setting)}
        assert shown == {name for name, entry in activations.items() if setting in signature(entry.function).parameters}
        assert known <= shown
        assert not shown & {"relu", "tanh", "sigmoid", "prelu", "rrelu"}


def test_networks_of_one_activation_with_other_settings_are_kept_apart():
    z = torch.tensor([-1.0, 2.0])
    mixed = Mixed.of([of("leaky_relu", negative_slope=0.1), of("leaky_relu", negative_slope=0.5), of("tanh")])
    assert len(mixed.parts) == 3
    found = mixed(z.expand(3, 2))
    torch.testing.assert_close(found, torch.tensor([[-0.1, 2], [-0.5, 2], [-math.tanh(1), math.tanh(2)]]))
