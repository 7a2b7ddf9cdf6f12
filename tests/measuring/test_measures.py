from math import inf, nan, sqrt

import pytest
import torch
from torch import Generator

from core import Config
from core.config.chosen import phi as phi_of
from core.measuring import histograms
from core.measuring.histograms import BIN_KINDS, gradient_bins
from core.measuring.measures import QUANTILES, measures
from core.measuring.snapshot import measure

NETWORKS, LAYERS, SAMPLES, UNITS, FAN_IN = 2, 3, 50, 6, 4


def seen(activation="tanh", z=None, gradient=None, weight=None, weight_gradient=None, update=None) -> dict:
    """What the measures look at: random where nothing is given, for several networks at once."""
    random = Generator().manual_seed(0)
    phi = phi_of(Config(activation=activation))
    z = torch.randn(NETWORKS, LAYERS, SAMPLES, UNITS, generator=random) * 3 if z is None else torch.as_tensor(z)
    gradient = torch.randn(z.shape, generator=random) / 1000 if gradient is None else torch.as_tensor(gradient)
    matrices = [
        [torch.randn(NETWORKS, UNITS, UNITS if layer else FAN_IN, generator=random) for layer in range(LAYERS)]
        for _ in range(3)
    ]
    given = zip((weight, weight_gradient, update), matrices, strict=True)
    weight, weight_gradient, update = (random if g is None else [torch.as_tensor(g)] for g, random in given)
    ordered = histograms.sort(phi(z).flatten(-2))
    return {
        "activation": phi(z),
        "slope": phi.slope(z),
        "max_slope": phi.max_slope,
        "gradient": gradient,
        "ordered_activation": ordered,
        "ordered_gradient": histograms.sort(gradient.flatten(-2)),
        "activation_bins": histograms.activation_bins(phi, ordered),
        "gradient_bins": gradient_bins(),
        "weight": weight,
        "weight_gradient": weight_gradient,
        "update": update,
    }


def measured(name: str, **tensors) -> torch.Tensor:
    return measure(seen(**tensors))[name]


