"""Looks at layers of any widths, kinds and names, made by hand."""

from math import sqrt

import numpy as np
import pytest
import torch
from torch import Generator, nn

from core.measuring.histograms import BIN_KINDS, Bounds, activation_bins, gradient_bins
from core.measuring.look import Layer, Look, Values, measure, side_by_side
from core.measuring.measures import measures

SHARES_OF_SLOPES = ("saturated_fraction", "unit_active_fraction", "dead_fraction")


def normal(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=Generator().manual_seed(seed))


def measured(*layers: Layer, runs: tuple[int, ...] = ()) -> Values:
    look = Look(layers, runs)
    ordered = [group.ordered_activation for group in look.groups]
    return measure(look, {"activation_bins": activation_bins(Bounds(), *ordered), "gradient_bins": gradient_bins()})


def relu(name: str, z: torch.Tensor, **known) -> Layer:
    return Layer(name, z.clamp(min=0), slope=(z > 0).to(z.dtype), max_slope=1.0, **known)


def whole(name: str, width: int, seed: int = 0) -> Layer:
    """A layer of which everything is known."""
    z, matrices = normal(20, width, seed=seed), [normal(width, 7, seed=seed + each) for each in (1, 2, 3)]
    weight, weight_gradient, update = matrices
    gradient = normal(20, width, seed=seed + 4)
    gradients = {"gradient": gradient, "gradient_in_double": gradient.double()}
    return relu(name, z, **gradients, weight=weight, weight_gradient=weight_gradient, update=update)


def test_layers_of_different_widths_and_kinds():
    """z of four units on two samples: 1 and 2; then two units of identity weights, and one with no slope."""
    first = relu("conv", torch.tensor([[1.0, -1.0, 2.0, -2.0], [1.0, -1.0, -2.0, 2.0]]), weight=torch.eye(4))
    second = Layer(
        "linear", torch.tensor([[3.0, 4.0], [3.0, 4.0]]), gradient=torch.full((2, 2), 5.0), weight=torch.eye(2)
    )
    found = measured(first, second)
    assert found["activation_mean"].tolist() == [0.75, 3.5]
    assert found["activation_std"][1] == 0.5
    assert found["weight_norm"].tolist() == pytest.approx([2, sqrt(2)])
    assert found["gradient_rms"].tolist() == pytest.approx([np.nan, 5], nan_ok=True)
    assert found["zero_fraction"].tolist() == [0.5, 0]
    assert found["dead_fraction"].tolist() == pytest.approx([0.25, np.nan], nan_ok=True)
    assert found["update_ratio"].isnan().all()


def test_rows_of_narrower_layers_are_filled_up_with_nan():
    narrow, wide = relu("narrow", torch.ones(3, 2)), relu("wide", torch.ones(3, 5))
    active = measured(narrow, wide)["unit_active_fraction"]
    np.testing.assert_array_equal(active, [[1, 1, np.nan, np.nan, np.nan], [1] * 5])


@pytest.mark.parametrize("name", measures)
def test_what_is_measured_of_a_layer_does_not_depend_on_the_others(name):
    layers = [whole("a", 3), whole("b", 5, 10), whole("c", 3, 20), whole("d", 4, 30), whole("e", 3, 40)]
    bins = {"activation_bins": activation_bins(Bounds(), torch.ones(1, 1)), "gradient_bins": gradient_bins()}
    together = measure(Look(tuple(layers)), bins)[name]
    for place, layer in enumerate(layers):
        alone = measure(Look((layer,)), bins)[name][0]
        found = together[place]
        if measures[name].axis == "unit":
            assert found[layer.width :].isnan().all()
            found = found[: layer.width]
        torch.testing.assert_close(found, alone, rtol=1e-6, atol=0)


