from dataclasses import replace
from math import inf, nan, sqrt

import pytest
import torch
from torch import Generator

from core import Config
from core.config.chosen import phi as phi_of
from core.measuring import histograms
from core.measuring.histograms import BIN_KINDS, Bins, gradient_bins
from core.measuring.look import Layer, Look, Values, measure
from core.measuring.measures import QUANTILES, measures

NETWORKS, LAYERS, SAMPLES, UNITS, FAN_IN = 2, 3, 50, 6, 4


def seen(activation="tanh", z=None, gradient=None, weight=None, weight_gradient=None, update=None) -> Look:
    """A look at layers (…, layer, sample, unit): random where nothing is given, for several networks at once."""
    random = Generator().manual_seed(0)
    phi = phi_of(Config(activation=activation))
    z = torch.randn(NETWORKS, LAYERS, SAMPLES, UNITS, generator=random) * 3 if z is None else layered(z)
    gradient = torch.randn(z.shape, generator=random) / 1000 if gradient is None else layered(gradient)
    matrices = [
        [torch.randn(NETWORKS, UNITS, UNITS if layer else FAN_IN, generator=random) for layer in range(LAYERS)]
        for _ in range(3)
    ]
    given = zip((weight, weight_gradient, update), matrices, strict=True)
    matrices = zip(*(random if g is None else [torch.as_tensor(g)] * z.shape[-3] for g, random in given), strict=True)
    tensors = zip(phi(z).unbind(-3), phi.slope(z).unbind(-3), gradient.unbind(-3), matrices, strict=False)
    layers = (Layer("any", a, slope, phi.max_slope, dz, *of_w, dz.double()) for a, slope, dz, of_w in tensors)
    return Look(tuple(layers), z.shape[:-3])


def layered(values) -> torch.Tensor:
    """(…, layer, sample, unit): of one layer where no more is given."""
    values = torch.as_tensor(values)
    return values if values.dim() > 2 else values[None]


def bins_of(look: Look, activation: str) -> dict[str, Bins]:
    """The bins of such activations."""
    ordered = [group.ordered_activation for group in look.groups]
    chosen = histograms.activation_bins(phi_of(Config(activation=activation)), *ordered)
    return {"activation_bins": chosen, "gradient_bins": gradient_bins()}


def everything(activation="tanh", **tensors) -> Values:
    look = seen(activation, **tensors)
    return measure(look, bins_of(look, activation))


def measured(name: str, activation="tanh", **tensors) -> torch.Tensor:
    return everything(activation, **tensors)[name]