@pytest.mark.parametrize("name", measures)
def test_leading_axes_are_each_of_their_slices(name):
    """So that one definition serves a layer, a network and many networks."""
    everything = seen()
    together = measure(everything)[name]
    assert together.shape[:2] == (NETWORKS, LAYERS)
    for network in range(NETWORKS):
        row = {key: value[network] if isinstance(value, torch.Tensor) else value for key, value in everything.items()}
        row |= {key: [m[network] for m in everything[key]] for key in ("weight", "weight_gradient", "update")}
        torch.testing.assert_close(together[network], measure(row)[name], rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", measures)
def test_every_measure_has_an_axis_label_and_one_value_a_layer_or_a_row(name):
    entry, value = measures[name], measure(seen())[name]
    lengths = {None: (), "unit": (UNITS,), "bin": (len(BIN_KINDS),), "quantile": (len(QUANTILES),)}
    assert value.shape == (NETWORKS, LAYERS, *lengths[entry.axis])
    assert entry.label


def test_a_measure_can_be_called_by_itself():
    assert float(measures["gradient_rms"](gradient=torch.tensor([[3.0, 4.0]]))) == pytest.approx(sqrt(12.5))


def test_mean_and_biased_std():
    z = [[1.0, 2.0], [3.0, 6.0]]
    assert measured("activation_mean", activation="identity", z=z) == 3
    assert measured("activation_std", activation="identity", z=z) == pytest.approx(sqrt(3.5))


def test_zero_saturated_active_and_dead():
    """Four units on four samples: always on, half on, never on, on at exactly zero, which is off."""
    z = [[1.0, 2.0, -1.0, 0.0], [1.0, -2.0, -2.0, -0.0], [2.0, 0.5, -3.0, 0.0], [3.0, -9.0, -1.0, 0.0]]
    relu = measure(seen("relu", z=z))
    assert relu["unit_active_fraction"].tolist() == [1, 0.5, 0, 0]
    assert relu["dead_fraction"] == 0.5
    assert relu["zero_fraction"] == relu["saturated_fraction"] == 10 / 16
    leaky = measure(seen("leaky_relu", z=z))
    assert leaky["dead_fraction"] == 0
    assert leaky["zero_fraction"] == 4 / 16
    assert leaky["saturated_fraction"] == 10 / 16  # a slope of 0.01 is below 5 % of 1


def test_saturation_is_relative_to_the_steepest_slope():
    """σ' = 0.25·0.05 at σ = 0.5 ± √(0.25 − 0.0125), so at |z| = ln(0.98734/0.01266) = 4.357."""
    assert measured("saturated_fraction", activation="sigmoid", z=[[4.3, -4.3, 4.4, -4.4]]) == 0.5
    assert measured("saturated_fraction", activation="tanh", z=[[2.1, -2.1, 2.2, -2.2]]) == 0.5  # artanh √0.95 = 2.178
    assert measured("dead_fraction", activation="sigmoid", z=[[4.4], [-4.4]]) == 0


def test_quantiles_of_activations():
    z = torch.arange(101.0)[:, None]
    assert measured("activation_quantile", activation="identity", z=z).tolist() == [1, 5, 25, 50, 75, 95, 99]


def test_histograms_count_every_entry():
    everything = measure(seen("relu"))
    for name in ("activation_histogram", "gradient_histogram"):
        assert (everything[name].sum(-1) == SAMPLES * UNITS).all()


def test_norms_and_ratio():
    given = {"weight": [[3.0, 4.0]], "weight_gradient": [[0.6, 0.8]], "update": [[0.0, -0.05]]}
    values = measure(seen(z=[[0.5]], **given))
    assert values["weight_norm"].tolist() == [5]
    assert values["weight_gradient_norm"].tolist() == [1]
    assert values["update_ratio"].tolist() == [pytest.approx(0.01)]


def test_the_ratio_of_no_update_is_nan():
    assert measured("update_ratio", z=[[0.5]], weight=[[1.0]], update=[[nan]]).isnan().all()


@pytest.mark.parametrize("size", [1e-40, 1e-25, 1e-19, 1e-3, 1e19, 1e25, 1e38])
def test_sizes_whose_squares_leave_the_range_of_float32(size):
    there = pytest.approx(float(torch.tensor(size)), rel=1e-5, abs=0)  # 1e-40 itself is rounded in float32
    pattern = torch.tensor([[size, -size], [-size, size]])
    values = measure(seen("identity", z=pattern, gradient=pattern, weight=pattern, weight_gradient=pattern))
    assert values["activation_std"] == there
    assert values["gradient_rms"] == there
    assert values["weight_norm"].item() / 2 == there
    assert values["weight_gradient_norm"].item() / 2 == there


def test_a_layer_out_of_range_does_not_disturb_the_others():
    layers = torch.tensor([1e-25, 2.0, 1e25]).view(3, 1, 1).expand(3, 4, 5)
    found = measured("gradient_rms", z=layers, gradient=layers)
    assert found.tolist() == pytest.approx([1e-25, 2, 1e25], rel=1e-6, abs=0)


def test_the_mean_of_entries_whose_sum_leaves_the_range_of_float32():
    values = measure(seen("identity", z=torch.tensor([[1e38], [0.5e38]]).expand(2, 8)))
    assert values["activation_mean"] == pytest.approx(0.75e38, rel=1e-6)
    assert values["activation_std"] == pytest.approx(0.25e38, rel=1e-6)


def test_what_is_not_finite_is_not_hidden():
    values = measure(seen("identity", z=[[1.0, nan]], gradient=[[1.0, inf]]))
    assert values["activation_mean"].isnan()
    assert values["activation_std"].isnan()
    assert values["gradient_rms"] == inf
    assert values["activation_histogram"][BIN_KINDS.index("nan")] == 1
    assert values["gradient_histogram"][BIN_KINDS.index("above")] == 1


def test_a_function_that_is_flat_everywhere_is_saturated_everywhere():
    assert (measured("saturated_fraction", activation="step") == 1).all()