@pytest.mark.parametrize("name", measures)
def test_what_is_not_known_of_a_layer_is_nan(name):
    bare, full = Layer("bare", normal(20, 3)), whole("full", 3)
    found, without = (measured(*layers)[name] for layers in ((bare, full), (full,)))
    if measures[name].axis == "bin":
        assert found[0, BIN_KINDS.index("nan")] == (60 if name == "gradient_histogram" else 0)
    else:
        assert found[0].isnan().all() == (not name.startswith("activation_") and name != "zero_fraction")
    assert without.shape[0] == 1
    assert found.shape[0] == 2


def test_a_layer_without_a_slope_is_neither_alive_nor_dead():
    found = measured(Layer("unknown", torch.zeros(2, 3)), relu("dead", -torch.ones(2, 3)), relu("on", torch.ones(2, 3)))
    for name in SHARES_OF_SLOPES:
        assert found[name][0].isnan().all()
    assert found["dead_fraction"][1:].tolist() == [1, 0]
    assert found["saturated_fraction"][1:].tolist() == [1, 0]


def test_each_layer_is_held_against_the_largest_slope_of_its_kind():
    flat = torch.full((2, 3), 0.04)  # below 5 % of 1, not of 0.25
    layers = [Layer(str(most), flat, slope=flat, max_slope=most) for most in (1.0, 0.25, torch.full((1, 1), 2.0))]
    assert measured(*layers)["saturated_fraction"].tolist() == [1, 0, 1]


def test_a_slope_comes_with_its_largest():
    with pytest.raises(ValueError, match="slope and max_slope, or neither; 'odd' has only slope"):
        Layer("odd", torch.ones(1, 1), slope=torch.ones(1, 1))


@pytest.mark.parametrize("runs", [(), (4,)])
def test_no_layers_have_measures_of_no_length(runs):
    found = measured(runs=runs)
    assert {name: tuple(value.shape[: len(runs) + 1]) for name, value in found.items()} == dict.fromkeys(
        measures, (*runs, 0)
    )


@pytest.mark.parametrize("lead", [(), (2,)])
def test_layers_that_lie_side_by_side_are_not_copied(lead):
    together = normal(*lead, 3, 4, 5)
    for part in (together, together[..., 1:, :, :], together[..., ::2, :, :], together[..., :1, :, :]):
        found = side_by_side(part.unbind(-3))
        assert torch.equal(found, part)
        assert found.data_ptr() == part.data_ptr()


@pytest.mark.parametrize("order", [(2, 1, 0), (0, 2, 1), (0, 1, 0)])
def test_layers_in_another_order_are_put_together_as_they_are(order):
    parts = normal(3, 4, 5).unbind(-3)
    given = [parts[place] for place in order]
    assert torch.equal(side_by_side(given), torch.stack(given, -3))
    assert torch.equal(side_by_side([parts[0], parts[1].clone()]), torch.stack(list(parts[:2]), -3))


def test_any_module_can_be_looked_at():
    """A second producer of layers: hooks that keep what comes out of the activations."""
    module = nn.Sequential(nn.Linear(6, 5), nn.Tanh(), nn.Linear(5, 3), nn.ReLU(), nn.Linear(3, 1))
    for parameter in module.parameters():
        parameter.data = normal(*parameter.shape, seed=parameter.numel())
    kept = {}
    hooks = [
        child.register_forward_hook(lambda _, inputs, output, name=name: kept.update({name: output.detach()}))
        for name, child in module.named_children()
        if isinstance(child, nn.Tanh | nn.ReLU)
    ]
    module(normal(8, 6)).mean().backward(inputs=list(module.parameters()))
    for hook in hooks:
        hook.remove()
    weights = {"1": module[0].weight, "3": module[2].weight}
    layers = [
        Layer(name, output, weight=weights[name].detach(), weight_gradient=weights[name].grad)
        for name, output in kept.items()
    ]
    found = measured(*layers)
    assert found["activation_mean"].tolist() == pytest.approx([float(output.mean()) for output in kept.values()])
    assert found["weight_gradient_norm"].tolist() == pytest.approx([float(w.grad.norm()) for w in weights.values()])