@pytest.mark.parametrize("name", measures)
def test_leading_axes_are_each_of_their_slices(name):
    """So that one definition serves a layer, a network and many networks."""
    look = seen()
    bins = bins_of(look, "tanh")
    together = measure(look, bins)[name]
    assert together.shape[:2] == (NETWORKS, LAYERS)
    tensors = [name for name, each in vars(look.layers[0]).items() if isinstance(each, torch.Tensor)]
    for network in range(NETWORKS):
        layers = [replace(entry, **{key: getattr(entry, key)[network] for key in tensors}) for entry in look.layers]
        torch.testing.assert_close(together[network], measure(Look(tuple(layers)), bins)[name], rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", measures)
def test_every_measure_has_an_axis_label_and_one_value_a_layer_or_a_row(name):
    entry, value = measures[name], everything()[name]
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
    relu = everything("relu", z=z)
    assert relu["unit_active_fraction"].tolist() == [[1, 0.5, 0, 0]]
    assert relu["unit_saturated_fraction"].tolist() == [[0, 0.5, 1, 1]]
    assert relu["dead_fraction"] == 0.5
    assert relu["zero_fraction"] == relu["saturated_fraction"] == 10 / 16
    leaky = everything("leaky_relu", z=z)
    assert leaky["dead_fraction"] == 0
    assert leaky["zero_fraction"] == 4 / 16
    assert leaky["unit_saturated_fraction"].tolist() == [[0, 0.5, 1, 1]]
    assert leaky["saturated_fraction"] == 10 / 16  # a slope of 0.01 is below 5 % of 1


def test_saturation_is_relative_to_the_steepest_slope():
    """σ' = 0.25·0.05 at σ = 0.5 ± √(0.25 − 0.0125), so at |z| = ln(0.98734/0.01266) = 4.357."""
    assert measured("saturated_fraction", activation="sigmoid", z=[[4.3, -4.3, 4.4, -4.4]]) == 0.5
    assert measured("saturated_fraction", activation="tanh", z=[[2.1, -2.1, 2.2, -2.2]]) == 0.5  # artanh √0.95 = 2.178
    assert measured("dead_fraction", activation="sigmoid", z=[[4.4], [-4.4]]) == 0


def test_quantiles_of_activations():
    z = torch.arange(101.0)[:, None]
    assert measured("activation_quantile", activation="identity", z=z).tolist() == [[1, 5, 25, 50, 75, 95, 99]]


def test_histograms_count_every_entry():
    found = everything("relu")
    for name in ("activation_histogram", "gradient_histogram"):
        assert (found[name].sum(-1) == SAMPLES * UNITS).all()


def test_norms_and_ratio():
    given = {"weight": [[3.0, 4.0]], "weight_gradient": [[0.6, 0.8]], "update": [[0.0, -0.05]]}
    values = everything(z=[[0.5]], **given)
    assert values["weight_norm"].tolist() == [5]
    assert values["weight_gradient_norm"].tolist() == [1]
    assert values["update_ratio"].tolist() == [pytest.approx(0.01)]


def test_the_ratio_of_no_update_is_nan():
    assert measured("update_ratio", z=[[0.5]], weight=[[1.0]], update=[[nan]]).isnan().all()


@pytest.mark.parametrize("size", [1e-40, 1e-25, 1e-19, 1e-3, 1e19, 1e25, 1e38])
def test_sizes_whose_squares_leave_the_range_of_float32(size):
    there = pytest.approx(float(torch.tensor(size)), rel=1e-5, abs=0)  # 1e-40 itself is rounded in float32
    pattern = torch.tensor([[size, -size], [-size, size]])
    values = everything("identity", z=pattern, gradient=pattern, weight=pattern, weight_gradient=pattern)
    assert values["activation_std"] == there
    assert values["gradient_rms"] == there
    assert values["weight_norm"].item() / 2 == there
    assert values["weight_gradient_norm"].item() / 2 == there


def test_a_layer_out_of_range_does_not_disturb_the_others():
    layers = torch.tensor([1e-25, 2.0, 1e25]).view(3, 1, 1).expand(3, 4, 5)
    found = measured("gradient_rms", z=layers, gradient=layers)
    assert found.tolist() == pytest.approx([1e-25, 2, 1e25], rel=1e-6, abs=0)


def test_the_mean_of_entries_whose_sum_leaves_the_range_of_float32():
    values = everything("identity", z=torch.tensor([[1e38], [0.5e38]]).expand(2, 8))
    assert values["activation_mean"] == pytest.approx(0.75e38, rel=1e-6)
    assert values["activation_std"] == pytest.approx(0.25e38, rel=1e-6)


def test_what_is_not_finite_is_not_hidden():
    values = everything("identity", z=[[1.0, nan]], gradient=[[1.0, inf]])
    assert values["activation_mean"].isnan()
    assert values["activation_std"].isnan()
    assert values["gradient_rms"] == inf
    assert values["activation_histogram"][0, BIN_KINDS.index("nan")] == 1
    assert values["gradient_histogram"][0, BIN_KINDS.index("above")] == 1


def test_a_function_that_is_flat_everywhere_is_saturated_everywhere():
    assert (measured("saturated_fraction", activation="step") == 1).all()
